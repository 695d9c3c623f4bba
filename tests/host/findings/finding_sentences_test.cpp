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
  ASSERT_EQ(sentences.size(), 5u);
  EXPECT_EQ(
      sentences[0],
      "The data have 1 degree of freedom: the local dimension is 1.03 from beta 0.03 to 0.3, the linear "
      "rank 2. Nearest neighbours: TwoNN 1.01, Levina-Bickel 0.96.");
  EXPECT_EQ(sentences[1],
            "Symmetry of the manifold: so(2), 1 generator. 99 % of the bootstrap draws over 3 seeds find at "
            "least as many.");
  EXPECT_EQ(sentences[2], "  rotation in x-y: dx = -y, dy = x");
  EXPECT_EQ(sentences[3], "The distribution is compatible with: rotation in x-y (p = 0.43).");
  EXPECT_EQ(sentences[4], "Constraint: x^2 + y^2 = 1 (residual 2.1e-04).");
}

TEST(FindingSentences, OfRotationsThatTheDistributionBreaks) {
  DatasetFinding sphere = circle();
  sphere.dimension = DimensionFinding{2, 1.034, 0.03, 0.03, false};
  sphere.neighbour_dimension = neighbours(2.01, 1.96);
  SymmetryFinding& symmetry = *sphere.symmetry;
  symmetry.algebra = "so(3)";
  symmetry.found = 3;
  symmetry.closure_residual = 0.0042;
  symmetry.seeds = 1;
  symmetry.generators = {rotation("rotation in x-y", "dx = -y, dy = x", DensityVerdict::invariant, 0.43),
                         rotation("rotation in x-z", "dx = -z, dz = x", DensityVerdict::broken, 0.0025),
                         rotation("rotation in y-z", "dy = -z, dz = y", DensityVerdict::broken, 0.005)};
  const std::string text = text_of(sphere);
  expect_in(text, "The data have 2 degrees of freedom: the local dimension is 1.03 at beta 0.03, the");
  expect_in(text,
            "so(3), 3 generators. Closure residual: 0.42 %. 99 % of the bootstrap draws over 1 seed find at "
            "least as many.");
  expect_in(text, "  rotation in y-z: dy = -z, dz = y\n");
  expect_in(text, "The distribution is compatible with: rotation in x-y (p = 0.43).\n");
  expect_in(text,
            "Kept by the manifold, broken by the distribution: rotation in x-z (p = 0.0025), rotation in y-z "
            "(p = 0.005).\n");
  for (GeneratorFinding& each : symmetry.generators) each.density.verdict = DensityVerdict::broken;
  expect_not_in(text_of(sphere), "compatible");
  // What is undecided is said to be neither.
  for (GeneratorFinding& each : symmetry.generators) each.density.verdict = DensityVerdict::undecided;
  expect_not_in(text_of(sphere), "compatible");
  expect_not_in(text_of(sphere), "broken");
}

TEST(FindingSentences, OfASetThatFillsItsSpan) {
  DatasetFinding square = circle();
  square.dimension = DimensionFinding{2, 1.9, not_defined, not_defined, true, 2};
  square.symmetry.reset();
  square.constraints.clear();
  expect_in(text_of(square),
            "The models see 2 degrees of freedom: no direction thinner than the linear span");
  square.neighbour_dimension = neighbours(2.03, 1.99);
  const std::string text = text_of(square);
  expect_in(text,
            "The data have 2 degrees of freedom: the models see no direction thinner than the linear span "
            "(rank 2) at beta 0.1. Nearest");
  expect_in(text,
            "Symmetry of the manifold: not defined. Every motion stays inside data that fill their span.");
  expect_in(text, "Constraints: no linear or quadratic relation among the features was found.");
  expect_not_in(text, "compatible");
}

TEST(FindingSentences, OfAnUnclearDimension) {
  DatasetFinding unclear = circle();
  unclear.dimension = DimensionFinding{};
  unclear.symmetry.reset();
  unclear.neighbour_dimension = neighbours(undefined, 1.4);
  unclear.groups[0].local_dimension.mean = 1.44;
  const std::string text = text_of(unclear);
  expect_in(text,
            "The number of degrees of freedom is unclear: the local dimension is 1.44 at beta 0.1. Train a");
  expect_in(text, "Nearest neighbours: TwoNN undefined, Levina-Bickel 1.40.");
  expect_in(text, "Train a scan, such as 'loss.beta=[");
  expect_in(text, "Symmetry of the manifold: none found. No affine motion stands out as tangent.");
  expect_not_in(text, "The data have");
  // Whoever has scanned is not told to scan.
  unclear.groups.push_back(unclear.groups[0]);
  unclear.groups[1].beta = 0.3;
  unclear.groups[1].local_dimension.mean = 0.5;
  expect_in(
      text_of(unclear),
      "unclear: the local dimension is between 0.50 and 1.44 from beta 0.1 to 0.3. Train longer, or scan "
      "other betas.");
  expect_not_in(text_of(unclear), "Train a scan");
  // Models that have collapsed say nothing of the manifold.
  unclear.groups[1].active_latents = {0, 0};
  expect_in(text_of(unclear), "unclear: the local dimension is 1.44 at beta 0.1. Train a scan");
  // A transformation that holds is not denied.
  unclear.candidates = {candidate("rotation(x,y)", Verdict::symmetry)};
  expect_in(text_of(unclear), "Symmetry of the manifold: see the transformations that were tested.");
  expect_not_in(text_of(unclear), "none found");
  unclear.candidates[0].approximate = true;
  expect_in(text_of(unclear), "Tested rotation(x,y): approximate symmetry of manifold and distribution (");
  expect_in(text_of(unclear), "none found");
}

