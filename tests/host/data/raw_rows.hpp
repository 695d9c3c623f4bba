#pragma once
#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "tests/host/data/data_files.hpp"

namespace symscan::test {

/// Rows of a built-in dataset in float64, before they are rounded to float32.
inline std::vector<std::vector<double>> raw_rows(const Json& settings) {
  const RowSampler sampler = *row_sampler(settings);
  EXPECT_TRUE(sampler.valid());
  std::vector<std::vector<double>> rows(settings.at("n").get<std::size_t>());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    rows[row].resize(static_cast<std::size_t>(sampler.columns()));
    RowRandom random(settings.at("seed").get<std::uint64_t>(), row);
    sampler.fill_row(random, rows[row].data());
  }
  return rows;
}

constexpr std::size_t kBins = 20;
/// 99.99 % point of chi-square with 19 degrees of freedom.
constexpr double kChiSquareLimit = 50.8;

/// Chi-square of `values` in 20 equal bins of [low, high] against the distribution function `cumulative`
/// (any normalisation); values outside count in the outermost bins.
inline double chi_square(const std::vector<double>& values, double low, double high,
                         const std::function<double(double)>& cumulative) {
  std::vector<double> counts(kBins);
  for (const double value : values) {
    const double position = std::floor((value - low) / (high - low) * static_cast<double>(kBins));
    ++counts[static_cast<std::size_t>(std::clamp(position, 0.0, static_cast<double>(kBins - 1)))];
  }
  const double total = cumulative(high) - cumulative(low), width = (high - low) / static_cast<double>(kBins);
  double result = 0.0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const double start = low + width * static_cast<double>(bin);
    const double expected = static_cast<double>(values.size()) *
                            (cumulative(bin + 1 == kBins ? high : start + width) - cumulative(start)) / total;
    result += std::pow(counts[bin] - expected, 2) / expected;
  }
  return result;
}

inline double uniform_chi_square(const std::vector<double>& values, double low, double high) {
  return chi_square(values, low, high, [](double value) { return value; });
}

/// `value` of every row.
inline std::vector<double> each_row(const std::vector<std::vector<double>>& rows,
                                    const std::function<double(const std::vector<double>&)>& value) {
  std::vector<double> values;
  for (const std::vector<double>& row : rows) values.push_back(value(row));
  return values;
}

}  // namespace symscan::test
