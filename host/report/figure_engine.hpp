#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/base/json.hpp"

namespace symscan {

/// The scripts that draw the figures of report.html, run without a browser: the figures of the page, as they
/// are when it is opened, are the same here. One engine serves one thread at a time.
class FigureEngine {
 public:
  /// `data`: report_json(). Throws Error if this symscan was built without the engine (see
  /// figures_are_built()), or if the scripts fail.
  explicit FigureEngine(const Json& data);
  ~FigureEngine();
  FigureEngine(const FigureEngine&) = delete;
  FigureEngine& operator=(const FigureEngine&) = delete;

  /// Names of the figures, fit for files, each once: "circle-relevance".
  const std::vector<std::string>& names();
  /// The figure of that place in names(), as an SVG file.
  std::string svg(std::size_t index);
  /// What the data obey, as a LaTeX table.
  std::string latex_table();
  /// How texts are typeset: [{"plain", "latex", "svg"}], one entry for each of [{"text", "columns"}], where
  /// `columns` are names that occur in the text, or missing.
  std::string typeset(const Json& texts);

 private:
  struct Heap;
  std::unique_ptr<Heap> heap_;
  std::string data_;
  std::optional<std::vector<std::string>>
      names_;  ///< none: not asked for yet; all figures are built for them
};

/// Whether this symscan has the engine: Duktape and TypeScript's compiler were there when it was built.
bool figures_are_built();

}  // namespace symscan
