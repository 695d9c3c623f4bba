#pragma once
#include <string_view>

namespace symscan {

/// A file of the report that was embedded when the program was built (host/report/assets.cmake), by its name
/// in the page's {{placeholders}}: "report.css", "plot.js", "report.js", ... Throws std::out_of_range for a
/// name that is not embedded. The bytes live as long as the program.
std::string_view report_asset(std::string_view name);

}  // namespace symscan
