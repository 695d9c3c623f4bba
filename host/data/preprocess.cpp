#include "host/data/preprocess.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>

#include "host/base/digest.hpp"
#include "host/base/error.hpp"
#include "host/base/linear_algebra.hpp"
#include "host/base/text.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr double kFloat32Floor = 1e-6;      ///< of the largest magnitude, see prepare()
constexpr double kFloorOverPrecision = 16;  ///< the same for finer sources, in units of their rounding
constexpr double kFewestEffectiveRows = 10;
constexpr std::size_t kMostForEigenvalues = 4096;  ///< features; the time grows with their cube

void check(const Table& table) {
  if (table.rows < 2) {
    throw DataError("the dataset has " + plural(table.rows, "row") + "; training needs at least two");
  }
  if (table.features() == 0) throw DataError("the dataset has no columns");
  check_magnitudes(table, "");
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

/// Kish's effective sample size; the weights have mean 1.
double effective_rows(const std::vector<double>& weights) {
  double squares = 0;
  for (const double weight : weights) squares += weight * weight;
  const double n = static_cast<double>(weights.size());
  return n * (n / squares);
}

struct Moments {
  std::vector<double> mean, deviation, largest;  ///< [features]
};

/// The square root of a variance, where `size` is the same sum over |weights|.
double deviation_of(double variance, double size, const std::string& column) {
  if (variance >= 0) return std::sqrt(variance);
  if (variance > -1e-12 * size) return 0.0;  // rounding
  throw DataError("the event weights nearly cancel: the variance of column " + printable(column) +
                  " is negative (" + rounded(variance) +
                  "); use more events or other weights, or set dataset.weights to none");
}

/// Two passes, so that a large offset costs no digits of the variance. Squares neither overflow nor vanish:
/// see table_limits.hpp.
Moments moments(const Table& table, const std::vector<double>& weights) {
  const std::size_t features = table.features();
  const double n = static_cast<double>(table.rows);
  Moments m{std::vector<double>(features), std::vector<double>(features), std::vector<double>(features)};
  std::vector<double> size(features);
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
    for (std::size_t i = 0; i < features; ++i) {
      const double distance = x[i] - m.mean[i];
      m.deviation[i] += weight * distance * distance;
      size[i] += std::abs(weight) * distance * distance;
    }
  }
  for (std::size_t i = 0; i < features; ++i) {
    m.deviation[i] = deviation_of(m.deviation[i] / n, size[i] / n, table.columns[i]);
    check_deviation(table, i, m.deviation[i]);
    if (std::isfinite(m.mean[i]) && std::isfinite(m.deviation[i])) continue;
    throw DataError("the mean or the standard deviation of column " + printable(table.columns[i]) +
                    " is not finite: its values are too large, or the event weights nearly cancel");
  }
  return m;
}

/// Whether `value` is, within `precision`, a float32 number, or the short decimals that stand for one.
bool looks_like_float32(double value, double precision) {
  const float single = static_cast<float>(value);
  if (std::abs(value - static_cast<double>(single)) <= precision * std::abs(value)) return true;
  char digits[32];
  const char* end = std::to_chars(digits, digits + sizeof digits, single).ptr;
  double decimal = 0;
  std::from_chars(digits, end, decimal);
  return decimal == value;
}

/// Why the spread of a feature below 1e-6 of its size may be rounding noise: the precision of its values, as
/// the source declares it or, where a finer type or text carries float32 values, as these betray it. 2^53 and
/// smaller integers are exact in any case: 1700000000 and 1700000001 differ. An unlucky case stays possible
/// (few rows of short decimals), hence the notes.
bool is_rounding_noise(const Table& table, std::size_t feature, double relative_deviation) {
  const double precision = table.precision.empty() ? kFloat64Precision : table.precision[feature];
  if (precision >= kFloat32Precision) return true;
  const auto every = [&](auto holds) {
    for (std::size_t row = 0; row < table.rows; ++row) {
      if (!holds(table.values[row * table.features() + feature])) return false;
    }
    return true;
  };
  if (every([](double x) { return std::abs(x) <= 0x1.0p53 && x == std::trunc(x); })) return false;
  if (relative_deviation < kFloorOverPrecision * precision) return true;
  return every([&](double x) { return looks_like_float32(x, precision); });
}

void find_constants(PreparedData& data, const Table& table, const Moments& m) {
  data.constant.assign(data.features, true);
  for (std::size_t i = 0; i < data.features; ++i) {
    if (m.deviation[i] == 0.0) continue;
    const double relative = m.deviation[i] / m.largest[i];
    data.constant[i] = relative < kFloat32Floor && is_rounding_noise(table, i, relative);
    if (relative >= kFloat32Floor) continue;
    const std::string what = printable(table.columns[i]) + " varies by only " + rounded(relative) +
                             " of its size (" + rounded(m.largest[i]) + "): ";
    data.notes.push_back(what + (data.constant[i]
                                     ? "treated as constant; subtract an offset in float64 if this is signal"
                                     : "kept as a feature; leave it out with dataset.columns if this is "
                                       "rounding noise"));
  }
}

/// What float32 holds depends on the preprocessing, and so does the way out.
std::string float32_hint(Preprocess how) {
  return how == Preprocess::standardize ? "choose other units"
                                        : "set preprocess to standardize or choose other units";
}

