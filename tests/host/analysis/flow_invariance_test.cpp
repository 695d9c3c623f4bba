// Infinitesimal invariance by moments: level, power, equivalence and the fields that are found. Seeds are
// fixed.
#include "host/analysis/flow_invariance.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "host/analysis/tail_probabilities.hpp"
#include "host/base/error.hpp"
#include "tests/host/analysis/known_distributions.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Draw = KnownDistributions;

FlowInvariance rotated(const MatrixXd& points, const VectorXd& weights = {}) {
  return FlowInvarianceTest(points, weights)
      .test(plane_rotation(points.cols()), VectorXd::Zero(points.cols()));
}

/// How many of `repeats` samples have the rotation of the first two columns broken.
int broken(int repeats, std::uint64_t seed, const std::function<MatrixXd(Draw&)>& sample) {
  Draw draw(seed);
  int count = 0;
  for (int i = 0; i < repeats; ++i) count += rotated(sample(draw)).verdict == Invariance::broken;
  return count;
}

TEST(TailProbabilities, AgreeWithTables) {
  // Upper 5 % and 1 % points of the tables of chi-square and F.
  EXPECT_NEAR(1 - gamma_below(5, 18.307 / 2), 0.05, 1e-5);
  EXPECT_NEAR(1 - gamma_below(0.5, 6.635 / 2), 0.01, 1e-5);
  EXPECT_NEAR(fisher_above(3.3258, 5, 10), 0.05, 1e-5);
  EXPECT_NEAR(fisher_above(7.2057, 3, 9), 0.01, 0.001);
  EXPECT_DOUBLE_EQ(beta_below(1, 1, 0.25), 0.25);
  EXPECT_EQ(hotelling_above(10, 5, 5), 1);
}

TEST(FlowInvariance, KeepsItsLevel) {
  // 200 invariant samples: 7 or more with p < 0.01 have a probability of 0.5 %.
  EXPECT_LE(broken(200, 1, [](Draw& d) { return d.circle(500); }), 6);
  EXPECT_LE(broken(200, 2, [](Draw& d) { return d.gaussian(500, {1, 1, 1, 1, 1}); }), 6);
  EXPECT_LE(broken(200, 3, [](Draw& d) { return d.student(500, 2, 1); }), 6);
  EXPECT_LE(broken(100, 4, [](Draw& d) { return d.shell(2000); }), 4);
}

