#include "host/analysis/neighbour_dimension.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include "host/analysis/distinct_rows.hpp"
#include "host/base/error.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Points near each other share neighbours, so their contributions are correlated: simulated standard
/// deviations (Gaussian clouds, dimensions 1 to 8) exceed those of independent contributions by 1.0 to 1.4.
constexpr double kSharedNeighbours = 1.2;

struct Estimate {
  double value = std::numeric_limits<double>::quiet_NaN(), error = value;
};

/// Logarithms of the distances to the k nearest neighbours, ascending: [k x points]. Distances are sums of
/// squared differences, since |x|^2 + |y|^2 - 2xy would lose the small ones.
MatrixXd log_neighbour_distances(const MatrixXd& points, Index k) {
  MatrixXd result(k, points.rows());
  VectorXd squares(points.rows());
  for (Index i = 0; i < points.rows(); ++i) {
    squares.setZero();
    for (Index f = 0; f < points.cols(); ++f)
      squares.array() += (points.col(f).array() - points(i, f)).square();
    squares(i) = std::numeric_limits<double>::infinity();
    std::partial_sort(squares.data(), squares.data() + k, squares.data() + squares.size());
    // Distinct points whose squared distance underflows.
    const double least = std::numeric_limits<double>::min();
    result.col(i) = 0.5 * squares.head(k).array().max(least).log();
  }
  return result;
}

/// Inverse of a mean of contributions, with a relative error; NaN where the mean is 0.
Estimate inverse(double mean, double relative_error) {
  if (!(mean > 0)) return {};
  return {1 / mean, kSharedNeighbours * relative_error / mean};
}

/// Not defined for points on a grid, most of which have two nearest neighbours at one distance.
Estimate two_nn_estimate(const MatrixXd& log_distances, double discard) {
  constexpr double same = 1e-6;
  const VectorXd log_ratios = log_distances.row(1) - log_distances.row(0);
  if (2 * (log_ratios.array() < same).count() > log_ratios.size()) return {};
  std::vector<double> sorted(log_ratios.begin(), log_ratios.end());
  std::sort(sorted.begin(), sorted.end());
  const auto all = static_cast<double>(sorted.size());
  const double kept = std::max(1.0, std::floor(all * (1 - discard)));
  const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(kept);
  const double sum = std::accumulate(sorted.begin(), end, 0.0) + (all - kept) * *(end - 1);
  return inverse(sum / kept, 1 / std::sqrt(kept));
}

Estimate levina_bickel_estimate(const MatrixXd& log_distances, int k_min, int k_max) {
  const Index count = log_distances.cols();
  VectorXd relative =
      VectorXd::Zero(count);  // of every point: sum over k of its inverse dimension / the mean's
  double dimensions = 0;
  for (int k = k_min; k <= k_max; ++k) {
    const VectorXd inverses =
        (log_distances.row(k - 1) - log_distances.topRows(k - 1).colwise().mean()).transpose();
    const double mean = inverses.mean();
    if (!(mean > 0)) return {};
    dimensions += 1 / mean;
    relative += inverses / mean;
  }
  const int used = k_max - k_min + 1;
  relative /= used;
  const double variance = (relative.array() - 1).square().sum() / static_cast<double>(count - 1);
  return inverse(used / dimensions, std::sqrt(variance / static_cast<double>(count)));
}

}  // namespace

std::optional<NeighbourDimension> neighbour_dimension(const MatrixXd& points,
                                                      const NeighbourSettings& settings) {
  if (settings.k_min < 2 || settings.k_max < settings.k_min || !(settings.discard >= 0) ||
      !(settings.discard < 1)) {
    throw std::invalid_argument("neighbour_dimension: wants 2 <= k_min <= k_max and 0 <= discard < 1");
  }
  if (!points.allFinite()) throw DataError("neighbour distances need points whose values are all finite");
  std::vector<Index> rows = distinct_rows(points);
  const std::size_t duplicates = static_cast<std::size_t>(points.rows()) - rows.size();
  if (rows.size() == 1 && duplicates > 0) return NeighbourDimension{0, 0, 0, 0, 1, duplicates};
  const std::size_t count = std::min(rows.size(), settings.max_points);
  if (count <= static_cast<std::size_t>(settings.k_max)) return std::nullopt;
  shuffle_to_front(rows, count, settings.seed);
  rows.resize(count);
  const MatrixXd chosen = points(rows, Eigen::all);
  const MatrixXd log_distances = log_neighbour_distances(chosen, settings.k_max);
  const Estimate two_nn = two_nn_estimate(log_distances, settings.discard);
  const Estimate levina_bickel = levina_bickel_estimate(log_distances, settings.k_min, settings.k_max);
  return NeighbourDimension{two_nn.value,        two_nn.error, levina_bickel.value,
                            levina_bickel.error, count,        duplicates};
}

}  // namespace symscan
