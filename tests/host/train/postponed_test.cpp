// Replicas that cannot be trained here and now stay as they were: no memory, a checkpoint of another version.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <new>

#include "host/base/error.hpp"
#include "host/config/config.hpp"
#include "host/data/dataset.hpp"
#include "host/train/replica_snapshot.hpp"
#include "host/train/sweep.hpp"

namespace symscan::test {
namespace {

class PostponedTest : public ::testing::Test {
 protected:
  PostponedTest()
      : sweep_(parse_config(Json::parse(R"({"dataset": {"kind": "circle", "n": 200}, "train": {"epochs": 2},
            "model": {"latent_dim": 2}, "seeds": [1, 2, 3]})"))),
        data_(prepare(load_dataset(sweep_.replicas[0].dataset), sweep_.replicas[0].preprocess)) {
    for (const ReplicaConfig& replica : sweep_.replicas) replicas_.push_back(&replica);
    observer_.finished = [this](const ReplicaConfig& config, const ReplicaResult& result) {
      EXPECT_FALSE(result.failed) << result.message;
      finished_.push_back(config.id);
    };
    observer_.checkpoint = [](const ReplicaConfig&, const std::string&) {};
    observer_.begin_batch = observer_.end_batch = [] {};
    observer_.tick = [this](const SweepProgress& progress) { progress_ = progress; };
    options_.threads = 2;
  }

  /// The error of a training whose replica 1 asks for memory in vain, or has this checkpoint.
  Error error_of(bool without_memory, const std::map<int, std::string>& checkpoints = {}) {
    const auto data = [&](const ReplicaConfig& config) -> const PreparedData& {
      if (without_memory && config.id == 1 && ++asked_ > 1) throw std::bad_alloc();
      return data_;
    };
    try {
      run_sweep(replicas_, data, checkpoints, options_, stop_, observer_);
    } catch (const Error& error) {
      return error;
    }
    return Error("nothing was postponed");
  }

  void expect_one_left() const {
    std::vector<int> finished = finished_;
    std::sort(finished.begin(), finished.end());
    EXPECT_EQ(finished, (std::vector<int>{0, 2})) << "the others are trained, this one is not called failed";
    EXPECT_EQ(progress_.postponed, 1u);
    EXPECT_EQ(progress_.failed, 0u);
  }

  SweepConfig sweep_;
  PreparedData data_;
  std::vector<const ReplicaConfig*> replicas_;
  SweepObserver observer_;
  SweepOptions options_;
  SweepProgress progress_;
  std::atomic<bool> stop_{false};
  std::atomic<int> asked_{0};
  std::vector<int> finished_;
};

TEST_F(PostponedTest, WithoutMemoryAReplicaWaits) {
  const Error error = error_of(true);
  EXPECT_EQ(error.code(), ExitCode::interrupted) << error.what();
  for (const char* part : {"1 of 3 replicas", "replica 1", "not enough memory", "--threads"})
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  expect_one_left();
}

TEST_F(PostponedTest, ACheckpointOfAnotherVersionIsKept) {
  const Error error = error_of(false, {{1, std::string(500, '\x07')}});
  EXPECT_EQ(error.code(), ExitCode::bad_input) << error.what();
  for (const char* part : {"1 of 3 replicas", "another version"})
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  expect_one_left();
}

}  // namespace
}  // namespace symscan::test
