#pragma once
#include <string>
#include <vector>

#include "host/analysis/lie_algebra.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// What a Lie algebra of affine vector fields is, the same in every basis and in all linear coordinates.
struct AlgebraStructure {
  /// "so(4)", "so(1,3) + scaling", "so(2) + 2 translations", "so(3) with 3 translations (semidirect)",
  /// "screw", "Heisenberg"; "none" without fields, "5 fields" if they do not close, "unnamed algebra of 5
  /// fields" if they close but their structure does not fit any algebra within the tolerance.
  /// Simple ideals first, the largest first; then rotations, translations, scalings and others.
  std::string name;
  /// Its maximal compact subalgebra in the form of name_compact_algebra(): "so(3)+so(2)"; "none" if it is
  /// zero, "unknown" where the algebra is not named.
  std::string compact;
  int semisimple = 0;  ///< dimension of the Levi factor
  int radical = 0;     ///< dimension of the largest solvable ideal
  /// The fields close under commutators within the tolerance and the algebra could be named.
  bool closed = true;
  double closure = 0;  ///< closure_residual() of the fields
};

/// The structure of the span of `fields`, each [r x (r + 1)], linearly independent. `second`: [(r + 1) x
/// (r + 1)] E (v,1)(v,1)^T of the data; fields are measured where the data are round. `tolerance`: the
/// relative error that the fields may have; fields close if their closure residual is below four times that.
/// 1e-6 suits exact fields, 1e-2 learned ones. No result depends on the order, the basis or the units of the
/// fields. More than 120 fields are named only if they are all affine fields.
///
/// Sources: W. A. de Graaf, "Lie Algebras: Theory and Algorithms" (2000), chapters 2 to 5 (radical from the
/// Killing form, Cartan subalgebras, simple ideals); S. Helgason, "Differential Geometry, Lie Groups and
/// Symmetric Spaces" (1978), chapter X (real forms and their maximal compact subalgebras).
AlgebraStructure describe_algebra(const std::vector<AffineField>& fields, const Eigen::MatrixXd& second,
                                  double tolerance = 1e-6);

}  // namespace symscan
