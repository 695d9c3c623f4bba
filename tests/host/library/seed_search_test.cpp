// Seeds "auto": what is trained next, and that a stopped run trains the same.
#include "host/store/seed_search.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>

#include "host/base/json.hpp"
#include "host/config/config.hpp"
#include "host/config/seeds.hpp"
#include "host/library/symscan.hpp"
#include "tests/host/cli/run_program.hpp"

namespace symscan {
namespace {

using Status = ReplicaRecord::Status;

/// A run of two groups (1 and 2 latents) in which nothing has been trained.
RunResults untrained() {
  RunResults results;
  results.sweep =
      parse_config({{"dataset", "circle"}, {"model", {{"latent_dim", {1, 2}}}}, {"seeds", "auto"}});
  results.index = index_datasets(results.sweep);
  DatasetRecord record;
  record.columns = {"x", "y"};
  results.datasets.push_back(record);
  results.replicas.resize(results.sweep.replicas.size());
  return results;
}

/// Seeds of one group end with these losses, from seed `first` on.
void finish(RunResults& results, std::size_t group, std::size_t first, const std::vector<double>& losses) {
  for (std::size_t i = 0; i < losses.size(); ++i) {
    ReplicaRecord& record = results.replicas[group * most_automatic_seeds + first + i];
    record.status = Status::done;
    record.result.loss = losses[i];
    record.result.measures[RelevanceMeasure::kl] = {10 * losses[i]};
  }
}

std::vector<int> numbers(int first, int count) {
  std::vector<int> list(static_cast<std::size_t>(count));
  std::iota(list.begin(), list.end(), first);
  return list;
}

TEST(SeedSearch, BeginsWithOneSetOfEveryGroup) {
  RunResults results = untrained();
  EXPECT_EQ(next_replicas(results), (std::vector<int>{0, 1, 2, 12, 13, 14}));
  finish(results, 0, 0, {0.3, 0.3});
  EXPECT_EQ(next_replicas(results), (std::vector<int>{2, 12, 13, 14})) << "an interrupted set is finished";
}

TEST(SeedSearch, EndsWhenTheLowestLossHasBeenMetThreeTimes) {
  RunResults results = untrained();
  finish(results, 0, 0, {0.300, 0.350, 0.305});
  finish(results, 1, 0, {0.301, 0.320, 0.340});
  EXPECT_TRUE(next_replicas(results).empty());
}

TEST(SeedSearch, GoesOnWithTheGroupsNearTheLowestLoss) {
  RunResults results = untrained();
  finish(results, 0, 0, {0.30, 0.35, 0.36});
  finish(results, 1, 0, {0.34, 0.34, 0.34});
  EXPECT_EQ(next_replicas(results), numbers(3, 3)) << "the other group is more than a tenth above";
  finish(results, 0, 3, {0.30, 0.35, 0.35});
  EXPECT_EQ(next_replicas(results), numbers(6, 3));
  finish(results, 0, 6, {0.30, 0.35, 0.35});
  EXPECT_TRUE(next_replicas(results).empty());
}

TEST(SeedSearch, EndsAfterTwelveSeedsAndWhereAllFail) {
  RunResults results = untrained();
  for (std::size_t seed = 0; seed < most_automatic_seeds; ++seed)
    finish(results, 0, seed, {1.0 - 0.07 * static_cast<double>(seed)});
  for (std::size_t seed = 0; seed < automatic_seed_set; ++seed)
    results.replicas[most_automatic_seeds + seed].status = Status::failed;
  EXPECT_TRUE(next_replicas(results).empty());
}

const char* const search = R"({"dataset": {"kind": "sphere", "n": 300}, "model": {"hidden": [6],
  "latent_dim": [1, 2, 3]}, "loss": {"beta": 0.05}, "train": {"epochs": 20, "learning_rate": 0.02},
  "seeds": "auto"})";

TEST(SeedSearch, AStoppedRunTrainsTheSame) {
  const test::TemporaryFolder folder;
  TrainingOptions options;
  options.device = "cpu";
  options.threads = 2;
  const symscan::Run whole = train(SweepText{.json = search}, options);
  std::size_t skipped = 0, done = 0;
  for (const TrainedReplica& replica : whole.replicas()) {
    skipped += replica.status == TrainedReplica::Status::skipped ? 1 : 0;
    done += replica.status == TrainedReplica::Status::done ? 1 : 0;
  }
  EXPECT_EQ(skipped + done, 36u);
  EXPECT_GE(done, 9u);
  EXPECT_GT(skipped, 0u);
  std::atomic<bool> stop = false;
  options.directory = folder / "run";
  options.stop = &stop;
  bool complete = false;
  for (std::size_t finished = 2; !complete; finished += 2) {
    stop = false;
    options.progress = [&](const TrainingProgress& progress) { stop = progress.finished >= finished; };
    complete = train(SweepText{.json = search}, options).complete();
    options.existing = TrainingOptions::Existing::resume;
    ASSERT_LT(finished, 100u);
  }
  EXPECT_EQ(symscan::Run::open(folder / "run").summary(), whole.summary());
  EXPECT_TRUE(symscan::Run::open(folder / "run").complete());
}

}  // namespace
}  // namespace symscan
