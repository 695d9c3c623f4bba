#pragma once
#include <vector>

#include "host/store/run_results.hpp"

namespace symscan {

/// At most about `most` of the groups of a dataset, for a page that cannot show all: the lists of the sweep
/// are thinned, the longest first, so that what is left is a grid again. `members`: positions in `groups`,
/// ascending; so is what is returned.
std::vector<int> shown_groups(const std::vector<Group>& groups, const std::vector<int>& members,
                              std::size_t most);

}  // namespace symscan
