#include "host/analysis/simple_ideals.hpp"

#include <algorithm>
#include <cmath>

#include "host/analysis/levi_decomposition.hpp"
#include "host/analysis/value_clusters.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXcd;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd combined(const std::vector<MatrixXd>& matrices, const VectorXd& weights) {
  MatrixXd sum = MatrixXd::Zero(matrices.front().rows(), matrices.front().cols());
  for (std::size_t i = 0; i < matrices.size(); ++i) sum += weights(static_cast<Index>(i)) * matrices[i];
  return sum;
}

/// The algebra as a Cartan subalgebra and the sum of the root spaces.
struct RootDecomposition {
  Index rank = 0;
  MatrixXd basis, inverse;       ///< [s x s]: the Cartan subalgebra's columns come first
  MatrixXd regular;              ///< ad of a regular element on the root spaces
  std::vector<MatrixXd> cartan;  ///< [rank] ad of the Cartan subalgebra's basis on the root spaces

  /// What ad of an element does within the root spaces.
  MatrixXd on_roots(const MatrixXd& ad) const {
    const Index roots = basis.cols() - rank;
    return inverse.bottomRows(roots) * ad * basis.rightCols(roots);
  }
};

/// An element whose centraliser is as small as possible, with its smallest other root as large as trials
/// find.
RootDecomposition root_decomposition(const std::vector<MatrixXd>& adjoint, double tolerance) {
  const Index s = static_cast<Index>(adjoint.size());
  RootDecomposition roots;
  roots.rank = s + 1;
  double clearest = 0;
  MatrixXd regular;
  constexpr int trials = 40;
  for (int trial = 1; trial <= trials; ++trial) {
    const MatrixXd ad = combined(adjoint, trial_weights(s, trial));
    const VectorXd squares = symmetric_eigenvalues(ad.transpose() * ad);
    const double least = tolerance * tolerance * squares(s - 1);
    const Index zeros = (squares.array() <= least).count();
    const double clear = zeros < s ? squares(zeros) / squares(s - 1) : 0;
    if (zeros > roots.rank || (zeros == roots.rank && clear <= clearest)) continue;
    roots.rank = zeros;
    clearest = clear;
    regular = ad;
  }
  if (roots.rank == 0 || roots.rank >= s) return roots;
  roots.basis.resize(s, s);
  roots.basis << symmetric_eigen(regular.transpose() * regular).vectors.leftCols(roots.rank),
      symmetric_eigen(regular * regular.transpose()).vectors.rightCols(s - roots.rank);
  roots.inverse = inverse_of(roots.basis);
  roots.regular = roots.on_roots(regular);
  for (Index i = 0; i < roots.rank; ++i)
    roots.cartan.push_back(roots.on_roots(combined(adjoint, roots.basis.col(i))));
  return roots;
}

/// A basis of the centroid, as maps of the root spaces: T with T x = h for a regular element x and h in the
/// Cartan subalgebra is ad(h) ad(x)^-1 there, and must commute with what other elements do.
std::vector<MatrixXd> centroid(const std::vector<MatrixXd>& adjoint, const RootDecomposition& roots,
                               double tolerance) {
  const MatrixXd inverse = inverse_of(roots.regular);
  std::vector<MatrixXd> maps;
  for (const MatrixXd& h : roots.cartan) maps.push_back(h * inverse);
  const Index rank = roots.rank;
  MatrixXd sizes(rank, rank), failures = MatrixXd::Zero(rank, rank);
  for (Index i = 0; i < rank; ++i)
    for (Index j = 0; j < rank; ++j)
      sizes(i, j) = maps[static_cast<std::size_t>(i)].cwiseProduct(maps[static_cast<std::size_t>(j)]).sum();
  constexpr int elements = 4;
  for (int trial = 101; trial <= 100 + elements; ++trial) {
    MatrixXd other = roots.on_roots(combined(adjoint, trial_weights(roots.basis.cols(), trial)));
    other *= std::sqrt(static_cast<double>(other.rows()) / elements) / other.norm();
    MatrixXd columns(other.size(), rank);
    for (Index i = 0; i < rank; ++i) {
      const MatrixXd& map = maps[static_cast<std::size_t>(i)];
      columns.col(i) = (map * other - other * map).reshaped();
    }
    failures += columns.transpose() * columns;
  }
  const EigenPairs pairs = generalised_eigen(failures, sizes);
  std::vector<MatrixXd> found;
  for (Index k = 0; k < rank && pairs.values(k) < tolerance; ++k)
    found.push_back(combined(maps, pairs.vectors.col(k)));
  return found;
}

/// An element of the centroid, and the numbers that it is on the ideals.
struct Separation {
  MatrixXd on_roots, on_cartan;
  std::vector<ValueCluster> numbers;
};

/// T [h, v] = [T h, v] tells what T does to the Cartan subalgebra.
MatrixXd extended_to_cartan(const MatrixXd& on_roots, const RootDecomposition& roots) {
  MatrixXd columns(on_roots.size(), roots.rank);
  std::vector<VectorXd> images;
  for (Index i = 0; i < roots.rank; ++i) {
    const MatrixXd& h = roots.cartan[static_cast<std::size_t>(i)];
    columns.col(i) = h.reshaped();
    images.push_back((on_roots * h).reshaped());
  }
  MatrixXd on_cartan(roots.rank, roots.rank);
  const std::vector<VectorXd> coefficients = least_squares(columns, images);
  for (Index i = 0; i < roots.rank; ++i) on_cartan.col(i) = coefficients[static_cast<std::size_t>(i)];
  return on_cartan;
}

