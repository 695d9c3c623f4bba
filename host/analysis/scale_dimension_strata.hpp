#pragma once
#include <vector>

#include "host/analysis/scale_dimension_features.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// Splits points where their local dimensions (Levina & Bickel, over 20 neighbours, averaged over these) fall
/// into two groups with next to nothing between; each group's points are looked at again. One group with all
/// points where they do not. Every group has at least 100 points and a twelfth of all. `points` is
/// [features x points].
std::vector<std::vector<Eigen::Index>> split_by_dimension(const Eigen::MatrixXd& points,
                                                          const NeighbourTable& neighbours);

}  // namespace symscan
