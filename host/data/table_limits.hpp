#pragma once
#include <cstddef>
#include <string>

namespace symscan {

/// Throws DataError if a table of this size is beyond the limits (65536 features; 2^33 values; this machine's
/// memory, at 12 bytes per value: float64 as read, float32 as trained on). Called before anything is
/// allocated; `setting` is what makes a table smaller.
void check_table_size(const std::string& name, std::size_t rows, std::size_t features,
                      const std::string& setting = "dataset.max_rows");

}  // namespace symscan
