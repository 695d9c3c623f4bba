// Sweeps on fake devices give the results of run_sweep, whatever the devices do.
#include "host/device/device_sweep.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "host/base/error.hpp"
#include "host/data/dataset.hpp"
#include "host/device/device_plan.hpp"
#include "tests/host/device/fake_device.hpp"

namespace symscan::test {
namespace {

/// Two datasets and network sizes, a validation set, early stopping and warm-up: 12 replicas.
const char* const mixed = R"({"dataset": [{"kind": "circle", "n": 700}, {"kind": "disk", "n": 500}],
  "model": {"hidden": [9], "latent_dim": [2, 3, 20]},
  "train": {"epochs": 4, "batch_size": 64, "early_stopping": {"patience": 1}, "beta_warmup_epochs": 1.5},
  "seeds": [1, 2]})";

/// Six equal replicas of 33 steps each.
const char* const equal = R"({"dataset": {"kind": "circle", "n": 700}, "model": {"hidden": [9]},
  "train": {"epochs": 3, "batch_size": 64, "validation_fraction": 0}, "seeds": [1, 2, 3, 4, 5, 6]})";

void expect_same(const ReplicaResult& left, const ReplicaResult& right) {
  EXPECT_EQ(left.failed, right.failed);
  EXPECT_EQ(left.message, right.message);
  EXPECT_EQ(left.loss, right.loss);
  EXPECT_EQ(left.reconstruction, right.reconstruction);
  EXPECT_EQ(left.kl, right.kl);
  EXPECT_TRUE(left.measures == right.measures);
  EXPECT_EQ(left.parameters, right.parameters);
  ASSERT_EQ(left.history.size(), right.history.size());
  for (std::size_t e = 0; e < left.history.size(); ++e) {
    EXPECT_EQ(left.history[e].loss, right.history[e].loss) << e;
    EXPECT_EQ(left.history[e].kl, right.history[e].kl) << e;
  }
}

/// One sweep, to be run several times; keeps results and checkpoints as a ledger does.
class DeviceSweepTest : public ::testing::Test {
 protected:
  void TearDown() override { fake_devices().clear(); }

  void use(const std::string& document, const std::vector<std::string>& settings = {}) {
    config_ = parse_config(Json::parse(document), settings);
    data_.clear();
    for (const ReplicaConfig& replica : config_.replicas) {
      const std::string key = replica.dataset->dump();
      if (!data_.contains(key))
        data_.emplace(key, prepare(load_dataset(replica.dataset), replica.preprocess));
    }
  }

  SweepObserver observer() {
    SweepObserver observer;
    observer.begin_batch = [this] { in_batch_ = true; };
    observer.end_batch = [this] { in_batch_ = false; };
    observer.finished = [this](const ReplicaConfig& replica, const ReplicaResult& result) {
      EXPECT_TRUE(in_batch_);
      EXPECT_TRUE(results_.emplace(replica.id, result).second) << "replica " << replica.id << " ended twice";
      checkpoints_.erase(replica.id);
      if (results_.size() == stop_after_) stop_ = true;
    };
    observer.checkpoint = [this](const ReplicaConfig& replica, const std::string& blob) {
      EXPECT_TRUE(in_batch_);
      checkpoints_[replica.id] = blob;
      ++checkpoint_count_;
      if (checkpoint_count_ == stop_after_checkpoints_) stop_ = true;
    };
    observer.tick = [this](const SweepProgress& progress) { progress_ = progress; };
    return observer;
  }

  std::vector<const ReplicaConfig*> pending() const {
    std::vector<const ReplicaConfig*> replicas;
    for (const ReplicaConfig& replica : config_.replicas) {
      if (!results_.contains(replica.id)) replicas.push_back(&replica);
    }
    return replicas;
  }
  std::function<const PreparedData&(const ReplicaConfig&)> data() const {
    return [this](const ReplicaConfig& replica) -> const PreparedData& {
      return data_.at(replica.dataset->dump());
    };
  }

