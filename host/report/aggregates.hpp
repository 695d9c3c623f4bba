#pragma once
#include <vector>

#include "host/report/report_model.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// What the groups of a dataset show for each value of each setting that varies among them. Of many values
/// neighbours are taken together, so that there are at most `most` lines for a setting. `members`: positions
/// in `groups`.
std::vector<StudyAggregate> aggregates_of(const RunResults& results, const std::vector<Group>& groups,
                                          const std::vector<int>& members, std::size_t most);

}  // namespace symscan
