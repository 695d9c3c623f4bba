// Calibrated intrinsic dimensions on sets of known dimension. Seeds are fixed.
#include "host/analysis/scale_dimension.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string>

#include "host/base/error.hpp"
#include "tests/host/analysis/seeded_points.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using test::cube_points;
using test::gaussian_points;

MatrixXd sphere_points(Index points, Index dimension, std::uint64_t seed) {
  return gaussian_points(points, dimension + 1, seed).rowwise().normalized();
}

MatrixXd exponential_points(Index points, Index dimension, std::uint64_t seed) {
  return -(1 - cube_points(points, dimension, seed).array()).log();
}

/// A circle of radius 1 in the first of `features` columns, with noise in all.
MatrixXd noisy_circle(Index points, Index features, double noise, std::uint64_t seed) {
  const MatrixXd angle = 2 * std::numbers::pi * cube_points(points, 1, seed);
  MatrixXd result = noise * gaussian_points(points, features, seed + 1);
  result.col(0).array() += angle.array().cos();
  result.col(1).array() += angle.array().sin();
  return result;
}

MatrixXd rounded(const MatrixXd& points, double step) {
  return step * (points.array() / step).round();
}

MatrixXd swiss_roll(Index points, std::uint64_t seed) {
  const MatrixXd random = cube_points(points, 2, seed);
  const Eigen::ArrayXd angle = 1.5 * std::numbers::pi * (1 + 2 * random.col(0).array());
  MatrixXd result(points, 3);
  result << angle * angle.cos(), 21 * random.col(1).array(), angle * angle.sin();
  return result;
}

MatrixXd torus(Index points, std::uint64_t seed) {
  const MatrixXd random = 2 * std::numbers::pi * cube_points(points, 2, seed);
  const Eigen::ArrayXd radius = 2 + random.col(0).array().cos();
  MatrixXd result(points, 3);
  result << radius * random.col(1).array().cos(), radius * random.col(1).array().sin(),
      random.col(0).array().sin();
  return result;
}

MatrixXd four_clusters(Index points, Index dimension, std::uint64_t seed) {
  const MatrixXd centres = 5 * gaussian_points(4, dimension, seed + 1);
  MatrixXd result = gaussian_points(points, dimension, seed);
  for (Index i = 0; i < points; ++i) result.row(i) += centres.row(i % 4);
  return result;
}

/// A disk in the plane of the first two of three features, then a line through its centre.
MatrixXd line_and_disk(Index of_line, Index of_disk, std::uint64_t seed) {
  const MatrixXd random = cube_points(of_disk, 2, seed);
  const Eigen::ArrayXd radius = random.col(0).array().sqrt(),
                       angle = 2 * std::numbers::pi * random.col(1).array();
  MatrixXd result = MatrixXd::Zero(of_line + of_disk, 3);
  result.col(0).head(of_disk) = radius * angle.cos();
  result.col(1).head(of_disk) = radius * angle.sin();
  result.col(2).tail(of_line) = 2 * cube_points(of_line, 1, seed + 1).array() - 1;
  return result;
}

/// No plateau, one stratum, the right whole dimension, and an interval that holds it.
void expect_ordinary(const MatrixXd& points, int dimension, const std::string& name) {
  const auto found = dimension_by_neighbours(points);
  ASSERT_TRUE(found) << name;
  EXPECT_EQ(std::lround(found->value), dimension) << name << ' ' << found->value;
  EXPECT_LE(found->low, dimension + 0.005) << name;
  EXPECT_GE(found->high, dimension - 0.005) << name;
  EXPECT_FALSE(found->plateau) << name;
  ASSERT_EQ(found->strata.size(), 1u) << name;
  EXPECT_EQ(found->strata[0].value, found->value) << name;
  EXPECT_EQ(found->strata[0].share, 1) << name;
}

