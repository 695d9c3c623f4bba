#pragma once
#include <string>
#include <vector>

#include "host/analysis/field_kind.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// An affine vector field v -> A v + b as the r x (r + 1) matrix (A | b).
using AffineField = Eigen::MatrixXd;

/// Columns: matrices of one size, written as vectors.
Eigen::MatrixXd stacked(const std::vector<Eigen::MatrixXd>& matrices);

/// [X, Y] of two affine fields as linear maps of (v, 1): A_X A_Y - A_Y A_X, with the shifts.
AffineField commutator(const AffineField& x, const AffineField& y);

/// How far the span of the fields is from closing under commutators: the root mean square of the part of
/// [X_i, X_j] outside the span, over that of [X_i, X_j] (over |X_i| |X_j| where they commute). 0 for one
/// field. `second`: E (v,1)(v,1)^T, which measures fields by the motion they cause.
double closure_residual(const std::vector<AffineField>& fields, const Eigen::MatrixXd& second);

/// The parts of a span of affine fields.
struct AlgebraParts {
  std::vector<AffineField> compact;       ///< rotations: antisymmetric in the metric found, made exactly so
  std::vector<AffineField> translations;  ///< constant fields
  std::vector<AffineField> others;        ///< scalings, shears, boosts
  double compact_residual = 0;  ///< symmetric share (rms) that had to be removed to make `compact` exact
};
/// `fields` in coordinates v with covariance `covariance`, linearly independent. An inner product that the
/// rotations keep is looked for starting from the plain one, the standardised one and the covariance's.
AlgebraParts split_algebra(const std::vector<AffineField>& fields, const Eigen::MatrixXd& covariance);

/// The same span with as many zeros as elimination gives: a reduced echelon form with the largest entries as
/// pivots, so that rotations come out in coordinate planes. `scale`: [r] size of each coordinate.
std::vector<AffineField> sparse_basis(std::vector<AffineField> fields, const Eigen::VectorXd& scale);

/// Kind of a single field from the eigenvalues of its linear part. `scale`: [r] size of each coordinate;
/// `error`: of the field's entries, relative.
FieldKind kind_of(const AffineField& field, const Eigen::VectorXd& scale, double error = 0.005);

}  // namespace symscan
