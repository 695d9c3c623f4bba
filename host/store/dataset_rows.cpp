#include "host/store/dataset_rows.hpp"

#include <algorithm>
#include <cmath>

namespace symscan {

std::size_t analysed_rows(std::size_t rows, std::size_t columns) {
  constexpr double most_products = 1e10;  // of the covariances of columns or of rows, whichever are fewer
  const auto width = static_cast<double>(std::max<std::size_t>(1, columns));
  const double few = std::max(most_products / (width * width), std::sqrt(most_products / width));
  return std::min({rows, most_analysed_rows, static_cast<std::size_t>(few)});
}

DatasetRows evenly_spaced_rows(const Table& table) {
  return evenly_spaced_rows(table, analysed_rows(table.rows, table.features()));
}

DatasetRows evenly_spaced_rows(const Table& table, std::size_t most) {
  const std::size_t features = table.features();
  DatasetRows chosen{std::min(table.rows, most), {}, table.precision, {}};
  chosen.values.reserve(chosen.rows * features);
  for (std::size_t i = 0; i < chosen.rows; ++i) {
    const double* row = table.values.data() + i * table.rows / chosen.rows * features;
    chosen.values.insert(chosen.values.end(), row, row + features);
    const std::size_t place = i * table.rows / chosen.rows;
    if (!table.weights.empty()) chosen.weights.push_back(table.weights[place]);
    if (!table.groups.empty()) chosen.groups.push_back(table.groups[place]);
    if (!table.target.empty()) chosen.target.push_back(table.target[place]);
  }
  return chosen;
}

}  // namespace symscan
