#include "host/analysis/scale_dimension_calibration.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Vector = Eigen::Matrix<double, kScaleFeatureCount, 1>;
using Matrix = Eigen::Matrix<double, kScaleFeatureCount, kScaleFeatureCount>;

constexpr int kSteps = 200;  ///< of the logarithm of the dimension
constexpr double kMostDimensions = 110;
/// By how much features of real sets differ from those of reference sets of the same dimension, in the mean:
/// logarithms of GRIDE, mean cosine, logarithm of the inverse squared cosine, spread. The differences of
/// GRIDE add up over the orders.
constexpr std::array<double, kScaleFeatureCount> kLeftOpen = {0.01, 0.02, 0.04, 0.08, 0.15, 0.03, 0.1, 0.15};
constexpr std::array<double, 3> kSizes = {0.3, 1, 2};
constexpr double kPure = 3;  ///< weight of one kind over that of a mean of two

double log_dimension_at(int step) {
  return std::log(kMostDimensions) * step / (kSteps - 1);
}

Matrix covariance(double points, double size) {
  Matrix result;
  constexpr auto orders = static_cast<Eigen::Index>(kScaleOrders.size());
  for (Eigen::Index i = 0; i < kScaleFeatureCount; ++i) {
    for (Eigen::Index j = 0; j < kScaleFeatureCount; ++j) {
      const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(j);
      const bool related = i == j || (i < orders && j < orders);
      const double open = related ? size * std::min(kLeftOpen[a], kLeftOpen[b]) : 0;
      result(i, j) = kReferenceTable.noise[a][b] / points + open * open;
    }
  }
  return result;
}

Vector expected(std::size_t kind, double log_dimension, double points) {
  return Vector(reference_features(kind, log_dimension, points).data());
}

/// The mean of two kinds of reference sets, with one size of what is left open.
struct Candidate {
  std::size_t first, second;
  double log_dimension, log_likelihood;
};

std::vector<Candidate> candidates(const Vector& found, double points, double columns) {
  std::vector<Candidate> result;
  std::array<Matrix, kSizes.size()> factors;
  std::array<double, kSizes.size()> volumes;
  for (std::size_t size = 0; size < kSizes.size(); ++size) {
    factors[size] = cholesky(covariance(points, kSizes[size]));
    volumes[size] = factors[size].diagonal().array().log().sum();
  }
  const double most = std::log(std::max(columns, 1.0)) + 0.5 * log_dimension_at(1);
  for (int step = 0; step < kSteps && log_dimension_at(step) <= most; ++step) {
    std::array<Vector, kReferenceKinds> references;
    for (std::size_t kind = 0; kind < kReferenceKinds; ++kind)
      references[kind] = expected(kind, log_dimension_at(step), points);
    for (std::size_t a = 0; a < kReferenceKinds; ++a) {
      for (std::size_t b = 0; b <= a; ++b) {
        const Vector difference = found - (references[a] + references[b]) / 2;
        for (std::size_t size = 0; size < kSizes.size(); ++size) {
          const double square = factors[size].triangularView<Eigen::Lower>().solve(difference).squaredNorm();
          // Dimensions are equally likely before; the steps are equal in their logarithm.
          const double before = log_dimension_at(step) + (a == b ? std::log(kPure) : 0);
          result.push_back({a, b, log_dimension_at(step), before - square / 2 - volumes[size]});
        }
      }
    }
  }
  return result;
}

/// Where the expected GRIDE, which grows with the dimension, is the given one; by halving.
double inverted(std::size_t kind, double log_raw, std::size_t order, double points, double columns) {
  double low = 0, high = std::log(std::clamp(columns, 1.0, kMostDimensions));
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    (reference_features(kind, middle, points)[order] < log_raw ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

std::array<double, kScaleFeatureCount> reference_features(std::size_t kind, double log_dimension,
                                                          double points) {
  const double x = 2 * log_dimension / std::log(kMostDimensions) - 1;
  const double y = std::log(std::clamp(points, 100.0, 5000.0) / 750) / 2;
  std::array<double, kReferenceTerms> terms;  // T_i(x) y^j with i <= 6, j <= 2, i + j <= 6
  std::size_t count = 0;
  double polynomial = 1, next = x;
  for (int i = 0; i <= 6; ++i) {
    double power = 1;
    for (int j = 0; j <= std::min(2, 6 - i); ++j, power *= y) terms[count++] = polynomial * power;
    const double after = 2 * x * next - polynomial;
    polynomial = next, next = after;
  }
  std::array<double, kScaleFeatureCount> result;
  for (std::size_t f = 0; f < result.size(); ++f) {
    result[f] = f < kScaleOrders.size() ? log_dimension : 0;
    for (std::size_t t = 0; t < kReferenceTerms; ++t)
      result[f] += kReferenceTable.terms[kind][f][t] * terms[t];
  }
  return result;
}

Calibration calibrate(const ScaleFeatures& features, double points, double columns) {
  const std::vector<Candidate> all = candidates(Vector(as_array(features).data()), points, columns);
  double most = all.front().log_likelihood;
  for (const Candidate& one : all) most = std::max(most, one.log_likelihood);
  Calibration result{};
  double sum = 0, square = 0;
  for (const Candidate& one : all) {
    const double weight = std::exp(one.log_likelihood - most);
    sum += weight;
    result.log_value += weight * one.log_dimension;
    square += weight * one.log_dimension * one.log_dimension;
    result.kinds[one.first] += weight / 2;
    result.kinds[one.second] += weight / 2;
  }
  for (double& kind : result.kinds) kind /= sum;
  result.log_value /= sum;
  result.error = std::sqrt(std::max(0.0, square / sum - result.log_value * result.log_value));
  return result;
}

CalibratedGride calibrate_gride(double raw, std::size_t order, double points, double columns,
                                const std::array<double, kReferenceKinds>& kinds) {
  double mean = 0, square = 0;
  for (std::size_t kind = 0; kind < kReferenceKinds; ++kind) {
    const double value = inverted(kind, std::log(raw), order, points, columns);
    mean += kinds[kind] * value;
    square += kinds[kind] * value * value;
  }
  const double noise = kReferenceTable.noise[order][order] / points,
               spread = std::max(0.0, square - mean * mean);
  const double value = std::exp(mean);
  return {value, value * std::sqrt(noise + spread + kLeftOpen[order] * kLeftOpen[order])};
}

}  // namespace symscan
