#include "host/report/comparison.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/report/comparison_page.hpp"
#include "host/report/comparison_records.hpp"
#include "host/report/comparison_text.hpp"
#include "tests/host/report/comparison_examples.hpp"
#include "tests/host/schema_check.hpp"

namespace symscan {
namespace {

using example::circle_run;
using example::disk_run;
using example::SmallRun;

Comparison compared(const SmallRun& a, const SmallRun& b) {
  return compare_runs(a.named("runs/a"), b.named("runs/b"));
}

/// The first fact whose name begins so; of a name that is not there the test fails.
ComparedFact fact(const Comparison& comparison, const std::string& name) {
  for (const ComparedFact& entry : all_facts(comparison.pairs.at(0)))
    if (entry.name.starts_with(name)) return entry;
  ADD_FAILURE() << "no fact " << name;
  return {};
}

Agreement verdict(const Comparison& comparison, const std::string& name) {
  return fact(comparison, name).agreement;
}

TEST(Comparison, CircleAndDisk) {
  const Comparison comparison = compared(circle_run(), disk_run());
  ASSERT_EQ(comparison.pairs.size(), 1u);
  EXPECT_FALSE(comparison.same_run);
  const ComparedFact freedom = fact(comparison, "degrees of freedom");
  EXPECT_EQ(freedom.agreement, Agreement::different);
  EXPECT_EQ(freedom.a, "1 (neighbours 1.01, 0.98 to 1.04)");
  EXPECT_EQ(freedom.b, "2 (neighbours 1.98, 1.91 to 2.04)");
  for (const char* name : {"exact constraints", "symmetry of the set", "values of the rows", "lowest loss",
                           "relevances", "relevant latents"})
    EXPECT_EQ(verdict(comparison, name), Agreement::different) << name;
  for (const char* name : {"columns", "rows", "kept by the distribution", "discrete group"})
    EXPECT_EQ(verdict(comparison, name), Agreement::same) << name;
  EXPECT_EQ(comparison.pairs[0].exact_constraints.only_a, std::vector<std::string>{"x^2 + y^2 = 1"});
  EXPECT_EQ(
      comparison.headline.front(),
      "circle and disk differ in degrees of freedom, exact constraints, symmetry of the set, values of the "
      "rows, lowest loss, relevances (nats) and 1 more.");
  EXPECT_TRUE(comparison.pairs[0].sentences.front().starts_with("Degrees of freedom: 1 ("));
}

TEST(Comparison, ARunIsTheSameAsItselfEvenWhereItIsUnclear) {
  SmallRun run = circle_run();
  run.finding().dimension->value.reset();
  run.finding().discrete.reset();
  run.training().convergence.converged = false;
  const Comparison comparison = compared(run, run);
  EXPECT_TRUE(comparison.same_run);
  for (const ComparedFact& entry : all_facts(comparison.pairs.at(0)))
    EXPECT_EQ(entry.agreement, Agreement::same) << entry.name;
  EXPECT_EQ(
      comparison.headline,
      std::vector<std::string>{"Both runs have the same config, data and results: everything is the same."});
}

TEST(Comparison, ARunThatIsNotFinishedIsCalledSo) {
  SmallRun run = circle_run();
  run.results.sweep.replicas.push_back(run.results.sweep.replicas.front());
  run.results.sweep.replicas.back().id = 1;
  run.results.index = index_datasets(run.results.sweep);
  run.results.replicas.emplace_back();
  run.settle();
  const Comparison comparison = compared(disk_run(), run);
  const std::string note = "Run B is not finished: 1 training of 2 is left, and what it says may change.";
  EXPECT_EQ(comparison.notes, std::vector<std::string>{note});
  EXPECT_NE(comparison_text(comparison).find(note), std::string::npos);
  EXPECT_NE(comparison_html(comparison).find(note), std::string::npos);
  EXPECT_TRUE(compared(disk_run(), circle_run()).notes.empty());
}

TEST(Comparison, WhatOneRunLeavesOpenIsNotComparable) {
  SmallRun run = circle_run();
  DatasetFinding& finding = run.finding();
  finding.dimension->value.reset();
  finding.symmetry.reset();
  finding.distribution->generators.front().density.verdict = DensityVerdict::undecided;
  finding.discrete->undecided = finding.discrete->generators;
  const Comparison comparison = compared(run, disk_run());
  for (const char* name :
       {"degrees of freedom", "symmetry of the set", "kept by the distribution", "discrete group"}) {
    EXPECT_EQ(verdict(comparison, name), Agreement::not_comparable) << name;
    EXPECT_TRUE(fact(comparison, name).note.starts_with("A: ")) << fact(comparison, name).note;
  }
}

TEST(Comparison, TwoRunsThatAreBothUnclearAreNotCalledTheSame) {
  SmallRun a = circle_run(), b = disk_run();
  a.finding().dimension->value.reset();
  b.finding().dimension = a.finding().dimension;
  const ComparedFact freedom = fact(compared(a, b), "degrees of freedom");
  EXPECT_EQ(freedom.agreement, Agreement::not_comparable);
  EXPECT_EQ(freedom.note, "both: unclear");
}

TEST(Comparison, ConstraintsInOtherOrderAreTheSame) {
  SmallRun a = circle_run(), b = circle_run();
  b.results.datasets[0].fingerprint = "e1-e2";
  b.settle();
  a.finding().constraints = {example::constraint("x^2 + y^2 = 1", true),
                             example::constraint("x - y = 0", true)};
  b.finding().constraints = {example::constraint("y - x = 0", true),
                             example::constraint("y^2 + x^2 = 1", true)};
  const Comparison comparison = compared(a, b);
  EXPECT_EQ(verdict(comparison, "exact constraints"), Agreement::same);
  EXPECT_EQ(comparison.pairs[0].exact_constraints.common,
            (std::vector<std::string>{"x^2 + y^2 = 1", "x - y = 0"}));
}

/// Another way to write what the rows of A obey: A does not list it, and its rows are asked.
TEST(Comparison, AConstraintThatTheOtherRowsObeyIsNoDifference) {
  SmallRun a = circle_run(), b = circle_run();
  b.results.datasets[0].fingerprint = "e1-e2";
  b.settle();
  a.finding().constraints.clear();
  EXPECT_EQ(verdict(compared(a, b), "exact constraints"), Agreement::same);
  b.finding().constraints = {example::constraint("x^2 + y^2 = 1.5", true)};  // its own rows break it
  EXPECT_EQ(verdict(compared(a, b), "exact constraints"), Agreement::not_comparable);
  b.finding().constraints = {example::constraint("x^2 + z^2 = 1", true)};
  EXPECT_EQ(verdict(compared(a, b), "exact constraints"), Agreement::not_comparable);
  b.finding().constraints = {example::constraint("x^2 + y^2 = 1", true)};
  a.results.datasets[0].sample = example::rows_on_circles({1.01});
  EXPECT_EQ(verdict(compared(a, b), "exact constraints"), Agreement::different);
}

TEST(Comparison, NoneFoundIsNotTheSameAsNotLookedFor) {
  SmallRun a = circle_run(), b = disk_run();
  a.finding().constraints.clear();
  b.finding().left_out = {{"quadratic relations", 300}};
  const ComparedFact constraints = fact(compared(a, b), "exact constraints");
  EXPECT_EQ(constraints.agreement, Agreement::not_comparable);
  EXPECT_EQ(constraints.note, "some relations were not looked for");
}

TEST(Comparison, RelevancesOfOneOptimumAreTheSame) {
  SmallRun a = circle_run(), b = circle_run();
  b.training().measures[RelevanceMeasure::kl] = {0.01, 2.16};  // 0.14 nats away
  b.training().loss = 0.285;                                   // within 2 % of 0.28
  b.settle();
  const Comparison near = compared(a, b);
  EXPECT_EQ(verdict(near, "relevances"), Agreement::same);
  EXPECT_EQ(verdict(near, "lowest loss"), Agreement::same);
  EXPECT_NEAR(near.pairs[0].problems.at(0).largest_difference, 0.14, 1e-12);
  b.training().measures[RelevanceMeasure::kl] = {0.01, 2.14};  // 0.16
  b.training().loss = 0.29;
  b.settle();
  const Comparison far = compared(a, b);
  EXPECT_EQ(verdict(far, "relevances"), Agreement::different);
  EXPECT_EQ(verdict(far, "lowest loss"), Agreement::different);
}

TEST(Comparison, TrainingsThatHaveNotConvergedAreNotJudged) {
  SmallRun a = circle_run(), b = disk_run();
  b.training().convergence.converged = false;
  const Comparison comparison = compared(a, b);
  EXPECT_EQ(verdict(comparison, "relevances"), Agreement::not_comparable);
  EXPECT_EQ(verdict(comparison, "relevant latents"), Agreement::not_comparable);
  EXPECT_NE(fact(comparison, "relevances").note.find("B has not converged"), std::string::npos);
}

TEST(Comparison, OtherBetasAreListed) {
  SmallRun a = circle_run(), b = circle_run();
  b.results.sweep.replicas.front().loss.beta = 0.3;
  const DatasetPair pair = compared(a, b).pairs.at(0);
  EXPECT_TRUE(pair.problems.empty());
  EXPECT_EQ(pair.problems_only_a, std::vector<std::string>{"beta 0.1, loss sum"});
  EXPECT_EQ(pair.problems_only_b, std::vector<std::string>{"beta 0.3, loss sum"});
}

/// A run with these datasets, each as the circle.
SmallRun run_of(const std::vector<std::string>& labels) {
  SmallRun run = circle_run();
  const DatasetRecord record = run.results.datasets.front();
  const DatasetFinding finding = run.finding();
  run.results.datasets.assign(labels.size(), record);
  run.results.index.labels = labels;
  run.findings.datasets.assign(labels.size(), finding);
  for (std::size_t d = 0; d < labels.size(); ++d) run.findings.datasets[d].dataset = labels[d];
  run.settle();
  return run;
}

TEST(Comparison, DatasetsArePairedByLabelElseByPlace) {
  const Comparison by_label = compared(run_of({"circle", "disk", "ring"}), run_of({"sphere", "disk"}));
  ASSERT_EQ(by_label.pairs.size(), 1u);
  EXPECT_EQ(by_label.pairs[0].a, "disk");
  EXPECT_EQ(by_label.only_a, (std::vector<std::string>{"circle", "ring"}));
  EXPECT_EQ(by_label.only_b, std::vector<std::string>{"sphere"});
  const Comparison by_place = compared(run_of({"circle", "disk"}), run_of({"one", "two", "three"}));
  ASSERT_EQ(by_place.pairs.size(), 2u);
  EXPECT_EQ(by_place.pairs[1].a + " | " + by_place.pairs[1].b, "disk | two");
  EXPECT_EQ(by_place.only_b, std::vector<std::string>{"three"});
}

TEST(Comparison, FindingsOfOtherResultsAreRefused) {
  SmallRun stale = circle_run();
  stale.training().loss = 0.3;
  EXPECT_THROW(compared(stale, disk_run()), DataError);
  SmallRun other = circle_run();
  other.finding().dataset = "nothing";
  EXPECT_THROW(compared(other, disk_run()), DataError);
}

TEST(Comparison, TheTableHasAtMost100Columns) {
  SmallRun a = circle_run();
  a.finding().constraints.push_back(example::constraint(std::string(300, 'x') + " = 1", true));
  std::istringstream lines(comparison_text(compared(a, disk_run())));
  std::size_t differences = 0, same = 0, number = 0;
  for (std::string line; std::getline(lines, line); ++number) {
    EXPECT_LE(decode_utf8(line).size(), 100u) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
    if (line == "  DIFFERENT") differences = number;
    if (line == "  THE SAME") same = number;
  }
  EXPECT_GT(differences, 0u);
  EXPECT_GT(same, differences);
}

TEST(Comparison, ItsJsonFollowsItsSchema) {
  const Json line = versioned_json(compared(circle_run(), disk_run()), comparison_schema_version);
  EXPECT_EQ(test::schema_error(versioned_schema<Comparison>("comparison", comparison_schema_version), line),
            "");
  EXPECT_EQ(line["pairs"][0]["facts"][1]["name"], "degrees of freedom");
  EXPECT_EQ(line["pairs"][0]["facts"][1]["agreement"], "different");
}

SmallRun hostile_run() {
  SmallRun run = run_of({"<script>alert('x')</script> & \"a\""});
  run.results.datasets[0].columns = {"x<b>", "caf\xe9"};
  run.finding().constraints = {example::constraint("<img src=x onerror=alert(1)> = {{pairs}}", true)};
  return run;
}

TEST(ComparisonPage, EscapesAllText) {
  const std::string page =
      comparison_html(compare_runs(hostile_run().named("</title><script>"), disk_run().named("runs/b")));
  EXPECT_FALSE(std::regex_search(page, std::regex("<script|<img|<b>")));
  EXPECT_NE(page.find("&lt;img src=x onerror=alert(1)&gt; = {{pairs}}"), std::string::npos);
  EXPECT_EQ(find_non_utf8(page), std::string::npos);
}

TEST(ComparisonPage, NeedsNoOtherFileAndNoScript) {
  const std::string page = comparison_html(compared(circle_run(), disk_run()));
  EXPECT_FALSE(std::regex_search(page, std::regex("(src|action)\\s*=|@import|url\\(|<script|\\{\\{")));
  EXPECT_FALSE(std::regex_search(page, std::regex("href=\"(?!#main|data:,)")));
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(ComparisonPage, ShowsEveryFactAndEveryRelevance) {
  const Comparison comparison = compared(circle_run(), disk_run());
  const std::string page = comparison_html(comparison);
  EXPECT_EQ(count_of(page, "<th scope=\"row\">"), all_facts(comparison.pairs[0]).size());
  EXPECT_EQ(count_of(page, "<rect class=\"a\""), 2u);
  EXPECT_EQ(count_of(page, "<rect class=\"b\""), 2u);
  for (const char* value : {">2.30<", ">0.02<", ">1.46<", ">1.44<"})
    EXPECT_EQ(count_of(page, value), 1u) << value;
  for (const auto* said : {&comparison.pairs[0].a_says, &comparison.pairs[0].b_says})
    EXPECT_FALSE(said->empty());
}

/// Not a check of its own: writes the pages that tests/report/compare_page_test.py opens, where the variable
/// says.
TEST(ComparisonPage, WritesTheExamples) {
  const char* folder = std::getenv("SYMSCAN_REPORT_EXAMPLES");
  if (!folder) GTEST_SKIP() << "SYMSCAN_REPORT_EXAMPLES is not set";
  const auto write = [&](const char* name, const Comparison& comparison) {
    std::ofstream file(std::filesystem::path(folder) / name, std::ios::binary);
    file << comparison_html(comparison);
    ASSERT_TRUE(file.good()) << name;
  };
  SmallRun wide = circle_run();
  wide.finding().constraints.push_back(example::constraint(std::string(300, 'x') + " = 1", true));
  write("circle_disk.html", compared(wide, disk_run()));
  write("hostile.html", compared(hostile_run(), disk_run()));
  write("several.html", compared(run_of({"circle", "disk", "ring"}), run_of({"one", "two"})));
}

}  // namespace
}  // namespace symscan
