#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "host/base/eigen.hpp"

namespace symscan {

struct NeighbourSettings {
  int k_min = 10, k_max = 20;     ///< neighbours that Levina-Bickel uses; the estimates of all k are averaged
  double discard = 0.1;           ///< share of the points, those of largest r2 / r1, that TwoNN censors
  std::size_t max_points = 5000;  ///< larger sets are thinned at random: the time grows with the square
  std::uint64_t seed = 20170922u;  ///< of the thinning
};

/// Intrinsic dimension from the distances to nearest neighbours.
/// Errors are standard errors of the sampling alone, good to a quarter. Both estimates fall below the truth
/// in higher dimensions (see tests: 1-3 % for a Gaussian, 9-13 % for a cube of dimension 8 and 5000 points),
/// since neighbours are then so far away that density and boundary change between them; the errors do not
/// contain that. An estimate is NaN where the distances do not define it (all neighbours equally far away).
struct NeighbourDimension {
  double two_nn, two_nn_error;
  double levina_bickel, levina_bickel_error;
  std::size_t points;      ///< distinct points used
  std::size_t duplicates;  ///< rows left out since they repeat another row exactly
};

/// `points` is [points x features] in units in which distances make sense. Two estimates:
/// - TwoNN (Facco et al., Sci. Rep. 7 (2017) 12140): r2 / r1 of the two nearest neighbours has the density
///   d mu^(-d-1); maximum likelihood, censored at the `discard` largest ratios.
/// - Levina & Bickel (NIPS 2004): maximum likelihood from the distances to k neighbours, inverse dimensions
///   averaged over the points (MacKay & Ghahramani, comment of 2005), then dimensions over k.
/// Dimension 0 when all of at least two rows are equal; nothing when there are not more than k_max distinct
/// points. Throws DataError for values that are not finite and std::invalid_argument for settings out of
/// range.
std::optional<NeighbourDimension> neighbour_dimension(const Eigen::MatrixXd& points,
                                                      const NeighbourSettings& settings = {});

}  // namespace symscan