  bool run_on_cpu() {
    stop_ = false;
    return run_sweep(pending(), data(), std::map(checkpoints_), options_, stop_, observer());
  }
  bool run_on_devices(std::optional<Tier> tier = std::nullopt) {
    stop_ = false;
    std::string why;
    const DeviceSweep sweep = {fake_api(), usable_devices(fake_api(), why), tier, false,
                               [this](const std::string& sentence) { warnings_.push_back(sentence); }};
    const bool done =
        run_device_sweep(sweep, pending(), data(), std::map(checkpoints_), options_, stop_, observer());
    for (const FakeSettings& device : fake_devices()) EXPECT_EQ(device.opened, device.closed);
    return done;
  }

  /// What is said of replicas that stay as they were.
  std::string postponed_sentence() {
    try {
      run_on_devices();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::interrupted);
      return error.what();
    }
    return "no replica was postponed";
  }

  /// Trains on the CPU and forgets what was trained.
  std::map<int, ReplicaResult> cpu_results() {
    EXPECT_TRUE(run_on_cpu());
    checkpoints_.clear();
    checkpoint_count_ = 0;
    return std::exchange(results_, {});
  }
  void expect_results(const std::map<int, ReplicaResult>& expected) {
    ASSERT_EQ(results_.size(), expected.size());
    for (const auto& [id, result] : expected) {
      SCOPED_TRACE("replica " + std::to_string(id));
      expect_same(results_.at(id), result);
    }
    EXPECT_EQ(progress_.steps_done, progress_.steps);
  }

  SweepConfig config_;
  std::map<std::string, PreparedData> data_;
  std::map<int, ReplicaResult> results_;
  std::map<int, std::string> checkpoints_;
  std::vector<std::string> warnings_;
  SweepOptions options_ = {2, 1000};
  SweepProgress progress_;
  std::atomic<bool> stop_{false};
  std::size_t stop_after_ = 0, checkpoint_count_ = 0, stop_after_checkpoints_ = 0;
  bool in_batch_ = false;
};

TEST_F(DeviceSweepTest, OneAndTwoDevicesGiveTheResultsOfTheCpu) {
  use(mixed);
  const auto expected = cpu_results();
  for (const std::size_t devices : {1u, 2u}) {
    SCOPED_TRACE(devices);
    fake_devices().assign(devices, {});
    results_.clear();
    ASSERT_TRUE(run_on_devices());
    expect_results(expected);
    for (const FakeSettings& device : fake_devices()) {
      EXPECT_GT(device.started.size(), 0u) << "every device must have had a share";
      EXPECT_LE(device.datasets_added, 2) << "a dataset is uploaded once";
    }
  }
}

TEST_F(DeviceSweepTest, MoreDevicesThanReplicas) {
  use(equal, {"seeds=[1,2]"});
  const auto expected = cpu_results();
  fake_devices().assign(3, {});
  ASSERT_TRUE(run_on_devices());
  expect_results(expected);
  EXPECT_EQ(fake_devices()[2].opened, 0);
}

TEST_F(DeviceSweepTest, NoEpochsAndOneLongEvaluation) {
  use(equal, {"train.epochs=0", "dataset.n=20000"});
  const auto expected = cpu_results();
  fake_devices().assign(1, {});
  ASSERT_TRUE(run_on_devices());
  expect_results(expected);
}

TEST_F(DeviceSweepTest, TheLongestReplicasStartFirst) {
  use(R"({"dataset": {"kind": "circle", "n": 300}, "model": {"hidden": [9], "latent_dim": [2, 50, 20, 90]},
          "train": {"epochs": 1}, "seeds": [1, 2]})");
  fake_devices().assign(1, {});
  ASSERT_TRUE(run_on_devices());
  const auto& started = fake_devices()[0].started;
  ASSERT_EQ(started.size(), 8u);
  EXPECT_TRUE(std::is_sorted(started.rbegin(), started.rend()));
  EXPECT_GT(started.front(), started.back());
}

