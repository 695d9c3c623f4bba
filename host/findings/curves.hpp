#pragma once
#include <vector>

#include "host/findings/dimension.hpp"
#include "host/findings/group_analysis.hpp"
#include "host/findings/model.hpp"

namespace symscan {

/// Everything known about one dataset's groups.
struct DatasetGroups {
  int dataset = 0;
  std::vector<const Group*> groups;     ///< with a finished replica and beta above 0
  std::vector<GroupAnalysis> analyses;  ///< of each of them
  std::size_t without_noise = 0;        ///< more groups with a finished replica, whose beta is 0
};

/// Curves over beta: one for each choice of the other settings. Their plateaus are those that
/// judge_models() compares.
std::vector<BetaCurve> beta_curves(const RunResults& results, const DatasetGroups& groups,
                                   const DataSpan& span);

/// The number of directions that the models show at their resolution, and where it was read off.
///
/// A set that fills its span of r directions has the local dimension r - sum min(1, tau / variance) at every
/// beta (linear theory). Where the measured one is lower by 0.25 or more the models see a thinner set, and
/// the plateau among those betas counts; if it is nowhere, they show r.
ModelDimension judge_models(const RunResults& results, const DatasetGroups& groups, const DataSpan& span);

}  // namespace symscan
