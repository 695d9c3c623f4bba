// What a checkpoint tells about its epochs: the numbers that the result of the training has.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "host/config/config.hpp"
#include "host/data/dataset.hpp"
#include "host/train/replica_snapshot.hpp"
#include "host/train/replica_trainer.hpp"

namespace symscan {
namespace {

/// A training, and its checkpoint after every unit of work.
struct Watched {
  SweepConfig sweep;
  PreparedData data;
  double total = 0;
  std::vector<std::string> checkpoints;
  ReplicaResult result;

  Watched(const Json& train, const Json& relevance, bool weighted = false)
      : sweep(parse_config({{"dataset", {{"kind", "circle"}, {"n", 90}}},
                            {"model", {{"hidden", {4}}, {"latent_dim", 2}}},
                            {"train", train},
                            {"relevance", relevance}})) {
    data = prepare(load_dataset(config().dataset), config().preprocess);
    for (std::size_t row = 0; weighted && row < data.rows; ++row)
      data.weights.push_back(0.5f + 0.013f * static_cast<float>(row));
    total = total_weight(config(), data);
    ReplicaTrainer trainer(config(), data);
    while (trainer.run([] { return ReplicaTrainer::Pause::for_checkpoint; }) == ReplicaTrainer::State::paused)
      checkpoints.push_back(trainer.checkpoint());
    result = trainer.result();
  }
  const ReplicaConfig& config() const { return sweep.replicas.front(); }
  TrainingHistory history_of(std::string_view blob, std::uint32_t since = 0) const {
    return history_of_blob(blob, config(), data.rows, total, since);
  }
};

bool same_numbers(const EpochMetrics& left, const EpochMetrics& right) {
  return std::memcmp(&left, &right, sizeof left) == 0;  // NaN is NaN
}

void expect_beginning_of(const ReplicaResult& result, const TrainingHistory& history) {
  ASSERT_LE(history.epochs.size(), result.history.size());
  for (std::size_t i = 0; i < history.epochs.size(); ++i)
    ASSERT_TRUE(same_numbers(history.epochs[i], result.history[i])) << i;
  std::size_t known = 0;
  for (const TrackedRelevance& tracked : result.tracked)
    known += tracked.epoch <= history.epochs.size() ? 1 : 0;
  ASSERT_EQ(history.tracked.size(), known) << "after " << history.epochs.size() << " epochs";
  for (std::size_t i = 0; i < known; ++i) {
    EXPECT_EQ(history.tracked[i].epoch, result.tracked[i].epoch);
    EXPECT_EQ(history.tracked[i].measures, result.tracked[i].measures);
  }
}

TEST(TrainingHistory, OfACheckpointIsTheBeginningOfTheResults) {
  const Json early = {{"epochs", 30},
                      {"batch_size", 32},
                      {"validation_fraction", 0.2},
                      {"early_stopping", {{"patience", 2}, {"min_delta", 0.5}}}};
  const Watched trainings[] = {
      {{{"epochs", 12}, {"batch_size", 32}}, {{"every", 1}}},
      {{{"epochs", 12}, {"batch_size", 32}, {"validation_fraction", 0.2}}, {{"every", 5}}, true},
      {{{"epochs", 12}, {"batch_size", 32}}, Json::object()},
      {early, {{"every", 1}}},
      {{{"max_steps", 60}, {"batch_size", 32}}, {{"every", 4}}, true},
  };
  for (const Watched& training : trainings) {
    SCOPED_TRACE(&training - trainings);
    ASSERT_GT(training.checkpoints.size(), training.result.history.size());
    std::size_t most = 0;
    for (const std::string& blob : training.checkpoints) {
      const TrainingHistory history = training.history_of(blob);
      expect_beginning_of(training.result, history);
      EXPECT_GE(history.epochs.size(), most) << "what was told stays told";
      most = std::max(most, history.epochs.size());
    }
    EXPECT_GE(most + 1, training.result.history.size());
  }
}

TEST(TrainingHistory, TellsOfTrackedRelevancesOnlyWhatIsNew) {
  const Watched training({{"epochs", 12}, {"batch_size", 32}}, {{"every", 2}});
  const TrainingHistory all = training.history_of(training.checkpoints.back());
  const TrainingHistory fresh = training.history_of(training.checkpoints.back(), 4);
  ASSERT_EQ(all.tracked.size(), 5u);
  ASSERT_EQ(fresh.tracked.size(), 3u);
  EXPECT_EQ(fresh.tracked[0].epoch, 6u);
  EXPECT_EQ(fresh.tracked[0].measures, all.tracked[2].measures);
  EXPECT_EQ(fresh.epochs.size(), all.epochs.size());
}

TEST(TrainingHistory, OfADamagedCheckpointIsEmpty) {
  const Watched training({{"epochs", 12}, {"batch_size", 32}}, {{"every", 2}});
  const std::string blob = training.checkpoints.back();
  ASSERT_FALSE(training.history_of(blob).epochs.empty());
  for (std::size_t size = 0; size < blob.size(); size += 3)
    EXPECT_TRUE(training.history_of(std::string_view(blob).substr(0, size)).epochs.empty()) << size;
  EXPECT_TRUE(training.history_of(blob + std::string(12, 'x')).epochs.empty());
  // No byte of the counters and lengths makes it read elsewhere (for the sanitizers), or give more epochs.
  const std::size_t head = 4 + 8 + sizeof(TrainingState) + 8;
  for (std::size_t place = 0; place < head; ++place) {
    std::string damaged = blob;
    damaged[place] = static_cast<char>(~damaged[place]);
    EXPECT_LE(training.history_of(damaged).epochs.size(), 12u) << place;
  }
  std::string other = blob;
  ++other[0];
  EXPECT_TRUE(training.history_of(other).epochs.empty()) << "of another version";
}

}  // namespace
}  // namespace symscan