TEST_F(DeviceSweepTest, ADeviceHoldsTwiceWhatItsMultiprocessorsHold) {
  use(R"({"dataset": {"kind": "circle", "n": 300}, "model": {"hidden": [9]}, "train": {"epochs": 1},
          "seeds": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]})");
  fake_devices().assign(1, {});
  fake_devices()[0].multiprocessors = 1;
  ASSERT_TRUE(run_on_devices());
  DeviceInfo info;
  char why[DeviceApi::why_size];
  fake_api().info(0, &info, why);
  const ReplicaConfig& first = config_.replicas[0];
  const Network network = make_network(2, first.model.hidden, first.model.latent_dim, first.model.activation);
  const DevicePlan plan =
      plan_on_device(first, network, 300, 100, std::nullopt, info.limits, info.free_memory);
  EXPECT_EQ(plan.at_once, plan.training.blocks_per_multiprocessor);
  ASSERT_LT(2 * plan.at_once, 20) << "the sweep must not fit at once";
  EXPECT_EQ(fake_devices()[0].most_under_way, 2 * plan.at_once) << "as many wait as are trained";
}

TEST_F(DeviceSweepTest, SlicesTakeATenthOfASecond) {
  use(equal, {"train.epochs=20", "seeds=[1,2]"});
  fake_devices().assign(1, {});
  fake_devices()[0].seconds_per_unit = 0.004;  // 220 steps of 4 ms
  ASSERT_TRUE(run_on_devices());
  EXPECT_GE(fake_devices()[0].slices, 8);
  EXPECT_LE(fake_devices()[0].slices, 13);
}

TEST_F(DeviceSweepTest, NoPlaceWaitsForTheSlowestReplica) {
  // One long replica and six of a tenth of its length on two places: the short ones pass through one place
  // while the long one has the other, 0.33 s in all; in step, two by two, it would be 0.43 s.
  use(R"({"dataset": {"kind": "circle", "n": 700}, "model": {"hidden": [9]},
          "train": {"epochs": [30, 3], "batch_size": 64, "validation_fraction": 0}, "seeds": [1, 2, 3, 4, 5, 6]})");
  std::erase_if(config_.replicas,
                [](const ReplicaConfig& replica) { return replica.train.epochs == 30 && replica.seed > 1; });
  const auto expected = cpu_results();
  fake_devices().assign(1, {});
  fake_devices()[0].places = 2;
  fake_devices()[0].seconds_per_unit = 0.001;  // 330 and 6 x 33 steps
  ASSERT_TRUE(run_on_devices());
  expect_results(expected);
  EXPECT_GT(fake_devices()[0].busy_seconds, 0.32);
  EXPECT_LT(fake_devices()[0].busy_seconds, 0.4) << "the short ones were not trained beside the long one";
}

TEST_F(DeviceSweepTest, ReplicasWithoutATurnComeFirstAtTheEnd) {
  use(equal, {"train.epochs=20"});  // six of 0.22 s
  const auto expected = cpu_results();
  fake_devices().assign(1, {});
  fake_devices()[0].places = 4;
  fake_devices()[0].seconds_per_unit = 0.001;
  ASSERT_TRUE(run_on_devices());
  expect_results(expected);
  EXPECT_GT(fake_devices()[0].idle_turns, 0) << "all had a place: the test is pointless";
  EXPECT_LE(fake_devices()[0].slices, 6) << "1.5 times 0.22 s in turn, or 0.44 s if two waited to the end";
}

TEST_F(DeviceSweepTest, ReplicasThatEndTogetherAreEvaluatedTogether) {
  use(equal);
  fake_devices().assign(1, {});
  ASSERT_TRUE(run_on_devices());
  // The device begins with what is ready, and the others come to their end in the next slice.
  const auto& evaluated = fake_devices()[0].evaluated;
  EXPECT_LE(evaluated.size(), 3u);
  EXPECT_EQ(std::accumulate(evaluated.begin(), evaluated.end(), std::size_t{0}), 6u);
}

TEST_F(DeviceSweepTest, StoppedOnDevicesAndResumedOnTheCpuAndBack) {
  use(mixed, {"train.epochs=200", "train.early_stopping.patience=150"});
  const auto expected = cpu_results();
  fake_devices().assign(2, {});
  for (FakeSettings& device : fake_devices()) device.seconds_per_unit = 4e-4;
  options_.checkpoint_seconds = 0.001;
  int stopped = 0, checkpoints_met = 0;
  for (int round = 0; results_.size() < expected.size(); ++round) {
    ASSERT_LT(round, 1000);
    stop_after_checkpoints_ = checkpoint_count_ + 20;
    stop_after_ = results_.size() + 2;
    checkpoints_met += checkpoints_.empty() ? 0 : 1;
    const bool done = round % 2 == 0 ? run_on_devices() : run_on_cpu();
    EXPECT_EQ(done, results_.size() == expected.size());
    stopped += done ? 0 : 1;
  }
  EXPECT_GE(stopped, 2) << "the test must really interrupt, on either side";
  EXPECT_GE(checkpoints_met, 2) << "and go on from checkpoints";
  expect_results(expected);
}

