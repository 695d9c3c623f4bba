// Equal rows as one, or as events of their own.
#include "host/analysis/distinct_rows.hpp"

#include <gtest/gtest.h>

#include "host/analysis/discrete_columns.hpp"
#include "host/analysis/mean_vector.hpp"
#include "tests/host/analysis/known_distributions.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

TEST(DistinctRows, WeightsAreSumsAndRowsAscend) {
  MatrixXd points(6, 2);
  points << 1, 2, 3, 4, 1, 2, 5, 6, 3, 4, 1, 2;
  VectorXd weights(6);
  weights << 1, 2, 4, 0, 16, 32;
  const MergedRows merged = merged_rows(points, weights);
  ASSERT_EQ(merged.rows.size(), 2u);  // weight 0 is left out
  EXPECT_TRUE(std::is_sorted(merged.rows.begin(), merged.rows.end()));
  for (std::size_t k = 0; k < 2; ++k)
    EXPECT_EQ(merged.weights(static_cast<Index>(k)), points(merged.rows[k], 0) == 1 ? 37 : 18);
  const MergedRows apart = merged_rows(points, weights, EqualRows::events);
  EXPECT_EQ(apart.rows, (std::vector<Index>{0, 1, 2, 4, 5}));
  EXPECT_EQ(apart.weights.sum(), weights.sum());
}

TEST(DistinctRows, MergedRowsAreNoSeries) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    KnownDistributions draw(seed);
    const MatrixXd points = (5 * draw.gaussian(6000, {1, 1})).array().round();
    const MergedRows merged = merged_rows(points, VectorXd::Ones(points.rows()));
    ASSERT_LT(merged.rows.size(), 1500u);
    const MatrixXd values = points(merged.rows, Eigen::all);
    EXPECT_EQ(batch_length(deviations_of_mean(values.cwiseAbs2(), merged.weights)), 1) << seed;
  }
}

TEST(DistinctRows, WhereEqualRowsAreEvents) {
  KnownDistributions draw(1);
  const MatrixXd normal = draw.gaussian(4000, {1, 1});
  const auto kind = [](const MatrixXd& rows) { return equal_rows_of(column_natures(rows), rows.rows()); };
  EXPECT_EQ(kind(normal), EqualRows::one_event);
  EXPECT_EQ(kind((10 * normal).array().round()), EqualRows::one_event);  // 5 000 places
  EXPECT_EQ(kind((2 * normal).array().round()), EqualRows::events);
  MatrixXd mixed = normal;
  mixed.col(0) = mixed.col(0).array().sign();
  EXPECT_EQ(kind(mixed), EqualRows::one_event);
  mixed.col(1) = mixed.col(1).array().sign();
  EXPECT_EQ(kind(mixed), EqualRows::events);
}

}  // namespace
}  // namespace symscan
