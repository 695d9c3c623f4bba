// Intrinsic dimensions from neighbour distances, on sets of known dimension. Seeds are fixed.
#include "host/analysis/neighbour_dimension.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <stdexcept>

#include "host/base/error.hpp"
#include "tests/host/analysis/seeded_points.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using test::cube_points;
using test::gaussian_points;

MatrixXd circle(Index points, std::uint64_t seed) {
  const MatrixXd angle = 2 * std::numbers::pi * cube_points(points, 1, seed);
  MatrixXd result(points, 2);
  result << angle.array().cos(), angle.array().sin();
  return result;
}

TEST(NeighbourDimension, OfKnownSetsIsWithinItsError) {
  const auto expect_dimension = [](const MatrixXd& points, double dimension) {
    const auto found = neighbour_dimension(points);
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->two_nn, dimension, 4 * found->two_nn_error + 0.01 * dimension);
    EXPECT_NEAR(found->levina_bickel, dimension, 4 * found->levina_bickel_error + 0.01 * dimension);
    EXPECT_LT(found->two_nn_error, 0.04 * dimension);
    EXPECT_LT(found->levina_bickel_error, 0.02 * dimension);
  };
  expect_dimension(circle(2000, 1), 1);
  expect_dimension(gaussian_points(2000, 2, 2), 2);
  expect_dimension(gaussian_points(2000, 3, 3), 3);
  MatrixXd sphere = gaussian_points(3000, 3, 4);
  sphere.rowwise().normalize();
  expect_dimension(sphere, 2);
  MatrixXd embedded(3000, 8);  // a sphere linearly embedded in eight features, as two muons back to back
  embedded << sphere, -sphere, MatrixXd::Constant(3000, 2, 5.0);
  expect_dimension(embedded, 2);
}

TEST(NeighbourDimension, InEightDimensionsIsBiasedAsDocumented) {
  const auto normal = neighbour_dimension(gaussian_points(5000, 8, 5)),
             box = neighbour_dimension(cube_points(5000, 8, 6));
  ASSERT_TRUE(normal && box);
  for (const double value : {normal->two_nn, normal->levina_bickel}) EXPECT_NEAR(value, 7.8, 0.4);
  for (const double value : {box->two_nn, box->levina_bickel}) EXPECT_NEAR(value, 7.2, 0.6);
}

TEST(NeighbourDimension, ErrorsAreTheSpreadOfRepeats) {
  constexpr int repeats = 60;
  double sum[2] = {}, squares[2] = {}, errors[2] = {};
  for (int repeat = 0; repeat < repeats; ++repeat) {
    const auto found = neighbour_dimension(gaussian_points(600, 3, 100 + static_cast<std::uint64_t>(repeat)));
    ASSERT_TRUE(found);
    const double values[2] = {found->two_nn, found->levina_bickel};
    for (int i = 0; i < 2; ++i) {
      sum[i] += values[i] / repeats;
      squares[i] += values[i] * values[i] / repeats;
    }
    errors[0] += found->two_nn_error / repeats;
    errors[1] += found->levina_bickel_error / repeats;
  }
  for (int i = 0; i < 2; ++i) {
    const double spread = std::sqrt(squares[i] - sum[i] * sum[i]);
    EXPECT_GT(errors[i], 0.65 * spread) << i;
    EXPECT_LT(errors[i], 1.5 * spread) << i;
  }
}

TEST(NeighbourDimension, DuplicatesAreCountedAndChangeNothing) {
  const MatrixXd once = gaussian_points(500, 3, 7);
  MatrixXd repeated(1500, 3);
  repeated << once, once, once;
  const auto a = neighbour_dimension(once), b = neighbour_dimension(repeated);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->duplicates, 0u);
  EXPECT_EQ(b->duplicates, 1000u);
  EXPECT_EQ(b->points, 500u);
  EXPECT_DOUBLE_EQ(a->two_nn, b->two_nn);
  EXPECT_DOUBLE_EQ(a->levina_bickel, b->levina_bickel);
}

