#include <gtest/gtest.h>

#include "kernels/block/team.hpp"
#include "tests/kernels/block/training_case.hpp"

// A slice ends by the clock, and results do not depend on where.

namespace symscan::test {
namespace {

constexpr std::uint64_t to_the_end = 1000;

struct DeadlineTest : testing::Test {
  TrainingCase c{{5, {40, 24}, 9, 64, 32, 32}, Activation::tanh, Optimizer::adam, true};
  BlockRun run;
};
using BlockBitsOfSlices = DeadlineTest;

TEST_F(BlockBitsOfSlices, AFarDeadlineChangesNothing) {
  const TrainingResult expected = train_with_loops(c, run, to_the_end);
  run.deadline = ~std::uint64_t{0};
  EXPECT_EQ(difference(train_with_loops(c, run, to_the_end), expected), "");
  run.order = FiberOrder::shuffled;
  EXPECT_EQ(difference(train_with_fibers(c, run, to_the_end), expected), "");
}

TEST_F(BlockBitsOfSlices, AReplicaWithoutATurnStaysAsItIs) {
  const TrainingResult expected = train_with_loops(c, run, 0);
  run.deadline = host_nanoseconds();
  EXPECT_EQ(difference(train_with_loops(c, run, to_the_end), expected), "");
  EXPECT_EQ(difference(train_with_fibers(c, run, to_the_end), expected), "");
}

TEST_F(BlockBitsOfSlices, TheClockMayEndASliceAnywhere) {
  c.task.epochs = 2000;
  c.task.patience = -1;
  run.deadline = host_nanoseconds() + 20000000;
  const TrainingResult stopped = train_with_loops(c, run, 1u << 30);
  ASSERT_GT(stopped.state.step, 0u);
  ASSERT_LT(stopped.state.step, 4000u) << "the machine is too fast for this test";
  // The same number of units without a clock: two steps of an epoch, then its validation pass.
  const std::uint64_t epochs = stopped.state.epochs_done;
  const std::uint64_t units = epochs + stopped.state.step;
  run.deadline = 0;
  EXPECT_EQ(difference(train_with_loops(c, run, units), stopped), "");
}

}  // namespace
}  // namespace symscan::test
