// What is known beside what was found, and equations that follow from others.
#include "host/findings/truth_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/findings/implied_equations.hpp"
#include "tests/host/findings/example_findings.hpp"
#include "tests/host/text_checks.hpp"

namespace symscan {
namespace {

using Words = std::vector<std::string>;
constexpr std::nullopt_t open = std::nullopt;

std::optional<bool> follows(const Words& found, const std::string& known, const Words& columns) {
  std::vector<StatedEquation> stated;
  for (const std::string& equation : found) stated.push_back({equation});
  return follows_from(stated, known, columns);
}

TEST(Equations, FollowHoweverTheyAreWritten) {
  EXPECT_EQ(follows({"x^2 + y^2 = 1"}, "x^2 + y^2 = 1", {"x", "y"}), true);
  EXPECT_EQ(follows({"q1^2 + p1^2 = 2"}, "0.5 (p1^2) + 0.5 (q1^2) = 1", {"q1", "p1"}), true);
  EXPECT_EQ(follows({"x^2 + y^2 = 1"}, "x^2 + y^2 = 1.02", {"x", "y"}), false);
  EXPECT_EQ(follows({"x^2 + y^2 = 1"}, "x = 0", {"x", "y"}), false);
  EXPECT_EQ(follows({}, "x + y = 0", {"x", "y"}), false);
}

TEST(Equations, FollowFromSeveral) {
  const Words columns = {"E(mu-)", "px(mu-)", "py(mu-)", "pz(mu-)", "E(mu+)"};
  const Words found = {"E(mu-) = 5 GeV", "E(mu-) - E(mu+) = 0 GeV",
                       "E(mu-)^2 - px(mu-)^2 - py(mu-)^2 - pz(mu-)^2 = 0.011164 GeV^2"};
  EXPECT_EQ(follows(found, "E(mu+) = 5 GeV", columns), true);
  EXPECT_EQ(follows(found, "px(mu-)^2 + py(mu-)^2 + pz(mu-)^2 = 24.988836 GeV^2", columns), true);
  EXPECT_EQ(follows(found, "px(mu-)^2 + py(mu-)^2 + pz(mu-)^2 = 24 GeV^2", columns), false);
  // One orbit of Kepler's: the same curve in other words.
  const Words orbit = {"x py - y px = 0.8", "4 x px + 4 y py - 3 y = 0", "2 px^2 + 2 py^2 - 3 py = 2"};
  EXPECT_EQ(follows(orbit, "x^2 + y^2 = (0.64 - 0.6 x)^2", {"x", "y", "px", "py"}), true);
  EXPECT_EQ(follows(orbit, "0.8 px (0.64 - 0.6 x) + y = 0", {"x", "y", "px", "py"}), true);
}

TEST(Equations, FollowFromWhatLawsDefine) {
  const Words columns = {"x", "y", "px", "py"};
  EXPECT_EQ(follows({"px^2 + py^2 - 2/r = -1, r = sqrt(x^2 + y^2)"}, "(px^2 + py^2 + 1)^2 (x^2 + y^2) = 4",
                    columns),
            true);
}

TEST(Equations, MayBeOffByTheirSlack) {
  const Words columns = {"E", "p"};
  EXPECT_EQ(follows_from({{"E^2 - p^2 = 0.01", 0.004}}, "E^2 - p^2 = 0.0112", columns), true);
  EXPECT_EQ(follows_from({{"E^2 - p^2 = 0.01", 0.004}}, "E^2 - p^2 = 0.5", columns), false);
}

TEST(Equations, AreLeftOpenWhereNothingCanBeSaid) {
  EXPECT_EQ(follows({"x^2 + y^2 = 1"}, "mass(x) = 1", {"x", "y"}), open) << "cannot be read";
  EXPECT_EQ(follows({"m(x y) = 1"}, "x = 1", {"x", "y"}), open) << "what cannot be read may imply it";
  EXPECT_EQ(follows({"x^2 = -1"}, "x = 1", {"x"}), open) << "no point obeys it";
  EXPECT_EQ(follows({"x^2 - x = 0"}, "x = 0", {"x"}), open) << "a part of the surface";
}

DatasetFinding known_circle() {
  DatasetFinding finding = example::circle();
  finding.truth = Truth{1, 2, "so(2)", "so(2)", {"x^2 + y^2 = 1"}, -1, ""};
  return finding;
}

std::optional<bool> agreement(const DatasetFinding& finding, const std::string& quantity) {
  for (const Known& entry : known_quantities(finding))
    if (entry.quantity == quantity) return entry.agrees;
  ADD_FAILURE() << quantity << " is not there";
  return open;
}

TEST(KnownQuantities, OfACircle) {
  const std::vector<Known> all = known_quantities(known_circle());
  Words quantities;
  for (const Known& entry : all) {
    quantities.push_back(entry.quantity);
    EXPECT_EQ(entry.agrees, true) << entry.quantity << ": " << entry.found;
  }
  EXPECT_EQ(quantities, (Words{"Degrees of freedom", "Active latents", "Rotations of the set",
                               "Symmetry of the distribution", "Constraints"}));
  EXPECT_EQ(all[1].known, "1 to 2");
  EXPECT_TRUE(known_quantities(example::circle()).empty());
}

TEST(KnownQuantities, OfWhatWasFoundWrong) {
  DatasetFinding wrong = known_circle();
  wrong.dimension->value = 2;
  wrong.rotations = "none";
  wrong.groups[0].active_latents = {3, 0};
  wrong.symmetry->generators[0].density.verdict = DensityVerdict::broken;
  wrong.distribution = DistributionFinding{1, "that keep the set", "none", {}};
  wrong.constraints = {example::constraint("x = 1", true)};
  wrong.constraints[0].width = 0;
  for (const Known& entry : known_quantities(wrong)) EXPECT_EQ(entry.agrees, false) << entry.quantity;
}

TEST(KnownQuantities, OfWhatIsLeftOpen) {
  DatasetFinding unclear = known_circle();
  unclear.dimension->value.reset();
  unclear.rotations.reset();
  unclear.training.not_converged = 1;
  unclear.symmetry->generators[0].density.verdict = DensityVerdict::undecided;
  unclear.distribution->generators = unclear.symmetry->generators;
  unclear.constraints.clear();
  unclear.left_out = {{"quadratic relations", 300}};
  for (const Known& entry : known_quantities(unclear)) EXPECT_EQ(entry.agrees, open) << entry.quantity;
  unclear.left_out.clear();
  EXPECT_EQ(agreement(unclear, "Constraints"), false);
}

TEST(KnownQuantities, OfDistributionsThatAreKnownInPart) {
  DatasetFinding finding = known_circle();
  finding.distribution->complete = false;
  EXPECT_EQ(agreement(finding, "Symmetry of the distribution"), open);
  finding.truth->density_symmetry = "none";
  EXPECT_EQ(agreement(finding, "Symmetry of the distribution"), false) << "something is kept";
}

TEST(KnownQuantities, OfFiniteGroupsAndLaws) {
  DatasetFinding finding = known_circle();
  finding.truth->discrete = "C4";
  finding.truth->laws = 1;
  EXPECT_EQ(agreement(finding, "Finite group of the distribution"), open);
  EXPECT_EQ(agreement(finding, "Independent laws of the trajectories"), open);
  example::add_further(finding);
  EXPECT_EQ(agreement(finding, "Finite group of the distribution"), true);
  EXPECT_EQ(agreement(finding, "Independent laws of the trajectories"), true);
  finding.discrete->group = "C2";
  EXPECT_EQ(agreement(finding, "Finite group of the distribution"), open)
      << "an undecided map may be one more";
  finding.discrete->undecided.clear();
  finding.trajectories->independent = 2;
  EXPECT_EQ(agreement(finding, "Finite group of the distribution"), false);
  EXPECT_EQ(agreement(finding, "Independent laws of the trajectories"), false);
}

TEST(KnownQuantities, OfAnglesWhoseCosineAndSineAreColumns) {
  DatasetFinding finding = known_circle();
  finding.columns = {"cos(theta)", "sin(theta)", "p"};
  finding.angles = {"theta"};
  finding.truth->constraints = {"cos(theta)^2 + sin(theta)^2 = 1", "0.5 p^2 - cos(theta) = 0"};
  finding.constraints = {example::constraint("p^2 - 2 cos(theta) = 0", true)};
  EXPECT_EQ(agreement(finding, "Constraints"), true);
}

TEST(KnownQuantities, AreCountedInATable) {
  DatasetFinding wrong = known_circle();
  wrong.dataset = "another";
  wrong.rotations = "none";
  const std::string table = truth_table({"", "", {known_circle(), wrong, example::circle()}, {}});
  test::expect_in(table, "7 of 8 right");
  test::expect_in(table, "NO");
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 4);
  EXPECT_EQ(truth_table({"", "", {example::circle()}, {}}), "");
}

}  // namespace
}  // namespace symscan
