// Sets whose truth is known by reasoning. No number here was fitted to what the program says of them.
#include <gtest/gtest.h>

#include <string>

#include "tests/truth/contradictions.hpp"
#include "tests/truth/truth_score.hpp"

namespace symscan::truth {
namespace {

using Scores = std::vector<Score>;

/// All faults of a column, to be read where a share is not reached.
std::string faults_of(const Scores& scores, Judged Score::*column) {
  std::string text;
  for (const Score& score : scores) {
    const Judged& judged = score.*column;
    if (judged.mark == Mark::wrong || judged.mark == Mark::silent)
      text += "  " + score.name + ": true " + judged.truth + ", found " + judged.found + "\n";
  }
  return text;
}

void expect_right(const Scores& scores, Judged Score::*column, double least, double most_wrong) {
  const Tally sum = tally(scores, column);
  EXPECT_GE(sum.right, least * sum.all()) << faults_of(scores, column);
  EXPECT_LE(sum.wrong, most_wrong * sum.all()) << faults_of(scores, column);
}

void expect_sound(const Score& score) {
  for (const std::string& contradiction : score.contradictions)
    ADD_FAILURE() << score.name << ": " << contradiction;
  EXPECT_FALSE(score.invented) << score.name << ": motions of the set: true " << score.generators.truth
                               << ", found " << score.generators.found << "; kept: true " << score.kept.truth
                               << ", found " << score.kept.found;
}

// One test, since the sets are analysed once.
TEST(TruthTable, IsRight) {
  Scores scores;
  for (const KnownSet& set : known_sets()) {
    scores.push_back(score_of(set));
    expect_sound(scores.back());
  }
  EXPECT_GE(scores.size(), 90u);
  expect_right(scores, &Score::dimension, 0.95, 0.02);
  expect_right(scores, &Score::generators, 0.95, 0.05);
  expect_right(scores, &Score::algebra, 0.95, 0.05);
  expect_right(scores, &Score::kept, 0.95, 0.05);
  expect_right(scores, &Score::relations, 0.97, 0.03);
  expect_right(scores, &Score::laws, 0.97, 0.03);
  // One kept transformation in a hundred is called broken by chance. Of some 30, more than two are once in
  // 300.
  EXPECT_LE(tally(scores, &Score::candidates).wrong, 2) << faults_of(scores, &Score::candidates);
}

TEST(Contradictions, NamesOfAlgebrasGiveDimensions) {
  EXPECT_EQ(dimension_of_algebra("none"), 0);
  EXPECT_EQ(dimension_of_algebra("so(3)+so(2)"), 4);
  EXPECT_EQ(dimension_of_algebra("so(1,3) + so(1,3) + 2 scalings"), 14);
  EXPECT_EQ(dimension_of_algebra("so(3) + scaling with 3 translations (semidirect)"), 7);
  EXPECT_EQ(dimension_of_algebra("sl(3,R) + scaling with translation"), 9);
  EXPECT_EQ(dimension_of_algebra("sp(4,R)"), 10);
  EXPECT_EQ(dimension_of_algebra("so(1,1)"), std::nullopt);
  EXPECT_TRUE(is_compact_algebra("so(4) + so(2)"));
  EXPECT_FALSE(is_compact_algebra("so(3) + scaling"));
}

TEST(Contradictions, AreSeen) {
  DatasetFinding finding;
  finding.columns = {"x", "y"};
  finding.linear_rank = 2;
  finding.dimension.emplace();
  finding.dimension->value = 1;
  finding.dimension->low = finding.dimension->high = 1;
  finding.dimension->at_most = 1;
  finding.dimension->evidence = Evidence::constraints;
  finding.sentences = {"The data have 1 degree of freedom."};
  EXPECT_EQ(contradictions_of_statements(finding).size(), 1u);  // no exact constraint
  finding.constraints.push_back({"x^2 + y^2 = 1", 2, 0, 0, "", true});
  EXPECT_TRUE(contradictions_of_statements(finding).empty());
  finding.sentences.emplace_back("Its width is nan.");
  finding.candidates.emplace_back().name = "rotation(x,y)";
  finding.candidates.back().verdict = Verdict::manifold_only;
  EXPECT_EQ(contradictions_of_statements(finding).size(), 2u);  // nan; p = 1 for what is broken
}

}  // namespace
}  // namespace symscan::truth
