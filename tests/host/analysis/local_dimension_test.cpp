// Local dimensions in closed form, slopes and plateaus of made curves.
#include "host/analysis/local_dimension.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <limits>
#include <random>

#include "host/base/eigen.hpp"

namespace symscan {
namespace {

using Eigen::MatrixXd;

TEST(LocalDimension, OfALinearDecoderIsASumOverItsSingularValues) {
  std::mt19937_64 random(1);
  const auto uniform = [&random] { return static_cast<double>(random() >> 11) * 0x1.0p-52 - 1; };
  for (const auto& [features, latents] : {std::pair{5, 3}, {3, 5}, {1, 1}, {8, 8}}) {
    MatrixXd decoder(features, latents);
    for (double& value : decoder.reshaped()) value = uniform();
    const Eigen::VectorXd singular = Eigen::JacobiSVD<MatrixXd>(decoder).singularValues();
    for (const double tau : {1e-4, 0.03, 0.5, 20.0}) {
      double expected = 0;
      for (const double s : singular) expected += s * s / (tau + s * s);
      EXPECT_NEAR(local_dimension({decoder, decoder}, tau), expected, 1e-9);
    }
  }
}

TEST(LocalDimension, AveragesOverPoints) {
  const MatrixXd none = MatrixXd::Zero(4, 2), half = MatrixXd::Identity(4, 2), both = 1e4 * half;
  EXPECT_NEAR(local_dimension({none}, 1), 0, 1e-12);
  EXPECT_NEAR(local_dimension({half}, 1), 1, 1e-12);
  EXPECT_NEAR(local_dimension({both}, 1), 2, 1e-7);
  EXPECT_NEAR(local_dimension({none, half, both, both}, 1), 1.25, 1e-7);
  EXPECT_EQ(local_dimension({}, 1), 0);
}

TEST(RateSlope, OfALineInLogBetaIsTheNumberOfDimensions) {
  // R = -(d / 2) ln beta + const, at uneven betas.
  const std::vector<double> beta = {0.01, 0.02, 0.1, 0.3, 1.7};
  std::vector<double> rate;
  for (const double b : beta) rate.push_back(4 - 1.5 * std::log(b));
  const auto slope = rate_slope(beta, rate);
  ASSERT_EQ(slope.size(), beta.size());
  for (const double value : slope) EXPECT_NEAR(value, 3, 1e-12);
}

TEST(RateSlope, IsCentralInsideAndOneSidedAtTheEnds) {
  const double e = std::exp(1.0);
  const auto slope = rate_slope({1, e, e * e * e}, {10, 7, 6});
  ASSERT_EQ(slope.size(), 3u);
  EXPECT_NEAR(slope[0], 6, 1e-12);
  EXPECT_NEAR(slope[1], 8.0 / 3, 1e-12);
  EXPECT_NEAR(slope[2], 1, 1e-12);
}

TEST(RateSlope, NeedsTwoBetas) {
  EXPECT_TRUE(rate_slope({}, {}).empty());
  EXPECT_TRUE(rate_slope({0.1}, {3}).empty());
  EXPECT_EQ(rate_slope({0.1, 0.2}, {3, 3}), std::vector<double>({0, 0}));
}

TEST(FindPlateau, TheLongestRunInLogBetaWins) {
  // Three points near 3 over a factor of 2, two points near 2 over a factor of 10.
  const auto plateau = find_plateau({0.1, 0.14, 0.2, 0.5, 1, 10, 20}, {3.1, 3, 2.9, 2.5, 2.1, 1.9, 1.4});
  ASSERT_TRUE(plateau);
  EXPECT_EQ(plateau->dimension, 2);
  EXPECT_DOUBLE_EQ(plateau->from, 1);
  EXPECT_DOUBLE_EQ(plateau->to, 10);
  EXPECT_NEAR(plateau->value, 2, 1e-12);
}

TEST(FindPlateau, ValuesNearAnotherWholeNumberEndARun) {
  const auto plateau = find_plateau({1, 2, 4, 8, 16}, {2.1, 1.9, 1.1, 1.1, 1.0});
  ASSERT_TRUE(plateau);
  EXPECT_EQ(plateau->dimension, 1);
  EXPECT_DOUBLE_EQ(plateau->from, 4);
  EXPECT_DOUBLE_EQ(plateau->to, 16);
  EXPECT_NEAR(plateau->value, 3.2 / 3, 1e-12);
}

TEST(FindPlateau, OfSinglePointsTheNearestToAWholeNumberWins) {
  const auto plateau = find_plateau({1, 2, 4, 8}, {3.15, 2.5, 1.95, 1.5});
  ASSERT_TRUE(plateau);
  EXPECT_EQ(plateau->dimension, 2);
  EXPECT_DOUBLE_EQ(plateau->from, 4);
  EXPECT_DOUBLE_EQ(plateau->to, 4);
  EXPECT_DOUBLE_EQ(plateau->value, 1.95);
  const auto alone = find_plateau({0.1}, {0.9});
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->dimension, 1);
}

TEST(FindPlateau, OfEquallyLongRunsTheOneNearerToItsWholeNumberWins) {
  const auto plateau = find_plateau({1, 2, 4, 8}, {3.1, 3.1, 2.05, 1.95});
  ASSERT_TRUE(plateau);
  EXPECT_EQ(plateau->dimension, 2);
}

TEST(FindPlateau, ThereIsNoneAwayFromWholeNumbersAndAtZero) {
  EXPECT_FALSE(find_plateau({}, {}));
  EXPECT_FALSE(find_plateau({1, 2, 4}, {2.5, 1.6, 1.3}));
  EXPECT_FALSE(find_plateau({1, 2, 4}, {0.1, 0, 0}));
  EXPECT_FALSE(find_plateau({1, 2}, {std::nan(""), std::numeric_limits<double>::infinity()}));
  EXPECT_TRUE(find_plateau({1, 2, 4}, {2.5, 1.6, 1.3}, 0.31));
}

}  // namespace
}  // namespace symscan
