// Short answers of findings made by hand: nothing is claimed that the finding leaves open.
#include "host/findings/answers.hpp"

#include <gtest/gtest.h>

#include "tests/host/findings/example_findings.hpp"
#include "tests/host/text_checks.hpp"

namespace symscan {
namespace {

using test::expect_in;
using test::expect_not_in;

using example::circle;
using example::constraint;
using example::dimension;
using example::finite_map;
using example::neighbours;
using example::rotation;
using Words = std::vector<std::string>;

/// Nothing says how many degrees of freedom there are.
DatasetFinding unclear(double low, int at_most) {
  DatasetFinding finding = circle();
  finding.dimension = DimensionFinding{};
  finding.dimension->low = low;
  finding.dimension->high = at_most;
  finding.dimension->at_most = at_most;
  finding.dimension->reason = "the nearest neighbours show 2 to 3, the constraints leave at most 5";
  finding.symmetry.reset();
  finding.distribution.reset();
  finding.rotations.reset();
  return finding;
}

/// A set with three rotations.
DatasetFinding sphere(const std::vector<DensityVerdict>& verdicts) {
  DatasetFinding finding = circle();
  SymmetryFinding& symmetry = *finding.symmetry;
  symmetry.algebra = symmetry.rotations = "so(3)";
  symmetry.found = 3;
  symmetry.generators.clear();
  finding.distribution->generators.clear();
  const char* names[] = {"rotation in x-y", "rotation in x-z", "rotation in y-z"};
  for (std::size_t k = 0; k < verdicts.size(); ++k) {
    symmetry.generators.push_back(rotation(names[k], "dx = -y, dy = x", verdicts[k], 0.4));
    if (verdicts[k] == DensityVerdict::invariant)
      finding.distribution->generators.push_back(symmetry.generators.back());
  }
  return finding;
}

constexpr DensityVerdict kept = DensityVerdict::invariant, broken = DensityVerdict::broken,
                         undecided = DensityVerdict::undecided;

TEST(Answers, OfACircle) {
  const Answer answer = answer_of(circle());
  EXPECT_EQ(answer.degrees, "1");
  EXPECT_EQ(answer.degrees_value, 1);
  EXPECT_EQ(answer.set, "so(2)");
  EXPECT_EQ(answer.distribution, "so(2)");
  EXPECT_EQ(answer.kept, Words{"rotation in x-y (change below 0.052)"});
  EXPECT_TRUE(answer.broken.empty() && answer.undecided.empty());
  EXPECT_EQ(answer.finite, "");
  EXPECT_EQ(answer.constraints, Words{"x^2 + y^2 = 1"});
  EXPECT_TRUE(answer.approximate.empty() && answer.law_equations.empty());
  EXPECT_FALSE(answer.laws);
  EXPECT_EQ(answer.confidence, "exact constraints; neighbours 1.01 (0.98 to 1.04)");
  EXPECT_EQ(answer.converged, true);
  EXPECT_EQ(answer.convergence, "the group analysed");
  EXPECT_EQ(
      answer.sentences,
      (Words{"The data have 1 degree of freedom: 2 features less 1 independent exact constraint. Nearest "
             "neighbours: 1.01 (0.98 to 1.04).",
             "The set has the symmetry so(2) (rotation in x-y), from the exact constraints; the "
             "distribution keeps it.",
             "1 exact constraint: x^2 + y^2 = 1."}));
}

TEST(Answers, SayNoNumberWhereItIsUnclear) {
  const Answer some = answer_of(unclear(2.05, 5));
  EXPECT_EQ(some.degrees, "2 to 5");
  EXPECT_FALSE(some.degrees_value);
  EXPECT_EQ(some.set, "unclear");
  EXPECT_EQ(some.distribution, "");
  EXPECT_EQ(some.confidence,
            "the nearest neighbours show 2 to 3, the constraints leave at most 5; neighbours 1.01 (0.98 to "
            "1.04)");
  expect_in(some.sentences[0], "The number of degrees of freedom is unclear: the nearest neighbours show 2");
  expect_in(some.sentences[1], "Symmetry of the set: not known, since the number of degrees of freedom is");
  EXPECT_EQ(answer_of(unclear(0, 4)).degrees, "at most 4");
  EXPECT_EQ(answer_of(unclear(not_defined, 4)).degrees, "at most 4");
  EXPECT_EQ(answer_of(unclear(2.95, 3)).degrees, "unclear") << "one number would be a claim";
}

TEST(Answers, BoundNothingBySpansOfFewRows) {
  DatasetFinding few = unclear(2.4, 39);
  few.linear_rank = 39;
  few.neighbour_dimension->points = 40;
  EXPECT_EQ(answer_of(few).degrees, "at least 2");
  few.dimension->low = 0;
  EXPECT_EQ(answer_of(few).degrees, "unclear");
}

TEST(Answers, OfPartsThatDiffer) {
  DatasetFinding parts = unclear(4, 6);
  parts.neighbour_dimension->strata = {{4, 0.4}, {6, 0.6}};
  EXPECT_EQ(answer_of(parts).degrees, "4 to 6 (parts differ)");
  expect_in(answer_of(parts).sentences[0],
            "Parts of the data differ: 40 % of the rows with 4 degrees of freedom, 60 % of the rows with 6");
}

TEST(Answers, SayWhatDecides) {
  DatasetFinding finding = circle();
  const auto confidence = [&] {
    const std::string text = answer_of(finding).confidence;
    return text.substr(0, text.find("; neighbours"));
  };
  finding.dimension = dimension(2, Evidence::span, 2);
  EXPECT_EQ(confidence(), "the data fill the space of their features");
  finding.columns.emplace_back("z");
  EXPECT_EQ(confidence(), "the data fill the span that exact linear constraints leave");
  finding.dimension = dimension(1, Evidence::neighbours, 2);
  EXPECT_EQ(confidence(), "distances between neighbours");
  finding.dimension->above_scale = 0.0934;
  EXPECT_EQ(confidence(), "distances above 0.093 standard deviations; noise below");
  expect_in(answer_of(finding).sentences[0], "at distances above 0.093 standard deviations, and more below");
  finding.dimension = dimension(1, Evidence::models, 2);
  EXPECT_EQ(confidence(), "the models alone");
  finding.dimension = dimension(1, Evidence::constraints, 1);
  finding.outliers = 3;
  EXPECT_EQ(confidence(), "constraints that nearly all rows obey");
  expect_in(answer_of(finding).sentences[0], "that all rows but 3 obey");
  expect_in(answer_of(finding).sentences[1], "from the constraints that nearly all rows obey");
  finding.dimension->evidence = Evidence::neighbours;
  expect_in(answer_of(finding).sentences[0], "3 rows that disobey what nearly all rows obey are left out.");
  finding.neighbour_dimension.reset();
  EXPECT_EQ(answer_of(finding).confidence, "distances between neighbours");
}

TEST(Answers, OfDataThatDoNotVary) {
  const Answer answer = answer_of(DatasetFinding{});
  EXPECT_EQ(answer.degrees, "0");
  EXPECT_EQ(answer.set, "none");
  EXPECT_EQ(answer.confidence, "no feature varies");
  ASSERT_EQ(answer.sentences.size(), 2u);
  EXPECT_EQ(answer.sentences[0], "No feature varies: there is nothing to analyse.");
}

TEST(Answers, OfTheDistribution) {
  Answer answer = answer_of(sphere({kept, kept, kept}));
  EXPECT_EQ(answer.distribution, "so(2)") << "as the finding names it";
  EXPECT_EQ(
      answer.sentences[1],
      "The set has the symmetry so(3) (3 rotations), from the exact constraints; the distribution keeps "
      "each of them.");
  answer = answer_of(sphere({kept, broken, broken}));
  EXPECT_EQ(answer.distribution, "so(2)");
  EXPECT_EQ(answer.broken, (Words{"rotation in x-z", "rotation in y-z"}));
  expect_in(answer.sentences[1], "; the distribution keeps rotation in x-y and breaks 2 rotations.");
  answer = answer_of(sphere({broken, broken, broken}));
  EXPECT_EQ(answer.distribution, "none");
  expect_in(answer.sentences[1], "; the distribution breaks each of them.");
}

TEST(Answers, LeaveOpenWhatTheRowsCannotTell) {
  Answer answer = answer_of(sphere({kept, undecided, broken}));
  EXPECT_EQ(answer.distribution, "at least so(2)");
  EXPECT_EQ(answer.undecided, Words{"rotation in x-z"});
  expect_in(answer.sentences[1],
            "keeps rotation in x-y and breaks rotation in y-z; no change of the distribution is seen under "
            "rotation in x-z, but a small one is not excluded.");
  EXPECT_EQ(answer_of(sphere({broken, undecided, broken})).distribution, "undecided");

  DatasetFinding open = sphere({undecided, undecided, undecided});
  open.distribution->generators = open.symmetry->generators;
  EXPECT_EQ(answer_of(open).distribution, "undecided");
  for (GeneratorFinding& each : open.symmetry->generators) each.density.test.effect_limit = 3;
  expect_in(answer_of(open).sentences[1], "; too few rows tell whether the distribution keeps each of them.");
  expect_not_in(answer_of(open).sentences[1], "no change");

  open = sphere({kept, undecided, broken});
  open.distribution->generators.push_back(open.symmetry->generators[1]);
  EXPECT_EQ(answer_of(open).distribution, "so(2), as far as these rows tell");

  open = sphere({kept, broken, broken});
  open.distribution->complete = false;
  EXPECT_EQ(answer_of(open).distribution, "at least so(2)");
  open.distribution.reset();
  EXPECT_EQ(answer_of(open).distribution, "undecided");
}

TEST(Answers, OfASetThatFillsItsSpan) {
  DatasetFinding square = circle();
  square.dimension = dimension(2, Evidence::span, 2);
  square.symmetry.reset();
  square.constraints.clear();
  square.distribution = DistributionFinding{6, "of the span", "none", {}};
  Answer answer = answer_of(square);
  EXPECT_EQ(answer.set, "fills its span");
  EXPECT_EQ(answer.distribution, "none");
  expect_in(answer.sentences[1], "The distribution keeps none of the 6 affine motions of the span.");
  EXPECT_EQ(answer.sentences[2],
            "Constraints: no linear or quadratic relation among the features was found.");
  square.distribution->complete = false;
  answer = answer_of(square);
  EXPECT_EQ(answer.distribution, "undecided");
  expect_in(answer.sentences[1], "There are too few rows to tell which of the 6 affine motions of the span");
  square.distribution = DistributionFinding{6, "of the span", "so(2)", circle().symmetry->generators};
  answer = answer_of(square);
  EXPECT_EQ(answer.distribution, "so(2)");
  EXPECT_EQ(answer.kept, Words{"rotation in x-y (change below 0.052)"});
  expect_in(answer.sentences[1],
            "Symmetry of the distribution: so(2) (rotation in x-y), of the 6 affine motions of the span.");
  square.distribution.reset();
  EXPECT_EQ(answer_of(square).distribution, "") << "not sought";
}

TEST(Answers, OfSetsWithoutSymmetry) {
  DatasetFinding finding = circle();
  finding.symmetry.reset();
  finding.distribution.reset();
  finding.rotations = "none";
  EXPECT_EQ(answer_of(finding).set, "none");
  EXPECT_EQ(answer_of(finding).distribution, "none");
  EXPECT_EQ(answer_of(finding).sentences[1], "Symmetry of the set: none. No affine motion is tangent to it.");
  finding.symmetry_note = "Motions that keep the set were not sought.";
  EXPECT_EQ(answer_of(finding).set, "unclear");
  EXPECT_EQ(answer_of(finding).distribution, "");
  finding.rotations = "so(3)";
  finding.symmetry_note = "3 affine motions of the algebra so(3) keep it, which were not tested one by one.";
  EXPECT_EQ(answer_of(finding).set, "at least so(3)");
  finding.symmetry_note.clear();
  finding.rotations.reset();
  EXPECT_EQ(answer_of(finding).set, "unclear");
}

TEST(Answers, OfFiniteGroups) {
  DatasetFinding finding = circle();
  finding.discrete = DiscreteFinding{"C4", 4, 12, {finite_map("quarter", kept, 0.4)}, {}, {}, {}};
  EXPECT_EQ(answer_of(finding).finite, "C4");
  expect_in(answer_of(finding).sentences[1], " Finite group of the distribution: C4.");
  finding.discrete->undecided = {finite_map("reflection of x", undecided, 0.2)};
  EXPECT_EQ(answer_of(finding).finite, "at least C4");
  finding.discrete->generators.clear();
  finding.discrete->group = "none";
  EXPECT_EQ(answer_of(finding).finite, "") << "not to be told";
  finding.discrete->undecided.clear();
  EXPECT_EQ(answer_of(finding).finite, "none");
  expect_not_in(answer_of(finding).sentences[1], "inite");
  finding.discrete->tried = 0;
  EXPECT_EQ(answer_of(finding).finite, "");
}

TEST(Answers, OfConstraints) {
  DatasetFinding finding = circle();
  finding.constraints = {constraint("E(mu-)^2 - px(mu-)^2 - py(mu-)^2 - pz(mu-)^2 = 0.01 GeV^2", true),
                         constraint("px + py = 0", true), constraint("E(mu-) = 5 GeV", true),
                         constraint("E(mu+) = 5 GeV", true),
                         constraint("m(mu- mu+) = 90 GeV within 9 %", false, "GeV")};
  finding.laws = {{"T^2 = a^3", 1e-12, true}, {"p V = 8 T", 1e-3, false}};
  const Answer answer = answer_of(finding);
  EXPECT_EQ(answer.constraints.size(), 5u);
  EXPECT_EQ(answer.constraints[4], "T^2 = a^3");
  EXPECT_EQ(answer.approximate, (Words{"m(mu- mu+) = 90 GeV within 9 %", "p V = 8 T"}));
  EXPECT_EQ(answer.sentences[2],
            "5 exact constraints, the shortest: T^2 = a^3; px + py = 0; E(mu-) = 5 GeV. 2 approximate "
            "constraints: p V = 8 T; m(mu- mu+) = 90 GeV within 9 %.");
  finding.left_out = {{"quadratic relations", 300}};
  expect_in(answer_of(finding).sentences[2], "Not all relations were looked for.");
  finding.constraints.clear();
  finding.laws.clear();
  EXPECT_EQ(answer_of(finding).sentences[2],
            "Constraints: none found among the relations that were looked for.");
}

TEST(Answers, OfTrajectoriesAndLabels) {
  DatasetFinding finding = circle();
  finding.trajectories = TrajectoriesFinding{40, 13, 1, 1, {{"p^2/2 - cos(q)", 1e-9}}, {}};
  Answer answer = answer_of(finding);
  EXPECT_EQ(answer.laws, 1);
  EXPECT_EQ(answer.law_equations, Words{"p^2/2 - cos(q)"});
  expect_in(answer.sentences[2],
            "Laws of the trajectories: 1 independent function stays constant along each of 40 trajectories: "
            "p^2/2 - cos(q).");
  finding.trajectories = TrajectoriesFinding{40, 13, 0, 0, {}, {}};
  answer = answer_of(finding);
  EXPECT_EQ(answer.laws, 0);
  expect_in(answer.sentences[2], "no combination of 13 functions stays constant along each of 40");
  finding.trajectories = TrajectoriesFinding{1, 0, 0, 0, {}, {"Why."}};
  EXPECT_FALSE(answer_of(finding).laws);
  expect_not_in(answer_of(finding).sentences[2], "trajector");
  finding.target = TargetFinding{"polynomial of degree 2, exact", 0, "so(2)", {{}}, {}, {}, {}};
  expect_in(answer_of(finding).sentences[2], "The labelled function is unchanged by so(2), 1 motion, taking");
  finding.target->algebra = "";
  expect_in(answer_of(finding).sentences[2], "which motions leave it unchanged cannot be said.");
}

TEST(Answers, OfModels) {
  DatasetFinding finding = circle();
  finding.training = {2400, 3, 1, 1, 0, {"beta 0.1", "beta 0.3"}, 0};
  Answer answer = answer_of(finding);
  EXPECT_EQ(answer.converged, false);
  EXPECT_EQ(answer.convergence, "2 of 3 groups analysed have not");
  expect_in(answer.sentences[0],
            " The models of 2 of 3 groups are not trained long enough: what they show is preliminary.");
  finding.training = {2400, 18, 0, 0, 0, {}, 0};
  answer = answer_of(finding);
  EXPECT_EQ(answer.convergence, "all 18 groups analysed");
  expect_not_in(answer.sentences[0], "models");
  finding.dimension->evidence = Evidence::models;
  expect_in(answer_of(finding).sentences[0], "The models show 1 degree of freedom at their resolution;");
  expect_in(answer_of(finding).sentences[0], "The models were trained long enough.");
  finding.dimension->evidence = Evidence::constraints;
  finding.dimension->models = 2;
  expect_in(answer_of(finding).sentences[0], "The models show 2 at their resolution.");
  finding.groups[0].active_latents = {0, 0};
  expect_in(answer_of(finding).sentences[0], "No latent of the models is active.");
  finding.groups.clear();
  finding.training = {};
  answer = answer_of(finding);
  EXPECT_FALSE(answer.converged);
  EXPECT_EQ(answer.convergence, "");
  expect_not_in(answer.sentences[0], "models");
}

TEST(Answers, HaveThreeSentencesAtMost) {
  for (const DatasetFinding& finding : example::complete().datasets) {
    const Answer answer = answer_of(finding);
    EXPECT_GE(answer.sentences.size(), 2u);
    EXPECT_LE(answer.sentences.size(), 3u);
    for (const std::string& sentence : answer.sentences) EXPECT_EQ(sentence.back(), '.') << sentence;
  }
}

}  // namespace
}  // namespace symscan