TEST(FlowInvariance, FindsSmallBreakings) {
  const auto wave = [](double size, int order) {
    return [=](Draw& d) {
      return d.circle(
          10'000, [=](double t) { return 1 + size * std::cos(order * t); }, 1 + size);
    };
  };
  EXPECT_EQ(broken(10, 1, wave(0.1, 1)), 10);
  EXPECT_EQ(broken(10, 2, wave(0.1, 4)), 10);
  EXPECT_GE(broken(10, 3, [](Draw& d) { return d.gaussian(10'000, {1, 1.05}); }), 6);
}

TEST(FlowInvariance, EffectIsTheFisherInformationOfARotatedGaussian) {
  Draw draw(1);
  const FlowInvariance found = rotated(draw.gaussian(10'000, {1, std::sqrt(1.5)}));
  EXPECT_EQ(found.verdict, Invariance::broken);
  EXPECT_NEAR(found.effect, 0.5 / std::sqrt(1.5), 0.06);
  EXPECT_GT(found.effect_limit, found.effect);
}

TEST(FlowInvariance, EffectIsPerRadian) {
  Draw draw(2);
  const FlowInvarianceTest test(draw.gaussian(5000, {1, 2}));
  const VectorXd rest = VectorXd::Zero(2);
  const FlowInvariance once = test.test(plane_rotation(2), rest),
                       twice = test.test(2 * plane_rotation(2), rest);
  EXPECT_NEAR(once.effect, twice.effect, 1e-9);
  EXPECT_NEAR(once.p_value, twice.p_value, 1e-9);
}

TEST(FlowInvariance, EstablishesInvarianceWithManyEventsOnly) {
  Draw draw(3);
  int established = 0, hidden = 0;
  for (int i = 0; i < 10; ++i) {
    established += rotated(draw.gaussian(10'000, {1, 1})).verdict == Invariance::established;
    hidden += rotated(draw.gaussian(500, {1, 1})).verdict == Invariance::established;
  }
  EXPECT_GE(established, 8);
  EXPECT_EQ(hidden, 0);
}

TEST(FlowInvariance, DoesNotEstablishWhatIsBrokenByMoreThanDelta) {
  Draw draw(4);
  int established = 0;
  for (int i = 0; i < 40; ++i)
    established += rotated(draw.gaussian(10'000, {1, std::sqrt(1.12)})).verdict == Invariance::established;
  EXPECT_LE(established, 5);
}

TEST(FlowInvariance, WeightsRestoreIsotropy) {
  Draw draw(5);
  const MatrixXd points = draw.gaussian(10'000, {1, 1.3});
  // The density of unit widths over that of the sample.
  const VectorXd squares = points.col(1).array().square();
  const VectorXd weights = (squares.array() * 0.5 * (1 / 1.69 - 1)).exp();
  const FlowInvariance found = rotated(points, weights);
  EXPECT_EQ(rotated(points).verdict, Invariance::broken);
  EXPECT_NE(found.verdict, Invariance::broken);
  EXPECT_LT(found.effective_events, 10'000);
}

TEST(FlowInvariance, NegativeWeightsSubtract) {
  Draw draw(6);
  MatrixXd points(9000, 2);
  const MatrixXd unwanted = draw.gaussian(2000, {0.5, 1.5});
  points << draw.gaussian(5000, {1, 1}), unwanted, draw.gaussian(2000, {0.5, 1.5});
  VectorXd weights = VectorXd::Ones(9000);
  weights.tail(2000).setConstant(-1);
  // In an order that has nothing to do with the weights.
  MatrixXd mixed(9000, 2);
  VectorXd mixed_weights(9000);
  for (Index i = 0; i < 9000; ++i) {
    const Index row = i * 3701 % 9000;
    mixed.row(i) = points.row(row);
    mixed_weights(i) = weights(row);
  }
  EXPECT_EQ(rotated(mixed).verdict, Invariance::broken);
  const FlowInvariance found = rotated(mixed, mixed_weights);
  EXPECT_NE(found.verdict, Invariance::broken);
  EXPECT_LT(found.effective_events, 3000);
}

TEST(FlowInvariance, SerialRowsAreNoIndependentEvidence) {
  Draw draw(7);
  int broken = 0, serial = 0;
  for (int i = 0; i < 30; ++i) {
    const FlowInvariance found = rotated(draw.autoregressive(5000, 2, 0.9));
    broken += found.verdict == Invariance::broken;
    serial += found.serial && found.effective_events < 2500;
  }
  EXPECT_LE(broken, 2);
  EXPECT_EQ(serial, 30);
}

TEST(FlowInvariance, RepeatedRowsCountOnce) {
  Draw draw(8);
  const MatrixXd points = draw.gaussian(1000, {1, 1.2});
  MatrixXd repeated(5000, 2);
  repeated << points, points, points, points, points;
  EXPECT_NEAR(rotated(repeated).p_value, rotated(points).p_value, 1e-9);
  EXPECT_EQ(rotated(repeated).events, 1000u);
}

TEST(FlowInvariance, UnitsDoNotMatter) {
  Draw draw(9);
  const MatrixXd points = draw.gaussian(3000, {1, 1});
  const Eigen::Vector2d units(1e-3, 1e4), offset(5, -1e5);
  const MatrixXd other = (points * units.asDiagonal()).rowwise() + offset.transpose();
  const MatrixXd matrix = units.asDiagonal() * plane_rotation(2) * units.cwiseInverse().asDiagonal();
  const FlowInvariance found = FlowInvarianceTest(other).test(matrix, -matrix * offset);
  EXPECT_NEAR(found.p_value, rotated(points).p_value, 1e-3);
}

TEST(FlowInvariance, FieldsThatVanishOnThePointsDoNotMoveThem) {
  Draw draw(10);
  const FlowInvarianceTest test(draw.muon_pairs(1000));
  MatrixXd matrix = MatrixXd::Zero(8, 8);
  matrix(1, 0) = 1;  // energy times ...
  VectorXd shift = VectorXd::Zero(8);
  shift(1) = -5;  // ... minus the energy that all events have.
  EXPECT_FALSE(test.test(matrix, shift).moves);
  // A boost would change the energy.
  const FlowInvariance boost = test.test(plane_rotation(8, 0, 1).cwiseAbs(), VectorXd::Zero(8));
  EXPECT_TRUE(boost.moves);
  EXPECT_EQ(boost.verdict, Invariance::broken);
  EXPECT_TRUE(std::isinf(boost.effect));
}

TEST(FlowInvariance, IsTheSameEveryTime) {
  Draw draw(11);
  const MatrixXd points = draw.gaussian(30'000, {1, 1});
  const FlowInvariance one = rotated(points), other = rotated(points);
  EXPECT_EQ(one.p_value, other.p_value);
  EXPECT_EQ(one.effect_limit, other.effect_limit);
  EXPECT_EQ(one.events, 20'000u);
}

TEST(FlowInvariance, FewEventsSayNothing) {
  Draw draw(12);
  for (const Index rows : {1, 2, 5}) {
    const FlowInvariance found = rotated(draw.gaussian(rows, {1, 3}));
    EXPECT_NE(found.verdict, Invariance::broken) << rows;
    EXPECT_GE(found.p_value, 0.01) << rows;
  }
}

TEST(FlowInvariance, RefusesWhatIsNotFiniteOrDoesNotFit) {
  Draw draw(13);
  MatrixXd points = draw.gaussian(100, {1, 1});
  const FlowInvarianceTest test(points);
  EXPECT_THROW(test.test(MatrixXd::Zero(3, 3), VectorXd::Zero(3)), std::invalid_argument);
  EXPECT_THROW(test.test(MatrixXd::Constant(2, 2, NAN), VectorXd::Zero(2)), DataError);
  EXPECT_THROW(FlowInvarianceTest(points, VectorXd::Ones(99)), std::invalid_argument);
  EXPECT_THROW(FlowInvarianceTest(points, -VectorXd::Ones(100)), DataError);
  EXPECT_THROW(FlowInvarianceTest(points, {}, {.delta = 0}), std::invalid_argument);
  points(7, 1) = std::numeric_limits<double>::infinity();
  EXPECT_THROW(FlowInvarianceTest{points}, DataError);
}

TEST(InvariantSubspace, HasTheKnownDimension) {
  for (const KnownSymmetry& known : known_symmetries()) {
    Draw draw(14);
    const MatrixXd points = known.sample(draw, 10'000);
    const auto found =
        FlowInvarianceTest(points).invariant_subspace(FlowInvarianceTest::all_affine(points.cols()));
    EXPECT_EQ(found.combinations.cols(), known.fields) << known.name;
    EXPECT_EQ(found.tests.size(), static_cast<std::size_t>(found.combinations.cols()));
  }
}

TEST(InvariantSubspace, IsSpannedByTheRotation) {
  Draw draw(15);
  const auto found =
      FlowInvarianceTest(draw.circle(10'000)).invariant_subspace(FlowInvarianceTest::all_affine(2));
  ASSERT_EQ(found.combinations.cols(), 1);
  const VectorXd rotation = VectorXd{{0, -1, 1, 0, 0, 0}} / std::sqrt(2.0);
  EXPECT_GT(std::fabs(rotation.dot(found.combinations.col(0))), 0.999);
  EXPECT_EQ(found.tests[0].verdict, Invariance::established);
}

}  // namespace
}  // namespace symscan
