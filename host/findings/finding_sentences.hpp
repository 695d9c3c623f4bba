#pragma once
#include <string>
#include <vector>

#include "host/findings/model.hpp"

namespace symscan {

/// What was found out about one dataset, in plain sentences: degrees of freedom, symmetries of the manifold
/// and of the distribution, constraints, and what to do where something could not be told. Does not read
/// `finding.sentences`.
std::vector<std::string> finding_sentences(const DatasetFinding& finding);

}  // namespace symscan
