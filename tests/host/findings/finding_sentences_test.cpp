// Sentences about findings made by hand.
#include "host/findings/finding_sentences.hpp"

#include <gtest/gtest.h>

#include "tests/host/findings/example_findings.hpp"
#include "tests/host/text_checks.hpp"

namespace symscan {
namespace {

using test::expect_in;
using test::expect_not_in;

using example::candidate;
using example::circle;
using example::constraint;
using example::dimension;
using example::neighbours;
using example::rotation;

std::string text_of(const DatasetFinding& finding) {
  std::string text;
  for (const std::string& sentence : finding_sentences(finding)) {
    EXPECT_FALSE(sentence.empty());
    text += sentence + "\n";
  }
  return text;
}

TEST(FindingSentences, OfACircle) {
  const auto sentences = finding_sentences(circle());
  ASSERT_EQ(sentences.size(), 6u);
  EXPECT_EQ(sentences[0],
            "The data have 1 degree of freedom: 2 features less 1 independent exact constraint. Nearest "
            "neighbours: 1.01 (0.98 to 1.04).");
  EXPECT_EQ(sentences[1], "The models show as many: the local dimension is 1.03 from beta 0.03 to 0.3.");
  EXPECT_EQ(sentences[2], "Symmetry of the set: so(2), 1 generator, from the exact constraints.");
  EXPECT_EQ(sentences[3], "  rotation in x-y: dx = -y, dy = x");
  EXPECT_EQ(sentences[4],
            "Kept by the distribution: rotation in x-y (p = 0.43, low-order change below 0.052).");
  EXPECT_EQ(sentences[5], "Constraint: x^2 + y^2 = 1 (residual 2.1e-04).");
}

TEST(FindingSentences, OfRotationsThatTheDistributionBreaks) {
  DatasetFinding sphere = circle();
  SymmetryFinding& symmetry = *sphere.symmetry;
  symmetry.algebra = "so(3)";
  symmetry.found = 3;
  symmetry.evidence = Evidence::neighbours;
  symmetry.generators = {rotation("rotation in x-y", "dx = -y, dy = x", DensityVerdict::invariant, 0.43),
                         rotation("rotation in x-z", "dx = -z, dz = x", DensityVerdict::broken, 1e-20),
                         rotation("rotation in y-z", "dy = -z, dz = y", DensityVerdict::broken, 0.005)};
  symmetry.generators[2].leaves = 0.18;
  const std::string text = text_of(sphere);
  expect_in(text, "so(3), 3 generators, from the distances between neighbours.\n");
  expect_in(text, "  rotation in y-z: dy = -z, dz = y\n");
  expect_in(text, "Kept by the distribution: rotation in x-y (p = 0.43, low-order change below 0.052).\n");
  expect_in(
      text,
      "Broken by the distribution: rotation in x-z (p < 1e-12, change 0.83), rotation in y-z (p = 0.005, "
      "change 0.83, leads 18 % of the events out of the data).\n");
  // What is undecided is said to be neither.
  for (GeneratorFinding& each : symmetry.generators) each.density.verdict = DensityVerdict::undecided;
  expect_not_in(text_of(sphere), "Kept");
  expect_not_in(text_of(sphere), "Broken");
  expect_in(text_of(sphere),
            "No change of the distribution seen, but a small one is not excluded: rotation in");
}

TEST(FindingSentences, OfASetThatFillsItsSpan) {
  DatasetFinding square = circle();
  square.dimension = dimension(2, Evidence::span, 2);
  square.symmetry.reset();
  square.constraints.clear();
  square.distribution = DistributionFinding{6, "of the span", "none", {}};
  const std::string text = text_of(square);
  expect_in(text, "The data have 2 degrees of freedom: they fill the space of their features. Nearest");
  expect_in(text, "Symmetry of the set: every motion stays inside data that fill their span; their");
  expect_in(text, "Symmetry of the distribution: it keeps none of the 6 affine motions of the span.");
  expect_in(text, "Constraints: no linear or quadratic relation among the features was found.");
  square.distribution = DistributionFinding{6, "of the span", "so(2)", circle().symmetry->generators};
  expect_in(text_of(square),
            "Symmetry of the distribution: so(2), 1 of the 6 affine motions of the span.\n  rot");
  square.dimension->discrete = 1;
  expect_in(text_of(square), "features, 1 of them in features that take few values only.");
  square.columns.emplace_back("z");
  expect_in(text_of(square), "they fill the linear span that 1 exact linear constraint leaves");
}

TEST(FindingSentences, OfAnUnclearDimension) {
  DatasetFinding unclear = circle();
  unclear.dimension = DimensionFinding{};
  unclear.dimension->reason = "the nearest neighbours show 2 to 3, the constraints leave at most 5";
  unclear.symmetry.reset();
  unclear.rotations.reset();
  const std::string text = text_of(unclear);
  expect_in(
      text,
      "The number of degrees of freedom is unclear: the nearest neighbours show 2 to 3, the constraints "
      "leave at most 5. Nearest neighbours: 1.01");
  expect_in(text, "Symmetry of the set: not known, since the number of degrees of freedom is unclear.");
  expect_not_in(text, "The data have");
}

TEST(FindingSentences, OfNoise) {
  DatasetFinding noisy = circle();
  noisy.dimension = dimension(1, Evidence::neighbours, 2);
  expect_in(text_of(noisy), "The data have 1 degree of freedom, as the distances between neighbours show.");
  noisy.dimension->above_scale = 0.0934;
  expect_in(text_of(noisy),
            "The data have 1 degree of freedom at distances above 0.093 standard deviations, and more below");
  noisy.neighbour_dimension->strata = {{1, 0.34}, {2, 0.66}};
  expect_in(
      text_of(noisy),
      "Parts of the data differ: 34 % of the rows with 1 degree of freedom, 66 % of the rows with 2 degrees "
      "of freedom.");
}

TEST(FindingSentences, OfModelsAlone) {
  DatasetFinding finding = circle();
  finding.dimension->evidence = Evidence::models;
  expect_in(text_of(finding),
            "The models show 1 degree of freedom at their resolution; the rows alone do not");
  expect_in(text_of(finding), "The models show 1: the local dimension is 1.03");
  expect_not_in(text_of(finding), "The data have");
  finding.training.not_converged = 1;
  expect_in(text_of(finding), "The number of degrees of freedom is unclear: only the models tell of it.");
}

TEST(FindingSentences, OfModelsBesideTheData) {
  DatasetFinding finding = circle();
  finding.dimension->models = 2;
  expect_in(text_of(finding),
            "The models show 2 at their resolution: the local dimension is 1.03 from beta 0.03");
  expect_in(text_of(finding),
            "They do not resolve that the set is thinner: train longer, or with a larger beta.");
  finding.dimension->value = 3;
  expect_in(text_of(finding), "noise sqrt(tau): a smaller beta resolves more.");
  finding.dimension->models.reset();
  expect_in(text_of(finding),
            "The models show no whole number of directions: the local dimension is 1.02 at beta");
  finding.groups[0].active_latents = {0, 0};
  finding.groups[0].beta = 50;
  expect_in(text_of(finding),
            "No latent is active at beta 50: choose a smaller beta or relevance.threshold.");
  finding.groups.clear();
  expect_not_in(text_of(finding), "odels");
  finding.training.without_noise = 1;
  expect_in(text_of(finding), "Models of beta 0 show no dimension: their decoder has no noise.");
}

TEST(FindingSentences, OfModelsWithoutNoise) {
  DatasetFinding finding = circle();
  finding.training.without_noise = 1;
  expect_in(text_of(finding), "Models of beta 0 are left out: their decoder has no noise.");
}

TEST(FindingSentences, OfEquationsThatAreLong) {
  DatasetFinding finding = circle();
  const std::string x(150, 'x');
  finding.symmetry->generators[0].equation = "d" + x + " = -y, dy = " + x;
  expect_in(text_of(finding), "d" + x + " = -y, ...\n");
  finding.symmetry->generators[0].equation = "d" + x + " = -2 " + x + ", dy = 1";  // no component fits
  const auto sentences = finding_sentences(finding);
  EXPECT_LT(sentences[3].size(), 230u);
  EXPECT_EQ(sentences[3].substr(sentences[3].size() - 3), "...");
}

TEST(FindingSentences, OfModelsThatAreNotTrained) {
  DatasetFinding finding = circle();
  finding.training = {240, 3, 2, 0, 0, {"beta 0.1", "beta 0.3"}, 0};
  expect_in(text_of(finding),
            "Not trained long enough in 2 of 3 groups: beta 0.1; beta 0.3 (240 steps). What rests on them is "
            "preliminary.");
  finding.training = {2400, 1, 0, 1, 0, {""}, 0};
  expect_in(text_of(finding), "Not trained long enough (the loss was still falling): relevances and");
  finding.training = {2400, 1, 0, 0, 1, {""}, 0};
  expect_in(text_of(finding), "Not trained long enough (relevances or loss still changed): relevances and");
  finding.training = {2400, 1, 0, 0, 0, {}, 0};
  expect_not_in(text_of(finding), "Not trained");
}

TEST(FindingSentences, OfDataThatDoNotVary) {
  DatasetFinding still;
  const auto sentences = finding_sentences(still);
  ASSERT_EQ(sentences.size(), 2u);
  EXPECT_EQ(sentences[0], "No feature varies: there is nothing to analyse.");
}

TEST(FindingSentences, OfSetsWithoutSymmetry) {
  DatasetFinding finding = circle();
  finding.symmetry.reset();
  finding.distribution.reset();
  finding.rotations = "none";
  expect_in(text_of(finding), "Symmetry of the set: none. No affine motion is tangent to it.");
  finding.symmetry_note = "Motions that keep the set were not sought: 60 rows are too few for 3 dimensions.";
  expect_in(text_of(finding),
            "Symmetry of the set: not known. Motions that keep the set were not sought: 60");
}

TEST(FindingSentences, OfManyGenerators) {
  DatasetFinding finding = circle();
  finding.symmetry->generators.assign(12, finding.symmetry->generators[0]);
  expect_in(text_of(finding), "  ... and 4 more: see analysis.json\n");
  expect_in(text_of(finding), " and 4 more.\n");
  finding.symmetry->generators.resize(9);  // the ninth takes no more room than the hint
  expect_not_in(text_of(finding), "see analysis.json");
}

TEST(FindingSentences, OfConstraintsLawsCandidatesAndNotes) {
  DatasetFinding finding = circle();
  finding.constraints = {constraint("m(mu- mu+) = 90 GeV within 9 %", false, "GeV"),
                         constraint("px(mu-) + px(mu+) = 0", true)};
  finding.laws = {{"T^2 = a^3", 1e-12, true}, {"p V = 8 T", 1e-3, false}};
  finding.candidates = {
      candidate("reflection(x)", Verdict::manifold_only), candidate("scaling", Verdict::no_symmetry),
      candidate("reflection(z)", Verdict::nothing_moves), candidate("swap(x,y)", Verdict::symmetry)};
  finding.candidates[3].manifold_residual = 1e-30;
  finding.notes = {"A note about the data."};
  finding.constraint_notes = {"A note about constraints."};
  const std::string text = text_of(finding);
  expect_in(text, "Approximate constraint: m(mu- mu+) = 90 GeV within 9 % (residual 2.1e-04).\n");
  expect_in(text, "\nConstraint: px(mu-) + px(mu+) = 0 (residual");
  expect_in(text, "\nLaw: T^2 = a^3 (residual 1.0e-12).\nApproximate law: p V = 8 T (residual 1.0e-03).\n");
  expect_in(
      text,
      "Tested reflection(x): symmetry of the set only (1.2 % of its motion leaves the set, p = 0.002, change "
      "0.4).\n");
  expect_in(text, "Tested swap(x,y): symmetry (keeps the set, p = 0.002, low-order change below 0.5).\n");
  expect_not_in(text, "scaling");
  expect_not_in(text, "reflection(z)");
  finding.candidates[1].named = finding.candidates[2].named = true;  // whoever asks is told
  expect_in(text_of(finding), "Tested scaling: no symmetry (1.2 % of its motion");
  expect_in(text_of(finding), "Tested reflection(z): does nothing to these data (");
  finding.constraints.clear();
  finding.laws.clear();  // the notes say what was not sought
  expect_in(text_of(finding), "Constraints: none found among the relations that were looked for.\n");
  expect_in(text, "A note about the data.\nA note about constraints.\n");
}

TEST(FindingSentences, NameWhatWasLeftOut) {
  DatasetFinding finding = circle();
  finding.constraints.clear();
  finding.estimated_seconds = 40;
  finding.left_out = {{"linear relations", 312.4}, {"finite maps", 9000}};
  const std::string text = text_of(finding);
  expect_in(
      text,
      "Not looked for, since it takes long: linear relations (about 310 s) and finite maps (about 3 h); "
      "symscan analyze DIR --budget 11000 looks for it too.");
  expect_in(text, "Constraints: none found among the relations that were looked for.");
  expect_not_in(text, "no linear or quadratic relation");
  finding.left_out = {{"finite maps", 1e12}};
  expect_in(text_of(finding),
            "Not looked for, since it takes long: finite maps (years); a table of fewer columns "
            "(dataset.columns) takes less.");
}

TEST(FindingSentences, CutLongLists) {
  DatasetFinding finding = circle();
  finding.constraints.assign(5000, constraint("x = 1", true));
  finding.notes.assign(100, "A note.");
  const std::string text = text_of(finding);
  expect_in(text, "... and 4976 more constraints: see analysis.json.");
  expect_in(text, "... and 76 more notes: see analysis.json.");
  EXPECT_LT(text.size(), 20000u);
}

}  // namespace
}  // namespace symscan
