#include "host/report/assets.hpp"

#include <array>
#include <stdexcept>
#include <string>

#define SYMSCAN_ASSET(name)                 \
  extern const char symscan_asset_##name[]; \
  extern const char symscan_asset_##name##_end[];

extern "C" {
SYMSCAN_ASSET(page)
SYMSCAN_ASSET(style)
SYMSCAN_ASSET(data)
SYMSCAN_ASSET(analysis)
SYMSCAN_ASSET(theme)
SYMSCAN_ASSET(figures)
SYMSCAN_ASSET(events)
SYMSCAN_ASSET(scans)
SYMSCAN_ASSET(symmetry)
SYMSCAN_ASSET(theory)
SYMSCAN_ASSET(draw)
SYMSCAN_ASSET(tables)
SYMSCAN_ASSET(findings)
SYMSCAN_ASSET(report)
SYMSCAN_ASSET(plotly)
}

#undef SYMSCAN_ASSET

namespace symscan {
namespace {

struct Asset {
  std::string_view name;
  const char* begin;
  const char* end;
};

const std::array<Asset, 15> kAssets = {{
    {"report.html", symscan_asset_page, symscan_asset_page_end},
    {"report.css", symscan_asset_style, symscan_asset_style_end},
    {"data.js", symscan_asset_data, symscan_asset_data_end},
    {"analysis.js", symscan_asset_analysis, symscan_asset_analysis_end},
    {"theme.js", symscan_asset_theme, symscan_asset_theme_end},
    {"figures.js", symscan_asset_figures, symscan_asset_figures_end},
    {"events.js", symscan_asset_events, symscan_asset_events_end},
    {"scans.js", symscan_asset_scans, symscan_asset_scans_end},
    {"symmetry.js", symscan_asset_symmetry, symscan_asset_symmetry_end},
    {"theory.js", symscan_asset_theory, symscan_asset_theory_end},
    {"draw.js", symscan_asset_draw, symscan_asset_draw_end},
    {"tables.js", symscan_asset_tables, symscan_asset_tables_end},
    {"findings.js", symscan_asset_findings, symscan_asset_findings_end},
    {"report.js", symscan_asset_report, symscan_asset_report_end},
    {"plotly.js", symscan_asset_plotly, symscan_asset_plotly_end},
}};

}  // namespace

std::string_view report_asset(std::string_view name) {
  for (const Asset& asset : kAssets) {
    if (asset.name == name) return {asset.begin, static_cast<std::size_t>(asset.end - asset.begin)};
  }
  throw std::out_of_range("no asset of the report is called " + std::string(name));
}

}  // namespace symscan
