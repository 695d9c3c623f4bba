// Detector cuts that are known: how they are written, the window on them, and that they break no symmetry.
#include "host/analysis/acceptance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "host/analysis/flow_invariance.hpp"
#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "tests/host/analysis/known_distributions.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Draw = KnownDistributions;
using Names = std::vector<std::string>;

const Names kMomentum = {"px", "py", "pz"};
const Names kMuons = {"px(mu-)", "py(mu-)", "pz(mu-)", "px(mu+)", "py(mu+)", "pz(mu+)", "x"};

/// The message with which a text is refused; "" if it is not.
std::string refusal(const std::string& text, const Names& columns = kMuons) {
  try {
    (void)Acceptance(text, columns);
    return "";
  } catch (const DataError& error) {
    return error.what();
  }
}

std::size_t conditions(const std::string& text, const Names& columns = kMuons) {
  return parse_acceptance(text, columns).size();
}

TEST(AcceptanceText, ConditionsAreJoinedByAnd) {
  EXPECT_EQ(conditions("x > 0"), 1u);
  EXPECT_EQ(conditions("  x>=-1.5e1 "), 1u);
  EXPECT_EQ(conditions("abs( x ) <= 3"), 1u);
  EXPECT_EQ(conditions("pt(mu-) > 20 and abs(eta(mu+)) < 2.4"), 2u);
  EXPECT_EQ(conditions("px(mu-) > 0 and x < 4 and x > -4"), 3u);
}

TEST(AcceptanceText, WithoutAParticleAllAreMeant) {
  EXPECT_EQ(conditions("abs(eta) < 2.4"), 2u);
  EXPECT_EQ(conditions("pt > 20 and abs(eta) < 2.4"), 4u);
  EXPECT_EQ(conditions("abs(eta) < 2.4", kMomentum), 1u);
  EXPECT_EQ(conditions("E > 2", {"E1", "px1", "E2", "px2"}), 2u);
  EXPECT_EQ(conditions("pt > 20", {"pt(mu-)", "eta(mu-)", "pt(mu+)", "eta(mu+)"}), 2u);
}

TEST(AcceptanceText, ColumnsComeFirst) {
  const VectorXd row = VectorXd::LinSpaced(4, 1, 4);  // eta is 4
  EXPECT_DOUBLE_EQ(Acceptance("eta < 5", {"px", "py", "pz", "eta"}).values(row)(0), 1);
  EXPECT_DOUBLE_EQ(Acceptance("abs(x) < 5", {"a", "b", "c", "abs(x)"}).values(row)(0), 1);
}

TEST(AcceptanceText, RefusesInOneSentence) {
  EXPECT_EQ(
      refusal("abs(et) < 2.4"),
      "acceptance 'abs(et) < 2.4' names 'et', which is neither a column nor pt or eta of particles with "
      "px, py and pz");
  EXPECT_EQ(refusal("x > 0 and"),
            "acceptance 'x > 0 and' holds '', which is no condition such as abs(eta) < 2.4 or x > 0");
  EXPECT_EQ(refusal("x > 20 GeV"), "acceptance 'x > 20 GeV' compares with '20 GeV', which is no number");
  EXPECT_EQ(refusal("abs(x) < 0"),
            "acceptance 'abs(x) < 0' limits an absolute value by 0; such a limit is positive");
  for (const char* text :
       {" ",           "x",           "x = 3",          "0 < x",           "0 < x < 1",    "x > inf",
        "x > nan",     "x > 0x10",    "x > 1 or x < 0", "x > 1, x < 2",    "phi(mu-) > 0", "phi > 0",
        "eta(e-) < 2", "abs(eta < 2", "abs() < 2",      "abs(x) > -1",     "eta() < 2",    "and",
        "m(mu-) > 1",  "X > 0",       "x > 0 && x < 1", "x > 0 AND x < 1", "> 0",          "x >",
        "x >== 1",     "x => 1"}) {
    EXPECT_TRUE(refusal(text).starts_with("acceptance '")) << text;
    EXPECT_EQ(refusal(text).find('\n'), std::string::npos) << text;
  }
  EXPECT_NE(refusal("eta < 2", {"px(a)", "py(a)", "pz(a)", "px(b)"}), "");
  EXPECT_NE(refusal("eta < 2", {"px(b)", "px(a)", "py(a)", "pz(a)"}), "");
  EXPECT_NE(refusal("eta < 2", {}), "");
}

