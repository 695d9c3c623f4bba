#pragma once
#include <optional>
#include <vector>

#include "host/analysis/lie_algebra.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// A Lie algebra of affine fields in coordinates in which the data have mean 0 and covariance 1.
struct LieAlgebra {
  /// [m] of [(r + 1) x (r + 1)]: the fields as linear maps of (v, 1), orthonormal as vectors.
  std::vector<Eigen::MatrixXd> basis;
  /// [m] of [m x m]: the commutators of basis element i with the basis, in the basis.
  std::vector<Eigen::MatrixXd> adjoint;
  double closure = 0;  ///< closure_residual() in these coordinates

  Eigen::Index dimension() const { return static_cast<Eigen::Index>(basis.size()); }
  /// The combination of the basis.
  Eigen::MatrixXd element(const Eigen::VectorXd& weights) const;
};

/// The algebra that `fields` span, `second` as for describe_algebra(). Combinations of the fields that are
/// smaller than `smallest` (relative) are left out.
LieAlgebra lie_algebra_of(const std::vector<AffineField>& fields, const Eigen::MatrixXd& second,
                          double smallest);

/// The largest solvable ideal and what is left beside it.
struct LeviDecomposition {
  Eigen::MatrixXd radical;   ///< [m x radical] orthonormal columns
  Eigen::MatrixXd quotient;  ///< [m x semisimple] orthonormal columns, orthogonal to `radical`
  /// [m x semisimple]: elements of the derived algebra that differ from the columns of `quotient` by elements
  /// of the radical. In every representation traces of their products are those of a Levi factor.
  Eigen::MatrixXd lifted;
  /// [semisimple] of [semisimple x semisimple]: the adjoint representation of the algebra modulo the radical,
  /// which the Levi factor is isomorphic to.
  std::vector<Eigen::MatrixXd> adjoint;
};

/// The radical is the orthogonal complement of the derived algebra under the Killing form. `tolerance`: share
/// of the largest value below which a number is taken for zero. Nothing if a number may be zero or not.
std::optional<LeviDecomposition> levi_decomposition(const LieAlgebra& algebra, double tolerance);

/// trace(adjoint[i] adjoint[j])
Eigen::MatrixXd killing_form(const std::vector<Eigen::MatrixXd>& adjoint);

}  // namespace symscan
