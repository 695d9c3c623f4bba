#pragma once

#include "host/analysis/tangent_fields.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// Normals of a set of `dimension` directions from the points themselves, without a relation or a model: at
/// evenly spaced points a polynomial is fitted to the nearest neighbours, as heights over their principal
/// plane, and its slope at the point turns the plane. Of degree 3 in up to two dimensions, else 2; so the
/// error of a normal is of the order of the distance to the neighbours to that power, in units of the radius
/// of curvature.
///
/// points: [n x r], duplicates allowed. `noise`: distance below which the points are scattered around the
/// set; neighbours up to three times as far are fitted then, at most 1000. Points whose neighbours do not
/// span the plane get no normals. Empty if there are too few points for the fit.
Normals normals_from_neighbours(const Eigen::MatrixXd& points, Eigen::Index dimension,
                                Eigen::Index most_points, double noise = 0);

/// Affine fields that are tangent to the set as far as n points tell.
struct NeighbourAlgebra {
  std::vector<AffineField> fields;  ///< of the points' coordinates
  Eigen::VectorXd residuals;        ///< the whole spectrum from all points, see TangentSpectrum
  Eigen::VectorXd coarse;           ///< the same from a quarter of the points
  Normals normals;                  ///< from all points
  /// False: no field is accepted, but the least residual still falls with denser points, or is no more than
  /// the scatter of the points explains.
  bool clear = true;
};
/// A field is accepted if its residual is small, is far below that of the first rejected one, and shrinks as
/// the points become denser: what is left of a symmetry is the error of the normals, which does, and what is
/// left of a field that is none does not. Empty spectra where the points are too few, or the dimensions more
/// than six.
NeighbourAlgebra algebra_from_neighbours(const Eigen::MatrixXd& points, Eigen::Index dimension,
                                         double noise = 0);

/// Share of the `moved` points [m x r] that are farther from all `points` [n x r] than nearly all points of
/// `from` [m x r], a part of `points`, are from their neighbours: twice the distance within which 99 % have
/// one.
double share_off_the_points(const Eigen::MatrixXd& points, const Eigen::MatrixXd& from,
                            const Eigen::MatrixXd& moved);

/// Dimensions above which algebra_from_neighbours() finds nothing.
inline constexpr Eigen::Index most_tangent_dimension = 6;

}  // namespace symscan
