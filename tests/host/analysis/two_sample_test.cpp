// Tests of invariance: level on invariant data, power on data that are not. Seeds are fixed.
#include "host/analysis/two_sample.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <stdexcept>

#include "host/base/error.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::Matrix3d;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Uniform in [0, 1); not std::uniform_real_distribution, which differs between libraries.
class Uniform {
 public:
  explicit Uniform(std::uint64_t seed) : random_(seed) {}
  double operator()() { return static_cast<double>(random_() >> 11) * 0x1.0p-53; }

 private:
  std::mt19937_64 random_;
};

MatrixXd circle(Index points, std::uint64_t seed) {
  Uniform uniform(seed);
  MatrixXd result(points, 2);
  for (Index i = 0; i < points; ++i) {
    const double angle = 2 * std::numbers::pi * uniform();
    result.row(i) << std::cos(angle), std::sin(angle);
  }
  return result;
}

MatrixXd square(Index points, std::uint64_t seed) {
  Uniform uniform(seed);
  MatrixXd result(points, 2);
  for (double& value : result.reshaped()) value = 2 * uniform() - 1;
  return result;
}

/// Directions with the density 1 + cos^2 theta, as of muons from e+ e- -> mu+ mu-.
MatrixXd muon_directions(Index points, std::uint64_t seed) {
  Uniform uniform(seed);
  MatrixXd result(points, 3);
  for (Index i = 0; i < points; ++i) {
    double cosine = 0;
    do cosine = 2 * uniform() - 1;
    while (2 * uniform() > 1 + cosine * cosine);
    const double angle = 2 * std::numbers::pi * uniform(), sine = std::sqrt(1 - cosine * cosine);
    result.row(i) << sine * std::cos(angle), sine * std::sin(angle), cosine;
  }
  return result;
}

MatrixXd rotation_generator(Index size, Index from, Index to) {
  MatrixXd generator = MatrixXd::Zero(size, size);
  generator(to, from) = 1;
  generator(from, to) = -1;
  return generator;
}

InvarianceTest rotated_test(const MatrixXd& points, double angle, std::uint64_t seed, Index from = 0,
                            Index to = 1) {
  const Index size = points.cols();
  return test_invariance(points,
                         [=](const MatrixXd& rows) {
                           return apply_flow(rows, rotation_generator(size, from, to), VectorXd::Zero(size),
                                             angle);
                         },
                         {.seed = seed});
}

/// 200 trials at the level 0.05: the count exceeds 20 with probability 0.001.
constexpr int kTrials = 200, kMostRejections = 20;

template <typename PValue>
int rejections(PValue p_value) {
  int count = 0;
  for (std::uint64_t seed = 0; seed < kTrials; ++seed) count += p_value(seed) <= 0.05;
  return count;
}

TEST(TwoSample, HoldsItsLevelOnRotatedCircles) {
  const int count = rejections([](std::uint64_t seed) {
    return test_invariance(circle(200, 1000 + seed),
                           [](const MatrixXd& rows) {
                             return apply_flow(rows, rotation_generator(2, 0, 1), VectorXd::Zero(2), 0.7);
                           },
                           {.permutations = 199, .seed = seed})
        .p_value;
  });
  EXPECT_LE(count, kMostRejections);
  EXPECT_GE(count, 2) << "far below the level: the test has lost power (probability 0.0004)";
}

TEST(TwoSample, HoldsItsLevelOnFlows) {
  EXPECT_LE(rejections([](std::uint64_t seed) {
              return test_flow_invariance(circle(160, 2000 + seed), rotation_generator(2, 0, 1),
                                          VectorXd::Zero(2), {.permutations = 199, .seed = seed})
                  .p_value;
            }),
            kMostRejections);
}

TEST(TwoSample, HoldsItsLevelOnRepeatedEvents) {
  EXPECT_LE(
      rejections([](std::uint64_t seed) {
        const MatrixXd once = circle(150, 3000 + seed);
        MatrixXd repeated(600, 2);  // a third of the events once, the others two to four times
        repeated << once, once.topRows(100), once.topRows(100), once.topRows(100), once.middleRows(0, 150);
        return test_invariance(repeated,
                               [](const MatrixXd& rows) {
                                 return apply_flow(rows, rotation_generator(2, 0, 1), VectorXd::Zero(2), 1);
                               },
                               {.permutations = 199, .seed = seed})
            .p_value;
      }),
      kMostRejections);
}