TEST_F(DeviceSweepTest, AReplicaThatDivergesIsExplainedAndTheOthersGoOn) {
  use(R"({"dataset": {"kind": "circle", "n": 600}, "model": {"activation": "relu"},
          "train": {"epochs": 5, "optimizer": "sgd", "learning_rate": [1e-3, 1e6]}, "seeds": [1, 2]})");
  const auto expected = cpu_results();
  EXPECT_TRUE(expected.at(2).failed);
  EXPECT_FALSE(expected.at(0).failed);
  fake_devices().assign(1, {});
  ASSERT_TRUE(run_on_devices());
  expect_results(expected);
  EXPECT_EQ(progress_.failed, 2u);
}

TEST_F(DeviceSweepTest, AnImpossibleTierIsExplained) {
  use(equal, {"model.hidden=[700,700]", "seeds=[1]"});
  fake_devices().assign(1, {});
  ASSERT_TRUE(run_on_devices(Tier::fused));
  ASSERT_TRUE(results_.at(0).failed);
  for (const char* part : {"replica 0", "tier fused", "bytes of shared memory", "232448"}) {
    EXPECT_NE(results_.at(0).message.find(part), std::string::npos) << results_.at(0).message;
  }
  results_.clear();
  ASSERT_TRUE(run_on_devices(Tier::layered));
  EXPECT_FALSE(results_.at(0).failed) << results_.at(0).message;
}

TEST_F(DeviceSweepTest, WhatADeviceRefusesFailsAlone) {
  use(equal, {"train.batch_size=[16,128]", "seeds=[1]"});
  fake_devices().assign(1, {});
  fake_devices()[0].refused_tile = 16;
  ASSERT_TRUE(run_on_devices());
  EXPECT_NE(results_.at(0).message.find("cuda:0 (Fake 0): this tile is not supported"), std::string::npos)
      << results_.at(0).message;
  EXPECT_FALSE(results_.at(1).failed) << results_.at(1).message;
}

TEST_F(DeviceSweepTest, AnObserverThatThrowsEndsTheSweep) {
  use(equal);
  fake_devices().assign(2, {});
  SweepObserver observing = observer();
  observing.finished = [](const ReplicaConfig&, const ReplicaResult&) {
    throw Error("the disk is full", ExitCode::interrupted);
  };
  std::string why;
  const DeviceSweep sweep = {fake_api(), usable_devices(fake_api(), why), std::nullopt};
  EXPECT_THROW(run_device_sweep(sweep, pending(), data(), {}, options_, stop_, observing), Error);
  for (const FakeSettings& device : fake_devices()) EXPECT_EQ(device.opened, device.closed);
}

TEST_F(DeviceSweepTest, WithoutMemoryForAllSomeWait) {
  use(mixed);
  const auto expected = cpu_results();
  fake_devices().assign(1, {});
  fake_devices()[0].most_replicas = 3;
  ASSERT_TRUE(run_on_devices());
  expect_results(expected);
  EXPECT_EQ(fake_devices()[0].most_under_way, 3);
}

TEST_F(DeviceSweepTest, WithoutMemoryForALaunchHalfOfThemGoBack) {
  use(equal, {"train.epochs=10"});
  const auto expected = cpu_results();
  fake_devices().assign(1, {});
  fake_devices()[0].most_trained = 1;
  ASSERT_TRUE(run_on_devices());
  expect_results(expected);
  EXPECT_GT(fake_devices()[0].started.size(), 6u) << "some must have gone back and started again";
}

TEST_F(DeviceSweepTest, ReplicasThatGoBackKeepWhatTheyHaveDone) {
  use(equal, {"train.epochs=10"});
  const auto expected = cpu_results();
  fake_devices().assign(1, {});
  fake_devices()[0].most_trained = 2;
  fake_devices()[0].train_limit_begins = 1;
  fake_devices()[0].seconds_per_unit = 3e-3;
  ASSERT_TRUE(run_on_devices());
  expect_results(expected);
  EXPECT_GT(fake_devices()[0].started.size(), 6u) << "some must have gone back";
  EXPECT_EQ(progress_.steps_trained, progress_.steps) << "no step is trained twice";
}

