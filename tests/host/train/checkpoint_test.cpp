// Checkpoints that are not as they were written, or not for this program.
#include <gtest/gtest.h>

#include <functional>

#include "host/config/config.hpp"
#include "host/train/checkpoint_blob.hpp"
#include "host/train/replica_snapshot.hpp"

namespace symscan {
namespace {

using Status = TrainingState::Status;

class Checkpoint : public ::testing::Test {
 protected:
  static SweepConfig sweep_of(const char* train) {
    return parse_config(Json{{"dataset", "circle"},
                             {"model", {{"hidden", {4}}, {"latent_dim", 2}}},
                             {"train", Json::parse(train)},
                             {"relevance", {{"every", 2}}}});
  }
  static PreparedData rows() {
    PreparedData data;
    data.rows = 100;
    data.features = 2;
    data.values.resize(200);
    return data;
  }

  /// 90 training rows in 3 steps, 6 epochs.
  const SweepConfig sweep_ = sweep_of(R"({"epochs": 6, "batch_size": 32, "validation_fraction": 0.1})");
  const PreparedData data_ = rows();
  const ReplicaPlan plan_{sweep_.replicas.front(), data_};

  /// A replica after `epochs` epochs and `steps` steps more.
  ReplicaSnapshot after(std::uint32_t epochs, std::uint64_t steps = 0) const {
    ReplicaSnapshot snapshot = initial_snapshot(plan_);
    snapshot.state.epochs_done = epochs;
    snapshot.state.step = epochs * plan_.task().steps_per_epoch + steps;
    snapshot.history.resize(epochs);
    return snapshot;
  }
  bool is_taken(const ReplicaSnapshot& snapshot) const {
    try {
      return from_blob(to_blob(snapshot), plan_).state.step == snapshot.state.step;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("is damaged"), std::string::npos) << error.what();
      return false;
    }
  }
  bool is_taken(ReplicaSnapshot snapshot, const std::function<void(TrainingState&)>& change) const {
    change(snapshot.state);
    return is_taken(snapshot);
  }
};

TEST_F(Checkpoint, OfEveryMomentIsTaken) {
  ASSERT_EQ(plan_.task().steps_per_epoch, 3u);
  EXPECT_TRUE(is_taken(after(0)));
  EXPECT_TRUE(is_taken(after(2, 2)));
  EXPECT_TRUE(is_taken(after(2, 3), [](TrainingState& state) { state.validating = 1; }));
  EXPECT_TRUE(is_taken(after(2), [](TrainingState& state) { state.measuring = 1; }));
  EXPECT_TRUE(is_taken(after(6), [](TrainingState& state) { state.status = Status::finished; }));
  EXPECT_TRUE(is_taken(after(1, 1), [](TrainingState& state) { state.status = Status::not_finite; }));
}

TEST_F(Checkpoint, WithImpossibleCountersIsDamaged) {
  EXPECT_FALSE(is_taken(after(6)));  // a step more would write behind the history
  EXPECT_FALSE(is_taken(after(7)));
  EXPECT_FALSE(is_taken(after(2, 3)));
  EXPECT_FALSE(is_taken(after(2), [](TrainingState& state) { state.step = 0; }));
  EXPECT_FALSE(is_taken(after(2), [](TrainingState& state) { state.step = ~0ull; }));
  EXPECT_FALSE(
      is_taken(after(1), [](TrainingState& state) { state.measuring = 1; }));  // no pass after one epoch
  EXPECT_FALSE(is_taken(after(2), [](TrainingState& state) { state.measuring = 2; }));
  EXPECT_FALSE(is_taken(after(2), [](TrainingState& state) {
    state.measuring = 1;
    state.measured = 100;
  }));
  EXPECT_FALSE(is_taken(after(2), [](TrainingState& state) { state.validating = 1; }));
  EXPECT_FALSE(is_taken(after(2), [](TrainingState& state) { state.validated = 11; }));
  EXPECT_FALSE(is_taken(after(2), [](TrainingState& state) { state.best_epoch = 1; }));
  EXPECT_FALSE(is_taken(after(2), [](TrainingState& state) { state.best_epoch = -7; }));
  EXPECT_FALSE(is_taken(after(2), [](TrainingState& state) { state.running.loss = HUGE_VAL; }));
  EXPECT_FALSE(is_taken(after(2), [](TrainingState& state) { state.status = Status::finished; }));
  EXPECT_FALSE(is_taken(after(2), [](TrainingState& state) { state.status = static_cast<Status>(3); }));
  ReplicaSnapshot snapshot = after(2);
  snapshot.history.resize(1);
  EXPECT_FALSE(is_taken(snapshot));
  snapshot = after(2);
  snapshot.relevance_history.push_back(0);
  EXPECT_FALSE(is_taken(snapshot));
  snapshot = after(2);
  snapshot.kept_parameters = snapshot.parameters;
  EXPECT_FALSE(is_taken(snapshot));
}

TEST_F(Checkpoint, OfAnotherLengthIsDamaged) {
  const std::string blob = to_blob(after(2));
  for (const std::string& other : {std::string(), blob.substr(0, 3), blob.substr(0, blob.size() / 2),
                                   blob.substr(0, blob.size() - 1), blob + "x"}) {
    try {
      (void)from_blob(other, plan_);
      ADD_FAILURE() << other.size();
    } catch (const UnusableCheckpoint& error) {
      EXPECT_NE(std::string(error.what()).find("is damaged"), std::string::npos) << error.what();
    }
  }
}

TEST_F(Checkpoint, OfAnotherVersionOrNetworkIsToldApart) {
  std::string blob = to_blob(after(2));
  blob[0] = static_cast<char>(checkpoint_version + 1);
  EXPECT_THROW((void)from_blob(blob, plan_), UnusableCheckpoint);
  ReplicaSnapshot snapshot = after(2);
  snapshot.parameters.pop_back();
  EXPECT_THROW((void)from_blob(to_blob(snapshot), plan_), UnusableCheckpoint);
}

}  // namespace
}  // namespace symscan
