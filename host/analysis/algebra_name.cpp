#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "host/analysis/lie_algebra.hpp"
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

}  // namespace

std::string name_compact_algebra(const std::vector<AffineField>& compact) {
  if (compact.empty()) return "";
  // An orthonormal basis of the linear parts.
  std::vector<MatrixXd> basis;
  for (const AffineField& field : compact) {
    MatrixXd a = field.leftCols(field.rows());
    for (int pass = 0; pass < 2; ++pass)
      for (const MatrixXd& b : basis) a -= b * (vectorised(b).dot(vectorised(a)));
    basis.push_back(a / a.norm());
  }
  const Index m = static_cast<Index>(basis.size());
  std::vector<MatrixXd> adjoint(basis.size(), MatrixXd::Zero(m, m));
  for (Index i = 0; i < m; ++i) {
    for (Index j = 0; j < m; ++j) {
      const MatrixXd& a = basis[static_cast<std::size_t>(i)];
      const MatrixXd& b = basis[static_cast<std::size_t>(j)];
      const MatrixXd c = a * b - b * a;
      for (Index k = 0; k < m; ++k)
        adjoint[static_cast<std::size_t>(i)](k, j) =
            vectorised(basis[static_cast<std::size_t>(k)]).dot(vectorised(c));
    }
  }
  MatrixXd killing(m, m);
  for (Index i = 0; i < m; ++i)
    for (Index j = 0; j < m; ++j)
      killing(i, j) = (adjoint[static_cast<std::size_t>(i)] * adjoint[static_cast<std::size_t>(j)]).trace();
  const EigenPairs pairs = symmetric_eigen(-killing);
  constexpr double central = 0.05;  // basis elements have norm 1; so(n) gives at least 0.5
  Index centre = 0;
  while (centre < m && pairs.values(centre) < central) ++centre;
  std::map<std::string, int> names;
  if (centre > 0) names["so(2)"] = static_cast<int>(centre);
  const Index simple = m - centre;
  if (simple > 0) {
    // The commutant of the adjoint representation on the semisimple part: one dimension per simple ideal.
    const MatrixXd q = pairs.vectors.rightCols(simple);
    MatrixXd equations = MatrixXd::Zero(simple * simple, simple * simple);
    const MatrixXd unit = MatrixXd::Identity(simple, simple);
    for (Index k = 0; k < simple; ++k) {
      MatrixXd ad = MatrixXd::Zero(simple, simple);
      for (Index i = 0; i < m; ++i)
        ad += q(i, k) * (q.transpose() * adjoint[static_cast<std::size_t>(i)] * q);
      MatrixXd rows(simple * simple, simple * simple);  // vec(ad M - M ad)
      for (Index c = 0; c < simple; ++c)
        for (Index d = 0; d < simple; ++d)
          rows.block(c * simple, d * simple, simple, simple) = (c == d ? 1.0 : 0.0) * ad - ad(d, c) * unit;
      equations += rows.transpose() * rows;
    }
    const EigenPairs commutant = symmetric_eigen(equations);
    constexpr double commuting = 0.1;
    Index count = 1;  // of simple ideals
    while (count < simple && commutant.values(count) < commuting) ++count;
    const Ideals ideals = separate_ideals(commutant.vectors.leftCols(count), simple);
    std::vector<std::pair<Index, MatrixXd>> found;  // dimension, sum of A^T A
    for (std::size_t ideal = 0; ideal + 1 < ideals.bounds.size(); ++ideal) {
      const Index first = ideals.bounds[ideal], last = ideals.bounds[ideal + 1];
      MatrixXd moved = MatrixXd::Zero(basis.front().rows(), basis.front().rows());
      for (Index k = first; k < last; ++k) {
        const VectorXd weights = q * ideals.basis.col(k);
        MatrixXd a = MatrixXd::Zero(moved.rows(), moved.cols());
        for (Index i = 0; i < m; ++i) a += weights(i) * basis[static_cast<std::size_t>(i)];
        moved += a.transpose() * a;
      }
      found.emplace_back(last - first, moved);
    }
    const auto moved_dimensions = [](const MatrixXd& moved) {
      const VectorXd sizes = symmetric_eigen(moved).values;
      return (sizes.array() > 0.05 * sizes.maxCoeff()).count();
    };
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto [size, moved] = found[i];
      if (size == 0) continue;
      if (size == 3 && moved_dimensions(moved) == 4) {  // so(4) = so(3) + so(3) on the same four directions
        bool paired = false;
        for (std::size_t j = i + 1; j < found.size() && !paired; ++j) {
          if (found[j].first == 3 && moved_dimensions(moved + found[j].second) == 4) {
            found[j].first = 0;
            ++names["so(4)"];
            paired = true;
          }
        }
        if (paired) continue;
      }
      Index n = 3;
      while (n * (n - 1) / 2 < size) ++n;
      if (n * (n - 1) / 2 == size) {
        ++names["so(" + std::to_string(n) + ")"];
      } else if (size == 8) {
        ++names["su(3)"];
      } else {
        ++names["a simple algebra of dimension " + std::to_string(size)];
      }
    }
  }
  std::string text;
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    for (int i = 0; i < name->second; ++i) text += (text.empty() ? "" : "+") + name->first;
  }
  return text;
}

}  // namespace symscan