TEST(FindingSentences, OfModelsThatDoNotResolveTheConstraints) {
  DatasetFinding ellipse = circle();
  ellipse.dimension = DimensionFinding{{}, 0.4, not_defined, not_defined, true, 1};
  ellipse.symmetry.reset();
  const std::string text = text_of(ellipse);
  expect_in(
      text,
      "The number of degrees of freedom is unclear: the models see no direction thinner than the linear "
      "span (rank 2), the exact constraints leave at most 1. Train longer, or with a larger beta.");
  expect_in(text, "Symmetry of the manifold: not known. The models do not resolve the constraints.");
  expect_not_in(text, "The data have");
  ellipse.dimension = DimensionFinding{{}, 1.96, 0.1, 0.1, false, 1};
  expect_in(text_of(ellipse),
            "unclear: the local dimension is 1.96 at beta 0.1, the exact constraints leave at most 1");
}

TEST(FindingSentences, OfModelsWithoutNoise) {
  DatasetFinding finding = circle();
  finding.training.without_noise = 1;
  expect_in(text_of(finding), "Models of beta 0 are left out: their decoder has no noise.");
  finding.dimension.reset();
  finding.symmetry.reset();
  expect_in(text_of(finding), "Degrees of freedom and symmetries are not defined at beta 0");
  expect_not_in(text_of(finding), "No training has finished");
}

TEST(FindingSentences, OfEquationsThatAreLong) {
  DatasetFinding finding = circle();
  const std::string x(150, 'x');
  finding.symmetry->generators[0].equation = "d" + x + " = -y, dy = " + x;
  expect_in(text_of(finding), "d" + x + " = -y, ...\n");
  finding.symmetry->generators[0].equation = "d" + x + " = -2 " + x + ", dy = 1";  // no component fits
  const auto sentences = finding_sentences(finding);
  EXPECT_LT(sentences[2].size(), 230u);
  EXPECT_EQ(sentences[2].substr(sentences[2].size() - 3), "...");
}

TEST(FindingSentences, OfModelsThatHaveCollapsed) {
  DatasetFinding finding = circle();
  finding.dimension = DimensionFinding{};
  finding.symmetry.reset();
  finding.groups[0].active_latents = {0, 0};
  finding.groups[0].beta = 50;
  const std::string text = text_of(finding);
  expect_in(text, "unclear: no latent is active at beta 50. Choose a smaller beta or");
  expect_in(text, "Symmetry of the manifold: not known. No latent is active.");
}

TEST(FindingSentences, OfModelsThatAreNotTrained) {
  DatasetFinding finding = circle();
  finding.training = {240, 3, 2, 0, 0, {"beta 0.1", "beta 0.3"}, 0};
  expect_in(text_of(finding),
            "Not trained long enough in 2 of 3 groups: beta 0.1; beta 0.3 (240 steps). What rests on them is "
            "preliminary.");
  finding.training = {2400, 1, 0, 1, 0, {""}, 0};
  expect_in(text_of(finding), "Not trained long enough (the loss was still falling): degrees");
  finding.training = {2400, 1, 0, 0, 1, {""}, 0};
  expect_in(text_of(finding), "Not trained long enough (relevances or loss still changed): degrees");
  finding.training = {2400, 1, 0, 0, 0, {}, 0};
  expect_not_in(text_of(finding), "Not trained");
  finding.symmetry->seeds = 1;
  expect_in(text_of(finding), "find at least as many. One seed does not test the training.");
}

TEST(FindingSentences, OfMotionsInDoubt) {
  DatasetFinding finding = circle();
  finding.symmetry.reset();
  finding.symmetry_doubt =
      "2 motions are nearly tangent, but 85 % of their commutators lie outside their span.";
  expect_in(text_of(finding), "Symmetry of the manifold: in doubt. 2 motions are nearly tangent, but");
  expect_not_in(text_of(finding), "none found");
}

