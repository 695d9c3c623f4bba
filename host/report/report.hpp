#pragma once
#include <string>

#include "host/base/json.hpp"

namespace symscan {

/// The report as one HTML file that needs no other file and no network: page, style, scripts and data.
///
/// `data`: report_json() of report_model.hpp. What is absent or null is left out of the page. Throws Error if
/// `data` is no object or of another schema.
std::string render_report(const Json& data);

}  // namespace symscan
