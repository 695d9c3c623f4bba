// How lists and sentences call motions: by a name where it is one in the units of the data.
#include "host/findings/motion_texts.hpp"

#include <gtest/gtest.h>

#include "tests/host/findings/example_findings.hpp"

namespace symscan {
namespace {

using Words = std::vector<std::string>;

GeneratorFinding motion(FieldKind kind, const std::string& name, const std::string& equation,
                        const std::vector<std::vector<double>>& matrix,
                        DensityVerdict verdict = DensityVerdict::undecided) {
  GeneratorFinding finding = example::rotation(name, equation, verdict, 0.3);
  finding.kind = kind;
  finding.matrix = matrix;
  return finding;
}

std::string entry_of(const GeneratorFinding& finding) {
  return motion_entries({finding}).at(0);
}

TEST(AnswersOnMotions, NameRotationsOfTheData) {
  const auto turn = [](double a, double b) {
    return motion(FieldKind::rotation, "rotation in x-y", "dx = -y, dy = x", {{0, a}, {b, 0}});
  };
  EXPECT_EQ(entry_of(turn(-1, 1)), "rotation in x-y");
  EXPECT_EQ(entry_of(turn(-1, 1.005)), "rotation in x-y") << "within one per cent";
  EXPECT_EQ(motions_text({turn(-1, 1.005)}), "rotation in x-y");
  EXPECT_EQ(entry_of(turn(-1, 1.02)), "rotation in x-y: dx = -y, dy = x");
  EXPECT_EQ(motions_text({turn(-1, 1.02)}), "rotation in x-y") << "within errors";
  EXPECT_EQ(motions_text({turn(-1, 1.05)}), "rotation in x-y at unequal scales");
}

TEST(AnswersOnMotions, LeaveOutFeaturesThatFollowOthers) {
  const GeneratorFinding opposite =
      motion(FieldKind::rotation, "rotation in p1-q1", "dp1 = -q1, dq1 = p1, dp2 = q1, dq2 = -p1",
             {{0, -1, 0, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}, {-1, 0, 0, 0}});
  EXPECT_EQ(entry_of(opposite), "rotation in p1-q1") << "p1 + p2 = 0 and q1 + q2 = 0";
  const GeneratorFinding still = motion(FieldKind::other, "other of x", "dx = 1", {{0, 0}, {0, 0}});
  EXPECT_EQ(entry_of(still), "other of x");
}

TEST(AnswersOnMotions, GiveTheEquationOfARotationAtUnequalScales) {
  GeneratorFinding ellipse =
      motion(FieldKind::rotation, "rotation in x-y", "dx = -0.332 y, dy = 3.01 x", {{0, -0.332}, {3.01, 0}});
  EXPECT_EQ(entry_of(ellipse), "rotation in x-y: dx = -0.332 y, dy = 3.01 x");
  EXPECT_EQ(motions_text({ellipse}), "rotation in x-y at unequal scales");
  ellipse.matrix[0][0] = -(ellipse.matrix[1][1] = 0.01);
  EXPECT_EQ(motions_text({ellipse}), "rotation in x-y at unequal scales") << "within errors";
  EXPECT_EQ(motions_text({ellipse, ellipse}), "2 rotations at unequal scales");
  ellipse.name = "rotation in momentum_of_the_first-momentum_of_the_second";
  EXPECT_EQ(entry_of(ellipse), ellipse.name + " at unequal scales");
}

TEST(AnswersOnMotions, AreNoRotationsAboutObliqueAxes) {
  const GeneratorFinding oblique =
      motion(FieldKind::rotation, "rotation in x-y", "dx = x - 2 y, dy = x - y", {{1, -2}, {1, -1}});
  EXPECT_EQ(entry_of(oblique), "dx = x - 2 y, dy = x - y");
  EXPECT_EQ(motions_text({oblique}), "the motion dx = x - 2 y, dy = x - y");
  EXPECT_EQ(motions_text({oblique, oblique}), "2 motions");
}

TEST(AnswersOnMotions, AreNoShearsWhereTheyTurn) {
  const GeneratorFinding turning =
      motion(FieldKind::shear, "shear of x, y", "dx = 0.918 x - 0.912 y, dy = x - 0.918 y",
             {{0.918, -0.912}, {1, -0.918}});
  EXPECT_EQ(entry_of(turning), "dx = 0.918 x - 0.912 y, dy = x - 0.918 y");
  const GeneratorFinding shear = motion(FieldKind::shear, "shear of x", "dx = 3 y", {{0, 3}, {0, 0}});
  EXPECT_EQ(entry_of(shear), "shear of x");
}

TEST(AnswersOnMotions, NameBoostsOfTheData) {
  const auto boost = [](double a, double b) {
    return motion(FieldKind::boost, "boost in x-y", "dx = 2 y, dy = 0.5 x", {{0, a}, {b, 0}});
  };
  EXPECT_EQ(entry_of(boost(1, 1)), "boost in x-y");
  EXPECT_EQ(entry_of(boost(2, 0.5)), "boost in x-y: dx = 2 y, dy = 0.5 x");
  EXPECT_EQ(entry_of(motion(FieldKind::boost, "boost", "dx = x, dy = -y", {{1, 0}, {0, -1}})), "boost");
}

TEST(AnswersOnMotions, KeepNamesThatNameNoMatrix) {
  EXPECT_EQ(entry_of(motion(FieldKind::other, "shift of phi", "dphi = 1", {{0, -1}, {3, 0}})),
            "shift of phi");
  EXPECT_EQ(entry_of(motion(FieldKind::other, "other of x, y", "dx = x, dy = 2 y", {{1, 0}, {0, 2}})),
            "dx = x, dy = 2 y");
}

TEST(AnswersOnMotions, TellEqualNamesApart) {
  const GeneratorFinding first = motion(FieldKind::shear, "shear of r", "dr = x", {{0, 0}, {1, 0}}),
                         second = motion(FieldKind::shear, "shear of r",
                                         "dr = y - 0.00956 + 0.123456 a + 0.234567 b + 0.345678 c + d",
                                         {{0, 0}, {2, 0}});
  const Words entries = motion_entries({first, second});
  EXPECT_EQ(entries[0], "shear of r: dr = x");
  EXPECT_EQ(entries[1].substr(0, 22), "shear of r: dr = y - 0");
  EXPECT_EQ(entries[1].substr(entries[1].size() - 3), "...");
  EXPECT_LE(entries[1].size(), 63u);
}

TEST(AnswersOnMotions, SayWhatTheTestAdds) {
  GeneratorFinding broken = example::rotation("rotation in x-y", "", DensityVerdict::broken, 1e-9);
  EXPECT_EQ(entry_of(broken), "rotation in x-y");
  broken.leaves = 0.33;
  EXPECT_EQ(entry_of(broken), "rotation in x-y (leads 33 % of the events out)");
  GeneratorFinding kept = example::rotation("rotation in x-y", "", DensityVerdict::invariant, 0.4);
  kept.leaves = 0.33;
  EXPECT_EQ(entry_of(kept), "rotation in x-y (change below 0.052)");
  kept.name = "rotation of " + std::string(40, 'x');
  EXPECT_EQ(entry_of(kept), kept.name) << "too long";
}

}  // namespace
}  // namespace symscan
