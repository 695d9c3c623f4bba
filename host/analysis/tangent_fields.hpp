#pragma once
#include <vector>

#include "host/analysis/lie_algebra.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// Directions that leave a set at some of its points.
struct Normals {
  Eigen::MatrixXd points;                ///< [n x r]
  std::vector<Eigen::MatrixXd> normals;  ///< [n] of [r x c], orthonormal columns; c may differ (0: none)
  double error = 0;  ///< of fitted normals: root mean square of the angle that scatter of the points explains
};

/// How well affine fields v -> A v + b stay tangent to the set: the singular value decomposition of
/// (A | b) -> N(v)^T (A v + b) over all points, in coordinates in which a field of norm 1 has the mean square
/// motion E |A v + b|^2 = 1.
struct TangentSpectrum {
  Eigen::VectorXd residuals;  ///< [r (r + 1)] ascending: root of the share of the motion that leaves the set
  std::vector<AffineField> fields;  ///< in the same order
};
/// Points should be whitened or nearly so: distances and angles between normals are taken in their units.
/// Exact normals give the affine algebra of the variety on which the points lie: a residual of the size of
/// the rounding is a symmetry, and every other one is larger by orders of magnitude.
TangentSpectrum tangent_spectrum(const Normals& normals);

/// Root of the share of one field's motion that leaves the set; 0 for a field that moves nothing.
double tangent_residual(const Normals& normals, const AffineField& field);

}  // namespace symscan
