// A device trains bit for bit as the CPU does: parameters, moments, history, relevances.
#include <algorithm>
#include <iostream>

#include "tests/device/device_fixture.hpp"

namespace symscan::test {
namespace {

constexpr std::uint64_t everything = 1u << 30;

std::string name_of(const Case& c, Tier tier) {
  std::string text = "features " + std::to_string(c.features) + ", hidden";
  for (const int width : c.hidden) text += " " + std::to_string(width);
  return text + ", latents " + std::to_string(c.latents) + ", activation " +
         std::to_string(static_cast<int>(c.activation)) + ", batch " + std::to_string(c.batch) + ", tier " +
         std::to_string(static_cast<int>(tier));
}

void expect_cpu_bits(const DeviceApi& api, const CpuBackend& cpu, const Case& c, Tier tier) {
  Training want(c), have(c);
  OpenDevice device(api);
  if (!device.has_room(have.network, tier, c.batch)) {
    std::cout << "left out, too large for a block of this device: " << name_of(c, tier) << "\n";
    return;
  }
  const int replica = device.add(have, device.add_dataset(have), tier);
  device.train({replica}, everything);
  device.read(replica, have);
  want.train_on_cpu(cpu, everything);
  expect_same_training(have, want, name_of(c, tier));
  expect_same(device.evaluate(replica, c.latents), want.evaluate_on_cpu(cpu),
              name_of(c, tier) + ", evaluation");
}

TEST_F(DeviceTest, ReferenceNetworkHasTheBitsOfTheCpu) {
  expect_cpu_bits(*api, *cpu, {}, Tier::fused);
  expect_cpu_bits(*api, *cpu, {}, Tier::streamed);
  expect_cpu_bits(*api, *cpu, {}, Tier::cached);
}

TEST_F(DeviceTest, AwkwardShapesHaveTheBitsOfTheCpu) {
  const struct {
    int features;
    std::vector<int> hidden;
    int latents;
    std::uint32_t batch;
  } shapes[] = {{1, {1}, 1, 1},         {7, {33}, 5, 33}, {8, {7, 1, 7}, 3, 65}, {3, {}, 2, 129},
                {33, {65, 17}, 9, 100}, {1, {129}, 1, 7}, {65, {}, 33, 16},      {129, {7}, 1, 300}};
  for (const auto& shape : shapes) {
    Case c;
    c.features = shape.features;
    c.hidden = shape.hidden;
    c.latents = shape.latents;
    c.batch = shape.batch;
    c.rows = c.batch == 1 ? 20 : 2 * c.batch + 45;
    c.validation = c.rows / 7;
    c.epochs = 2;
    for (const Tier tier : {Tier::fused, Tier::streamed, Tier::cached}) expect_cpu_bits(*api, *cpu, c, tier);
  }
}

TEST_F(DeviceTest, ActivationsAndOptimisersHaveTheBitsOfTheCpu) {
  for (const Activation activation : all_activations) {
    Case c;
    c.hidden = {20, 9};
    c.activation = activation;
    c.weighted = activation != Activation::tanh;
    c.optimizer = activation == Activation::relu   ? Optimizer::sgd
                  : activation == Activation::silu ? Optimizer::adamw
                                                   : Optimizer::adam;
    c.cosine = activation == Activation::gelu;
    c.warmup = activation == Activation::linear ? 1.5 : 0;
    expect_cpu_bits(*api, *cpu, c, Tier::fused);
  }
}

TEST_F(DeviceTest, EarlyStoppingHasTheBitsOfTheCpu) {
  Case c;
  c.hidden = {16};
  c.patience = 1;
  c.epochs = 12;
  c.learning_rate = 0.05;
  for (const Tier tier : {Tier::fused, Tier::streamed, Tier::cached}) expect_cpu_bits(*api, *cpu, c, tier);
  Training trained(c);
  trained.train_on_cpu(*cpu, everything);
  EXPECT_LT(trained.state.epochs_done, c.epochs) << "the case no longer stops early";
}

TEST_F(DeviceTest, RelevanceDuringTrainingHasTheBitsOfTheCpu) {
  Case c;
  c.hidden = {9};
  c.weighted = true;
  c.rows = 9000;  // two chunks
  c.epochs = 5;
  c.relevance_every = 2;
  for (const Tier tier : {Tier::fused, Tier::streamed, Tier::cached}) expect_cpu_bits(*api, *cpu, c, tier);
  Training trained(c), plain(c);
  plain.task.relevance_every = 0;
  trained.train_on_cpu(*cpu, everything);
  plain.train_on_cpu(*cpu, everything);
  ASSERT_EQ(trained.relevance_history.size(), 2u * tracked_measures * 4);
  for (int pass = 0; pass < 2; ++pass) EXPECT_GT(trained.relevance_history[pass * tracked_measures * 4], 0);
  EXPECT_EQ(trained.parameters, plain.parameters) << "measuring changes the training";
}

TEST_F(DeviceTest, RoundsHaveTheBitsOfTheCpuAndEndWithIt) {
  Training never(case_of_rounds(0)), at_once(case_of_rounds(100));
  never.train_on_cpu(*cpu, everything);
  at_once.train_on_cpu(*cpu, everything);
  EXPECT_EQ(never.state.epochs_done, 14u);
  EXPECT_EQ(at_once.state.epochs_done, 6u) << "two rounds are compared before training ends";
  for (const double tolerance : {0.0, 100.0})
    for (const Tier tier : {Tier::fused, Tier::streamed, Tier::cached})
      expect_cpu_bits(*api, *cpu, case_of_rounds(tolerance), tier);
}

TEST_F(DeviceTest, SeveralChunksOfDataHaveTheBitsOfTheCpu) {
  Case c;
  c.hidden = {5};
  c.rows = 20000;
  c.validation = 9000;
  c.batch = 300;
  c.epochs = 1;
  expect_cpu_bits(*api, *cpu, c, Tier::fused);
}

TEST_F(DeviceTest, SlicesAndNeighboursDoNotShowInTheBits) {
  Case first, second;
  first.rows = second.rows = 300;
  second.hidden = {7, 33};
  second.activation = Activation::gelu;
  second.seed = 9;
  second.patience = 0;
  Training a(first), b(second), want_a(first), want_b(second);
  want_a.train_on_cpu(*cpu, everything);
  want_b.train_on_cpu(*cpu, everything);
  OpenDevice device(*api);
  const int dataset = device.add_dataset(a);
  const int replica_a = device.add(a, dataset, Tier::fused);
  device.train({replica_a}, 2);
  const int replica_b = device.add(b, dataset, Tier::streamed);
  for (int slice = 0; slice < 40; ++slice) device.train({replica_b, replica_a}, 1);
  device.read(replica_a, a);
  device.read(replica_b, b);
  expect_same_training(a, want_a, "first");
  expect_same_training(b, want_b, "second");
}

TEST_F(DeviceTest, ATrainingMovesBetweenDeviceAndCpu) {
  Case c;
  c.hidden = {16};
  c.patience = 3;
  Training moved(c), want(c);
  want.train_on_cpu(*cpu, everything);
  moved.train_on_cpu(*cpu, 3);
  {
    OpenDevice device(*api);
    const int replica = device.add(moved, device.add_dataset(moved), Tier::fused);
    device.train({replica}, 5);
    device.read(replica, moved);
  }
  EXPECT_EQ(moved.state.step, 7u);  // one of the eight units was a validation pass
  moved.train_on_cpu(*cpu, everything);
  expect_same_training(moved, want, "moved");
}

TEST_F(DeviceTest, ALossThatIsNotFiniteStopsOneReplica) {
  Case good, bad;
  good.hidden = bad.hidden = {16};
  bad.learning_rate = 1e6;
  bad.optimizer = Optimizer::sgd;
  bad.activation = Activation::linear;
  Training a(good), b(bad), want(good);
  want.train_on_cpu(*cpu, everything);
  OpenDevice device(*api);
  const int dataset = device.add_dataset(a);
  const int replica_a = device.add(a, dataset, Tier::fused), replica_b = device.add(b, dataset, Tier::fused);
  device.train({replica_a, replica_b}, everything);
  TrainingState states[2];
  const int both[] = {replica_a, replica_b};
  device.expect(api->states(device.get(), both, 2, states, device.why()));
  EXPECT_EQ(states[1].status, TrainingState::Status::not_finite);
  EXPECT_LT(states[1].step, b.total_steps());
  device.read(replica_a, a);
  expect_same_training(a, want, "the good replica");
}

TEST_F(DeviceTest, SlicesEndByTheClockAndReplicasTakeTurns) {
  for (const Tier tier : {Tier::fused, Tier::streamed, Tier::cached}) {
    Case c;
    c.hidden = {9};
    c.epochs = 150;
    std::vector<Training> have, want;
    for (c.seed = 1; c.seed <= 5; ++c.seed) {
      have.emplace_back(c);
      want.emplace_back(c);
    }
    OpenDevice device(*api);
    const int dataset = device.add_dataset(have[0]);
    std::vector<int> replicas;
    for (const Training& t : have) replicas.push_back(device.add(t, dataset, tier));
    std::vector<TrainingState> states(replicas.size());
    const auto is_done = [&] {
      return std::all_of(states.begin(), states.end(), [](const TrainingState& state) {
        return state.status == TrainingState::Status::finished;
      });
    };
    int slices = 0;
    for (; !is_done(); ++slices) {
      ASSERT_LT(slices, 10000);
      device.train(replicas, everything, 0.002);
      device.expect(api->states(device.get(), replicas.data(), static_cast<int>(replicas.size()),
                                states.data(), device.why()));
      std::rotate(replicas.begin(), replicas.begin() + 1, replicas.end());
    }
    EXPECT_GT(slices, 2) << "the slices are too long for this test";
    std::sort(replicas.begin(), replicas.end());
    for (std::size_t i = 0; i < have.size(); ++i) {
      device.read(replicas[i], have[i]);
      want[i].train_on_cpu(*cpu, everything);
      expect_same_training(have[i], want[i], "replica " + std::to_string(i));
    }
  }
}

TEST_F(DeviceTest, EvaluationRunsBesideTraining) {
  Case first, second;
  second.seed = 2;
  first.relevance_every = 1;
  second.epochs = 40;
  Training a(first), b(second), want_a(first), want_b(second);
  want_a.train_on_cpu(*cpu, everything);
  want_b.train_on_cpu(*cpu, everything);
  OpenDevice device(*api);
  const int dataset = device.add_dataset(a);
  const int replica_a = device.add(a, dataset, Tier::fused), replica_b = device.add(b, dataset, Tier::fused);
  device.train({replica_a}, everything);
  device.expect(api->evaluate(device.get(), &replica_a, 1, device.why()));
  device.expect(api->train(device.get(), &replica_b, 1, everything, 0, device.why()));
  LossSums loss;
  std::vector<double> sums(RelevanceSums::size(first.latents));
  ReplicaCopy copy = {};
  copy.state = &a.state;
  copy.parameters = a.parameters.data();
  copy.history = a.history.data();
  copy.relevance_history = a.relevance_history.data();
  device.expect(api->results(device.get(), &loss, sums.data(), &copy, device.why()));
  // The replica that is finished goes while the other is trained.
  device.expect(api->remove_replicas(device.get(), &replica_a, 1, device.why()));
  sums.insert(sums.begin(), {loss.squared_error, loss.kl});
  expect_same(sums, want_a.evaluate_on_cpu(*cpu), "evaluation");
  a.first_moment = want_a.first_moment;  // not read
  a.second_moment = want_a.second_moment;
  expect_same_training(a, want_a, "evaluated");
  device.expect(api->wait(device.get(), device.why()));
  device.read(replica_b, b);
  expect_same_training(b, want_b, "trained meanwhile");
}

TEST_F(DeviceTest, ReplicasGoWhileTheyAreTrained) {
  Case c;
  Training a(c), b(c), want(c);
  want.train_on_cpu(*cpu, everything);
  OpenDevice device(*api);
  const int dataset = device.add_dataset(a);
  const int pair[] = {device.add(a, dataset, Tier::fused), device.add(b, dataset, Tier::fused)};
  device.expect(api->train(device.get(), pair, 2, everything, 0, device.why()));
  device.expect(api->remove_replicas(device.get(), pair, 1, device.why()));
  device.expect(api->wait(device.get(), device.why()));
  device.read(pair[1], b);
  expect_same_training(b, want, "the one that stayed");
  TrainingState state;
  EXPECT_NE(api->states(device.get(), pair, 1, &state, device.why()), DeviceStatus::ok);
}

TEST_F(DeviceTest, AllReplicasOfACallAreAddedOrNone) {
  if (std::string(api->build).find("emulated") == std::string::npos) GTEST_SKIP() << "needs a small device";
  Case c;
  Training t(c);
  OpenDevice device(*api);
  const int dataset = device.add_dataset(t);
  std::uint64_t before = 0, after = 0;
  device.expect(api->free_memory(device.get(), &before, device.why()));
  const int first = device.add(t, dataset, Tier::fused);
  device.expect(api->free_memory(device.get(), &after, device.why()));
  const std::uint64_t bytes = before - after;
  setenv("SYMSCAN_EMULATED_MEMORY", std::to_string((std::uint64_t{1} << 30) - after + 2 * bytes).c_str(), 1);
  const ReplicaStart start = device.start_of(t, dataset, Tier::fused);
  const std::vector<ReplicaStart> starts(3, start);
  int replicas[3] = {-1, -1, -1};
  EXPECT_EQ(api->add_replicas(device.get(), starts.data(), 3, replicas, device.why()),
            DeviceStatus::out_of_memory);
  device.expect(api->free_memory(device.get(), &before, device.why()));
  EXPECT_EQ(before, 2 * bytes) << "something of the call that failed was kept";
  device.expect(api->add_replicas(device.get(), starts.data(), 2, replicas, device.why()));
  unsetenv("SYMSCAN_EMULATED_MEMORY");
  EXPECT_NE(replicas[0], first);
}

/// The tensor cores' formats: the same training within their rounding.
TEST_F(DeviceTest, LowerPrecisionsStayNearFloat32) {
  Case c;
  c.epochs = 4;
  Training want(c);
  want.train_on_cpu(*cpu, everything);
  const std::vector<double> sums = want.evaluate_on_cpu(*cpu);
  for (const LowerPrecision& format : lower_precisions) {
    Training have(c);
    OpenDevice device(*api);
    const int replica = device.add(have, device.add_dataset(have), Tier::fused, format.precision);
    device.train({replica}, everything);
    device.read(replica, have);
    const double loss = have.history.back().loss, expected = want.history.back().loss;
    EXPECT_NE(loss, expected) << "the format makes no difference: is it used?";
    EXPECT_NEAR(loss, expected, format.tolerance * expected);
    EXPECT_NEAR(device.evaluate(replica, c.latents)[0], sums[0], format.tolerance * sums[0]);
  }
}

Case with_much_data() {
  Case c;
  c.hidden = {9};
  c.rows = 40000;  // 320 kB
  c.validation = 0;
  c.epochs = 1;
  c.weighted = true;
  return c;
}

TEST_F(DeviceTest, ADatasetReadInPlaceGivesTheSameBits) {
  const Environment in_place("SYMSCAN_DATA_IN_PLACE", "1");
  expect_cpu_bits(*api, *cpu, with_much_data(), Tier::fused);
}

TEST_F(DeviceTest, OnlyADatasetReadInPlaceSeesWhatTheHostWritesLater) {
  for (const bool in_place : {false, true}) {
    const Environment chosen("SYMSCAN_DATA_IN_PLACE", in_place ? "1" : "0");
    Training t(with_much_data());
    OpenDevice device(*api);
    const int dataset = device.add_dataset(t);
    const float before = t.values[5];
    t.values[5] = before + 1;
    std::vector<float> row(2);
    device.expect(api->read_dataset(device.get(), dataset, 2, 1, row.data(), device.why()));
    EXPECT_EQ(row[1], in_place ? before + 1 : before);
    device.expect(api->remove_dataset(device.get(), dataset, device.why()));
  }
}

TEST_F(DeviceTest, ADatasetOfMoreThanHalfTheDevicesMemoryIsReadInPlace) {
  if (!is_emulated(*api)) GTEST_SKIP() << "needs a device with 300 kB of memory";
  const Environment memory("SYMSCAN_EMULATED_MEMORY", "300000");
  expect_cpu_bits(*api, *cpu, with_much_data(), Tier::fused);
}

/// Training, validation, relevance passes and evaluation in a fraction of a second: what a sanitizer, which
/// makes a GPU hundreds of times slower, can look at.
TEST_F(DeviceTest, ASmallTrainingUsesEveryKernelOfABlock) {
  Case c;
  c.features = 3;
  c.hidden = {9};
  c.latents = 2;
  c.rows = 99;
  c.batch = 33;
  c.validation = 20;
  c.epochs = 2;
  c.patience = 3;
  c.weighted = true;
  c.relevance_every = 1;
  for (const Tier tier : {Tier::fused, Tier::streamed, Tier::cached}) expect_cpu_bits(*api, *cpu, c, tier);
}

}  // namespace
}  // namespace symscan::test
