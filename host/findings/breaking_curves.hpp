#pragma once
#include <vector>

#include "host/findings/curves.hpp"

namespace symscan {

/// Curves over the setting in which otherwise equal datasets of a kind differ (annulus width, beam-energy
/// spread): local dimension, first generator eigenvalue, relevances. `findings[i]` is of `datasets[i]`.
std::vector<BreakingCurve> breaking_curves(const RunResults& results,
                                           const std::vector<DatasetGroups>& datasets,
                                           const std::vector<DatasetFinding>& findings);

}  // namespace symscan
