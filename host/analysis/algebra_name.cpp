#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "host/analysis/lie_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

VectorXd vectorised(const MatrixXd& matrix) {
  return Eigen::Map<const VectorXd>(matrix.data(), matrix.size());
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
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(-killing);
  constexpr double central = 0.05;  // basis elements have norm 1; so(n) gives at least 0.5
  Index centre = 0;
  while (centre < m && solver.eigenvalues()(centre) < central) ++centre;
  std::map<std::string, int> names;
  if (centre > 0) names["so(2)"] = static_cast<int>(centre);
  const Index simple = m - centre;
  if (simple > 0) {
    // The commutant of the adjoint representation on the semisimple part: one dimension per simple ideal.
    const MatrixXd q = solver.eigenvectors().rightCols(simple);
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
    const Eigen::SelfAdjointEigenSolver<MatrixXd> commutant(equations);
    constexpr double commuting = 0.1;
    VectorXd mixture = VectorXd::Zero(simple * simple);
    double weight = 1.0;
    for (Index k = 0; k < simple * simple && commutant.eigenvalues()(k) < commuting; ++k, weight *= 0.613)
      mixture += weight * commutant.eigenvectors().col(k);
    MatrixXd operation = Eigen::Map<const MatrixXd>(mixture.data(), simple, simple);
    operation = 0.5 * (operation + operation.transpose()).eval();
    const Eigen::SelfAdjointEigenSolver<MatrixXd> ideals(operation);
    const VectorXd& values = ideals.eigenvalues();
    const double spread = std::max(values.cwiseAbs().maxCoeff(), 1e-12);
    std::vector<std::pair<Index, MatrixXd>> found;  // dimension, sum of A^T A
    for (Index first = 0; first < simple;) {
      Index last = first + 1;
      while (last < simple && values(last) - values(last - 1) < 0.1 * spread) ++last;
      MatrixXd moved = MatrixXd::Zero(basis.front().rows(), basis.front().rows());
      for (Index k = first; k < last; ++k) {
        const VectorXd weights = q * ideals.eigenvectors().col(k);
        MatrixXd a = MatrixXd::Zero(moved.rows(), moved.cols());
        for (Index i = 0; i < m; ++i) a += weights(i) * basis[static_cast<std::size_t>(i)];
        moved += a.transpose() * a;
      }
      found.emplace_back(last - first, moved);
      first = last;
    }
    const auto moved_dimensions = [](const MatrixXd& moved) {
      const VectorXd sizes = Eigen::SelfAdjointEigenSolver<MatrixXd>(moved).eigenvalues();
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
