// Training until the relevances have settled.
#include <gtest/gtest.h>

#include "host/config/config.hpp"
#include "host/data/dataset.hpp"
#include "host/train/replica_plan.hpp"
#include "host/train/replica_trainer.hpp"

namespace symscan {
namespace {

SweepConfig sweep_of(const Json& train) {
  return parse_config({{"dataset", {{"kind", "circle"}, {"n", 300}}},
                       {"model", {{"hidden", {8}}, {"latent_dim", 2}}},
                       {"train", train}});
}

PreparedData data_of(const SweepConfig& sweep) {
  return prepare(load_dataset(sweep.replicas[0].dataset), sweep.replicas[0].preprocess);
}

ReplicaResult train(const Json& settings) {
  const SweepConfig sweep = sweep_of(settings);
  const PreparedData data = data_of(sweep);
  ReplicaTrainer trainer(sweep.replicas[0], data);
  EXPECT_EQ(trainer.run([] { return ReplicaTrainer::Pause::no; }), ReplicaTrainer::State::finished);
  return trainer.result();
}

TEST(RoundsTraining, WholeRoundsStayBelowTheMostSteps) {
  TrainConfig train;
  EXPECT_EQ(training_epochs(train, 10000), 28u * 63) << "71 steps per epoch, six rounds";
  train.max_steps = 2000;
  EXPECT_EQ(training_epochs(train, 10000), 28u);
  train.max_steps = 10;
  EXPECT_EQ(training_epochs(train, 10000), 1u) << "one epoch at least";
  train.steps = 100;
  EXPECT_EQ(training_epochs(train, 10000), 2u) << "whole epochs";
}

TEST(RoundsTraining, EndsWhenARoundChangesNothing) {
  const ReplicaResult result = train({{"max_steps", 64000}, {"tolerance", 0.05}});
  EXPECT_TRUE(result.convergence.converged);
  EXPECT_EQ(result.convergence.ending, Ending::converged);
  EXPECT_LE(result.convergence.relevance_change, 0.05);
  EXPECT_LE(result.convergence.loss_change, 0.01);
  ASSERT_GE(result.tracked.size(), 2u) << "the relevances at the ends of the rounds";
  EXPECT_EQ(result.tracked.back().epoch, result.history.size());
}

TEST(RoundsTraining, EndsAtTheStepLimitAndSaysSo) {
  const ReplicaResult result = train({{"max_steps", 20000}, {"tolerance", 0}});
  EXPECT_FALSE(result.convergence.converged);
  EXPECT_EQ(result.convergence.ending, Ending::step_limit);
  EXPECT_GT(result.convergence.relevance_change, 0);
  const ReplicaResult one_round = train({{"max_steps", 100}});
  EXPECT_FALSE(one_round.convergence.converged) << "nothing to compare with";
  EXPECT_TRUE(std::isnan(one_round.convergence.relevance_change));
}

TEST(RoundsTraining, AFixedLengthIsJudgedByItsLastTenth) {
  const ReplicaResult shorter = train({{"epochs", 10}, {"learning_rate", 0.01}});
  EXPECT_FALSE(shorter.convergence.converged);
  EXPECT_GT(shorter.convergence.relevance_change, 0.02);
  const ReplicaResult none = train({{"epochs", 0}});
  EXPECT_FALSE(none.convergence.converged);
  EXPECT_TRUE(std::isnan(none.convergence.relevance_change));
}

TEST(RoundsTraining, InterruptionsDoNotShow) {
  const SweepConfig sweep = sweep_of({{"max_steps", 6500}, {"tolerance", 0}});
  const PreparedData data = data_of(sweep);
  ReplicaTrainer whole(sweep.replicas[0], data);
  whole.run([] { return ReplicaTrainer::Pause::no; });
  std::string blob;
  for (int units = 1;; units = units * 3 + 1) {
    ReplicaTrainer part(sweep.replicas[0], data);
    if (!blob.empty()) part.restore(blob);
    int left = units;
    const auto pause = [&] {
      return --left > 0 ? ReplicaTrainer::Pause::no : ReplicaTrainer::Pause::to_stop;
    };
    if (part.run(pause) == ReplicaTrainer::State::paused) {
      blob = part.checkpoint();
      continue;
    }
    EXPECT_EQ(part.result().parameters, whole.result().parameters);
    EXPECT_EQ(part.result().loss, whole.result().loss);
    EXPECT_EQ(part.result().convergence.relevance_change, whole.result().convergence.relevance_change);
    break;
  }
}

}  // namespace
}  // namespace symscan
