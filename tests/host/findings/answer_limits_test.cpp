// Short answers where a plain number or name would claim too much.
#include <gtest/gtest.h>

#include "host/findings/answers.hpp"
#include "host/findings/row_findings.hpp"
#include "host/findings/truth_table.hpp"
#include "tests/host/analysis/seeded_points.hpp"
#include "tests/host/findings/example_findings.hpp"
#include "tests/host/text_checks.hpp"

namespace symscan {
namespace {

using example::circle;
using example::constraint;
using example::dimension;
using example::finite_map;
using test::expect_in;
using test::expect_not_in;
using Words = std::vector<std::string>;

std::vector<std::string> letters(Eigen::Index count) {
  std::vector<std::string> names;
  for (Eigen::Index c = 0; c < count; ++c) names.emplace_back(1, static_cast<char>('a' + c));
  return names;
}

TEST(AnswerLimits, ModelsAloneDecideNoNumber) {
  DatasetFinding finding = circle();
  finding.symmetry.reset();
  finding.distribution.reset();
  finding.rotations.reset();
  finding.dimension = dimension(1, Evidence::models, 2);
  finding.dimension->models = 1;
  Answer answer = answer_of(finding);
  EXPECT_EQ(answer.degrees, "1 (models only)");
  EXPECT_FALSE(answer.degrees_value);
  EXPECT_EQ(answer.set, "unclear");
  expect_not_in(answer.sentences[0], "The data have");
  finding.dimension->fills_its_span = true;
  EXPECT_EQ(answer_of(finding).set, "unclear");
  finding.training = {2400, 2, 0, 0, 1, {"beta 0.1"}, 0};
  answer = answer_of(finding);
  EXPECT_EQ(answer.degrees, "unclear");
  EXPECT_FALSE(answer.degrees_value);
  expect_in(answer.sentences[0],
            "is unclear: only the models tell of it. The models of 1 of 2 groups are not");
}

TEST(AnswerLimits, FewRowsBoundNothing) {
  const DatasetFinding few = finding_of_rows(test::gaussian_points(4, 5, 3), letters(5));
  const Answer answer = answer_of(few);
  EXPECT_EQ(answer.degrees, "unclear");
  EXPECT_FALSE(answer.degrees_value);
  expect_in(answer.sentences[0], "4 rows span at most 3 directions, however many the data have");
  expect_not_in(answer.sentences[0], "constraints leave");
  expect_not_in(answer.confidence, "constraints leave");
  Eigen::MatrixXd twice(8, 5);
  twice << test::gaussian_points(4, 5, 3), test::gaussian_points(4, 5, 3);
  expect_in(answer_of(finding_of_rows(twice, letters(5))).sentences[0], "4 different rows span at most 3");
  EXPECT_EQ(answer_of(finding_of_rows(test::gaussian_points(5, 2, 3), letters(2))).degrees, "at most 2")
      << "there are no more columns";
}

TEST(AnswerLimits, PartsThatDifferHaveNoOneNumber) {
  DatasetFinding parts = circle();
  parts.dimension = dimension(2, Evidence::span, 2);
  parts.symmetry.reset();
  parts.distribution.reset();
  parts.neighbour_dimension->strata = {{1, 0.5}, {2, 0.5}};
  Answer answer = answer_of(parts);
  EXPECT_EQ(answer.degrees, "1 to 2 (parts differ)");
  EXPECT_FALSE(answer.degrees_value);
  EXPECT_EQ(answer.set, "unclear");
  expect_in(answer.sentences[0], "The data have up to 2 degrees of freedom");
  expect_in(answer.sentences[1], "not known, since parts of the data differ.");
  parts.neighbour_dimension->strata = {{2, 0.5}, {2, 0.5}};
  EXPECT_EQ(answer_of(parts).degrees, "2");
  EXPECT_EQ(answer_of(parts).set, "fills its span");
}

TEST(AnswerLimits, FeaturesThatTakeFewValuesAreNamed) {
  DatasetFinding finding = circle();
  finding.dimension->value = 2;
  finding.dimension->discrete = 1;
  EXPECT_EQ(answer_of(finding).confidence,
            "exact constraints; 1 degree of freedom in features that take few values only; neighbours 1.01 "
            "(0.98 to 1.04)");
  finding.dimension->discrete = 2;
  expect_in(answer_of(finding).confidence, "; all degrees of freedom in features that take few values only;");
}

TEST(AnswerLimits, CorrelatedRowsAreNamed) {
  DatasetFinding finding = circle();
  finding.notes = {"Rows are correlated with those near them, as in a time series: ..."};
  expect_in(answer_of(finding).confidence, "; rows correlated: what the distribution keeps was not searched");
}

TEST(AnswerLimits, OfNoise) {
  DatasetFinding noisy = circle();
  noisy.truth = Truth{1, 2, "so(2)", "so(2)", {}, -1, ""};
  noisy.dimension = dimension(1, Evidence::neighbours, 2);
  noisy.dimension->above_scale = 0.463;
  noisy.symmetry->evidence = Evidence::approximate;
  const Answer answer = answer_of(noisy);
  EXPECT_EQ(answer.degrees, "1 above 0.46 standard deviations");
  EXPECT_EQ(answer.degrees_value, 1);
  EXPECT_EQ(answer.set, "approximately so(2)");
  const auto verdict = [&](std::size_t entry) { return known_quantities(noisy).at(entry).agrees; };
  EXPECT_EQ(verdict(0), true);
  EXPECT_EQ(verdict(2), true);
  noisy.truth->intrinsic_dimension = 2;
  noisy.truth->symmetry = "none";
  EXPECT_EQ(verdict(0), std::nullopt) << "at another distance it is 2";
  EXPECT_EQ(verdict(2), std::nullopt);
  noisy.dimension->above_scale = not_defined;
  EXPECT_EQ(answer_of(noisy).set, "approximately so(2)");
  EXPECT_EQ(verdict(0), false);
  EXPECT_EQ(verdict(2), false);
}

TEST(AnswerLimits, OfConstraintsThatWereNotAllLookedFor) {
  DatasetFinding finding = circle();
  EXPECT_EQ(answer_of(finding).no_constraints, "");
  EXPECT_EQ(answer_of(finding).constraints_note, "");
  finding.left_out = {{"quadratic relations", 300}};
  EXPECT_EQ(answer_of(finding).constraints_note, "not all relations were looked for");
  finding.constraints.clear();
  EXPECT_EQ(answer_of(finding).no_constraints, "none among the relations that were looked for");
  EXPECT_EQ(answer_of(finding).constraints_note, "") << "it is said once";
  finding.left_out.clear();
  EXPECT_EQ(answer_of(finding).no_constraints, "no linear or quadratic relation");
  finding.outliers = 30;
  finding.constraint_notes = {"x is 1 within 0.1 %.",
                              "x^2 + y^2 = 1 holds in all but 30 of 3000 events, so it is not a relation."};
  const Answer answer = answer_of(finding);
  EXPECT_EQ(answer.no_constraints, "none that all rows obey");
  EXPECT_EQ(answer.constraints_note, "x^2 + y^2 = 1 holds in all but 30 of 3000 events");
  expect_in(answer.sentences[2], " x^2 + y^2 = 1 holds in all but 30 of 3000 events.");
}

TEST(AnswerLimits, SayWhyNothingIsBroken) {
  DatasetFinding finding = circle();
  EXPECT_EQ(answer_of(finding).not_broken, "none: it keeps the one that was tested");
  finding.symmetry->generators.push_back(finding.symmetry->generators.front());
  EXPECT_EQ(answer_of(finding).not_broken, "none of the 2 tested");
  finding.symmetry->generators.back().density.verdict = DensityVerdict::undecided;
  EXPECT_EQ(answer_of(finding).not_broken, "");
  finding.symmetry.reset();
  finding.dimension = dimension(2, Evidence::span, 2);
  finding.distribution = DistributionFinding{6, "of the span", "none", {}};
  EXPECT_EQ(answer_of(finding).not_broken, "all 6 affine motions of the span");
  finding.distribution->generators = circle().symmetry->generators;
  EXPECT_EQ(answer_of(finding).not_broken, "all others of the 6 affine motions of the span");
  finding.distribution->complete = false;
  EXPECT_EQ(answer_of(finding).not_broken, "too few rows to tell");
  finding.distribution.reset();
  EXPECT_EQ(answer_of(finding).not_broken, "not tested");
  finding.dimension = dimension(1, Evidence::constraints, 1);
  finding.rotations = "none";
  EXPECT_EQ(answer_of(finding).not_broken, "no affine motion keeps the set");
}

TEST(AnswerLimits, OfLawsUpToNoise) {
  DatasetFinding finding = circle();
  finding.trajectories = TrajectoriesFinding{
      40, 15, 4, 3, {{"x^2 + px^2", 1e-9}, {"y^2 + py^2", 1e-9}, {"x y + px py", 1e-9}, {"a", 1e-9}}, {}};
  Answer answer = answer_of(finding);
  EXPECT_EQ(answer.laws, 3);
  EXPECT_EQ(answer.law_equations, (Words{"x^2 + px^2", "y^2 + py^2", "x y + px py"})) << "as many as laws";
  EXPECT_EQ(answer.laws_note, "");
  expect_in(answer.sentences[2], "3 independent functions stay constant along each of 40 trajectories");
  expect_in(answer.sentences[2], ", among them x^2 + px^2.");
  finding.trajectories->laws[1].within = 0.02;
  answer = answer_of(finding);
  EXPECT_EQ(answer.laws_note, "up to noise");
  expect_in(answer.sentences[2], "3 independent functions stay constant, up to noise, along each of 40");
}

TEST(AnswerLimits, OfFiniteGroupsBesideContinuousOnes) {
  DatasetFinding finding = circle();
  finding.discrete = DiscreteFinding{"Z2",
                                     2,
                                     12,
                                     {finite_map("half", DensityVerdict::invariant, 0.4)},
                                     {},
                                     {},
                                     {"The group is that of the components: turns of the continuous symmetry "
                                      "count as one."}};
  EXPECT_EQ(answer_of(finding).finite, "Z2, beside the continuous symmetry");
  finding.discrete->notes.clear();
  EXPECT_EQ(answer_of(finding).finite, "Z2");
}

TEST(AnswerLimits, OfADictionary) {
  DatasetFinding finding = circle();
  finding.symmetry.reset();
  finding.distribution.reset();
  finding.rotations.reset();
  FieldFinding field;
  field.residual = 0.00094;
  finding.fields = FieldsFinding{"quadratic", 12, "the set", 0, 1, {}, {}, {field, field}, {}};
  const Answer answer = answer_of(finding);
  EXPECT_EQ(answer.set, "unclear");
  expect_in(answer.sentences[1], "2 motions of the dictionary quadratic keep the set within 0.094 % of the");
}

}  // namespace
}  // namespace symscan
