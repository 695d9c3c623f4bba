#pragma once
#include <string>
#include <vector>

#include "host/base/json.hpp"

namespace symscan {

/// What one dataset's entry of analysis.json says, in plain sentences: degrees of freedom, symmetries of the
/// manifold and of the distribution, constraints, and what to do where something could not be told.
std::vector<std::string> finding_sentences(const Json& entry);

}  // namespace symscan
