#include "host/store/prepared_sample.hpp"

#include <cstddef>

namespace symscan {

std::vector<double> constant_values(const DatasetRecord& record) {
  const std::size_t features = record.columns.size();
  std::vector<double> values(features, 0.0);
  const std::size_t rows = record.sample.size() / features;
  for (std::size_t d = 0; d < features; ++d) {
    if (!record.constant[d]) continue;
    values[d] = record.offset[d];
    if (record.preprocess != Preprocess::none || rows == 0) continue;
    // From the first row on: a column that is constant to the last bit gives its value.
    const double first = record.sample[d];
    double beyond = 0;
    for (std::size_t row = 0; row < rows; ++row) beyond += record.sample[row * features + d] - first;
    values[d] = first + beyond / static_cast<double>(rows);
  }
  return values;
}

std::vector<float> prepared_rows(const DatasetRecord& record, const std::vector<double>& rows) {
  const std::size_t features = record.columns.size();
  const std::vector<double> constant = constant_values(record);
  std::vector<float> prepared(rows.size());
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    const std::size_t d = i % features;
    const double value = record.constant[d] ? constant[d] : rows[i];
    prepared[i] = static_cast<float>((value - record.offset[d]) / record.scale[d]);
  }
  return prepared;
}

std::vector<float> prepared_sample(const DatasetRecord& record) {
  return prepared_rows(record, record.sample);
}

}  // namespace symscan
