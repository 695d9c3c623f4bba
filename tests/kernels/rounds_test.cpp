#include "kernels/rounds.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "kernels/training.hpp"

namespace symscan {
namespace {

Rounds rounds_of(std::uint32_t first) {
  Rounds rounds;
  rounds.first = first;
  return rounds;
}

TEST(Rounds, EachHasTwiceTheEpochsOfTheOneBefore) {
  const Rounds rounds = rounds_of(3);
  std::vector<std::uint64_t> ends;
  for (std::uint64_t epoch = 0; epoch <= 100; ++epoch)
    if (ends_round(rounds, epoch)) ends.push_back(epoch);
  EXPECT_EQ(ends, (std::vector<std::uint64_t>{3, 9, 21, 45, 93}));
  EXPECT_EQ(round_at(rounds, 2).round, 0);
  EXPECT_EQ(round_at(rounds, 3).round, 1);
  EXPECT_EQ(round_at(rounds, 8).round, 1);
  EXPECT_EQ(round_at(rounds, 9).round, 2);
  EXPECT_FALSE(ends_round(rounds_of(0), 3)) << "a fixed length has no rounds";
}

TEST(Rounds, TheLearningRateRisesStaysAndFalls) {
  TrainingTask task;
  task.rounds = rounds_of(2);
  task.steps_per_epoch = 50;
  task.epochs = 6;
  task.settings.warmup_steps = 10;
  task.settings.learning_rate = 0.5;
  const auto rate = [&](std::uint64_t step) { return step_settings(task, step).learning_rate; };
  for (const std::uint64_t start : {0, 100}) {
    EXPECT_DOUBLE_EQ(rate(start), 0.05);
    EXPECT_DOUBLE_EQ(rate(start + 9), 0.5);
    EXPECT_DOUBLE_EQ(rate(start + 60), 0.5);
  }
  EXPECT_DOUBLE_EQ(rate(75), 0.5);
  EXPECT_DOUBLE_EQ(rate(80), 0.4);
  EXPECT_DOUBLE_EQ(rate(99), 0.02);
  EXPECT_DOUBLE_EQ(rate(299), 0.01) << "the second round has 200 steps";
}

TEST(Rounds, TheEffectiveNumberCountsEqualRelevances) {
  const std::vector<double> three = {2, 2, 2}, torn = {2.3, 0.02}, none = {0, 0};
  EXPECT_DOUBLE_EQ(effective_number(three.data(), 3), 3);
  EXPECT_NEAR(effective_number(torn.data(), 2), 1.0173, 1e-4);
  EXPECT_EQ(effective_number(none.data(), 2), 0);
}

TEST(Rounds, EqualLatentsMayTurnIntoEachOtherAndOthersMayNot) {
  const double weight = 10;
  const std::vector<double> before = {23.2, 22.0}, turned = {22.6, 22.6};
  EXPECT_LT(relevance_change(before.data(), turned.data(), 2, weight), 0.002);
  const std::vector<double> two = {16.4, 9.1}, tearing = {17.6, 7.7};
  EXPECT_GT(relevance_change(two.data(), tearing.data(), 2, weight), 0.05);
  const std::vector<double> grown = {24.2, 23.0};
  EXPECT_NEAR(relevance_change(before.data(), grown.data(), 2, weight), 0.1, 1e-3);
}

TEST(Rounds, PassesAreCountedOnceEach) {
  TrainingTask task;
  task.rounds = rounds_of(2);
  task.epochs = 14;  // ends of rounds: 2, 6, 14
  EXPECT_EQ(relevance_passes(task, 1), 0u);
  EXPECT_EQ(relevance_passes(task, 2), 1u);
  EXPECT_EQ(relevance_passes(task, 14), 3u);
  task.relevance_every = 4;  // and 4, 8, 12
  for (std::uint32_t epoch = 1, passes = 0; epoch <= 14; ++epoch) {
    passes += measures_after(task, epoch) ? 1 : 0;
    EXPECT_EQ(relevance_passes(task, epoch), passes) << epoch;
  }
  EXPECT_EQ(relevance_passes(task, 14), 6u);
}

TEST(Rounds, AFixedLengthIsLookedAtBeforeItsLastTenth) {
  TrainingTask task;
  task.epochs = 30;
  EXPECT_EQ(late_epoch(task), 27u);
  EXPECT_TRUE(measures_after(task, 27));
  EXPECT_FALSE(measures_after(task, 30)) << "the whole evaluation follows";
  task.relevance_every = 9;  // 9, 18, 27: the last one is both
  EXPECT_EQ(relevance_passes(task, 30), 3u);
  task.epochs = 1;
  EXPECT_EQ(late_epoch(task), 0u);
}

}  // namespace
}  // namespace symscan