TEST_F(DeviceSweepTest, WithoutMemoryToEvaluateTogetherTheyAreEvaluatedApart) {
  use(equal);
  const auto expected = cpu_results();
  fake_devices().assign(1, {});
  fake_devices()[0].most_evaluated = 2;
  ASSERT_TRUE(run_on_devices());
  expect_results(expected);
  const auto& evaluated = fake_devices()[0].evaluated;
  EXPECT_EQ(std::accumulate(evaluated.begin(), evaluated.end(), std::size_t{0}), 6u);
  EXPECT_LE(*std::max_element(evaluated.begin(), evaluated.end()), 2u);
}

TEST_F(DeviceSweepTest, AReplicaThatDoesNotFitWaitsAlone) {
  use(equal, {"model.latent_dim=[2,300]", "seeds=[1,2]"});
  fake_devices().assign(1, {});
  fake_devices()[0].most_parameters = 5000;
  const std::string message = postponed_sentence();
  for (const char* part : {"2 of 4 replicas", "latent_dim 300", "does not fit on cuda:0 (Fake 0)",
                           "it needs about ", "70000000000 are free", "--resume"})
    EXPECT_NE(message.find(part), std::string::npos) << message;
  ASSERT_EQ(results_.size(), 2u) << "those that do not fit are not finished, nor failed";
  for (const int id : {0, 1}) EXPECT_FALSE(results_.at(id).failed) << results_.at(id).message;
}

TEST_F(DeviceSweepTest, OneThatCannotBeTrainedOrEvaluatedAtAllWaits) {
  use(equal, {"seeds=[1,2]"});
  for (int FakeSettings::*limit : {&FakeSettings::most_trained, &FakeSettings::most_evaluated}) {
    fake_devices().assign(1, {});
    fake_devices()[0].*limit = 0;
    results_.clear();
    const std::string message = postponed_sentence();
    EXPECT_NE(message.find("does not fit"), std::string::npos) << message;
    EXPECT_TRUE(results_.empty());
    EXPECT_EQ(checkpoints_.size(), 2u) << "what was trained is kept";
  }
}

TEST_F(DeviceSweepTest, ALostDevicesReplicasGoOnElsewhere) {
  use(mixed, {"train.epochs=30"});
  const auto expected = cpu_results();
  fake_devices().assign(2, {});
  fake_devices()[0].lost_after = 2;
  for (FakeSettings& device : fake_devices()) device.seconds_per_unit = 1e-3;
  options_.checkpoint_seconds = 0.001;
  ASSERT_TRUE(run_on_devices());
  expect_results(expected);
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_NE(warnings_[0].find("cuda:0 (Fake 0) was lost: it fell off the bus"), std::string::npos)
      << warnings_[0];
}

TEST_F(DeviceSweepTest, ADeviceThatDoesNotOpenIsLeftOut) {
  use(equal);
  const auto expected = cpu_results();
  fake_devices().assign(2, {});
  fake_devices()[1].refuses_to_open = true;
  ASSERT_TRUE(run_on_devices());
  expect_results(expected);
  EXPECT_EQ(warnings_.size(), 1u);
}

TEST_F(DeviceSweepTest, WhenNoDeviceIsLeftTheSweepCanBeResumed) {
  use(mixed, {"train.epochs=30"});
  const auto expected = cpu_results();
  fake_devices().assign(1, {});
  fake_devices()[0].lost_after = 3;
  fake_devices()[0].seconds_per_unit = 1e-3;
  options_.checkpoint_seconds = 0;
  try {
    run_on_devices();
    FAIL() << "a lost device must be told";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::interrupted);
    for (const char* part : {"cuda:0 (Fake 0)", "it fell off the bus", "--resume"})
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
  EXPECT_TRUE(warnings_.empty());
  EXPECT_GT(checkpoints_.size() + results_.size(), 0u);
  ASSERT_TRUE(run_on_cpu());
  expect_results(expected);
}

}  // namespace
}  // namespace symscan::test