TEST(AcceptanceText, RandomTextsAreReadOrRefused) {
  const Names words = {"abs", "(", ")",   "eta", "pt", "x",  "<",    ">", "=",       "and", " ",
                       "2.4", "-", "mu-", "px",  "e9", "\n", "\xff", "'", "999e999", "é"};
  std::mt19937_64 random(5);
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = random() % 2 == 0 ? "abs(eta) < 2.4 and x > 1" : "";
    for (auto changes = random() % 12; changes > 0; --changes) {
      const std::string word =
          random() % 20 == 0 ? std::string(1, static_cast<char>(random())) : words[random() % words.size()];
      text.insert(random() % (text.size() + 1), word);
    }
    const std::string why = refusal(text);
    read += why.empty();
    EXPECT_TRUE(why.empty() || !has_control_characters(why)) << why;
  }
  EXPECT_GT(read, 500);
}

TEST(Acceptance, DerivesMomenta) {
  const Acceptance acceptance("pt > 2 and abs(eta) < 1 and pz > -3", kMomentum);
  VectorXd row(3);
  row << 3, -4, 5 * std::sinh(0.5);
  const VectorXd values = acceptance.values(row);
  EXPECT_NEAR(values(0), 3, 1e-12);
  EXPECT_NEAR(values(1), 0.75, 1e-12);
  EXPECT_NEAR(values(2), 3 + row(2), 1e-12);
  EXPECT_TRUE(acceptance.accepts(row));
  row(2) *= 3;
  EXPECT_FALSE(acceptance.accepts(row));
  EXPECT_EQ(acceptance.window(row), 0);
  EXPECT_FALSE(acceptance.accepts(VectorXd::Zero(3)));  // no direction
}

TEST(Acceptance, CountsTheRowsOutside) {
  Table table;
  table.columns = {"x"};
  table.rows = 5;
  table.values = {1, -1, 0, 2, -3};
  EXPECT_NO_THROW(check_acceptance("", table));
  EXPECT_NO_THROW(check_acceptance("abs(x) < 2.9999999", {{"x"}, 1, {3}, {}, {}, {}}));
  try {
    check_acceptance("x > 0", table);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(), "acceptance 'x > 0' does not hold for 2 of 5 rows");
    EXPECT_EQ(error.code(), ExitCode::bad_input);
  }
}

TEST(Acceptance, GradientIsThatOfTheWindow) {
  Draw draw(3);
  Acceptance acceptance("pt > 0.4 and abs(eta(mu+)) < 2 and eta(mu-) < 1.5 and abs(x) > 0.2 and x < 3",
                        kMuons);
  const MatrixXd rows = draw.gaussian(3000, {1, 1, 1, 1, 1, 1, 1});
  acceptance.fit(rows);
  const double step = 1e-6;
  int seen = 0;
  for (Index i = 0; i < rows.rows(); ++i) {
    const VectorXd row = rows.row(i), gradient = acceptance.gradient(row);
    if (acceptance.window(row) < 1e-3) continue;
    ++seen;
    for (Index d = 0; d < row.size(); ++d) {
      const VectorXd shift = step * VectorXd::Unit(row.size(), d);
      const double difference =
          (acceptance.window(row + shift) - acceptance.window(row - shift)) / (2 * step);
      EXPECT_NEAR(gradient(d), difference, 1e-4 * (1 + gradient.norm()));
    }
  }
  EXPECT_GT(seen, 300);
}

/// The rows that a detector sees.
MatrixXd seen(const MatrixXd& rows, const Acceptance& acceptance) {
  std::vector<Index> kept;
  for (Index i = 0; i < rows.rows(); ++i)
    if (acceptance.accepts(rows.row(i).transpose())) kept.push_back(i);
  return rows(kept, Eigen::all);
}

/// Turns the first axis into the last.
MatrixXd turn() {
  MatrixXd matrix = MatrixXd::Zero(3, 3);
  matrix(0, 2) = -1;
  matrix(2, 0) = 1;
  return matrix;
}

FlowInvarianceTest tested(const MatrixXd& rows, Acceptance acceptance) {
  acceptance.fit(rows);
  return FlowInvarianceTest(rows, {}, {}, acceptance.windows(rows));
}

/// How many of `repeats` samples have the turn broken, with the acceptance and without.
struct Broken {
  int with = 0, without = 0;
};

Broken broken(int repeats, std::uint64_t seed, const std::string& cut,
              const std::function<MatrixXd(Draw&)>& sample) {
  Draw draw(seed);
  const Acceptance acceptance(cut, kMomentum);
  const VectorXd rest = VectorXd::Zero(3);
  Broken count;
  for (int i = 0; i < repeats; ++i) {
    const MatrixXd rows = seen(sample(draw), acceptance);
    count.with += tested(rows, acceptance).test(turn(), rest).verdict == Invariance::broken;
    if (i < 10) count.without += FlowInvarianceTest(rows).test(turn(), rest).verdict == Invariance::broken;
  }
  return count;
}