TEST(FindingSentences, OfDataThatDoNotVary) {
  DatasetFinding still;
  const auto sentences = finding_sentences(still);
  ASSERT_EQ(sentences.size(), 2u);
  EXPECT_EQ(sentences[0], "No feature varies: there is nothing to analyse.");
  DatasetFinding untrained = circle();
  untrained.dimension.reset();
  expect_in(text_of(untrained),
            "No training has finished: degrees of freedom and symmetries are not known yet.");
  expect_not_in(text_of(untrained), "No feature varies");
  DatasetFinding unchecked = circle();
  unchecked.neighbour_dimension.reset();
  expect_in(text_of(unchecked), "from beta 0.03 to 0.3, the linear rank 2.\n");
}

TEST(FindingSentences, OfNearestNeighboursThatDisagree) {
  DatasetFinding finding = circle();
  finding.dimension->value = 3;
  expect_in(text_of(finding), "The nearest neighbours see fewer degrees of freedom");
  finding.dimension->value = 2;
  finding.neighbour_dimension = neighbours(2.9, 3.1);
  expect_in(text_of(finding), "The nearest neighbours see more degrees of freedom");
  expect_in(text_of(finding), "The models see 2 degrees of freedom: ");
  finding.neighbour_dimension = neighbours(2.4, 3.1);  // one of them agrees
  expect_not_in(text_of(finding), "nearest neighbours see");
  expect_in(text_of(finding), "The data have 2 degrees of freedom: ");
  finding.dimension->value = 6;  // estimates of many dimensions are low
  finding.neighbour_dimension = neighbours(5.14, 4.96);
  expect_not_in(text_of(finding), "nearest neighbours see");
  finding.dimension->value = 2;
  finding.neighbour_dimension = neighbours(undefined, 3.1);
  expect_not_in(text_of(finding), "nearest neighbours see");
}

TEST(FindingSentences, OfApproximateGenerators) {
  DatasetFinding finding = circle();
  finding.symmetry->generators[0].approximate = true;
  finding.symmetry->generators[0].residual = 0.021;
  expect_in(text_of(finding), "dx = -y, dy = x (approximate: 2.1 % of its motion leaves the manifold)");
  expect_in(text_of(finding), "Symmetry of the manifold: none exact, 1 approximate generator.");
  // What leaves the manifold is not kept by it.
  finding.symmetry->generators[0].density.verdict = DensityVerdict::broken;
  expect_not_in(text_of(finding), "Kept by the manifold");
  finding.symmetry->generators.push_back(
      rotation("rotation in y-z", "dy = -z", DensityVerdict::broken, 0.005));
  expect_in(text_of(finding), "Symmetry of the manifold: so(2), 1 generator and 1 approximate one.");
  expect_in(text_of(finding),
            "Kept by the manifold, broken by the distribution: rotation in y-z (p = 0.005).");
}

TEST(FindingSentences, OfManyGenerators) {
  DatasetFinding finding = circle();
  finding.symmetry->generators.assign(12, finding.symmetry->generators[0]);
  expect_in(text_of(finding), "  ... and 4 more: see analysis.json\n");
  expect_in(text_of(finding), " and 4 more.\n");
  finding.symmetry->generators.resize(9);  // the ninth takes no more room than the hint
  expect_not_in(text_of(finding), "see analysis.json");
}

TEST(FindingSentences, OfConstraintsCandidatesAndNotes) {
  DatasetFinding finding = circle();
  finding.constraints = {constraint("m(mu- mu+) = 90 GeV within 9 %", false, "GeV"),
                         constraint("px(mu-) + px(mu+) = 0", true)};
  finding.candidates = {
      candidate("reflection(x)", Verdict::manifold_only), candidate("scaling", Verdict::no_symmetry),
      candidate("reflection(z)", Verdict::nothing_moves), candidate("swap(x,y)", Verdict::symmetry)};
  finding.notes = {"A note about the data."};
  finding.constraint_notes = {"A note about constraints."};
  const std::string text = text_of(finding);
  expect_in(text, "Approximate constraint: m(mu- mu+) = 90 GeV within 9 % (residual 2.1e-04).\n");
  expect_in(text, "\nConstraint: px(mu-) + px(mu+) = 0 (residual");
  expect_in(text,
            "Tested reflection(x): symmetry of the manifold only (manifold residual 0.012, p = 0.002).\n");
  expect_in(text, "Tested swap(x,y): symmetry of manifold and distribution");
  expect_not_in(text, "scaling");
  expect_not_in(text, "reflection(z)");
  finding.candidates[1].named = finding.candidates[2].named = true;  // whoever asks is told
  expect_in(text_of(finding), "Tested scaling: no symmetry (manifold residual");
  expect_in(text_of(finding), "Tested reflection(z): does nothing to these data (");
  finding.constraints.clear();  // the notes say what was not sought
  expect_in(text_of(finding), "Constraints: none found.\n");
  expect_in(text, "A note about the data.\nA note about constraints.\n");
}

}  // namespace
}  // namespace symscan
