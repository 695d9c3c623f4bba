#include "host/report/report.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

#include "host/base/error.hpp"
#include "host/findings/model_json.hpp"
#include "host/report/assets.hpp"
#include "host/report/report_model.hpp"
#include "tests/host/findings/example_findings.hpp"
#include "tests/host/report/real_report.hpp"
#include "tests/host/schema_check.hpp"

namespace symscan {
namespace {

using test::small_report;

/// What a browser would hand to JSON.parse: the text between the data's script tags.
std::string embedded_data(const std::string& page) {
  const std::string open = "<script type=\"application/json\" id=\"symscan-data\">";
  const std::size_t begin = page.find(open) + open.size();
  return page.substr(begin, page.find("</script", begin) - begin);
}

std::string title(const std::string& page) {
  const std::size_t begin = page.find("<title>") + 7;
  return page.substr(begin, page.find("</title>") - begin);
}

TEST(Report, EmbeddedDataIsTheDataThatWasGiven) {
  EXPECT_EQ(Json::parse(embedded_data(render_report(small_report()))), small_report());
}

TEST(Report, DataCannotCloseTheScriptThatHoldsIt) {
  Json data = small_report();
  data["studies"][0]["columns"] = {"</script><script>alert(1)</script>", "<!-- <script>"};
  const std::string page = render_report(data);
  EXPECT_EQ(page.find("alert(1)</script>"), std::string::npos);
  EXPECT_EQ(Json::parse(embedded_data(page)), data);
}

TEST(Report, BracesInTheDataAreNotPlaceholders) {
  Json data = small_report();
  data["name"] = "{{data}} {{plot.js}} {{nothing}}";
  EXPECT_EQ(Json::parse(embedded_data(render_report(data))), data);
}

TEST(Report, TitleIsEscaped) {
  Json data = small_report();
  data["name"] = "a <b> & \"c\" 'd'";
  EXPECT_EQ(title(render_report(data)), "a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39; - symscan report");
}

TEST(Report, TitleOfANamelessSweepIsNotEmpty) {
  EXPECT_EQ(title(render_report({{"schema", 1}})), "symscan report");
}

TEST(Report, BytesThatAreNotUtf8DoNotCostTheReport) {
  Json data = small_report();
  data["name"] = "caf\xe9";
  data["studies"][0]["columns"][0] = "\xff\xfe";
  const std::string page = render_report(data);
  EXPECT_EQ(title(page), "caf\xef\xbf\xbd - symscan report");
  EXPECT_NO_THROW(Json::parse(embedded_data(page)));
}

TEST(Report, NumbersThatAreNotFiniteBecomeNull) {
  Json data = small_report();
  data["threshold"] = std::nan("");
  EXPECT_TRUE(Json::parse(embedded_data(render_report(data)))["threshold"].is_null());
}

TEST(Report, PageLoadsNothingFromElsewhere) {
  const std::string page = render_report(small_report());
  EXPECT_FALSE(std::regex_search(page, std::regex("(src|href|action)\\s*=\\s*[\"']?(https?:)?//")));
  EXPECT_FALSE(std::regex_search(page, std::regex("@import|url\\(|fetch\\(|XMLHttpRequest")));
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
}

TEST(Report, EveryPlaceholderIsFilled) {
  const std::string page = render_report(small_report());
  EXPECT_FALSE(std::regex_search(page, std::regex("\\{\\{[a-z.]+\\}\\}")));
}

TEST(Report, AssetsCannotCloseTheirScripts) {
  for (const char* name : {"plot.js", "data.js", "math.js", "theme.js", "overview.js", "paper.js",
                           "figures.js", "events.js", "scans.js", "draw.js", "tables.js", "analysis.js",
                           "symmetry.js", "theory.js", "findings.js", "report.js"}) {
    const std::string_view asset = report_asset(name);
    EXPECT_GT(asset.size(), 500u) << name;
    EXPECT_EQ(asset.find("</script"), std::string_view::npos) << name;
    EXPECT_EQ(asset.find("<!--"), std::string_view::npos) << name;
  }
}

TEST(Report, UnknownAssetIsAnError) {
  EXPECT_THROW(report_asset("missing.js"), std::out_of_range);
}

TEST(Report, DataOfAnotherSchemaAreRefused) {
  EXPECT_THROW(render_report({{"schema", 2}}), Error);
  EXPECT_THROW(render_report(Json::object()), Error);
  EXPECT_THROW(render_report(Json::array()), Error);
  EXPECT_THROW(render_report(nullptr), Error);
}

TEST(Report, DataOfARunAgreeWithTheirSchema) {
  EXPECT_EQ(test::schema_error(report_schema(), small_report()), "");
}

TEST(Report, ShowsTheLinearRankOfARun) {
  EXPECT_EQ(small_report()["studies"][0]["analysis"]["linear_rank"], 2);
}

TEST(Report, AnswersFirst) {
  const Json& study = small_report()["studies"][0];
  EXPECT_EQ(study["answer"]["degrees"], "1");
  EXPECT_EQ(study["answer"]["set"], "so(2)");
  EXPECT_EQ(study["answer"]["sentences"].size(), 3u);
  const std::string convergence = study["answer"]["convergence"];
  EXPECT_TRUE(convergence.find("training") != std::string::npos &&
              convergence.find("group") == std::string::npos)
      << "counted over all trainings: " << convergence;
  EXPECT_EQ(study["known"][0]["quantity"], "Degrees of freedom");
  EXPECT_EQ(study["known"][0]["agrees"], true);
}

TEST(Report, OfARunThatWasNotAnalysedHasNoAnswer) {
  const Json data = test::train_and_report(
      R"({"dataset": {"kind": "circle", "n": 200}, "model": {"hidden": [4]}, "train": {"epochs": 1}})",
      {"--no-analysis"});
  EXPECT_TRUE(data["studies"][0]["answer"].is_null());
  EXPECT_TRUE(data["studies"][0]["known"].empty());
  EXPECT_EQ(test::schema_error(report_schema(), data), "");
}

/// Data of a run with every part missing that a run may lack: no study, no group, no replica that trained, no
/// sample.
Json damaged_report(const Json& whole) {
  Json data = whole;
  Json& circle = data["studies"][0];
  for (Json& group : circle["groups"]) {
    for (const char* part : {"relevance", "measures", "curves", "theory_kl", "share", "active_latents",
                             "loss", "reconstruction", "kl", "representative"}) {
      group[part] = nullptr;
    }
    group["failed"] = 3;
  }
  data["studies"][1]["groups"] = Json::array();
  data["studies"][2]["sample"] = Json::array();
  for (Json& group : data["studies"][3]["groups"]) {
    group["representative"] = nullptr;
    group["curves"]["validation_loss"] = nullptr;
    group["measures"]["jacobian"] = nullptr;
  }
  for (Json& group : data["studies"][2]["groups"]) {
    group["settings"] = {{"seed", 1}, {"train", {{"learning_rate", group["beta"] == 0.1 ? 0.001 : 0.01}}}};
  }
  data["studies"].push_back({{"dataset", "<b>strange</b> & one column"}, {"columns", {"<a href=x>x</a>"}}});
  data["failures"] = {{{"replica", 3}, {"message", "The loss became NaN in epoch 2; scale the <inputs>."}}};
  return data;
}

/// Four studies of a run.
Json four_studies() {
  Json data = small_report();
  while (data["studies"].size() < 4) data["studies"].push_back(data["studies"][0]);
  return data;
}

TEST(Report, DamagedDataStillMakeAPage) {
  EXPECT_GT(render_report(damaged_report(four_studies())).size(),
            render_report({{"schema", 1}}).size() + 1000);
}

/// Not a check of its own: writes the pages that tests/report/browser_test.py opens, where the variable says.
TEST(Report, WritesTheExamples) {
  const char* folder = std::getenv("SYMSCAN_REPORT_EXAMPLES");
  if (!folder) GTEST_SKIP() << "SYMSCAN_REPORT_EXAMPLES is not set";
  const auto write = [&](const char* name, const Json& data) {
    std::ofstream file(std::filesystem::path(folder) / name, std::ios::binary);
    file << render_report(data);
    ASSERT_TRUE(file.good()) << name;
  };
  write("small.html", small_report());
  Json further = small_report();
  const Json found = to_json(example::complete());
  for (const char* part : {"discrete", "fields", "trajectories", "target", "scan"})
    further["studies"][0]["analysis"][part] = found["datasets"][0][part];
  write("further.html", further);
  const Json large = test::large_report();
  EXPECT_EQ(test::schema_error(report_schema(), large), "");
  EXPECT_FALSE(large["breaking_curves"].empty());
  write("large.html", large);
  write("damaged.html", damaged_report(large));
  write("empty.html", {{"schema", 1}, {"name", "nothing yet"}, {"studies", Json::array()}});
}

}  // namespace
}  // namespace symscan