TEST(AcceptanceWindow, KeepsTheLevel) {
  // 100 invariant samples: 5 or more with p < 0.01 have a probability of 0.3 %.
  const auto normal = [](Draw& d) { return d.gaussian(2000, {1, 1, 1}); };
  const auto sphere = [](Draw& d) { return d.sphere(2000); };
  for (const Broken& count :
       {broken(100, 1, "abs(eta) < 1", normal), broken(100, 2, "px > 0.3", normal),
        broken(100, 3, "px > 0.3", sphere), broken(100, 4, "abs(eta) < 1 and pt > 0.5", normal)}) {
    EXPECT_LE(count.with, 4);
    EXPECT_EQ(count.without, 10);
  }
}

TEST(AcceptanceWindow, SeesWhatIsBrokenInside) {
  const auto long_axis = [](Draw& d) { return d.gaussian(15'000, {1, 1, 1.25}); };
  EXPECT_EQ(broken(10, 5, "abs(eta) < 1", long_axis).with, 10);
  EXPECT_EQ(broken(10, 6, "px > 0.3", long_axis).with, 10);
  EXPECT_EQ(broken(10, 7, "px > 0.3", [](Draw& d) { return d.muon_directions(15'000); }).with, 10);
}

TEST(AcceptanceWindow, FindsAllRotations) {
  Draw draw(8);
  const Acceptance acceptance("px > 0.3", kMomentum);
  const MatrixXd rows = seen(draw.sphere(30'000), acceptance);
  const auto fields = FlowInvarianceTest::all_affine(3);
  EXPECT_EQ(tested(rows, acceptance).invariant_subspace(fields).combinations.cols(), 3);
  EXPECT_EQ(FlowInvarianceTest(rows).invariant_subspace(fields).combinations.cols(), 1);
}

TEST(AcceptanceWindow, EstablishesARotationThatTheCutHides) {
  Draw draw(11);
  const Acceptance acceptance("abs(eta) < 1", kMomentum);
  const MatrixXd rows = seen(draw.gaussian(30'000, {1, 1, 1}), acceptance);
  const FlowInvariance found = tested(rows, acceptance).test(turn(), VectorXd::Zero(3));
  EXPECT_EQ(found.events, 20'000u);
  EXPECT_EQ(found.verdict, Invariance::established) << found.effect_limit;
}

TEST(AcceptanceWindow, FollowsEqualRowsAndUnits) {
  Draw draw(9);
  const Acceptance acceptance("abs(eta) < 1", kMomentum);
  const MatrixXd rows = seen(draw.gaussian(2000, {1, 1, 1.2}), acceptance);
  MatrixXd twice(2 * rows.rows(), 3);
  twice << rows, rows;
  const VectorXd rest = VectorXd::Zero(3);
  const double once = tested(rows, acceptance).test(turn(), rest).p_value;
  EXPECT_NEAR(tested(twice, acceptance).test(turn(), rest).p_value, once, 1e-9);
  EventWindow window = acceptance.windows(rows);
  const double plain = FlowInvarianceTest(rows, {}, {}, window).test(turn(), rest).p_value;
  window.gradients /= 1000;
  EXPECT_NEAR(FlowInvarianceTest(1000 * rows, {}, {}, window).test(turn(), rest).p_value, plain, 1e-6);
}

TEST(AcceptanceWindow, NoneChangesNothingAndOnesChangeNothing) {
  Draw draw(10);
  const MatrixXd rows = draw.gaussian(4000, {1, 1, 1.1});
  const VectorXd rest = VectorXd::Zero(3);
  const double plain = FlowInvarianceTest(rows).test(turn(), rest).p_value;
  const EventWindow ones{VectorXd::Ones(4000), MatrixXd::Zero(4000, 3)};
  EXPECT_EQ(FlowInvarianceTest(rows, {}, {}, {}).test(turn(), rest).p_value, plain);
  EXPECT_EQ(FlowInvarianceTest(rows, {}, {}, ones).test(turn(), rest).p_value, plain);
  EXPECT_THROW(FlowInvarianceTest(rows, {}, {}, {VectorXd::Ones(999), MatrixXd::Zero(999, 3)}),
               std::invalid_argument);
}

}  // namespace
}  // namespace symscan
