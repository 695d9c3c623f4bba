// Tables of many columns end in bounded time, and say what was not looked for.
#include <gtest/gtest.h>

#include <ctime>

#include "host/analysis/work_budget.hpp"
#include "host/findings/model_json.hpp"
#include "host/findings/row_findings.hpp"
#include "tests/host/analysis/seeded_points.hpp"
#include "tests/host/text_checks.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using test::expect_in;
using test::expect_not_in;

std::vector<std::string> numbered_columns(Index count) {
  std::vector<std::string> names;
  for (Index c = 0; c < count; ++c) names.push_back("x" + std::to_string(c + 1));
  return names;
}

DatasetFinding finding_of(const MatrixXd& rows, const FindingsOptions& options = {}) {
  return finding_of_rows(rows, numbered_columns(rows.cols()), options);
}

std::string text_of_all(const DatasetFinding& finding) {
  std::string text;
  for (const std::string& sentence : finding.sentences) text += sentence + "\n";
  return text;
}

std::string json_of(const DatasetFinding& finding) {
  return to_json(Findings{"wide", "", {finding}, {}}).dump();
}

double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Parts in the order in which they may be left out.
std::vector<std::string> order_of_parts() {
  return {parts::linear_relations,
          parts::quadratic_relations,
          parts::approximate_relations,
          parts::partial_relations,
          parts::products,
          parts::reciprocals,
          parts::central_laws,
          parts::neighbours,
          parts::set_motions,
          parts::kept_motions,
          parts::candidates,
          parts::finite_maps,
          parts::scan};
}

// As in analysis.json: a subset in this order.
void expect_documented_order(const DatasetFinding& finding) {
  const std::vector<std::string> order = order_of_parts();
  auto at = order.begin();
  for (const LeftOut& left : finding.left_out) {
    at = std::find(at, order.end(), left.part);
    EXPECT_NE(at, order.end()) << left.part;
    EXPECT_GT(left.seconds, 0) << left.part;
  }
}

TEST(WideTable, OfFewerRowsThanColumnsEndsSoonWithoutClaims) {
  const double start = processor_seconds();
  const DatasetFinding finding = finding_of(test::gaussian_points(200, 400, 1));
  EXPECT_LT(processor_seconds() - start, 20);
  EXPECT_TRUE(is_left_out(finding, parts::linear_relations));
  expect_documented_order(finding);
  const std::string text = text_of_all(finding);
  expect_in(text, "The number of degrees of freedom is unclear: 200 rows span at most 199 directions");
  expect_in(text, "Constraints: none found among the relations that were looked for.");
  expect_in(text, "Not looked for, since it takes long: linear relations (about ");
  expect_not_in(text, "no linear or quadratic relation");
  expect_not_in(text, "No affine motion");
  EXPECT_FALSE(finding.rotations);
}

// Relations of columns beside each other are found even there.
TEST(WideTable, SumsOfNeighbouringColumnsAreFound) {
  MatrixXd rows = test::gaussian_points(200, 300, 9);
  rows.col(100) = rows.col(98) + rows.col(99);
  rows.col(290) = 2 * rows.col(285) - rows.col(280);
  FindingsOptions options;
  options.budget = 5;
  const DatasetFinding finding = finding_of(rows, options);
  ASSERT_EQ(finding.constraints.size(), 2u);
  EXPECT_EQ(finding.constraints[0].equation, "x99 + x100 - x101 = 0");
  EXPECT_TRUE(finding.constraints[1].exact);
  expect_in(text_of_all(finding), "Linear relations were sought among 48 columns beside each other only.");
}

// A circle in 300 columns: neighbours see it, and its span has two directions.
TEST(WideTable, ThinSetIsSeen) {
  const MatrixXd angle = 6.283185307179586 * test::cube_points(2000, 1, 2);
  MatrixXd circle(2000, 2);
  circle << angle.array().cos(), angle.array().sin();
  const DatasetFinding finding = finding_of(circle * test::gaussian_points(2, 300, 3));
  ASSERT_TRUE(finding.neighbour_dimension);
  EXPECT_NEAR(finding.neighbour_dimension->value, 1, 0.1);
  EXPECT_EQ(finding.linear_rank, 2);
}

