#include "host/library/sharding.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>

#include "host/base/error.hpp"
#include "host/config/seeds.hpp"
#include "host/data/dataset.hpp"

namespace symscan::test {
namespace {

std::unique_ptr<SweepInput> loaded(const char* config) {
  TrainingChoice choice;
  choice.device.kind = DeviceChoice::Kind::cpu;
  auto input = std::make_unique<SweepInput>(parse_config(Json::parse(config)), choice);
  LoadingHooks hooks;
  hooks.load = [](const ReplicaConfig& replica) { return load_dataset(replica.dataset); };
  input->load(hooks);
  (void)input->open_backend();
  return input;
}

constexpr const char* mixed = R"({"dataset": [{"kind": "circle", "n": 300}, {"kind": "annulus", "n": 1000}],
  "model": {"hidden": [[8], [128, 64]], "latent_dim": [1, 2, 3]}, "loss": {"beta": [0.03, 0.1]},
  "train": {"epochs": 3}, "seeds": [1, 2, 3]})";

TEST(PlanShard, DividesWithoutRestAndOverlap) {
  const auto input = loaded(mixed);
  for (const int count : {1, 2, 3, 7, 16, 72}) {
    std::set<int> seen;
    double share = 0, largest = 0;
    for (int index = 0; index < count; ++index) {
      const ShardPlan plan = plan_shard(*input, {index, count});
      EXPECT_TRUE(std::is_sorted(plan.replicas.ids.begin(), plan.replicas.ids.end()));
      for (const int id : plan.replicas.ids) EXPECT_TRUE(seen.insert(id).second) << id;
      EXPECT_FALSE(plan.replicas.ids.empty());
      share += plan.work_share;
      largest = std::max(largest, plan.work_share);
    }
    EXPECT_EQ(seen.size(), input->sweep().replicas.size());
    EXPECT_NEAR(share, 1, 1e-9);
    if (count <= 7) {
      EXPECT_LT(largest * count, 1.1) << count;
    }
  }
}

TEST(PlanShard, NumbersDifferWhereWorkDoes) {
  const auto input = loaded(mixed);
  std::set<std::size_t> sizes;
  for (int index = 0; index < 16; ++index) sizes.insert(plan_shard(*input, {index, 16}).replicas.ids.size());
  EXPECT_GT(*sizes.rbegin(), *sizes.begin() + 1) << "balanced by number, not by work";
}

TEST(PlanShard, KeepsProblemsWithAutomaticSeedsTogether) {
  const auto input = loaded(R"({"dataset": [{"kind": "circle", "n": 300}, {"kind": "annulus", "n": 400}],
    "model": {"latent_dim": [1, 2]}, "loss": {"beta": [0.03, 0.1, 0.3]}, "train": {"epochs": 3}, "seeds": "auto"})");
  std::size_t replicas = 0;
  for (int index = 0; index < 6; ++index) {
    const ShardPlan plan = plan_shard(*input, {index, 6});
    replicas += plan.replicas.ids.size();
    ASSERT_EQ(plan.replicas.ids.size(), 2u * most_automatic_seeds);
    const ReplicaConfig& first = input->sweep().replicas[static_cast<std::size_t>(plan.replicas.ids[0])];
    for (const int id : plan.replicas.ids) {
      const ReplicaConfig& other = input->sweep().replicas[static_cast<std::size_t>(id)];
      EXPECT_EQ(other.loss.beta, first.loss.beta);
      EXPECT_EQ(input->index().of_replica[static_cast<std::size_t>(id)],
                input->index().of_replica[static_cast<std::size_t>(first.id)]);
    }
  }
  EXPECT_EQ(replicas, input->sweep().replicas.size());
  EXPECT_THROW((void)plan_shard(*input, {0, 7}), UsageError);
}

TEST(PlanShard, RefusesMoreShardsThanReplicas) {
  const auto input =
      loaded(R"({"dataset": {"kind": "circle", "n": 100}, "train": {"epochs": 1}, "seeds": [1, 2]})");
  try {
    (void)plan_shard(*input, {0, 3});
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("only 2 replicas"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace symscan::test