TEST(ScaleDimension, IsRightForReferenceKinds) {
  for (const int dimension : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
    const auto seed = static_cast<std::uint64_t>(10 * dimension);
    const std::string name = std::to_string(dimension);
    expect_ordinary(gaussian_points(2000, dimension, seed), dimension, "Gaussian " + name);
    expect_ordinary(cube_points(2000, dimension, seed + 1), dimension, "cube " + name);
    expect_ordinary(sphere_points(2000, dimension, seed + 2), dimension, "sphere " + name);
  }
}

TEST(ScaleDimension, IsNotHelpedByTheNumberOfFeatures) {
  const MatrixXd points = gaussian_points(2000, 8, 201);
  MatrixXd wide(2000, 20);
  wide << points, points * gaussian_points(8, 12, 202);
  const auto found = dimension_by_neighbours(wide);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->value, 8, 0.8);
  EXPECT_LE(found->low, 8);
  EXPECT_GE(found->high, 8);
}

TEST(ScaleDimension, IsRightForOtherSets) {
  expect_ordinary(swiss_roll(1500, 1), 2, "Swiss roll");
  expect_ordinary(torus(1500, 2), 2, "torus");
  expect_ordinary(exponential_points(1500, 3, 3), 3, "exponential");
  expect_ordinary(gaussian_points(1500, 3, 4).array().exp(), 3, "lognormal");
  expect_ordinary(four_clusters(1500, 5, 5), 5, "clusters");
  expect_ordinary(gaussian_points(3000, 4, 6).array() / gaussian_points(3000, 4, 7).array(), 4, "Cauchy");
  expect_ordinary(gaussian_points(1500, 3, 8) * gaussian_points(3, 12, 9), 3, "linear map");
}

TEST(ScaleDimension, IntervalsHoldTheTruth) {
  int held = 0, all = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const auto count = [&](const MatrixXd& points, double dimension) {
      const auto found = dimension_by_neighbours(points);
      ASSERT_TRUE(found);
      held += found->low <= dimension && dimension <= found->high;
      ++all;
      EXPECT_LT(found->high - found->low, 0.35 * dimension);
    };
    count(gaussian_points(500, 5, 300 + seed), 5);
    count(exponential_points(500, 3, 400 + seed), 3);
    count(four_clusters(500, 4, 500 + seed), 4);
    count(swiss_roll(500, 600 + seed), 2);
    count(sphere_points(500, 4, 700 + seed) * gaussian_points(5, 9, 800 + seed), 4);
  }
  EXPECT_GE(held, 0.9 * all) << held << " of " << all;
}

TEST(ScaleDimension, OfANoisyCircleIsOneAboveTheNoise) {
  for (const Index features : {Index{2}, Index{10}}) {
    const auto found = dimension_by_neighbours(noisy_circle(2500, features, 0.01, 20));
    ASSERT_TRUE(found && found->plateau) << features;
    EXPECT_EQ(found->plateau->dimension, 1);
    EXPECT_LT(found->plateau->from, 0.25);
    EXPECT_GT(found->plateau->to, 0.5);
    EXPECT_GT(found->plateau->below, features == 2 ? 1.8 : 7);
    EXPECT_NEAR(found->value, 1, 0.2);
    EXPECT_LE(found->low, 1);
    ASSERT_EQ(found->strata.size(), 1u);
    const auto& scales = found->scales;
    EXPECT_TRUE(std::is_sorted(scales.begin(), scales.end(),
                               [](const auto& a, const auto& b) { return a.distance < b.distance; }));
  }
}

TEST(ScaleDimension, FindsTheStrataOfALineAndADisk) {
  const auto found = dimension_by_neighbours(line_and_disk(700, 1300, 21));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->strata.size(), 2u);
  EXPECT_NEAR(found->strata[0].value, 1, 0.1);
  EXPECT_NEAR(found->strata[1].value, 2, 0.1);
  EXPECT_NEAR(found->strata[0].share, 0.35, 0.03);
  EXPECT_NEAR(found->strata[0].share + found->strata[1].share, 1, 1e-12);
}