/// The combination whose numbers lie farthest apart.
Separation separating_element(const std::vector<MatrixXd>& maps, const RootDecomposition& roots) {
  Separation best;
  double widest = -1;
  constexpr int trials = 24;
  const Index count = static_cast<Index>(maps.size());
  for (int trial = 1; trial <= (count == 1 ? 1 : trials); ++trial) {
    MatrixXd map = combined(maps, trial_weights(count, trial));
    map *= std::sqrt(static_cast<double>(map.rows())) / map.norm();
    const auto numbers = clusters_of(eigenvalues_of(map), static_cast<int>(count));
    double narrowest = INFINITY;
    for (const ValueCluster& number : numbers)
      narrowest = std::min(narrowest, number.outside - number.radius);
    if (narrowest <= widest) continue;
    widest = narrowest;
    best.on_roots = map;
    best.numbers = numbers;
  }
  best.on_cartan = extended_to_cartan(best.on_roots, roots);
  return best;
}

/// The polynomial in `map` that is 1 at the number `which` and 0 at the others.
MatrixXcd projection(const MatrixXd& map, const std::vector<ValueCluster>& numbers, std::size_t which) {
  const MatrixXcd unit = MatrixXcd::Identity(map.rows(), map.cols());
  MatrixXcd product = unit;
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    if (k == which) continue;
    const std::complex<double> step = numbers[which].centre - numbers[k].centre;
    product = (product * (map.cast<std::complex<double>>() - numbers[k].centre * unit) / step).eval();
  }
  return product;
}

bool nearly_whole(double value) {
  constexpr double near = 0.1;
  return std::abs(value - std::round(value)) < near;
}

/// The ideal with the number `which`; a complex one takes its number's conjugate with it.
std::optional<SimpleIdeal> ideal_of(const Separation& separation, std::size_t which, bool complex,
                                    const RootDecomposition& roots, const MatrixXd& killing) {
  const double times = complex ? 2 : 1;
  const MatrixXd on_roots = times * projection(separation.on_roots, separation.numbers, which).real();
  const MatrixXd on_cartan = times * projection(separation.on_cartan, separation.numbers, which).real();
  const double rank = on_cartan.trace(), dimension = rank + on_roots.trace();
  if (!nearly_whole(rank) || !nearly_whole(dimension)) return std::nullopt;
  SimpleIdeal ideal;
  ideal.rank = static_cast<int>(std::lround(rank));
  ideal.dimension = static_cast<int>(std::lround(dimension));
  ideal.complex = complex;
  const Index s = killing.rows();
  MatrixXd whole = MatrixXd::Zero(s, s);
  whole.topLeftCorner(roots.rank, roots.rank) = on_cartan;
  whole.bottomRightCorner(s - roots.rank, s - roots.rank) = on_roots;
  whole = (roots.basis * whole * roots.inverse).eval();
  // Values of the Killing form on the other ideals are zero here: the largest ones are the ideal's.
  const MatrixXd form = killing * whole;
  VectorXd values = symmetric_eigenvalues(0.5 * (form + form.transpose()));
  std::sort(values.begin(), values.end(), [](double a, double b) { return std::abs(a) > std::abs(b); });
  ideal.noncompact =
      static_cast<int>((values.head(std::clamp<Index>(ideal.dimension, 0, s)).array() > 0).count());
  const MatrixXd casimir = whole * inverse_of(killing);
  ideal.casimir = 0.5 * (casimir + casimir.transpose());
  return ideal;
}

/// Whether a number stands for a complex ideal: it is nearer to the conjugate of another number.
bool is_complex(const ValueCluster& number) {
  constexpr double real = 0.25;
  return std::abs(number.centre.imag()) > real * number.outside;
}

}  // namespace

std::optional<std::vector<SimpleIdeal>> simple_ideals(const std::vector<MatrixXd>& adjoint,
                                                      double tolerance) {
  const RootDecomposition roots = root_decomposition(adjoint, tolerance);
  const Index s = static_cast<Index>(adjoint.size());
  if (roots.rank == 0 || roots.rank >= s) return std::nullopt;
  const std::vector<MatrixXd> maps = centroid(adjoint, roots, tolerance);
  if (maps.empty()) return std::nullopt;
  const Separation separation = separating_element(maps, roots);
  const MatrixXd killing = killing_form(adjoint);
  std::vector<SimpleIdeal> ideals;
  Index dimensions = 0;
  for (std::size_t k = 0; k < separation.numbers.size(); ++k) {
    const ValueCluster& number = separation.numbers[k];
    const bool complex = is_complex(number);
    if (complex && number.centre.imag() < 0) continue;
    const std::optional<SimpleIdeal> ideal = ideal_of(separation, k, complex, roots, killing);
    if (!ideal) return std::nullopt;
    dimensions += ideal->dimension;
    ideals.push_back(*ideal);
  }
  if (dimensions != s) return std::nullopt;
  return ideals;
}

}  // namespace symscan
