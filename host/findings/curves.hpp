#pragma once
#include "host/findings/group_analysis.hpp"

namespace symscan {

/// Everything known about one dataset's groups.
struct DatasetGroups {
  int dataset = 0;
  std::vector<const Group*> groups;     ///< with a finished replica
  std::vector<GroupFindings> findings;  ///< of each of them
};

/// Curves over beta: one for each choice of the other settings. Members as in host/report/report.hpp.
Json beta_curves(const RunResults& results, const DatasetGroups& groups);

/// The number of dimensions along which the data vary, and where it was read off.
struct DimensionVerdict {
  int dimension = -1;       ///< -1: no beta shows a whole number
  double value = 0;         ///< mean local dimension there
  double from = 0, to = 0;  ///< betas
  bool full = false;        ///< the data fill their linear span
};
/// A set that fills its span of r directions has the local dimension r - sum min(1, tau / variance) at every
/// beta (linear theory). Where the measured one is lower by 0.25 or more the manifold is thinner, and the
/// plateau among those betas counts; if it is nowhere, the dimension is r.
DimensionVerdict judge_dimension(const RunResults& results, const DatasetGroups& groups,
                                 const DataSpan& span);

/// Curves over the setting in which otherwise equal datasets of a kind differ (annulus width, beam-energy
/// spread): local dimension, first generator eigenvalue, relevances.
Json breaking_curves(const RunResults& results, const std::vector<DatasetGroups>& datasets,
                     const Json& entries);

/// Angles in degrees between what the most relevant latents do to the reconstruction (the mean of
/// d xhat / d z_j) and the principal directions of the data.
Json alignment(const RunResults& results, Ledger& ledger, const Group& group, const DatasetPoints& points,
               const DataSpan& span);

}  // namespace symscan
