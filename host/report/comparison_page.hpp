#pragma once
#include <string>

#include "host/report/comparison.hpp"

namespace symscan {

/// The comparison as one HTML page, which needs no other file and no script: headline, table of facts,
/// relevances side by side, and what each analysis says. All text is escaped; bytes that are not UTF-8 become
/// U+FFFD.
std::string comparison_html(const Comparison& comparison);

}  // namespace symscan
