#pragma once
#include <string>
#include <vector>

#include "host/findings/group_analysis.hpp"
#include "host/findings/model.hpp"

namespace symscan {

/// Tests the named transformations one by one, with the group's best model: is each a symmetry of the
/// manifold, and of the distribution? `names`: see parse_candidate().
std::vector<CandidateFinding> test_candidates(const Subject& subject, const Group& group,
                                              const std::vector<std::string>& names);

/// Whether the dataset has the columns that the transformation needs.
bool understands(const DatasetRecord& record, const std::string& candidate);

/// Transformations to be tested on the dataset: those that its features suggest, and those that were named.
std::vector<std::string> candidate_names(const DatasetRecord& record, const FindingsOptions& options);

}  // namespace symscan