TEST(WideTable, SmallBudgetLeavesOutInOrderAndAlwaysTheSame) {
  const MatrixXd rows = test::gaussian_points(2000, 5, 4);
  FindingsOptions options;
  for (const double budget : {1e-6, 0.05, 0.3, 1.0, 1000.0}) {
    options.budget = budget;
    const DatasetFinding once = finding_of(rows, options);
    EXPECT_EQ(json_of(once), json_of(finding_of(rows, options))) << budget;
    expect_documented_order(once);
    EXPECT_EQ(once.left_out.empty(), budget == 1000.0) << budget;
  }
}

TEST(WideTable, WithoutBudgetNothingIsClaimed) {
  FindingsOptions options;
  options.budget = 1e-6;
  const MatrixXd rows = test::gaussian_points(2000, 3, 5);
  const DatasetFinding finding = finding_of(rows, options);
  const std::string text = text_of_all(finding);
  expect_in(text, "Constraints: none found among the relations that were looked for.");
  expect_in(text, "the distances between neighbours were not looked at");
  expect_in(text, "Symmetry of the set: not known");
  expect_in(text, "symscan analyze DIR --budget ");
  EXPECT_FALSE(finding.distribution || finding.discrete);
  EXPECT_TRUE(finding.candidates.empty());
}

TEST(WideTableSlow, OrdinaryTablesLoseNothing) {
  EXPECT_TRUE(finding_of(test::gaussian_points(20000, 8, 6)).left_out.empty());
}

TEST(WideTable, ProgressOnlyGrows) {
  FindingsOptions options;
  std::vector<AnalysisProgress> seen;
  options.progress = [&](const AnalysisProgress& progress) { seen.push_back(progress); };
  (void)finding_of(test::gaussian_points(1000, 4, 7), options);
  ASSERT_GT(seen.size(), 5u);
  double share = 0;
  for (const AnalysisProgress& progress : seen) {
    EXPECT_FALSE(progress.part.empty());
    EXPECT_GE(progress.share, share);
    EXPECT_LE(progress.share, 1);
    EXPECT_GE(progress.until, progress.share);
    EXPECT_LE(progress.until, 1);
    share = progress.share;
  }
}

// A minute of one core that has nothing else to do, at most.
TEST(WideTableSlow, OfThousandsOfColumnsEnds) {
  const double start = processor_seconds();
  const DatasetFinding finding = finding_of(test::gaussian_points(1000, 2000, 8));
  EXPECT_LT(processor_seconds() - start, 120);
  EXPECT_LT(finding.estimated_seconds, FindingsOptions{}.budget);
  expect_documented_order(finding);
}

// 60 massless particles: a relation each.
TEST(WideTableSlow, OfManyParticlesFindsTheirMasses) {
  constexpr Index particles = 60, rows = 2000;
  MatrixXd table(rows, 4 * particles);
  std::vector<std::string> columns;
  for (Index k = 0; k < particles; ++k) {
    table.middleCols(4 * k + 1, 3) = test::gaussian_points(rows, 3, 100 + static_cast<std::uint64_t>(k));
    table.col(4 * k) = table.middleCols(4 * k + 1, 3).rowwise().norm();
    for (const char* name : {"E", "px", "py", "pz"})
      columns.push_back(std::string(name) + "(p " + std::to_string(k + 1) + ")");
  }
  const DatasetFinding finding = finding_of_rows(table, columns);
  EXPECT_EQ(std::count_if(finding.constraints.begin(), finding.constraints.end(),
                          [](const ConstraintFinding& constraint) { return constraint.exact; }),
            particles);
  expect_in(text_of_all(finding), "... and 36 more constraints: see analysis.json.");
}

}  // namespace
}  // namespace symscan
