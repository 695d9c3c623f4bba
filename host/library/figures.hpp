#pragma once
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "host/base/json.hpp"

namespace symscan {

struct FigureFormats {
  bool svg = false, png = false, pdf = false;
  std::size_t count() const { return (svg ? 1u : 0u) + (png ? 1u : 0u) + (pdf ? 1u : 0u); }
};

/// "svg,pdf" as formats; "" means every format that can be made here. Throws UsageError for other words, and
/// Error for png and pdf where librsvg is not installed.
FigureFormats parse_figure_formats(const std::string& list);
/// "svg, png and pdf"
std::string to_words(const FigureFormats& formats);

/// Writes every figure of a report, as the page shows it when it is opened, into a folder, which is made:
/// NAME.svg, NAME.png, NAME.pdf. Files of these names are replaced. `report`: report_json(). `tell` hears the
/// share that is done. Returns the names of the files, sorted. Throws Error, also where symscan was built
/// without figures.
std::vector<std::string> write_figures(const std::filesystem::path& folder, const Json& report,
                                       const FigureFormats& formats,
                                       const std::function<void(double share)>& tell);

/// What the data sets of a run obey, as a LaTeX table.
std::string latex_table(const Json& report);

}  // namespace symscan
