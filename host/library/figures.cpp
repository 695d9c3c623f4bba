#include "host/library/figures.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <vector>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/base/text.hpp"
#include "host/base/trouble.hpp"
#include "host/report/figure_engine.hpp"
#include "host/report/picture_files.hpp"

namespace symscan {
namespace {

/// Width and height of a drawing that the engine made.
std::pair<double, double> size_of_drawing(const std::string& svg) {
  double width = 0, height = 0;
  const std::size_t at = svg.find("<svg ");
  if (at == std::string::npos ||
      std::sscanf(svg.c_str() + at, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%lf\" height=\"%lf\"",
                  &width, &height) != 2)
    throw Error("A figure of this report has no size.");
  return {width, height};
}

}  // namespace

FigureFormats parse_figure_formats(const std::string& list) {
  FigureFormats formats;
  if (list.empty()) {
    formats.svg = true;
    formats.png = formats.pdf = why_no_pictures().empty();
    return formats;
  }
  const std::vector<std::string> known = {"svg", "png", "pdf"};
  std::istringstream words(list);
  for (std::string word; std::getline(words, word, ',');) {
    if (std::find(known.begin(), known.end(), word) == known.end())
      throw UsageError("--format is '" + printable_line(word) + "', which is none of " + join_words(known) +
                       did_you_mean(word, known) + "; several: svg,pdf");
    (word == "svg" ? formats.svg : word == "png" ? formats.png : formats.pdf) = true;
  }
  if (formats.png || formats.pdf)
    if (const std::string why = why_no_pictures(); !why.empty()) throw Error(why);
  return formats;
}

std::string to_words(const FigureFormats& formats) {
  std::vector<std::string> words;
  if (formats.svg) words.emplace_back("svg");
  if (formats.png) words.emplace_back("png");
  if (formats.pdf) words.emplace_back("pdf");
  return list_words(words);
}

std::vector<std::string> write_figures(const std::filesystem::path& folder, const Json& report,
                                       const FigureFormats& formats,
                                       const std::function<void(double share)>& tell) {
  FigureEngine engine(report);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    throw Error("cannot make the folder '" + folder.string() + "': " + trouble_text(error.value()),
                exit_code_of(error.value()));
  std::optional<PictureWriter> pictures;
  if (formats.png || formats.pdf) pictures.emplace();
  const std::size_t count = engine.names().size();
  std::vector<std::string> files;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string svg = engine.svg(i), name = engine.names()[i];
    const auto [width, height] = size_of_drawing(svg);
    const auto write = [&](const char* ending, const std::string& bytes) {
      files.push_back(name + ending);
      write_file_atomically(folder / files.back(), bytes);
    };
    if (formats.svg) write(".svg", svg);
    if (formats.png) write(".png", pictures->picture(svg, width, height, PictureFormat::png));
    if (formats.pdf) write(".pdf", pictures->picture(svg, width, height, PictureFormat::pdf));
    tell(static_cast<double>(i + 1) / static_cast<double>(count));
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string latex_table(const Json& report) {
  return FigureEngine(report).latex_table();
}

}  // namespace symscan
