#pragma once
#include <string>
#include <vector>

#include "host/findings/group_analysis.hpp"
#include "host/findings/model.hpp"

namespace symscan {

/// A text for parse_candidate().
struct CandidateName {
  std::string text;
  bool named = false;  ///< by the user
};

/// Tests the named transformations one by one, with the group's best model: is each a symmetry of the
/// manifold, and of the distribution? `resolved`: the models see that the data are thinner than their span.
/// Else every motion seems to stay on the manifold, and the distribution alone decides.
std::vector<CandidateFinding> test_candidates(const Subject& subject, const Group& group,
                                              const std::vector<CandidateName>& names, bool resolved);

/// Whether the dataset has the columns that the transformation needs.
bool understands(const DatasetRecord& record, const std::string& candidate);

/// Transformations to be tested on the dataset: those that its features suggest, and those that were named.
std::vector<CandidateName> candidate_names(const DatasetRecord& record, const FindingsOptions& options);

}  // namespace symscan
