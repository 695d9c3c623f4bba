#include <gtest/gtest.h>

#include "kernels/block/program.hpp"
#include "tests/kernels/block/training_case.hpp"
#include "tests/kernels/kernel_fixture.hpp"

// A block gives the bits of the CPU backend: the order of every sum is part of the algorithm (step.hpp).

namespace symscan::test {
namespace {

const TrainingShape shapes[] = {
    {1, {1}, 1, 9, 3, 1},         {2, {64, 32}, 4, 200, 56, 128}, {7, {33}, 5, 70, 33, 33},
    {8, {7, 1, 7}, 3, 60, 17, 7}, {3, {}, 2, 301, 129, 300},      {33, {65, 17}, 9, 130, 20, 128},
    {1, {129}, 1, 40, 7, 33},     {65, {}, 33, 48, 16, 16},       {16, {16, 16}, 16, 34, 0, 17},
    {129, {7}, 1, 310, 65, 300},
};
constexpr Optimizer optimizers[] = {Optimizer::adam, Optimizer::sgd, Optimizer::adamw};
constexpr Tier block_tiers[] = {Tier::fused, Tier::streamed, Tier::cached};
constexpr int tiles[] = {16, 32, 64, 128};
constexpr int thread_counts[] = {32, 64, 128, 256};
constexpr FiberOrder orders[] = {FiberOrder::forward, FiberOrder::backward, FiberOrder::shuffled};

/// Two epochs with their validation passes and two steps more, but not very many.
std::uint64_t units_of(const TrainingCase& c) {
  return std::min<std::uint64_t>(2 * (c.task.steps_per_epoch + 1) + 2, 24);
}

class BlockBits : public testing::Test {
 protected:
  void SetUp() override {
    if (fused_backend() == nullptr) GTEST_SKIP() << "this processor has no fused multiply-add";
  }
};

std::string describe(const TrainingShape& shape, Activation activation, const BlockRun& run) {
  return "features " + std::to_string(shape.features) + ", latents " + std::to_string(shape.latents) +
         ", hidden layers " + std::to_string(shape.hidden.size()) + ", batch " +
         std::to_string(shape.batch_size) + ", activation " + std::to_string(static_cast<int>(activation)) +
         ", tile " + std::to_string(run.tile) + ", threads " + std::to_string(run.threads) + ", tier " +
         std::to_string(static_cast<int>(run.tier)) + ", order " +
         std::to_string(static_cast<int>(run.order));
}

TEST_F(BlockBits, TrainingWithLoopsGivesTheBitsOfTheCpu) {
  int number = 0, run_number = 0;
  for (const TrainingShape& shape : shapes) {
    for (const Activation activation : all_activations) {
      const TrainingCase c(shape, activation, optimizers[number % 3], number % 2 == 0);
      ++number;
      const std::uint64_t units = units_of(c);
      const TrainingResult expected = train_on_cpu(*fused_backend(), c, units);
      ASSERT_GT(expected.state.step, 0u);
      for (const int tile : tiles) {
        for (const Tier tier : block_tiers) {
          BlockRun run;
          run.tile = tile;
          run.tier = tier;
          run.threads = thread_counts[run_number % 7 % 4];
          run.order = orders[run_number % 3 % 2];
          ++run_number;
          EXPECT_EQ(difference(expected, train_with_loops(c, run, units)), "")
              << describe(shape, activation, run);
        }
      }
    }
  }
}

TEST_F(BlockBits, TrainingWithFibersGivesTheBitsOfTheCpu) {
  int number = 0;
  for (const TrainingShape& shape : shapes) {
    for (const Activation activation : all_activations) {
      ++number;
      if (under_thread_sanitizer && number % 3 != 0) continue;
      const TrainingCase c(shape, activation, optimizers[number % 3], number % 2 == 0);
      const std::uint64_t units = under_thread_sanitizer ? c.task.steps_per_epoch + 1 : units_of(c);
      if (under_thread_sanitizer && units > 8) continue;
      BlockRun run;
      run.tile = tiles[(number + number / 4) % 4];
      run.threads = under_thread_sanitizer ? 32 : thread_counts[number % 7 % 4];
      run.tier = block_tiers[number / 2 % 3];
      const TrainingResult expected = train_on_cpu(*fused_backend(), c, units);
      for (const FiberOrder order : orders) {
        run.order = order;
        EXPECT_EQ(difference(expected, train_with_fibers(c, run, units)), "")
            << describe(shape, activation, run);
      }
    }
  }
}

TEST_F(BlockBits, AnyNumberOfUnitsPerLaunchGivesTheSameBits) {
  const TrainingCase c({7, {33}, 5, 70, 33, 16}, Activation::silu, Optimizer::adam, true);
  for (const Tier tier : block_tiers) {
    BlockRun run;
    run.tier = tier;
    const TrainingResult expected = train_on_cpu(*fused_backend(), c, 12);
    EXPECT_EQ(difference(expected, train_with_loops(c, run, 1, 12)), "");
    EXPECT_EQ(difference(expected, train_with_loops(c, run, 5, 2)), "step");  // 10 units are not 12
    EXPECT_EQ(difference(expected, train_with_loops(c, run, 4, 3)), "");
  }
}

TEST_F(BlockBits, EarlyStoppingBringsBackTheParametersOfTheBestEpoch) {
  TrainingCase c({2, {16}, 2, 40, 20, 16}, Activation::tanh, Optimizer::adam, true);
  c.task.epochs = 50;
  c.task.settings.learning_rate = 0.1;
  const TrainingResult expected = train_on_cpu(*fused_backend(), c, 1000);
  ASSERT_EQ(expected.state.status, TrainingState::Status::finished);
  ASSERT_LT(expected.state.epochs_done, 50u);
  ASSERT_LT(static_cast<std::uint32_t>(expected.state.best_epoch) + 1, expected.state.epochs_done);
  ASSERT_EQ(expected.parameters, expected.kept_parameters);
  for (const Tier tier : block_tiers) {
    BlockRun run;
    run.tier = tier;
    EXPECT_EQ(difference(expected, train_with_loops(c, run, 1000)), "");
    if (under_thread_sanitizer) run.threads = 32;
    for (const FiberOrder order : orders) {
      run.order = order;
      EXPECT_EQ(difference(expected, train_with_fibers(c, run, 1000)), "");
    }
  }
}

TEST_F(BlockBits, ANonFiniteLossEndsTrainingWithTheParametersBeforeIt) {
  TrainingCase c({3, {9}, 2, 40, 0, 20}, Activation::relu, Optimizer::adam, false);
  c.values[3 * 5] = std::numeric_limits<float>::infinity();
  const TrainingResult expected = train_on_cpu(*fused_backend(), c, 10);
  ASSERT_EQ(expected.state.status, TrainingState::Status::not_finite);
  for (const FiberOrder order : orders) {
    BlockRun run;
    run.order = order;
    EXPECT_EQ(difference(expected, train_with_fibers(c, run, 10)), "");
    EXPECT_EQ(difference(expected, train_with_loops(c, run, 10)), "");
  }
}

TEST_F(BlockBits, EvaluationGivesTheBitsOfTheCpu) {
  int number = 0, run_number = 0;
  for (const TrainingShape& shape : shapes) {
    for (const Activation activation : all_activations) {
      const TrainingCase c(shape, activation, Optimizer::adam, number % 2 == 0);
      ++number;
      const std::vector<double> expected = evaluate_on_cpu(*fused_backend(), c, 0);
      ASSERT_GT(expected[1], 0);
      for (const int tile : tiles) {
        BlockRun run;
        run.tile = tile;
        run.threads = thread_counts[run_number % 7 % 4];
        run.order = orders[run_number % 3 % 2];
        ++run_number;
        EXPECT_EQ(expected, evaluate_with_loops(c, run, 0)) << describe(shape, activation, run);
      }
      if (under_thread_sanitizer && shape.latents > 5) continue;
      BlockRun run;
      run.tile = tiles[number % 4];
      run.threads = under_thread_sanitizer ? 32 : thread_counts[number % 7 % 4];
      for (const FiberOrder order : orders) {
        run.order = order;
        EXPECT_EQ(expected, evaluate_with_fibers(c, run, 0)) << describe(shape, activation, run);
      }
    }
  }
}

TEST_F(BlockBits, ChunksOfAnEvaluationPassAddUpAsOnTheCpu) {
  const TrainingCase c({2, {5}, 2, evaluation_chunk + 50, 27, 100}, Activation::tanh, Optimizer::adam, true);
  const std::size_t width = block::chunk_sums(2);
  std::vector<double> chunks, total(width);
  for (const std::size_t chunk : {0, 1}) {
    const std::vector<double> expected = evaluate_on_cpu(*fused_backend(), c, chunk);
    const std::vector<double> got = evaluate_with_loops(c, BlockRun(), chunk);
    EXPECT_EQ(expected, got);
    for (std::size_t i = 0; i < width; ++i) total[i] += expected[i];
    chunks.insert(chunks.end(), got.begin(), got.end());
  }
  for (std::size_t i = 0; i < width; ++i) EXPECT_EQ(block::add_chunks(chunks.data(), 2, width, i), total[i]);
}

}  // namespace
}  // namespace symscan::test
