// A device trains bit for bit as the CPU does: parameters, moments, history, relevances.
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
    for (const Tier tier : {Tier::fused, Tier::streamed}) expect_cpu_bits(*api, *cpu, c, tier);
  }
}

TEST_F(DeviceTest, ActivationsAndOptimisersHaveTheBitsOfTheCpu) {
  for (const Activation activation :
       {Activation::tanh, Activation::relu, Activation::gelu, Activation::silu, Activation::linear}) {
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
  for (const Tier tier : {Tier::fused, Tier::streamed}) expect_cpu_bits(*api, *cpu, c, tier);
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
  for (const Tier tier : {Tier::fused, Tier::streamed}) expect_cpu_bits(*api, *cpu, c, tier);
  Training trained(c), plain(c);
  plain.task.relevance_every = 0;
  trained.train_on_cpu(*cpu, everything);
  plain.train_on_cpu(*cpu, everything);
  ASSERT_EQ(trained.relevance_history.size(), 2u * tracked_measures * 4);
  for (int pass = 0; pass < 2; ++pass) EXPECT_GT(trained.relevance_history[pass * tracked_measures * 4], 0);
  EXPECT_EQ(trained.parameters, plain.parameters) << "measuring changes the training";
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
  for (const Tier tier : {Tier::fused, Tier::streamed}) expect_cpu_bits(*api, *cpu, c, tier);
}

}  // namespace
}  // namespace symscan::test
