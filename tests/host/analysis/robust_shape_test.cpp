// Frames of rows that lie in a subspace: medians of columns need not lie in it.
#include "host/analysis/robust_shape.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "host/analysis/finite_map_test.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd skewed_numbers(Index rows, Index columns, unsigned seed) {
  std::mt19937 random(seed);
  std::exponential_distribution<double> draw(1);
  MatrixXd values(rows, columns);
  for (Index row = 0; row < rows; ++row)
    for (Index column = 0; column < columns; ++column) values(row, column) = draw(random);
  return values;
}

TEST(RobustShape, TheCentreLiesInTheSpanOfTheRows) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    MatrixXd rows(501, 3);
    rows.leftCols(2) = skewed_numbers(501, 2, seed);
    rows.col(2) = -rows.col(0) - rows.col(1);
    const RobustFrame frame = robust_frame(rows, VectorXd::Ones(501));
    EXPECT_EQ(frame.inward.rows(), 2);
    ASSERT_EQ(frame.normal.rows(), 1);
    // Rounding of sums of three numbers of size 1.
    EXPECT_NEAR(frame.centre.sum(), 0, 1e-12);
    EXPECT_LT(((rows.rowwise() - frame.centre.transpose()) * frame.normal.transpose()).cwiseAbs().maxCoeff(),
              1e-12);
  }
}

TEST(RobustShape, OfRowsThatFillTheSpaceItIsTheMedians) {
  const MatrixXd rows = skewed_numbers(501, 2, 3);
  const RobustFrame frame = robust_frame(rows, VectorXd::Ones(501));
  for (Index column = 0; column < 2; ++column) {
    std::vector<double> values(rows.col(column).begin(), rows.col(column).end());
    std::nth_element(values.begin(), values.begin() + 250, values.end());
    EXPECT_EQ(frame.centre(column), values[250]);
  }
}

/// Two particles back to back: px, py, -px, -py, and their energies, which are constant.
MatrixXd back_to_back(Index rows, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> angle(0, 6.283185307179586);
  MatrixXd events(rows, 6);
  for (Index row = 0; row < rows; ++row) {
    const double at = angle(random), px = 5 * std::cos(at), py = 5 * std::sin(at);
    events.row(row) << px, py, -px, -py, 5, 5;
  }
  return events;
}

TEST(RobustShape, MapsThatKeepTheSpanDoNotLeaveIt) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const FiniteMapTest test(back_to_back(1000, seed), VectorXd::Ones(1000), {});
    const auto reflection = [](std::initializer_list<double> signs) {
      VectorXd diagonal(6);
      std::copy(signs.begin(), signs.end(), diagonal.begin());
      return AffineMap{diagonal.asDiagonal(), VectorXd::Zero(6)};
    };
    EXPECT_FALSE(test.leaves(reflection({-1, 1, -1, 1, 1, 1}))) << seed;
    EXPECT_FALSE(test.leaves(reflection({1, -1, 1, -1, 1, 1}))) << seed;
    EXPECT_TRUE(test.leaves(reflection({-1, 1, 1, 1, 1, 1}))) << seed;
    EXPECT_TRUE(test.leaves(reflection({1, 1, 1, 1, -1, 1}))) << seed;
    EXPECT_GT(test.test(reflection({-1, 1, -1, 1, 1, 1}), {}).p_value, 1e-4) << seed;
  }
}

}  // namespace
}  // namespace symscan
