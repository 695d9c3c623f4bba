#pragma once
#include <string>

#include "host/findings/model.hpp"

namespace symscan {

/// One line per dataset: truth against what was found; datasets without a known truth are left out. Empty if
/// none has one.
std::string truth_table(const Findings& findings);

}  // namespace symscan
