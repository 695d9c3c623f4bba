#pragma once
#include <array>
#include <cstddef>

#include "host/base/eigen.hpp"

namespace symscan {

/// Nearest neighbours of every point, nearest first.
struct NeighbourTable {
  Eigen::MatrixXd log_distances;  ///< [neighbours x points]; natural logarithms
  Eigen::MatrixXi indices;        ///< [neighbours x points]
};

/// Neighbour orders k of the ratios r_2k / r_k.
inline constexpr std::array<int, 5> kScaleOrders = {1, 2, 4, 8, 16};
inline constexpr int kScaleNeighbours = 32;  ///< neighbours that all orders need
inline constexpr int kAngleNeighbours = 16;  ///< neighbours whose directions are compared

/// What is known of a set of points from its neighbours, to be compared with reference sets.
struct ScaleFeatures {
  std::array<double, 5> log_gride;  ///< logarithm of the dimension by GRIDE at each of kScaleOrders
  /// Mean cosine between the directions to two of a point's neighbours, and logarithm of the inverse mean
  /// squared cosine; in a homogeneous flat neighbourhood of dimension d they are 0 and log d.
  double mean_cosine, log_inverse_square;
  /// Quartile distance over the points of the logarithm of the distance to the 16th neighbour, times the
  /// dimension by GRIDE: how unequal the density is.
  double spread;
};
inline constexpr int kScaleFeatureCount = 8;
std::array<double, kScaleFeatureCount> as_array(const ScaleFeatures& features);

/// `points` is [features x points]; `count` less than the number of points. Brute force, by sums of squared
/// differences since |x|^2 + |y|^2 - 2xy would lose the small ones.
NeighbourTable find_neighbours(const Eigen::MatrixXd& points, int count);

/// Dimension by the maximum of the likelihood of all r_2k / r_k (Denti et al., Sci. Rep. 12 (2022) 20005);
/// NaN where more than half of the ratios are 1, or all are.
double gride(const NeighbourTable& neighbours, int order);

/// `neighbours` holds kScaleNeighbours of each of `points`, [features x points].
ScaleFeatures scale_features(const Eigen::MatrixXd& points, const NeighbourTable& neighbours);

}  // namespace symscan
