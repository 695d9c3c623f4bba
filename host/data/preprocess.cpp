#include "host/data/preprocess.hpp"

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>

#include "host/base/error.hpp"

namespace symscan {
namespace {

constexpr double kVarianceFloor = 1e-6;            ///< of the largest magnitude, see prepare()
constexpr std::size_t kMostForEigenvalues = 4096;  ///< features; the time grows with their cube

void check(const Table& table) {
  if (table.rows < 2) {
    throw DataError("the dataset has " + std::to_string(table.rows) + (table.rows == 1 ? " row" : " rows") +
                    "; training needs at least two");
  }
  if (table.features() == 0) throw DataError("the dataset has no columns");
  if (table.weights.empty()) return;
  double sum = 0;
  for (const double weight : table.weights) sum += weight;
  if (!(sum > 0) || !std::isfinite(sum)) {
    throw DataError("the event weights sum to " + std::to_string(sum) +
                    "; the sum must be positive: choose other weights, or set dataset.weights to none");
  }
}

/// float64 weights with mean 1, or empty when all are one.
std::vector<double> normalised_weights(const Table& table) {
  std::vector<double> weights = table.weights;
  if (weights.empty()) return weights;
  if (std::all_of(weights.begin(), weights.end(), [&](double w) { return w == weights.front(); })) return {};
  double sum = 0;
  for (const double weight : weights) sum += weight;
  const double scale = static_cast<double>(weights.size()) / sum;
  for (double& weight : weights) weight *= scale;
  return weights;
}

struct Moments {
  std::vector<double> mean, deviation, largest;  ///< [features]
};

/// Two passes, so that a large offset costs no digits of the variance.
Moments moments(const Table& table, const std::vector<double>& weights) {
  const std::size_t features = table.features();
  const double n = static_cast<double>(table.rows);
  Moments m{std::vector<double>(features), std::vector<double>(features), std::vector<double>(features)};
  // Sums are taken relative to the first row: without this, 1e6 rows at an offset of 1e6 would round the
  // mean.
  const double* first = table.values.data();
  for (std::size_t row = 0; row < table.rows; ++row) {
    const double* x = first + row * features;
    const double weight = weights.empty() ? 1.0 : weights[row];
    for (std::size_t i = 0; i < features; ++i) {
      m.mean[i] += weight * (x[i] - first[i]);
      m.largest[i] = std::max(m.largest[i], std::abs(x[i]));
    }
  }
  for (std::size_t i = 0; i < features; ++i) m.mean[i] = first[i] + m.mean[i] / n;
  for (std::size_t row = 0; row < table.rows; ++row) {
    const double* x = first + row * features;
    const double weight = weights.empty() ? 1.0 : weights[row];
    for (std::size_t i = 0; i < features; ++i)
      m.deviation[i] += weight * (x[i] - m.mean[i]) * (x[i] - m.mean[i]);
  }
  // Negative event weights can push a variance below zero; such a feature has no usable spread.
  for (double& deviation : m.deviation) deviation = std::sqrt(std::max(0.0, deviation / n));
  return m;
}

void convert(PreparedData& data, const Table& table) {
  data.values.resize(table.values.size());
  for (std::size_t row = 0; row < data.rows; ++row) {
    for (std::size_t i = 0; i < data.features; ++i) {
      const std::size_t at = row * data.features + i;
      data.values[at] = static_cast<float>((table.values[at] - data.offset[i]) / data.scale[i]);
      if (!std::isfinite(data.values[at])) {
        throw DataError("row " + std::to_string(row + 1) + ", column '" + table.columns[i] +
                        "' does not fit into float32; set preprocess to standardize or choose other units");
      }
    }
  }
}

/// Eigenvalues of the weighted covariance, largest first; none for more features than kMostForEigenvalues.
std::vector<double> covariance_eigenvalues(const PreparedData& data, const std::vector<double>& weights) {
  if (data.features > kMostForEigenvalues) return {};
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto features = static_cast<Eigen::Index>(data.features);
  const auto rows = static_cast<Eigen::Index>(data.rows);
  const Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> values(
      data.values.data(), rows, features);
  const auto weight_block = [&](Eigen::Index start, Eigen::Index count) -> Eigen::VectorXd {
    if (weights.empty()) return Eigen::VectorXd::Ones(count);
    return Eigen::Map<const Eigen::VectorXd>(weights.data() + start, count);
  };
  constexpr Eigen::Index kBlock = 1024;
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(features);
  for (Eigen::Index start = 0; start < rows; start += kBlock) {
    const Eigen::Index count = std::min(kBlock, rows - start);
    mean += values.middleRows(start, count).cast<double>().transpose() * weight_block(start, count);
  }
  mean /= static_cast<double>(rows);
  Matrix covariance = Matrix::Zero(features, features);
  for (Eigen::Index start = 0; start < rows; start += kBlock) {
    const Eigen::Index count = std::min(kBlock, rows - start);
    const Matrix block = values.middleRows(start, count).cast<double>().rowwise() - mean.transpose();
    covariance.noalias() += block.transpose() * (weight_block(start, count).asDiagonal() * block);
  }
  covariance /= static_cast<double>(rows);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance, Eigen::EigenvaluesOnly);
  std::vector<double> eigenvalues(solver.eigenvalues().begin(), solver.eigenvalues().end());
  std::reverse(eigenvalues.begin(), eigenvalues.end());
  return eigenvalues;
}

/// Also over offset and scale: the same shape in other units is other data.
std::string fingerprint(const PreparedData& data) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), XXH3_freeState);
  if (!state) throw std::bad_alloc();
  XXH3_128bits_reset(state.get());
  const auto add = [&](const auto& items) {
    XXH3_128bits_update(state.get(), items.data(), items.size() * sizeof(items[0]));
  };
  add(std::array<std::uint64_t, 3>{data.rows, data.features, data.weights.size()});
  add(data.values);
  add(data.weights);
  add(data.offset);
  add(data.scale);
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, XXH3_128bits_digest(state.get()));
  std::string text;
  for (const unsigned char byte : bytes.digest) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", byte);
    text += digits;
  }
  return text;
}

}  // namespace

PreparedData prepare(const Table& table, Preprocess how) {
  check(table);
  const std::vector<double> weights = normalised_weights(table);
  const Moments m = moments(table, weights);
  PreparedData data;
  data.rows = table.rows;
  data.features = table.features();
  data.offset.assign(data.features, 0.0);
  data.scale.assign(data.features, 1.0);
  data.constant.resize(data.features);
  for (std::size_t i = 0; i < data.features; ++i) {
    data.constant[i] = m.deviation[i] == 0.0 || m.deviation[i] < kVarianceFloor * m.largest[i];
    if (how != Preprocess::none) data.offset[i] = m.mean[i];
    if (how == Preprocess::standardize && !data.constant[i]) data.scale[i] = m.deviation[i];
  }
  data.weights.assign(weights.begin(), weights.end());
  convert(data, table);
  data.eigenvalues = covariance_eigenvalues(data, weights);
  data.fingerprint = fingerprint(data);
  return data;
}

Preprocess parse_preprocess(const std::string& name) {
  if (name == "standardize") return Preprocess::standardize;
  if (name == "center") return Preprocess::center;
  if (name == "none") return Preprocess::none;
  throw ConfigError("preprocess is '" + name + "'; it must be standardize, center or none");
}

}  // namespace symscan
