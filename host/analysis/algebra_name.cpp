#include "host/analysis/algebra_name.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

VectorXd vectorised(const MatrixXd& matrix) {
  return Eigen::Map<const VectorXd>(matrix.data(), matrix.size());
}

struct Ideals {
  MatrixXd basis;             ///< [simple x simple], the elements of each ideal side by side
  std::vector<Index> bounds;  ///< ideal i has the columns bounds[i] .. bounds[i + 1] - 1
};

/// An element of the commutant is a number on each ideal, so that its eigenspaces are the ideals unless two
/// numbers agree by chance: of several combinations the one whose numbers lie farthest apart. `commutant`:
/// [simple^2 x number of ideals].
Ideals separate_ideals(const MatrixXd& commutant, Index simple) {
  const Index count = commutant.cols();
  Ideals best;
  double widest = -1;
  constexpr int combinations = 32;
  for (int trial = 1; trial <= combinations; ++trial) {
    VectorXd weights(count);
    for (Index k = 0; k < count; ++k) weights(k) = std::sin(static_cast<double>(trial * (k + 1)));
    const VectorXd mixture = commutant * weights;
    const Eigen::Map<const MatrixXd> operation(mixture.data(), simple, simple);
    const EigenPairs pairs = symmetric_eigen(0.5 * (operation + operation.transpose()));
    const VectorXd& values = pairs.values;
    std::vector<Index> bounds(static_cast<std::size_t>(simple - 1));
    std::iota(bounds.begin(), bounds.end(), 1);
    const auto step = [&](Index k) { return values(k) - values(k - 1); };
    std::sort(bounds.begin(), bounds.end(), [&](Index i, Index j) { return step(i) > step(j); });
    bounds.resize(static_cast<std::size_t>(count - 1));
    const double narrowest = bounds.empty() ? 0 : step(bounds.back()) / values.cwiseAbs().maxCoeff();
    if (narrowest <= widest) continue;
    widest = narrowest;
    bounds.push_back(0);
    bounds.push_back(simple);
    std::sort(bounds.begin(), bounds.end());
    best = {pairs.vectors, bounds};
  }
  return best;
}

std::vector<MatrixXd> orthonormal_linear_parts(const std::vector<AffineField>& fields) {
  std::vector<MatrixXd> basis;
  for (const AffineField& field : fields) {
    MatrixXd a = field.leftCols(field.rows());
    for (int pass = 0; pass < 2; ++pass)
      for (const MatrixXd& b : basis) a -= b * (vectorised(b).dot(vectorised(a)));
    basis.push_back(a / a.norm());
  }
  return basis;
}

/// [m] of [m x m]: element i's commutators with the basis, in the basis.
std::vector<MatrixXd> adjoint_representation(const std::vector<MatrixXd>& basis) {
  const Index m = static_cast<Index>(basis.size());
  std::vector<MatrixXd> adjoint(basis.size(), MatrixXd::Zero(m, m));
  for (std::size_t i = 0; i < basis.size(); ++i) {
    for (Index j = 0; j < m; ++j) {
      const MatrixXd& b = basis[static_cast<std::size_t>(j)];
      const MatrixXd c = basis[i] * b - b * basis[i];
      for (Index k = 0; k < m; ++k)
        adjoint[i](k, j) = vectorised(basis[static_cast<std::size_t>(k)]).dot(vectorised(c));
    }
  }
  return adjoint;
}

MatrixXd killing_form(const std::vector<MatrixXd>& adjoint) {
  const Index m = static_cast<Index>(adjoint.size());
  MatrixXd killing(m, m);
  for (Index i = 0; i < m; ++i)
    for (Index j = 0; j < m; ++j)
      killing(i, j) = (adjoint[static_cast<std::size_t>(i)] * adjoint[static_cast<std::size_t>(j)]).trace();
  return killing;
}

/// The commutant of the adjoint representation on the semisimple part, which is spanned by the columns of
/// `semisimple` [m x simple]: one dimension per simple ideal. [simple^2 x number of ideals].
MatrixXd commutant_of(const std::vector<MatrixXd>& adjoint, const MatrixXd& semisimple) {
  const Index simple = semisimple.cols(), m = semisimple.rows();
  MatrixXd equations = MatrixXd::Zero(simple * simple, simple * simple);
  const MatrixXd unit = MatrixXd::Identity(simple, simple);
  for (Index k = 0; k < simple; ++k) {
    MatrixXd ad = MatrixXd::Zero(simple, simple);
    for (Index i = 0; i < m; ++i)
      ad += semisimple(i, k) * (semisimple.transpose() * adjoint[static_cast<std::size_t>(i)] * semisimple);
    MatrixXd rows(simple * simple, simple * simple);  // vec(ad M - M ad)
    for (Index c = 0; c < simple; ++c)
      for (Index d = 0; d < simple; ++d)
        rows.block(c * simple, d * simple, simple, simple) = (c == d ? 1.0 : 0.0) * ad - ad(d, c) * unit;
    equations += rows.transpose() * rows;
  }
  const EigenPairs pairs = symmetric_eigen(equations);
  constexpr double commuting = 0.1;
  Index count = 1;
  while (count < simple && pairs.values(count) < commuting) ++count;
  return pairs.vectors.leftCols(count);
}