TEST(TwoSample, HoldsItsLevelOnUnequalSamplesAndTies) {
  EXPECT_LE(rejections([](std::uint64_t seed) {
              Uniform uniform(4000 + seed);
              const auto coins = [&](Index count) {
                MatrixXd result(count, 2);
                for (double& value : result.reshaped()) value = uniform() < 0.3;
                return result;
              };
              const MatrixXd x = coins(40), y = coins(110);
              return two_sample_p_value(x, y, {.permutations = 199, .seed = seed});
            }),
            kMostRejections);
}

TEST(TwoSample, SeesThatAnAxisHasTurned) {
  for (std::uint64_t seed = 0; seed < 2; ++seed) {
    const MatrixXd directions = muon_directions(5000, 50 + seed);
    EXPECT_LT(rotated_test(directions, 1, seed, 1, 2).p_value, 0.01) << "about x";
    EXPECT_GT(rotated_test(directions, 1, seed, 0, 1).p_value, 0.01) << "about z";
    const InvarianceTest x = test_flow_invariance(directions, rotation_generator(3, 1, 2), VectorXd::Zero(3)),
                         z = test_flow_invariance(directions, rotation_generator(3, 0, 1), VectorXd::Zero(3));
    EXPECT_LT(x.p_value, 0.01);
    EXPECT_GT(z.p_value, 0.01);
  }
}

TEST(TwoSample, SeesThatASquareHasTurned) {
  for (std::uint64_t seed = 0; seed < 2; ++seed) {
    const MatrixXd points = square(5000, 60 + seed);
    EXPECT_LT(rotated_test(points, 0.5, seed).p_value, 0.01);
    EXPECT_GT(rotated_test(points, std::numbers::pi / 2, seed).p_value, 0.01);
  }
}

TEST(TwoSample, SeesShiftsAndScales) {
  const MatrixXd x = square(600, 70), y = square(500, 71);
  EXPECT_GT(two_sample_p_value(x, y), 0.01);
  EXPECT_LT(two_sample_p_value(x, y.array() + 0.2), 0.01);
  EXPECT_LT(two_sample_p_value(x, 1.15 * y), 0.01);
  const TwoSampleTest shifted = two_sample_test(x, y.array() + 0.2);
  EXPECT_DOUBLE_EQ(shifted.p_value, 1.0 / 401);
  EXPECT_GT(shifted.statistic, 5);
}

TEST(TwoSample, UnitsAndOffsetsDoNotMatter) {
  const MatrixXd x = square(200, 72), y = circle(200, 73);
  const double p = two_sample_p_value(x, y.array() + 0.05);
  EXPECT_NEAR(two_sample_p_value(x * 1e-150, (y.array() + 0.05) * 1e-150), p, 0.01);
  EXPECT_NEAR(two_sample_p_value(x * 1e150, (y.array() + 0.05) * 1e150), p, 0.01);
}

TEST(TwoSample, SaysNothingWithoutData) {
  const MatrixXd none(0, 2), constant = MatrixXd::Constant(50, 2, 3.3);
  EXPECT_EQ(two_sample_p_value(none, constant), 1);
  EXPECT_EQ(two_sample_p_value(constant, none), 1);
  EXPECT_EQ(two_sample_p_value(constant, constant), 1);
  EXPECT_EQ(two_sample_p_value(MatrixXd(5, 0), MatrixXd(5, 0)), 1);
  EXPECT_EQ(two_sample_p_value(MatrixXd::Zero(1, 2), MatrixXd::Ones(1, 2)), 1);
  for (const Index rows : {0, 1, 2, 3}) EXPECT_EQ(rotated_test(circle(rows, 1), 1, 1).p_value, 1) << rows;
  EXPECT_EQ(test_flow_invariance(none, rotation_generator(2, 0, 1), VectorXd::Zero(2)).p_value, 1);
}

