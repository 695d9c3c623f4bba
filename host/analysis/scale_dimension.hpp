#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

struct ScaleSettings {
  std::size_t max_points = 5000;   ///< larger sets are thinned at random: the time grows with the square
  std::uint64_t seed = 20220905u;  ///< of the order in which points are thinned
};

/// Dimension at one distance: from the ratios of the distances to neighbours 2k and k (GRIDE; Denti, Doimo,
/// Laio & Mira, Sci. Rep. 12 (2022) 20005; for k = 1 this is TwoNN of Facco et al., Sci. Rep. 7 (2017)
/// 12140).
struct ScaleDimension {
  double distance;     ///< median distance to neighbour 2k, in the units of the points
  double raw;          ///< maximum of the likelihood; too low in high dimensions
  double value;        ///< raw, corrected by what reference sets of that many points and raw dimension need
  double error;        ///< standard error of value, of the sampling and of the correction
  int order;           ///< k
  std::size_t points;  ///< how many points the neighbours were sought among (thinning reaches farther)
};

/// The set has one whole dimension over a range of distances, and more at smaller ones, as if noise were
/// added.
struct DimensionPlateau {
  int dimension;
  double from, to;  ///< distances between which this is so
  double below;     ///< dimension at the smallest distance that was measured
};

/// Points around which the dimension is the same, clearly another than around the other points.
struct DimensionStratum {
  double value, low, high;  ///< dimension and its interval of 95 %
  double share;             ///< of the points
};

/// Intrinsic dimension from the distances and directions to nearest neighbours.
struct DimensionByNeighbours {
  /// Best estimate and an interval of 95 %. The interval contains the uncertainty of the correction: sets of
  /// the same dimension with other densities, edges and curvatures look different, and not all can be told
  /// apart. It holds the truth for 99 % of common sets (spheres, cubes, Gaussians, heavy tails, clusters,
  /// rolls; dimensions 1 to 10) and 86 % of scikit-dimension's benchmark manifolds (to 70): not where a set
  /// bends within the distance of its neighbours or is much thinner than that in some directions. With a
  /// plateau these are its dimension. With several strata they are a mean of theirs.
  double value, low, high;
  std::vector<ScaleDimension> scales;  ///< ascending distance
  std::optional<DimensionPlateau> plateau;
  std::vector<DimensionStratum> strata;  ///< ascending dimension; one for ordinary sets
  std::size_t points;                    ///< distinct points used
  std::size_t duplicates;                ///< rows left out since they repeat another row exactly
  /// Diagonal of a cell of the grid to which columns are rounded, 0 for none. Neighbours that are not well
  /// farther away are not used.
  double rounding;
};

/// `points` is [points x features] in units in which distances make sense, commonly standardised columns.
/// Dimension 0 when all of at least two rows are equal; nothing when there are fewer than 50 distinct points
/// or no distances that define a dimension (all neighbours equally far away). A dimension between 0 and 1 is
/// reported as 1, none is above the number of features. Deterministic. Throws DataError for values that are
/// not finite and std::invalid_argument for fewer than 50 max_points.
std::optional<DimensionByNeighbours> dimension_by_neighbours(const Eigen::MatrixXd& points,
                                                             const ScaleSettings& settings = {});

}  // namespace symscan
