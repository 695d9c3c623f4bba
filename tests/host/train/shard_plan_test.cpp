#include "host/train/shard_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "host/config/config.hpp"

namespace symscan::test {
namespace {

double work_of(const char* settings, std::size_t rows = 1000, std::size_t features = 2) {
  return predicted_work(parse_config(Json::parse(settings)).replicas.at(0), rows, features);
}

std::vector<double> loads(const std::vector<double>& work, const std::vector<int>& shard_of, int shards) {
  std::vector<double> sums(static_cast<std::size_t>(shards), 0.0);
  for (std::size_t unit = 0; unit < work.size(); ++unit)
    sums[static_cast<std::size_t>(shard_of[unit])] += work[unit];
  return sums;
}

TEST(PredictedWork, GrowsWithWhatTakesLonger) {
  const double plain = work_of(R"({"dataset": {"kind": "circle"}, "train": {"epochs": 10}})");
  EXPECT_NEAR(work_of(R"({"dataset": {"kind": "circle"}, "train": {"epochs": 20}})") / plain, 2, 0.1);
  // Of 12800 rows a tenth is held out: 90 steps of an epoch, and 180 of twice as many.
  EXPECT_NEAR(work_of(R"({"dataset": {"kind": "circle"}, "train": {"epochs": 10}})", 25600) /
                  work_of(R"({"dataset": {"kind": "circle"}, "train": {"epochs": 10}})", 12800),
              2, 1e-9);
  // Twice the widths are four times the weights of the inner layers.
  const double wide =
      work_of(R"({"dataset": {"kind": "circle"}, "train": {"epochs": 10}, "model": {"hidden": [512, 256]}})");
  const double wider = work_of(
      R"({"dataset": {"kind": "circle"}, "train": {"epochs": 10}, "model": {"hidden": [1024, 512]}})");
  EXPECT_GT(wider / wide, 3.5);
  EXPECT_LT(wider / wide, 4);
  EXPECT_GT(wide / plain, 20);
  const double tracked =
      work_of(R"({"dataset": {"kind": "circle"}, "train": {"epochs": 10}, "relevance": {"every": 1}})");
  EXPECT_GT(tracked, plain);
}

TEST(DealOut, LeavesNoShardBehind) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> work(1 + random() % 60);
    for (double& unit : work) unit = std::exponential_distribution<>(1)(random);
    const int shards = 1 + static_cast<int>(random() % work.size());
    const std::vector<int> shard_of = deal_out(work, shards);
    ASSERT_EQ(shard_of.size(), work.size());
    const std::vector<double> sums = loads(work, shard_of, shards);
    // Graham's bound for largest first: 4/3 - 1/(3 m) of the optimum, which is no less than these.
    const double total = std::accumulate(work.begin(), work.end(), 0.0);
    std::vector<double> sorted = work;
    std::sort(sorted.rbegin(), sorted.rend());
    double least = std::max(total / shards, sorted.front());
    if (work.size() > static_cast<std::size_t>(shards))
      least = std::max(
          least, sorted[static_cast<std::size_t>(shards) - 1] + sorted[static_cast<std::size_t>(shards)]);
    EXPECT_LE(*std::max_element(sums.begin(), sums.end()),
              (4.0 / 3 - 1.0 / (3 * shards)) * least * (1 + 1e-12));
    EXPECT_GT(*std::min_element(sums.begin(), sums.end()), 0);
  }
}

TEST(DealOut, BalancesWorkAndNotNumbers) {
  // One training as long as ten.
  const std::vector<double> work = {1, 1, 1, 1, 1, 10, 1, 1, 1, 1, 1};
  const std::vector<int> shard_of = deal_out(work, 2);
  EXPECT_EQ(loads(work, shard_of, 2), (std::vector<double>{10, 10}));
  EXPECT_EQ(std::count(shard_of.begin(), shard_of.end(), shard_of[5]), 1);
}

TEST(DealOut, GivesEqualUnitsInTurn) {
  EXPECT_EQ(deal_out({2, 2, 2, 2, 2}, 2), (std::vector<int>{0, 1, 0, 1, 0}));
  EXPECT_EQ(deal_out({}, 3), (std::vector<int>{}));
}

}  // namespace
}  // namespace symscan::test