void check_spread(const PreparedData& data, const Table& table, const Moments& m, Preprocess how) {
  for (std::size_t i = 0; i < data.features; ++i) {
    if (data.constant[i] || m.deviation[i] / data.scale[i] >= smallest_input) continue;
    throw DataError("column " + printable(table.columns[i]) + " has a standard deviation of " +
                    rounded(m.deviation[i]) + ", too small for training in float32; " + float32_hint(how));
  }
}

/// A constant column is its mean in every row: what is left of its rounding noise is not scaled, and may be
/// larger than all other columns.
void convert(PreparedData& data, const Table& table, const Moments& m, Preprocess how) {
  data.values.resize(table.values.size());
  for (std::size_t row = 0; row < data.rows; ++row) {
    for (std::size_t i = 0; i < data.features; ++i) {
      const std::size_t at = row * data.features + i;
      const double value = data.constant[i] ? m.mean[i] : table.values[at];
      data.values[at] = static_cast<float>((value - data.offset[i]) / data.scale[i]);
      if (!(std::abs(data.values[at]) <= largest_input)) {
        throw DataError("row " + std::to_string(row + 1) + ", column " + printable(table.columns[i]) + ": " +
                        rounded(table.values[at]) + " is too large for training in float32; " +
                        float32_hint(how));
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
  constexpr Eigen::Index kRowBlock = 1024;
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(features);
  for (Eigen::Index start = 0; start < rows; start += kRowBlock) {
    const Eigen::Index count = std::min(kRowBlock, rows - start);
    mean += values.middleRows(start, count).cast<double>().transpose() * weight_block(start, count);
  }
  mean /= static_cast<double>(rows);
  Matrix covariance = Matrix::Zero(features, features);
  for (Eigen::Index start = 0; start < rows; start += kRowBlock) {
    const Eigen::Index count = std::min(kRowBlock, rows - start);
    const Matrix block = values.middleRows(start, count).cast<double>().rowwise() - mean.transpose();
    covariance.noalias() += block.transpose() * (weight_block(start, count).asDiagonal() * block);
  }
  covariance /= static_cast<double>(rows);
  const Eigen::VectorXd ascending = symmetric_eigenvalues(covariance);
  std::vector<double> eigenvalues(ascending.begin(), ascending.end());
  std::reverse(eigenvalues.begin(), eigenvalues.end());
  return eigenvalues;
}

/// Of what a training does not see: names, digits beyond float32, groups, target.
std::string fingerprint_of(const Table& table) {
  Digest digest;
  for (const std::string& column : table.columns) digest.add(column + "\n");
  digest.add(table.values);
  digest.add(table.groups);
  digest.add(table.target);
  return digest.hex();
}

/// Also over offset and scale: the same shape in other units is other data.
std::string fingerprint(const PreparedData& data) {
  Digest digest;
  digest.add(std::array<std::uint64_t, 3>{data.rows, data.features, data.weights.size()});
  digest.add(data.values);
  digest.add(data.weights);
  digest.add(data.offset);
  digest.add(data.scale);
  return digest.hex();
}

}  // namespace

bool same_fingerprint(const std::string& recorded, const std::string& now) {
  return recorded == now || (recorded.find('-') == std::string::npos && now.starts_with(recorded + "-"));
}

PreparedData prepare(const Table& table, Preprocess how) {
  check(table);
  const std::vector<double> weights = normalised_weights(table);
  const double effective = weights.empty() ? static_cast<double>(table.rows) : effective_rows(weights);
  if (!weights.empty() && effective < kFewestEffectiveRows) {
    throw DataError(
        "the effective number of events is " + with_decimals(effective, 1) + " (" +
        std::to_string(table.rows) +
        " rows whose event weights differ widely, cancel, or are few); at least 10 are needed: use "
        "more events, or set dataset.weights to none");
  }
  const Moments m = moments(table, weights);
  PreparedData data;
  data.rows = table.rows;
  data.features = table.features();
  data.offset.assign(data.features, 0.0);
  data.scale.assign(data.features, 1.0);
  data.effective_rows = effective;
  if (!weights.empty()) {
    data.notes.push_back("effective number of events " + with_decimals(effective, 0) + " of " +
                         std::to_string(data.rows) + " (event weights)");
  }
  find_constants(data, table, m);
  for (std::size_t i = 0; i < data.features; ++i) {
    if (how != Preprocess::none) data.offset[i] = m.mean[i];
    if (how == Preprocess::standardize && !data.constant[i]) data.scale[i] = m.deviation[i];
  }
  data.weights.assign(weights.begin(), weights.end());
  check_spread(data, table, m, how);
  convert(data, table, m, how);
  data.eigenvalues = covariance_eigenvalues(data, weights);
  data.fingerprint = fingerprint(data) + "-" + fingerprint_of(table);
  return data;
}

Preprocess parse_preprocess(const std::string& name) {
  if (name == "standardize") return Preprocess::standardize;
  if (name == "center") return Preprocess::center;
  if (name == "none") return Preprocess::none;
  throw ConfigError("preprocess is '" + name + "'; it must be standardize, center or none");
}

}  // namespace symscan
