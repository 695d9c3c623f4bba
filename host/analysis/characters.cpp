#include "host/analysis/characters.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "host/analysis/value_clusters.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXcd;
using Eigen::MatrixXd;
using Eigen::VectorXcd;
using Eigen::VectorXd;
using Complex = std::complex<double>;

MatrixXd combined(const std::vector<MatrixXd>& matrices, const VectorXd& weights) {
  MatrixXd sum = MatrixXd::Zero(matrices.front().rows(), matrices.front().cols());
  for (std::size_t i = 0; i < matrices.size(); ++i) sum += weights(static_cast<Index>(i)) * matrices[i];
  return sum;
}

/// (point - matrix)^-1, from the real matrix of twice the size.
MatrixXcd resolvent(const MatrixXd& matrix, Complex point) {
  const Index n = matrix.rows();
  const MatrixXd unit = MatrixXd::Identity(n, n);
  MatrixXd real(2 * n, 2 * n);
  real << point.real() * unit - matrix, -point.imag() * unit, point.imag() * unit,
      point.real() * unit - matrix;
  const MatrixXd inverse = inverse_of(real);
  return inverse.topLeftCorner(n, n).cast<Complex>() +
         Complex(0, 1) * inverse.bottomLeftCorner(n, n).cast<Complex>();
}

/// (1 / 2 pi i) times the integral of the resolvent around the cluster.
MatrixXcd projection_on(const MatrixXd& matrix, const ValueCluster& cluster) {
  if (std::isinf(cluster.outside)) return MatrixXcd::Identity(matrix.rows(), matrix.cols());
  constexpr int points = 24;
  constexpr double smallest = 0.1;  // of the distance to the next cluster
  const double radius = std::sqrt(std::max(cluster.radius, smallest * cluster.outside) * cluster.outside);
  MatrixXcd sum = MatrixXcd::Zero(matrix.rows(), matrix.cols());
  for (int k = 0; k < points; ++k) {
    const Complex step = std::polar(radius, 2 * std::numbers::pi * (k + 0.5) / points);
    sum += step / static_cast<double>(points) * resolvent(matrix, cluster.centre + step);
  }
  return sum;
}

/// An element of the algebra.
struct Generic {
  MatrixXd element;
  VectorXcd values;
  std::vector<double> distances;  ///< as joining_distances()

  /// Distance between the nearest two of so many clusters; 1, the size of the element, for one cluster.
  double apart(int clusters) const {
    return clusters == 1 ? 1 : distances[distances.size() + 1 - static_cast<std::size_t>(clusters)];
  }
};

/// Errors move the eigenvalues of a nilpotent matrix by their cube root or so, but the sum of the squares in
/// proportion.
bool may_be_equal(const VectorXcd& values, int count, double tolerance) {
  for (const ValueCluster& cluster : clusters_of(values, count)) {
    if (cluster.radius > std::cbrt(tolerance)) return false;
    Complex squares = 0;
    for (const Complex value : values)
      if (std::abs(value - cluster.centre) <= cluster.radius)
        squares += (value - cluster.centre) * (value - cluster.centre);
    if (std::abs(squares) > tolerance) return false;
  }
  return true;
}

std::vector<Generic> generic_elements(const std::vector<MatrixXd>& elements) {
  constexpr int trials = 40;
  std::vector<Generic> generics;
  for (int trial = 1; trial <= trials; ++trial) {
    const VectorXd weights = trial_weights(static_cast<Index>(elements.size()), trial).normalized();
    Generic generic{combined(elements, weights), {}, {}};
    generic.values = eigenvalues_of(generic.element);
    generic.distances = joining_distances(generic.values);
    generics.push_back(generic);
    if (elements.size() == 1) break;
  }
  return generics;
}

std::optional<Characters> characters_at(const std::vector<MatrixXd>& elements, const Generic& generic,
                                        int clusters) {
  const Index count = static_cast<Index>(elements.size());
  Characters characters;
  characters.values.resize(clusters, count);
  characters.multiplicities.resize(clusters);
  for (const ValueCluster& cluster : clusters_of(generic.values, clusters)) {
    const Index row = static_cast<Index>(characters.projections.size());
    const MatrixXcd projection = projection_on(generic.element, cluster);
    characters.multiplicities(row) = cluster.count;
    constexpr double near = 0.1;
    if (std::abs(projection.trace() - characters.multiplicities(row)) > near) return std::nullopt;
    for (Index i = 0; i < count; ++i)
      characters.values(row, i) =
          (projection * elements[static_cast<std::size_t>(i)]).trace() / characters.multiplicities(row);
    characters.projections.push_back(projection);
  }
  return characters;
}

/// Whether every element has one eigenvalue on each space: trace((x - value)^2) is 0 there.
bool hold(const Characters& characters, const std::vector<MatrixXd>& elements, double tolerance) {
  const Index count = static_cast<Index>(elements.size());
  constexpr int trials = 6;
  for (int trial = 51; trial <= 50 + trials; ++trial) {
    const VectorXd weights = trial_weights(count, trial).normalized();
    const MatrixXcd element = combined(elements, weights).cast<Complex>();
    const VectorXcd values = characters.values * weights;
    for (std::size_t k = 0; k < characters.projections.size(); ++k) {
      const Index row = static_cast<Index>(k);
      const MatrixXcd& projection = characters.projections[k];
      const Complex squares = (projection * element * element).trace() -
                              values(row) * values(row) * characters.multiplicities(row);
      if (std::abs(squares) > tolerance) return false;
    }
  }
  return true;
}

}  // namespace

MatrixXd Characters::diagonalisable(const VectorXd& weights) const {
  const VectorXcd numbers = values * weights;
  MatrixXd sum = MatrixXd::Zero(projections.front().rows(), projections.front().cols());
  for (std::size_t k = 0; k < projections.size(); ++k)
    sum += (numbers(static_cast<Index>(k)) * projections[k]).real();
  return sum;
}

std::optional<Characters> characters_of(const std::vector<MatrixXd>& elements, double tolerance) {
  constexpr double clear = 3;
  std::vector<Generic> generics = generic_elements(elements);
  for (int clusters = 1; clusters <= generics.front().values.size(); ++clusters) {
    const auto best = std::max_element(
        generics.begin(), generics.end(),
        [&](const Generic& a, const Generic& b) { return a.apart(clusters) < b.apart(clusters); });
    if (best->apart(clusters) < clear * tolerance) break;
    if (!may_be_equal(best->values, clusters, tolerance)) continue;
    std::optional<Characters> characters = characters_at(elements, *best, clusters);
    if (!characters || !hold(*characters, elements, tolerance)) continue;
    for (const MatrixXcd& projection : characters->projections)
      characters->amplification =
          std::max(characters->amplification,
                   projection.squaredNorm() / std::abs(projection.trace()) / best->apart(clusters));
    return characters;
  }
  return std::nullopt;
}

}  // namespace symscan
