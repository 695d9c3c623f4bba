#pragma once
#include "host/base/eigen.hpp"

namespace symscan {

/// Coordinates u = inward (x - centre) in which a cloud of points looks round: r <= D of them, since points
/// may lie on an r-dimensional subspace (to 3e-5 of their spread, the rounding of float32). Centre: medians,
/// moved into that subspace.
/// Shape: Tyler's M-estimator (Ann. Stat. 15 (1987) 234), slightly shrunk towards the sign covariance, scaled
/// so that the median of |u|^2 is r. Needs no moments. The root is the symmetric one: uncorrelated columns
/// stay columns.
struct RobustFrame {
  Eigen::VectorXd centre;   ///< [D]
  Eigen::VectorXd scale;    ///< [D] > 0: spread of each column; of a constant one the largest of the others
  Eigen::MatrixXd inward;   ///< [r x D]
  Eigen::MatrixXd outward;  ///< [D x r]: x = centre + outward u
  Eigen::MatrixXd normal;   ///< [D - r x D]: rows vanish on x - centre; orthonormal in units of `scale`
};

/// `points` [n x D], finite, n >= 1; `weights` [n] >= 0.
RobustFrame robust_frame(const Eigen::MatrixXd& points, const Eigen::VectorXd& weights);

}  // namespace symscan
