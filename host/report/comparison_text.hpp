#pragma once
#include <string>

#include "host/report/comparison.hpp"

namespace symscan {

/// The headline, and a table of each pair of datasets: differences first. Lines of at most 100 characters.
std::string comparison_text(const Comparison& comparison);

}  // namespace symscan
