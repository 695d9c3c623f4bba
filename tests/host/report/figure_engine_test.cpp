#include "host/report/figure_engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/library/figures.hpp"
#include "host/report/picture_files.hpp"
#include "tests/host/report/real_report.hpp"

namespace symscan {
namespace {

using test::small_report;

#define SKIP_WITHOUT_ENGINE() \
  if (!figures_are_built()) GTEST_SKIP() << "built without duktape or tsc"

TEST(FigureEngine, DrawsEveryFigureOfTheExamples) {
  SKIP_WITHOUT_ENGINE();
  FigureEngine engine(small_report());
  const std::vector<std::string>& names = engine.names();
  ASSERT_GT(names.size(), 5u);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string svg = engine.svg(i);
    EXPECT_TRUE(svg.starts_with("<?xml")) << names[i];
    EXPECT_TRUE(svg.ends_with("</svg>\n")) << names[i];
    for (const char* wrong : {"undefined", "NaN", "Infinity", "[object"})
      EXPECT_EQ(svg.find(wrong), std::string::npos) << names[i] << " holds " << wrong;
  }
}

TEST(FigureEngine, TheSameDataGiveTheSameBytes) {
  SKIP_WITHOUT_ENGINE();
  FigureEngine a(small_report()), b(small_report());
  ASSERT_EQ(a.names(), b.names());
  for (std::size_t i = 0; i < a.names().size(); ++i) EXPECT_EQ(a.svg(i), b.svg(i)) << a.names()[i];
}

TEST(FigureEngine, NamesOfDatasetsBecomeNamesOfFiles) {
  SKIP_WITHOUT_ENGINE();
  Json data = small_report();
  data["studies"][0]["dataset"] = "../../etc/pass wd\n<script>";
  FigureEngine engine(data);
  for (const std::string& name : engine.names()) {
    EXPECT_EQ(name.find_first_of("/\\ \n<>"), std::string::npos) << name;
    EXPECT_NE(name.front(), '.') << name;
  }
  for (std::size_t i = 0; i < engine.names().size(); ++i)
    EXPECT_EQ(engine.svg(i).find("<script>"), std::string::npos) << engine.names()[i];
}

TEST(FigureEngine, EmptyReportsHaveNoFigures) {
  SKIP_WITHOUT_ENGINE();
  EXPECT_TRUE(FigureEngine(Json{{"schema", 1}}).names().empty());
}

TEST(FigureEngine, LatexTablesAreBalanced) {
  SKIP_WITHOUT_ENGINE();
  Json data = small_report();
  data["studies"][0]["dataset"] = "50%_of {a} & b # $c \\";
  const std::string table = FigureEngine(data).latex_table();
  EXPECT_NE(table.find("\\begin{tabular}"), std::string::npos);
  int depth = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i] == '\\') {
      ++i;
      continue;
    }
    depth += table[i] == '{' ? 1 : table[i] == '}' ? -1 : 0;
    ASSERT_GE(depth, 0);
  }
  EXPECT_EQ(depth, 0);
}

/// tests/report/math_cases.json: texts and how they are set.
TEST(FigureEngine, TypesetsTheCases) {
  SKIP_WITHOUT_ENGINE();
  const Json cases =
      Json::parse(read_text_file(SYMSCAN_SOURCE_DIR "/tests/report/math_cases.json", 1u << 20));
  ASSERT_GT(cases.size(), 20u);
  FigureEngine engine(Json{{"schema", 1}});
  const Json set = Json::parse(engine.typeset(cases));
  ASSERT_EQ(set.size(), cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i)
    for (const char* form : {"plain", "latex", "svg"})
      EXPECT_EQ(set[i].at(form), cases[i].at(form)) << cases[i].at("text") << " as " << form;
}

TEST(Figures, FormatsAreAList) {
  const FigureFormats svg = parse_figure_formats("svg");
  EXPECT_TRUE(svg.svg && !svg.png && !svg.pdf);
  EXPECT_THROW(parse_figure_formats("svg,jpeg"), UsageError);
  EXPECT_THROW(parse_figure_formats(","), UsageError);
  EXPECT_TRUE(parse_figure_formats("").svg);
}

TEST(Figures, PicturesHaveTheSizeOfTheDrawing) {
  if (const std::string why = why_no_pictures(); !why.empty()) GTEST_SKIP() << why;
  const std::string svg =
      R"(<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="100%" height="100%" fill="red"/></svg>)";
  const PictureWriter writer;
  const std::string png = writer.picture(svg, 40, 30, PictureFormat::png);
  ASSERT_GT(png.size(), 24u);
  EXPECT_EQ(png.substr(1, 3), "PNG");
  EXPECT_EQ(static_cast<unsigned char>(png[19]), 80);  // width, in pixels
  EXPECT_EQ(static_cast<unsigned char>(png[23]), 60);
  const std::string pdf = writer.picture(svg, 40, 30, PictureFormat::pdf);
  EXPECT_TRUE(pdf.starts_with("%PDF"));
  EXPECT_NE(pdf.find("/MediaBox [ 0 0 30 22.5 ]"), std::string::npos);
  EXPECT_THROW((void)writer.picture("<svg", 40, 30, PictureFormat::png), Error);
}

}  // namespace
}  // namespace symscan
