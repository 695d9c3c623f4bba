#pragma once
#include <cstddef>
#include <string>

#include "host/data/table.hpp"

namespace symscan {

/// Sizes of values, in their own units. The analysis squares products of two features and sums the squares:
/// fourth powers in float64. (1e60)^4 = 1e240 leaves room for the sums of 2^33 rows of 65536 features and for
/// one factor more; (1e-60)^4 = 1e-240 for the rounding of it. The limits are those of the largest magnitude
/// of a column, and of its standard deviation where it varies; single values may be smaller, or 0.
inline constexpr double largest_value = 1e60, smallest_value = 1e-60;
/// The same of columns that come as float32: below, its numbers are multiples of 1.4e-45, and no longer
/// rounded relative to their size.
inline constexpr double smallest_float32_value = 1e-37;

/// Sizes of what a network is trained on, after preprocessing. Adam squares gradients, which are products of
/// an input and an error of the reconstruction: fourth powers in float32. (1e8)^4 = 1e32 leaves room for the
/// sums over features and samples; (1e-9)^4 = 1e-36 is just above the smallest normal number. Standardised
/// features are always within.
inline constexpr double largest_input = 1e8, smallest_input = 1e-9;

/// Throws DataError if a table of this size is beyond the limits (65536 features; 2^33 values; this machine's
/// memory, at 12 bytes per value: float64 as read, float32 as trained on). Called before anything is
/// allocated; `setting` is what makes a table smaller.
void check_table_size(const std::string& name, std::size_t rows, std::size_t features,
                      const std::string& setting = "dataset.max_rows");

/// Throws DataError, with the column, the row and the value, for features, weights or a target whose largest
/// magnitude is beyond the limits above or not a number. `name`: of the table, at the beginning of the
/// sentence; may be empty. 0 is within the limits.
void check_magnitudes(const Table& table, const std::string& name);

/// Throws DataError for a standard deviation above 0 and below the limits; `column`: of the table.
void check_deviation(const Table& table, std::size_t column, double deviation);

}  // namespace symscan
