// A replica on several threads: the same results, and threads only where they pay.
#include "host/train/replica_team.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>

#include "host/config/config.hpp"
#include "host/data/dataset.hpp"
#include "host/train/replica_trainer.hpp"
#include "host/train/sweep.hpp"
#include "host/train/thread_budget.hpp"

namespace symscan::test {
namespace {

/// Wide enough for 5 threads. A batch of a tile and a part, one of less than a tile at the end of each epoch.
const char* const wide = R"({"dataset": {"kind": "gaussian", "dimension": 3, "n": 700},
    "model": {"hidden": [[150, 70]], "latent_dim": 3}, "relevance": {"every": 2},
    "train": {"epochs": 5, "batch_size": 200, "validation_fraction": 0.1, "early_stopping": {"patience": 4}},
    "seeds": [1, 2]})";

struct Input {
  SweepConfig sweep;
  PreparedData data;
  std::vector<const ReplicaConfig*> replicas;

  explicit Input(const std::string& document, const std::vector<std::string>& settings = {})
      : sweep(parse_config(Json::parse(document), settings)),
        data(prepare(load_dataset(sweep.replicas[0].dataset), sweep.replicas[0].preprocess)) {
    for (const ReplicaConfig& replica : sweep.replicas) replicas.push_back(&replica);
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
};

using Results = std::map<int, ReplicaResult>;
using Checkpoints = std::map<int, std::string>;

/// Trains what `results` lacks; stops at the first checkpoint if `interrupt`. Returns whether all is done.
bool train(const Input& input, int threads, bool interrupt, Results& results, Checkpoints& checkpoints) {
  std::vector<const ReplicaConfig*> left;
  for (const ReplicaConfig* replica : input.replicas) {
    if (!results.contains(replica->id)) left.push_back(replica);
  }
  std::atomic<bool> stop{false};
  const Checkpoints begin = checkpoints;
  SweepObserver observer;
  observer.finished = [&](const ReplicaConfig& config, const ReplicaResult& result) {
    results[config.id] = result;
  };
  observer.checkpoint = [&](const ReplicaConfig& config, const std::string& checkpoint) {
    checkpoints[config.id] = checkpoint;
    stop = interrupt;
  };
  observer.begin_batch = observer.end_batch = [] {};
  observer.tick = [&](const SweepProgress&) { stop = stop || interrupt; };
  const auto data = [&](const ReplicaConfig&) -> const PreparedData& { return input.data; };
  return run_sweep(left, data, begin, {threads, 1e9}, stop, observer);
}

Results train_whole(const Input& input, int threads) {
  Results results;
  Checkpoints checkpoints;
  EXPECT_TRUE(train(input, threads, false, results, checkpoints));
  return results;
}

std::vector<double> numbers_of(const ReplicaResult& result) {
  std::vector<double> numbers = {result.loss, result.reconstruction, result.kl};
  for (const EpochMetrics& epoch : result.history)
    numbers.insert(numbers.end(), {epoch.loss, epoch.reconstruction, epoch.kl, epoch.validation_loss});
  const std::vector<double> kl = result.latent_kl();
  numbers.insert(numbers.end(), kl.begin(), kl.end());
  return numbers;
}

void expect_same(const Results& got, const Results& expected, const std::string& what) {
  ASSERT_EQ(got.size(), expected.size()) << what;
  for (const auto& [id, result] : expected) {
    EXPECT_EQ(got.at(id).failed, result.failed) << what;
    EXPECT_EQ(got.at(id).message, result.message) << what;
    EXPECT_EQ(got.at(id).parameters, result.parameters) << what;
    if (result.failed) continue;
    EXPECT_EQ(numbers_of(got.at(id)), numbers_of(result)) << what;
  }
}

TEST(ReplicaTeam, SweepsGiveTheSameResultsOnAnyNumberOfThreads) {
  const Input input(wide);
  ASSERT_GE(ReplicaTrainer(*input.replicas[0], input.data).threads_worth(), 5);
  const Results alone = train_whole(input, 1);
  for (const int threads : {2, 3, 5, 8})
    expect_same(train_whole(input, threads), alone, std::to_string(threads) + " threads");
}

TEST(ReplicaTeam, AnInterruptedSweepGoesOnWithOtherThreads) {
  const Input input(wide, {"train.epochs=300", "train.early_stopping.patience=300"});
  const Results alone = train_whole(input, 1);
  Results results;
  Checkpoints checkpoints;
  int calls = 0;
  constexpr int turns[] = {3, 1, 5, 2};
  while (!train(input, turns[calls % 4], calls < 6, results, checkpoints)) ++calls;
  EXPECT_GE(calls, 3) << "the test must really interrupt";
  expect_same(results, alone, "interrupted");
}

/// The state after `steps` steps, on `threads` threads.
std::string checkpoint_after(const Input& input, std::uint64_t steps, int threads) {
  ReplicaTrainer trainer(*input.replicas[0], input.data);
  trainer.use_threads(threads);
  const auto pause = [&] {
    return trainer.steps_done() == steps ? ReplicaTrainer::Pause::to_stop : ReplicaTrainer::Pause::no;
  };
  EXPECT_EQ(trainer.run(pause), ReplicaTrainer::State::paused);
  return trainer.checkpoint();
}

TEST(ReplicaTeam, CheckpointsAreTheSame) {
  const Input input(wide);
  for (const std::uint64_t steps : {1, 4, 9}) {
    const std::string alone = checkpoint_after(input, steps, 1);
    for (const int threads : {2, 3, 5}) EXPECT_TRUE(checkpoint_after(input, steps, threads) == alone);
  }
}

TEST(ReplicaTeam, AFailureNamesTheSameTensor) {
  const Input input(wide, {"train.learning_rate=1e30", "train.optimizer=sgd"});
  const Results alone = train_whole(input, 1);
  ASSERT_TRUE(alone.begin()->second.failed);
  for (const int threads : {2, 3, 5}) expect_same(train_whole(input, threads), alone, "failed");
}

TEST(ReplicaTeam, SmallNetworksStayOnOneThread) {
  const auto worth = [](const std::vector<int>& hidden, std::size_t batch) {
    return threads_worth(make_network(2, hidden, 4, Activation::tanh), batch);
  };
  EXPECT_EQ(worth({32, 16}, 4096), 1);
  EXPECT_EQ(worth({64, 32}, 32), 1);
  EXPECT_GE(worth({256, 128}, 128), 8);
  EXPECT_EQ(worth({256, 128}, 128), worth({256, 128}, 512)) << "tiles count, not batches";
}

/// Training steps that take `together` or `alone` seconds; returns the share of steps done together.
double share_together(ReplicaTeam& team, double& now, std::uint64_t& step, double together, double alone) {
  int used = 0;
  constexpr int steps = 2000;
  for (int i = 0; i < steps; ++i) {
    const bool in_team = team.next(step) != nullptr;
    used += in_team ? 1 : 0;
    now += in_team ? together : alone;
    ++step;
  }
  return static_cast<double>(used) / steps;
}

TEST(ReplicaTeam, WorksTogetherOnlyWhereThatIsFaster) {
  double now = 100;
  std::uint64_t step = 0;
  ReplicaTeam team([&] { return now; });
  EXPECT_EQ(team.next(step), nullptr) << "one thread";
  team.resize(2);
  EXPECT_GT(share_together(team, now, step, 0.6, 1.0), 0.95);
  EXPECT_LT(share_together(team, now, step, 12.0, 1.0), 0.1) << "another program took a core";
  share_together(team, now, step, 0.6, 1.0);
  EXPECT_GT(share_together(team, now, step, 0.6, 1.0), 0.95) << "and ended";
  team.resize(1);
  EXPECT_EQ(share_together(team, now, step, 0.1, 1.0), 0);
}

TEST(ReplicaTeam, ATrialOfASlowTeamCostsLittle) {
  double now = 0;
  std::uint64_t step = 0;
  ReplicaTeam team([&] { return now; });
  team.resize(2);
  share_together(team, now, step, 0.01, 0.001);
  const double begin = now;
  share_together(team, now, step, 0.01, 0.001);
  EXPECT_LT(now - begin, 1.1 * 2000 * 0.001);
}

TEST(ThreadBudget, SharesWhatIsLeft) {
  ThreadBudget budget(8, 3);
  EXPECT_EQ(budget.adjust(1, 100), 3);
  EXPECT_EQ(budget.adjust(1, 2), 2) << "no more than it is worth";
  EXPECT_EQ(budget.adjust(1, 100), 3);
  EXPECT_EQ(budget.adjust(3, 100), 3) << "all are in use";
  budget.worker_ended(3);
  EXPECT_EQ(budget.adjust(2, 100), 4);
  EXPECT_EQ(budget.adjust(3, 100), 4);
  EXPECT_EQ(budget.adjust(4, 1), 1) << "the next replica is small";
  budget.worker_ended(1);
  EXPECT_EQ(budget.adjust(4, 100), 8);
}

}  // namespace
}  // namespace symscan::test
