// What tables of few values or few distinct rows say: throws of a die are events, and what too few rows tell
// is not said.
#include <gtest/gtest.h>

#include <cmath>

#include "host/findings/row_findings.hpp"
#include "tests/host/analysis/known_distributions.hpp"
#include "tests/host/findings/row_verdicts.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Names = std::vector<std::string>;

DatasetFinding finding_of(const MatrixXd& rows, const Names& columns, const Names& candidates = {},
                          const std::string& acceptance = "") {
  FindingsOptions options;
  options.test_points = 500;
  options.candidates = candidates;
  return finding_of_rows(rows, columns, options, {}, acceptance);
}

/// 1 with these probabilities, else -1.
MatrixXd coins(Index rows, const std::vector<double>& ones) {
  KnownDistributions draw(1);
  MatrixXd result(rows, static_cast<Index>(ones.size()));
  for (Index i = 0; i < rows; ++i)
    for (std::size_t d = 0; d < ones.size(); ++d)
      result(i, static_cast<Index>(d)) = draw.uniform() < ones[d] ? 1 : -1;
  return result;
}

TEST(CoarseFindings, BiasedCoinsChangeUnderAReflection) {
  const DatasetFinding finding =
      finding_of(coins(4000, {0.5, 0.8, 0.3}), {"a", "b", "c"},
                 {"reflection(a)", "reflection(b)", "reflection(c)", "rotation(b,c)"});
  EXPECT_EQ(verdict_of(finding, "reflection(a)"), Verdict::no_change_seen) << all_sentences(finding);
  for (const char* name : {"reflection(b)", "reflection(c)", "rotation(b,c)"})
    EXPECT_EQ(verdict_of(finding, name), Verdict::no_symmetry) << name << "\n" << all_sentences(finding);
}

TEST(CoarseFindings, FairCoinsHaveTheGroupOfTheSquare) {
  const DatasetFinding finding = finding_of(coins(40'000, {0.5, 0.5}), {"a", "b"});
  ASSERT_TRUE(finding.discrete);
  EXPECT_EQ(finding.discrete->group, "D4") << all_sentences(finding);
}

TEST(CoarseFindings, ValuesThatAreTiedFillNothing) {
  MatrixXd rows = coins(2000, {0.5, 0.5, 0.5});
  EXPECT_EQ(finding_of(rows, {"a", "b", "c"}).dimension->value, 3);
  rows.col(2) = rows.col(0).cwiseProduct(rows.col(1));
  const DatasetFinding finding = finding_of(rows, {"a", "b", "c"});
  EXPECT_FALSE(finding.dimension->value) << all_sentences(finding);
  EXPECT_NE(all_sentences(finding).find("4 combinations of these are never there"), std::string::npos)
      << all_sentences(finding);
}

TEST(CoarseFindings, FewRowsAreNotSaidToFillTheirSpaceWhereNeighboursShowLess) {
  // z of a paraboloid over four dimensions: its relation is not sought in so few rows.
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    KnownDistributions draw(seed);
    MatrixXd rows(100, 5);
    rows.leftCols(4) = draw.gaussian(100, {1, 1, 1, 1});
    rows.col(4) = 0.5 * rows.leftCols(4).rowwise().squaredNorm();
    const DatasetFinding finding = finding_of(rows, {"a", "b", "c", "d", "e"});
    EXPECT_NE(finding.dimension->value, 5) << all_sentences(finding);
  }
}

TEST(CoarseFindings, WeightsCountInNamedFiniteMaps) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    KnownDistributions draw(seed);
    MatrixXd rows = draw.gaussian(3000, {1, 1});
    FindingsOptions options;
    options.candidates = {"reflection(x)"};
    options.discrete = false;
    // The law with these weights is moved by one standard deviation along x.
    const Eigen::VectorXd moving = (-rows.col(0).array()).exp();
    EXPECT_EQ(verdict_of(finding_of_rows(rows, {"x", "y"}, options, moving), "reflection(x)"),
              Verdict::no_symmetry);
    // That of the moved rows is the normal one again.
    rows.col(0).array() += 0.5;
    const Eigen::VectorXd back = (-0.5 * rows.col(0).array()).exp();
    EXPECT_EQ(verdict_of(finding_of_rows(rows, {"x", "y"}, options, back), "reflection(x)"),
              Verdict::no_change_seen)
        << seed;
  }
}

