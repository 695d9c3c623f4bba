#include <gtest/gtest.h>

#include "kernels/block/layout.hpp"

// Which launch a network gets: limits as an H100 reports them.

namespace symscan::test {
namespace {

constexpr DeviceLimits h100 = {232448, 233472, 1024, 2048, 32, 65536, 132};

BlockPlan plan_of(int features, const std::vector<int>& hidden, int latents, bool crowded = true,
                  BlockPurpose purpose = BlockPurpose::training) {
  const Network network = make_network(features, hidden, latents, Activation::tanh);
  return plan_block(network, purpose, 128, h100, crowded);
}

TEST(BlockPlan, TheReferenceNetworkFitsThreeTimes) {
  const BlockPlan plan = plan_of(2, {64, 32}, 4);
  EXPECT_EQ(plan.tier, Tier::streamed);
  EXPECT_EQ(plan.tile, 64);
  EXPECT_EQ(plan.threads, 128);
  EXPECT_EQ(plan.blocks_per_multiprocessor, 3);
  EXPECT_LE(3 * (plan.shared_bytes + h100.shared_reserved), h100.shared_per_multiprocessor);
}

TEST(BlockPlan, AFewReplicasGetAWholeMultiprocessorEach) {
  const BlockPlan plan = plan_of(2, {64, 32}, 4, false);
  EXPECT_EQ(plan.tier, Tier::fused);
  EXPECT_EQ(plan.threads, 256);
}

TEST(BlockPlan, WideNetworksReadTheirWeightsThroughTheCaches) {
  for (const int width : {256, 512}) {
    const BlockPlan plan = plan_of(8, {width, width / 2}, 8);
    EXPECT_EQ(plan.tier, Tier::cached) << width;
    EXPECT_LE(plan.threads, most_threads(Tier::cached, BlockPurpose::training));
    EXPECT_EQ(plan_of(8, {width, width / 2}, 8, true, BlockPurpose::evaluation).tier, Tier::cached) << width;
  }
  EXPECT_EQ(plan_of(8, {4096, 4096}, 8).tier, Tier::layered);
}

TEST(BlockPlan, EveryLaunchIsPossible) {
  for (const int features : {1, 2, 7, 33}) {
    for (const std::vector<int>& hidden : {std::vector<int>{}, {1}, {16}, {64, 32}, {200}, {128, 64, 32}}) {
      for (const int latents : {1, 3, 8, 33}) {
        for (const BlockPurpose purpose : {BlockPurpose::training, BlockPurpose::evaluation}) {
          const BlockPlan plan = plan_of(features, hidden, latents, latents != 3, purpose);
          ASSERT_NE(plan.tier, Tier::layered);
          EXPECT_LE(plan.shared_bytes, h100.shared_per_block);
          EXPECT_LE(plan.threads, most_threads(plan.tier, purpose));
          EXPECT_LE(plan.blocks_per_multiprocessor * plan.threads * registers_per_thread(plan.tier, purpose),
                    h100.registers_per_multiprocessor);
        }
      }
    }
  }
}

TEST(BlockPlan, NeighbouringRowsOfAMatrixLieInDifferentBanks) {
  for (const int tile : {32, 64, 128}) {
    const BlockLayout layout =
        make_block_layout(make_network(2, {64, 32}, 4, Activation::tanh), BlockPurpose::training,
                          Tier::streamed, Precision::fp32, tile);
    const MatrixShape& shape = layout.shape.matrices;
    // Eight threads read four samples each, of rows four apart: 128 bytes from 32 banks.
    for (int sample = 0; sample < tile; sample += 4) {
      std::vector<int> used(8);
      for (int thread = 0; thread < 8; ++thread) ++used[shape.at(4 * thread, sample) / 4 % 8];
      EXPECT_EQ(used, std::vector<int>(8, 1)) << "tile " << tile << ", sample " << sample;
    }
  }
}

}  // namespace
}  // namespace symscan::test