TEST(TwoSample, IsReproducible) {
  const MatrixXd points = square(3000, 74);
  EXPECT_EQ(rotated_test(points, 0.1, 5).statistic, rotated_test(points, 0.1, 5).statistic);
  EXPECT_NE(rotated_test(points, 0.1, 5).statistic, rotated_test(points, 0.1, 6).statistic);
}

TEST(TwoSample, RefusesWhatItCannotUse) {
  MatrixXd points = square(50, 75);
  EXPECT_THROW(two_sample_p_value(points, MatrixXd::Zero(50, 3)), std::invalid_argument);
  EXPECT_THROW(two_sample_p_value(points, points, {.permutations = 0}), std::invalid_argument);
  EXPECT_THROW(test_flow_invariance(points, MatrixXd::Zero(3, 3), VectorXd::Zero(2)), std::invalid_argument);
  points(7, 1) = std::numeric_limits<double>::infinity();
  EXPECT_THROW(two_sample_p_value(points, points), DataError);
  EXPECT_THROW(test_flow_invariance(points, MatrixXd::Zero(2, 2), VectorXd::Ones(2)), DataError);
}

TEST(Flow, OfRotationsShiftsAndScalings) {
  const MatrixXd point = (MatrixXd(1, 2) << 1, 0).finished();
  const VectorXd none = VectorXd::Zero(2), shift = (VectorXd(2) << 3, -1).finished();
  const MatrixXd turned = apply_flow(point, rotation_generator(2, 0, 1), none, 0.5);
  EXPECT_NEAR(turned(0, 0), std::cos(0.5), 1e-14);
  EXPECT_NEAR(turned(0, 1), std::sin(0.5), 1e-14);
  const MatrixXd moved = apply_flow(point, MatrixXd::Zero(2, 2), shift, 2);
  EXPECT_NEAR(moved(0, 0), 7, 1e-13);
  EXPECT_NEAR(moved(0, 1), -2, 1e-13);
  const MatrixXd grown = apply_flow(point, MatrixXd::Identity(2, 2), shift, 1);  // u + (e - 1) (u + shift)
  EXPECT_NEAR(grown(0, 0), 1 + (std::exp(1.0) - 1) * 4, 1e-13);
  EXPECT_NEAR(grown(0, 1), -(std::exp(1.0) - 1), 1e-13);
}

TEST(Flow, IsTestedWhereItMovesThePoints) {
  const MatrixXd points = square(400, 76);
  const VectorXd none = VectorXd::Zero(2);
  const auto turned = test_flow_invariance(points, 7 * rotation_generator(2, 0, 1), none);
  ASSERT_EQ(turned.parameters.size(), 3u);
  EXPECT_NEAR(turned.parameters[1], 1.0 / 7, 1e-12);
  EXPECT_EQ(turned.parameter_p_values.size(), 3u);
  EXPECT_NEAR(turned.displacement, 2 * std::sin(1.0), 0.02);
  const auto scaled = test_flow_invariance(points, 1e-3 * MatrixXd::Identity(2, 2), none);
  EXPECT_LT(scaled.p_value, 0.01);
  EXPECT_NEAR(scaled.displacement, std::exp(1.0) - 1, 0.05);
  MatrixXd shear = MatrixXd::Zero(2, 2);
  shear(0, 1) = 1;
  shear(1, 0) = -1e-10;  // nilpotent but for rounding
  const auto sheared = test_flow_invariance(points, shear, none);
  EXPECT_LT(sheared.p_value, 0.01);
  EXPECT_NEAR(sheared.displacement, 1, 0.1);
  EXPECT_LT(test_flow_invariance(points, MatrixXd::Zero(2, 2), VectorXd::Unit(2, 1)).p_value, 0.01);
  const auto still = test_flow_invariance(points, MatrixXd::Zero(2, 2), none);
  EXPECT_EQ(still.p_value, 1);
  EXPECT_EQ(still.displacement, 0);
}

}  // namespace
}  // namespace symscan