struct SimpleAlgebra {
  Index dimension;
  MatrixXd moved;  ///< sum of A^T A over its elements: large on the directions that it moves
};

std::vector<SimpleAlgebra> simple_algebras(const std::vector<MatrixXd>& basis, const MatrixXd& semisimple,
                                           const Ideals& ideals) {
  std::vector<SimpleAlgebra> found;
  for (std::size_t ideal = 0; ideal + 1 < ideals.bounds.size(); ++ideal) {
    const Index first = ideals.bounds[ideal], last = ideals.bounds[ideal + 1];
    MatrixXd moved = MatrixXd::Zero(basis.front().rows(), basis.front().rows());
    for (Index k = first; k < last; ++k) {
      const VectorXd weights = semisimple * ideals.basis.col(k);
      MatrixXd a = MatrixXd::Zero(moved.rows(), moved.cols());
      for (std::size_t i = 0; i < basis.size(); ++i) a += weights(static_cast<Index>(i)) * basis[i];
      moved += a.transpose() * a;
    }
    found.push_back({last - first, moved});
  }
  return found;
}

Index moved_dimensions(const MatrixXd& moved) {
  const VectorXd sizes = symmetric_eigen(moved).values;
  return (sizes.array() > 0.05 * sizes.maxCoeff()).count();
}

/// so(4) = so(3) + so(3) on the same four directions: the later so(3) that goes with this one, or nullptr.
SimpleAlgebra* partner_in_so4(std::vector<SimpleAlgebra>& algebras, std::size_t number) {
  const SimpleAlgebra& one = algebras[number];
  if (one.dimension != 3 || moved_dimensions(one.moved) != 4) return nullptr;
  for (std::size_t j = number + 1; j < algebras.size(); ++j) {
    if (algebras[j].dimension == 3 && moved_dimensions(one.moved + algebras[j].moved) == 4)
      return &algebras[j];
  }
  return nullptr;
}

std::string name_simple_algebra(Index dimension) {
  Index n = 3;
  while (n * (n - 1) / 2 < dimension) ++n;
  if (n * (n - 1) / 2 == dimension) return "so(" + std::to_string(n) + ")";
  if (dimension == 8) return "su(3)";
  return "a simple algebra of dimension " + std::to_string(dimension);
}

}  // namespace

std::string name_compact_algebra(const std::vector<AffineField>& compact) {
  if (compact.empty()) return "";
  const std::vector<MatrixXd> basis = orthonormal_linear_parts(compact);
  const std::vector<MatrixXd> adjoint = adjoint_representation(basis);
  const EigenPairs pairs = symmetric_eigen(-killing_form(adjoint));
  constexpr double central = 0.05;  // basis elements have norm 1; so(n) gives at least 0.5
  const Index m = static_cast<Index>(basis.size());
  Index centre = 0;
  while (centre < m && pairs.values(centre) < central) ++centre;
  std::map<std::string, int> names;
  if (centre > 0) names["so(2)"] = static_cast<int>(centre);
  if (centre < m) {
    const MatrixXd semisimple = pairs.vectors.rightCols(m - centre);
    const Ideals ideals = separate_ideals(commutant_of(adjoint, semisimple), m - centre);
    std::vector<SimpleAlgebra> algebras = simple_algebras(basis, semisimple, ideals);
    for (std::size_t i = 0; i < algebras.size(); ++i) {
      if (algebras[i].dimension == 0) continue;  // counted with its partner
      SimpleAlgebra* const partner = partner_in_so4(algebras, i);
      ++names[partner != nullptr ? "so(4)" : name_simple_algebra(algebras[i].dimension)];
      if (partner != nullptr) partner->dimension = 0;
    }
  }
  std::string text;
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    for (int i = 0; i < name->second; ++i) text += (text.empty() ? "" : "+") + name->first;
  }
  return text;
}

}  // namespace symscan
