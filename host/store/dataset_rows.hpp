#pragma once
#include <cstddef>
#include <vector>

#include "host/data/table.hpp"

namespace symscan {

/// Rows of a dataset for its analysis, in raw units: few enough to be kept while a sweep trains.
struct DatasetRows {
  std::size_t rows = 0;
  std::vector<double> values;       ///< [rows][D], row-major
  std::vector<double> precision;    ///< Table::precision
  std::vector<double> weights;      ///< [rows] of the events; empty: 1 each
  std::vector<double> groups = {};  ///< [rows] Table::groups; or empty
  std::vector<double> target = {};  ///< [rows] Table::target; or empty
};

/// Rows of one dataset that the analysis looks at, at most.
inline constexpr std::size_t most_analysed_rows = 20000;
/// How many it looks at of so many: fewer of many columns, so that the span of the rows can be found in
/// seconds.
std::size_t analysed_rows(std::size_t rows, std::size_t columns);

/// `most` rows at most: row i * table.rows / most for i = 0, 1, ...
DatasetRows evenly_spaced_rows(const Table& table, std::size_t most);
/// analysed_rows() of them.
DatasetRows evenly_spaced_rows(const Table& table);

}  // namespace symscan
