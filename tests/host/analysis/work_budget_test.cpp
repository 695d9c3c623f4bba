// What an analysis may cost: counted, never timed.
#include "host/analysis/work_budget.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/analysis/generators.hpp"
#include "host/analysis/relation.hpp"
#include "host/analysis/sparse_vectors.hpp"
#include "host/base/eigen.hpp"
#include "tests/host/analysis/seeded_points.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

TEST(WorkBudget, LeavesOutWhatDoesNotFitAndGoesOnWithCheaperParts) {
  WorkBudget budget(1);  // 10^9 operations
  EXPECT_TRUE(budget.affords("first", 6e8));
  EXPECT_FALSE(budget.affords("second", 5e8));
  EXPECT_TRUE(budget.affords("third", 4e8));
  EXPECT_FALSE(budget.affords("second", 1e9));
  ASSERT_EQ(budget.left_out().size(), 1u);
  EXPECT_EQ(budget.left_out()[0].part, "second");
  EXPECT_DOUBLE_EQ(budget.left_out()[0].seconds, 1.5);
  EXPECT_DOUBLE_EQ(budget.spent_seconds(), 1);
}

TEST(WorkBudget, MayAllowAShareOfWhatIsLeft) {
  WorkBudget budget(1);
  EXPECT_FALSE(budget.affords("seldom asked for", 3e8, 0.25));
  EXPECT_TRUE(budget.affords("seldom asked for", 2e8, 0.25));
}

TEST(WorkBudget, WithoutEndAffordsEverything) {
  WorkBudget budget;
  EXPECT_TRUE(budget.affords("all", 1e30));
  EXPECT_TRUE(budget.left_out().empty());
}

TEST(WorkBudget, TellsHowFarItIs) {
  std::vector<std::pair<std::string, double>> seen;
  WorkBudget budget(10, 4e9, [&](const WorkBudget::Step& step) { seen.emplace_back(step.part, step.share); });
  budget.spend("a", 1e9);
  budget.spend("b", 5e9);
  budget.spend("c", 1);
  EXPECT_FALSE(budget.affords("d", 1e10));
  const std::vector<std::pair<std::string, double>> expected = {{"a", 0}, {"b", 0.25}, {"c", 0.94}};
  ASSERT_EQ(seen.size(), expected.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].first, expected[i].first);
    EXPECT_NEAR(seen[i].second, expected[i].second, 1e-12) << "what takes longer than expected has no end";
  }
}

// Of many columns covariances are computed when they are asked for.
TEST(Moments, OfManyColumnsAreThoseOfFew) {
  const MatrixXd wide = test::gaussian_points(200, 300, 1);
  const Moments many(wide), few(wide.leftCols(10));
  EXPECT_LT((many.spread.head(10) - few.spread).norm(), 1e-14);
  const std::vector<int> columns = {2, 7, 9};
  EXPECT_LT((many.covariance(columns) - few.covariance(columns)).norm(), 1e-14);
  const Relation relation{{{1.0, 2, 7}, {-2.0, 9, 9}, {0.5, 2, -1}}, 0};
  EXPECT_NEAR(natural_spread(relation, many), natural_spread(relation, few), 1e-13);
}

// The directions of n rows are found among the rows where there are more columns.
TEST(DataSpan, OfFewerRowsThanColumnsIsTheSame) {
  const MatrixXd rows = test::gaussian_points(30, 20, 2) * test::gaussian_points(20, 50, 3);
  const DataSpan wide = data_span(rows, 1e-13, 50);
  ASSERT_EQ(wide.rank(), 20);
  EXPECT_LT((wide.basis.transpose() * wide.basis - MatrixXd::Identity(20, 20)).norm(), 1e-10);
  const MatrixXd coordinates = wide.coordinates(rows);
  const MatrixXd covariance = coordinates.transpose() * coordinates / 30;
  EXPECT_LT((covariance - MatrixXd(wide.variances.asDiagonal())).norm(), 1e-10 * wide.variances(0));
  const MatrixXd centred = rows.rowwise() - wide.mean.transpose();
  EXPECT_LT((coordinates * wide.basis.transpose() - centred).norm(), 1e-10 * centred.norm());
}

// 200 relations x + y + z = 0, each of three columns of its own: as one subspace of 200 vectors the search
// would take minutes.
TEST(SparseVectors, OfManySeparateSubspacesAreFoundOneByOne) {
  constexpr Index count = 200;
  MatrixXd basis = MatrixXd::Zero(3 * count, count);
  for (Index k = 0; k < count; ++k) basis.col(k).segment(3 * k, 3).setConstant(1 / std::sqrt(3.0));
  const MatrixXd turned = basis * data_span(test::gaussian_points(2 * count, count, 4), 0, count).basis;
  EXPECT_LT(sparse_operations(turned), 1e9);
  EXPECT_GT(sparse_operations(3.0 * count, count), 1e11);
  const auto supports = sparse_supports(turned, 1e-4);
  ASSERT_EQ(supports.size(), static_cast<std::size_t>(count));
  for (const auto& support : supports) {
    ASSERT_EQ(support.size(), 3u);
    EXPECT_EQ(support[0] % 3, 0);
    EXPECT_EQ(support[2], support[0] + 2);
  }
}

}  // namespace
}  // namespace symscan