TEST(CoarseFindings, OneFarRowStopsNoAnalysis) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    KnownDistributions draw(seed);
    MatrixXd rows(300, 3);
    rows.leftCols(2) = draw.gaussian(300, {1, 1});
    rows.row(0) *= 1e4;
    rows.col(2) = rows.col(0).cwiseAbs2() + rows.col(1);
    EXPECT_FALSE(finding_of(rows, {"x", "y", "z"}).sentences.empty());
  }
}

TEST(CoarseFindings, RepeatedEventsAreNoEvidenceOfTheirOwn) {
  // 40 events, 100 times each: unequal by chance, and no more than that.
  KnownDistributions draw(2);
  const MatrixXd events = draw.gaussian(40, {1, 1});
  const MatrixXd rows = events.replicate(100, 1);
  const DatasetFinding finding =
      finding_of(rows, {"x", "y"}, {"reflection(x)", "rotation(x,y)", "reflection(y)"});
  for (const char* name : {"reflection(x)", "reflection(y)", "rotation(x,y)"}) {
    const Verdict verdict = verdict_of(finding, name);
    EXPECT_EQ(verdict, Verdict::untold) << name << "\n" << all_sentences(finding);
  }
  EXPECT_NE(all_sentences(finding).find("cannot be told (too few rows tell)"), std::string::npos)
      << all_sentences(finding);
}

TEST(CoarseFindings, RoundingHidesNoSymmetry) {
  for (const int seed : {1, 2, 3}) {
    KnownDistributions draw(static_cast<std::uint64_t>(seed));
    MatrixXd rows = draw.gaussian(4000, {1, 1.3});
    rows = (10 * rows).array().round() / 10;
    const DatasetFinding finding = finding_of(rows, {"x", "y"});
    ASSERT_TRUE(finding.distribution) << all_sentences(finding);
    EXPECT_EQ(finding.distribution->algebra, "so(2)") << all_sentences(finding);
  }
}

TEST(CoarseFindings, NothingIsSaidToBeKeptOrBrokenByTooFewRows) {
  KnownDistributions draw(3);
  // 30 rows of weight each, as 600 rows: the search for motions begins at 500 rows.
  const MatrixXd rows = draw.gaussian(30, {1, 1}).replicate(20, 1);
  const DatasetFinding finding = finding_of(rows, {"x", "y"});
  EXPECT_EQ(all_sentences(finding).find("keeps none"), std::string::npos) << all_sentences(finding);
}

TEST(CoarseFindings, AnAcceptanceThatNoImagePassesTellsNothing) {
  KnownDistributions draw(4);
  MatrixXd rows = draw.gaussian(3000, {1, 1});
  rows.col(0) = rows.col(0).cwiseAbs().array() + 0.1;
  const DatasetFinding finding = finding_of(rows, {"x", "y"}, {"reflection(x)"}, "x > 0.1");
  EXPECT_EQ(verdict_of(finding, "reflection(x)"), Verdict::untold) << all_sentences(finding);
}

TEST(CoarseFindings, ColumnsOfLargeOffsetAreNotCalledFewRows) {
  KnownDistributions draw(5);
  const MatrixXd rows = draw.circle(3000).array() + 1e9;
  const std::string text = all_sentences(finding_of(rows, {"x", "y"}));
  EXPECT_EQ(text.find("too few"), std::string::npos) << text;
  EXPECT_NE(text.find("Finite maps were not looked for: the columns vary by less than a millionth"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace symscan