TEST(NeighbourDimension, OfNegativeZeroIsThatOfZero) {
  MatrixXd points = MatrixXd::Zero(40, 2);
  points.topRows(20) *= -1.0;
  const auto found = neighbour_dimension(points);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->duplicates, 39u);
}

TEST(NeighbourDimension, OfConstantDataIsZero) {
  const auto found = neighbour_dimension(MatrixXd::Constant(100, 4, 1.5));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->two_nn, 0);
  EXPECT_EQ(found->levina_bickel, 0);
  EXPECT_EQ(found->points, 1u);
  EXPECT_EQ(found->duplicates, 99u);
}

TEST(NeighbourDimension, NeedsMorePointsThanNeighbours) {
  EXPECT_FALSE(neighbour_dimension(MatrixXd(0, 3)));
  EXPECT_FALSE(neighbour_dimension(MatrixXd::Ones(1, 3)));
  EXPECT_FALSE(neighbour_dimension(gaussian_points(20, 3, 8)));
  EXPECT_TRUE(neighbour_dimension(gaussian_points(21, 3, 8)));
  EXPECT_TRUE(neighbour_dimension(MatrixXd(5, 0)));  // five equal rows
}

TEST(NeighbourDimension, IsFoundBesideAFarOutlier) {
  MatrixXd points = 1e-6 * gaussian_points(1000, 2, 9);
  points.row(17).setConstant(1e9);
  const auto found = neighbour_dimension(points);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->two_nn, 2, 0.3);
}

TEST(NeighbourDimension, IsNotANumberWhereDistancesDoNotDefineIt) {
  const auto found = neighbour_dimension(MatrixXd::Identity(60, 60));
  ASSERT_TRUE(found);
  EXPECT_TRUE(std::isnan(found->two_nn) && std::isnan(found->levina_bickel));
  MatrixXd grid(100, 2);  // neighbours at equal distances
  for (Index i = 0; i < 100; ++i)
    grid.row(i) << 0.1 * static_cast<double>(i % 10), 0.1 * static_cast<double>(i / 10);
  const auto of_grid = neighbour_dimension(grid);
  ASSERT_TRUE(of_grid);
  EXPECT_TRUE(std::isnan(of_grid->two_nn)) << of_grid->two_nn;
  MatrixXd line(60, 1);  // tiny distances whose squares underflow
  for (Index i = 0; i < 60; ++i) line(i, 0) = 1e-200 * static_cast<double>(i * i);
  EXPECT_TRUE(neighbour_dimension(line));
}

TEST(NeighbourDimension, ThinsLargeSetsReproducibly) {
  const MatrixXd points = gaussian_points(3000, 2, 10);
  NeighbourSettings settings;
  settings.max_points = 1000;
  const auto a = neighbour_dimension(points, settings), b = neighbour_dimension(points, settings);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->points, 1000u);
  EXPECT_EQ(a->duplicates, 0u);
  EXPECT_EQ(a->two_nn, b->two_nn);
  settings.seed = 2;
  EXPECT_NE(neighbour_dimension(points, settings)->two_nn, a->two_nn);
}

TEST(NeighbourDimension, RefusesWhatItCannotUse) {
  MatrixXd points = gaussian_points(100, 2, 11);
  points(3, 1) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(neighbour_dimension(points), DataError);
  EXPECT_THROW(neighbour_dimension(gaussian_points(100, 2, 11), {.k_min = 1}), std::invalid_argument);
  EXPECT_THROW(neighbour_dimension(gaussian_points(100, 2, 11), {.k_min = 9, .k_max = 8}),
               std::invalid_argument);
  EXPECT_THROW(neighbour_dimension(gaussian_points(100, 2, 11), {.discard = 1}), std::invalid_argument);
}

}  // namespace
}  // namespace symscan