TEST(ScaleDimension, OfRoundedDataIsThatOfTheData) {
  const auto expect = [](const MatrixXd& points, double dimension, double rounding) {
    const auto found = dimension_by_neighbours(points);
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->value, dimension, 0.15 * dimension);
    EXPECT_NEAR(found->rounding, rounding, 1e-9);
    // By GRIDE alone grids show at once.
    EXPECT_GE(found->scales.front().distance, 3 * rounding);
  };
  expect(rounded(gaussian_points(5000, 2, 22), 0.01), 2, 0.01 * std::sqrt(2.0));
  expect(rounded(gaussian_points(5000, 2, 23) * gaussian_points(2, 3, 24), 0.01), 2, 0.01 * std::sqrt(3.0));
  expect(rounded(gaussian_points(2000, 4, 25), 0.1), 4, 0.2);
  EXPECT_EQ(dimension_by_neighbours(gaussian_points(1000, 2, 26))->rounding, 0);
}

TEST(ScaleDimension, DuplicatesAreCountedAndChangeNothing) {
  const MatrixXd once = gaussian_points(500, 3, 27);
  MatrixXd repeated(1500, 3);
  repeated << once, once, once;
  const auto a = dimension_by_neighbours(once), b = dimension_by_neighbours(repeated);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->duplicates, 0u);
  EXPECT_EQ(b->duplicates, 1000u);
  EXPECT_EQ(b->points, 500u);
  EXPECT_DOUBLE_EQ(a->value, b->value);
}

TEST(ScaleDimension, OfDegenerateSetsIsZeroOrNothing) {
  const auto constant = dimension_by_neighbours(MatrixXd::Constant(100, 4, 1.5));
  ASSERT_TRUE(constant);
  EXPECT_EQ(constant->value, 0);
  EXPECT_EQ(constant->duplicates, 99u);
  EXPECT_FALSE(dimension_by_neighbours(MatrixXd(0, 3)));
  EXPECT_FALSE(dimension_by_neighbours(gaussian_points(49, 3, 28)));
  EXPECT_TRUE(dimension_by_neighbours(gaussian_points(50, 3, 28)));
  EXPECT_FALSE(dimension_by_neighbours(MatrixXd::Identity(60, 60)));
  MatrixXd tiny(60, 1);  // distances whose squares underflow
  for (Index i = 0; i < 60; ++i) tiny(i, 0) = 1e-200 * static_cast<double>(i * i);
  EXPECT_FALSE(dimension_by_neighbours(tiny));
}

TEST(ScaleDimension, IsNeverNotANumber) {
  MatrixXd grid(1600, 2), classes = rounded(3 * cube_points(1500, 6, 29), 1),
                          far = gaussian_points(300, 2, 30);
  for (Index i = 0; i < 1600; ++i) grid.row(i) << static_cast<double>(i % 40), static_cast<double>(i / 40);
  far.row(7).setConstant(1e200);
  for (const MatrixXd& points : {grid, classes, far}) {
    const auto found = dimension_by_neighbours(points);
    ASSERT_TRUE(found);
    EXPECT_TRUE(1 <= found->low && found->low <= found->value && found->value <= found->high);
    EXPECT_LE(found->high, static_cast<double>(points.cols()) + 1e-9);
    for (const ScaleDimension& scale : found->scales)
      EXPECT_TRUE(std::isfinite(scale.raw + scale.value + scale.error));
  }
}

TEST(ScaleDimension, ThinsLargeSetsReproducibly) {
  const MatrixXd points = gaussian_points(3000, 2, 31);
  ScaleSettings settings;
  settings.max_points = 1000;
  const auto a = dimension_by_neighbours(points, settings), b = dimension_by_neighbours(points, settings);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->points, 1000u);
  EXPECT_EQ(a->value, b->value);
  settings.seed = 2;
  EXPECT_NE(dimension_by_neighbours(points, settings)->value, a->value);
}

TEST(ScaleDimension, RefusesWhatItCannotUse) {
  MatrixXd points = gaussian_points(100, 2, 32);
  EXPECT_THROW(dimension_by_neighbours(points, {.max_points = 49}), std::invalid_argument);
  points(3, 1) = std::numeric_limits<double>::infinity();
  EXPECT_THROW(dimension_by_neighbours(points), DataError);
}

}  // namespace
}  // namespace symscan
