// Tier::layered: the training of the CPU up to the order of sums in the products, and the same bits alone, in
// a pool, in slices.
#include "tests/device/device_fixture.hpp"

namespace symscan::test {
namespace {

constexpr std::uint64_t to_the_end = 1u << 30;
constexpr double loss_tolerance = 1e-3, relevance_tolerance = 0.02;

std::string name_of(const Case& c) {
  std::string text = std::to_string(c.features) + " features, hidden";
  for (const int width : c.hidden) text += " " + std::to_string(width);
  return text + ", activation " + std::to_string(static_cast<int>(c.activation)) + ", batch " +
         std::to_string(c.batch);
}

void expect_near(double have, double want, double tolerance, double floor, const std::string& what) {
  EXPECT_NEAR(have, want, tolerance * std::max(std::abs(want), floor)) << what;
}

/// Sums over latents: small ones are measured by the largest of their measure.
void expect_near_sums(const double* have, const double* want, int measures, int latents,
                      const std::string& what) {
  for (int m = 0; m < measures; ++m, have += latents, want += latents) {
    double largest = 0;
    for (int j = 0; j < latents; ++j) largest = std::max(largest, std::abs(want[j]));
    for (int j = 0; j < latents; ++j) {
      EXPECT_NEAR(have[j], want[j], relevance_tolerance * (largest + 1e-3))
          << what << ", measure " << m << ", latent " << j;
    }
  }
}

/// Which epoch is the best must not hang on rounding, or another order of sums may stop elsewhere.
void expect_clear_decisions(const Training& want, const std::string& what) {
  double best = want.history[0].validation_loss;
  for (std::uint32_t e = 1; e < want.state.epochs_done; ++e) {
    const double loss = want.history[e].validation_loss;
    EXPECT_GT(std::abs(loss - best), 2 * loss_tolerance * best)
        << what << ": choose another case, epoch " << e;
    best = std::min(best, loss);
  }
}

void expect_near_training(const Training& have, const Training& want, const std::string& what) {
  if (want.c.patience >= 0) expect_clear_decisions(want, what);
  ASSERT_EQ(static_cast<int>(have.state.status), static_cast<int>(want.state.status)) << what;
  ASSERT_EQ(have.state.step, want.state.step) << what;
  ASSERT_EQ(have.state.epochs_done, want.state.epochs_done) << what;
  ASSERT_EQ(have.state.best_epoch, want.state.best_epoch) << what;
  for (std::uint32_t e = 0; e < want.state.epochs_done; ++e) {
    const EpochMetrics &h = have.history[e], &w = want.history[e];
    const std::string where = what + ", epoch " + std::to_string(e);
    expect_near(h.loss, w.loss, loss_tolerance, 1e-6, where + ", loss");
    expect_near(h.reconstruction, w.reconstruction, loss_tolerance, 1e-6, where + ", reconstruction");
    expect_near(h.kl, w.kl, loss_tolerance, 0.01, where + ", kl");
    if (want.c.validation > 0) {
      expect_near(h.validation_loss, w.validation_loss, loss_tolerance, 1e-6, where + ", validation");
    } else {
      EXPECT_TRUE(h.validation_loss != h.validation_loss) << where;
    }
  }
  const auto width = static_cast<std::size_t>(tracked_measures) * static_cast<std::size_t>(want.c.latents);
  const std::size_t passes = relevance_passes(want.task, want.state.epochs_done);
  for (std::size_t pass = 0; pass < passes; ++pass) {
    expect_near_sums(&have.relevance_history[pass * width], &want.relevance_history[pass * width],
                     tracked_measures, want.c.latents, what + ", relevance during training");
  }
}

class LayeredTest : public DeviceTest {
 protected:
  /// Trains a case on the device, alone and to the end, and evaluates it.
  Training train_alone(const Case& c, std::vector<double>* evaluation = nullptr) {
    Training trained(c);
    OpenDevice device(*api);
    const int replica = device.add(trained, device.add_dataset(trained), Tier::layered);
    device.train({replica}, to_the_end);
    device.read(replica, trained);
    if (evaluation != nullptr) *evaluation = device.evaluate(replica, c.latents);
    return trained;
  }

  void expect_cpu_training(const Case& c) {
    std::vector<double> have_sums;
    const Training have = train_alone(c, &have_sums);
    Training want(c);
    want.train_on_cpu(*cpu, to_the_end);
    const std::vector<double> want_sums = want.evaluate_on_cpu(*cpu);
    expect_near_training(have, want, name_of(c));
    expect_near(have_sums[0], want_sums[0], loss_tolerance, 1e-6, name_of(c) + ", evaluated error");
    expect_near(have_sums[1], want_sums[1], loss_tolerance, 0.01 * c.rows, name_of(c) + ", evaluated kl");
    expect_near_sums(&have_sums[2], &want_sums[2], 5, c.latents, name_of(c));
  }
};

TEST_F(LayeredTest, AwkwardShapesTrainAsOnTheCpu) {
  for (Case c : {Case{.features = 1, .hidden = {1}, .latents = 1, .batch = 1},
                 Case{.features = 7, .hidden = {33}, .latents = 5, .batch = 33},
                 Case{.features = 8, .hidden = {7, 1, 7}, .latents = 3, .batch = 65},
                 Case{.features = 3, .hidden = {}, .latents = 2, .batch = 129},
                 Case{.features = 33, .hidden = {65, 17}, .latents = 9, .batch = 100},
                 Case{.features = 1, .hidden = {129}, .latents = 1, .batch = 7},
                 Case{.features = 65, .hidden = {}, .latents = 33, .batch = 16},
                 Case{.features = 129, .hidden = {7}, .latents = 1, .batch = 300},
                 Case{.features = 2, .hidden = {64, 32}, .latents = 4, .batch = 128},
                 Case{.features = 5, .hidden = {300, 200}, .latents = 3, .batch = 64}}) {
    c.rows = c.batch == 1 ? 20 : 2 * c.batch + 45;
    c.validation = c.rows / 7;
    c.epochs = 2;
    c.weighted = c.latents == 3;
    expect_cpu_training(c);
  }
}

TEST_F(LayeredTest, ActivationsAndOptimisersTrainAsOnTheCpu) {
  for (const Activation activation : all_activations) {
    for (const Optimizer optimizer : {Optimizer::adam, Optimizer::adamw, Optimizer::sgd}) {
      Case c;
      c.hidden = {20, 9};
      c.rows = 300;
      c.validation = 40;
      c.batch = 50;
      c.activation = activation;
      c.optimizer = optimizer;
      c.weighted = optimizer != Optimizer::adam;
      c.cosine = optimizer == Optimizer::adamw;
      c.warmup = optimizer == Optimizer::sgd ? 1.5 : 0;
      expect_cpu_training(c);
    }
  }
}

TEST_F(LayeredTest, BatchesOfAnySizeTrainAsOnTheCpu) {
  for (const std::uint32_t batch : {1u, 15u, 16u, 17u, 299u, 300u}) {
    Case c;
    c.hidden = {9};
    c.rows = batch == 1 ? 30 : 340;
    c.validation = 0;
    c.batch = batch;
    expect_cpu_training(c);
  }
  expect_cpu_training(Case{.hidden = {9}, .batch = 10000});  // larger than the data
  Case several_tiles;
  several_tiles.hidden = {5};
  several_tiles.rows = 11000;
  several_tiles.validation = 0;
  several_tiles.batch = 9000;
  several_tiles.weighted = true;
  expect_cpu_training(several_tiles);
}

TEST_F(LayeredTest, SeveralChunksOfDataAreEvaluatedAsOnTheCpu) {
  Case c;
  c.hidden = {5};
  c.rows = 20000;
  c.validation = 9000;
  c.batch = 300;
  c.epochs = 2;
  c.relevance_every = 1;
  expect_cpu_training(c);
}

TEST_F(LayeredTest, EarlyStoppingEndsAsOnTheCpu) {
  Case c;
  c.hidden = {16};
  c.patience = 1;
  c.epochs = 12;
  c.learning_rate = 0.05;
  expect_cpu_training(c);
  const Training stopped = train_alone(c);
  EXPECT_LT(stopped.state.epochs_done, c.epochs) << "the case no longer stops early";
  expect_same(stopped.parameters, stopped.kept, "the parameters of the best epoch");
}

TEST_F(LayeredTest, RoundsEndAsOnTheCpu) {
  for (const double tolerance : {0.0, 100.0}) {
    expect_cpu_training(case_of_rounds(tolerance));
    EXPECT_EQ(train_alone(case_of_rounds(tolerance)).state.epochs_done, tolerance > 0 ? 6u : 14u);
  }
}

/// More replicas of one network than a pool holds, that differ in everything else, and three that cannot be
/// in a pool with them.
std::vector<Case> neighbours() {
  std::vector<Case> cases(9);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    cases[i].hidden = {33, 7};
    cases[i].rows = 400;
    cases[i].batch = 64;
    cases[i].seed = i + 1;
    cases[i].optimizer = i % 3 == 0 ? Optimizer::sgd : i % 3 == 1 ? Optimizer::adamw : Optimizer::adam;
    cases[i].cosine = i % 2 == 0;
    cases[i].validation = i == 4 ? 0 : static_cast<std::uint32_t>(40 * (i % 6) + 30);
    cases[i].epochs = static_cast<std::uint32_t>(2 + i % 6);
    cases[i].patience = i == 5 ? 0 : -1;
    cases[i].relevance_every = i == 3 ? 2 : 0;
  }
  cases[6].batch = 100;
  cases[7].activation = Activation::relu;
  cases[8].hidden = {7, 33};
  return cases;
}

TEST_F(LayeredTest, NeighboursAndSlicesDoNotShowInTheBits) {
  const std::vector<Case> cases = neighbours();
  std::vector<Training> alone, together;
  std::vector<std::vector<double>> sums(cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) alone.push_back(train_alone(cases[i], &sums[i]));
  for (const std::uint64_t units : {std::uint64_t{1}, std::uint64_t{5}, to_the_end}) {
    OpenDevice device(*api);
    together.clear();
    std::vector<int> replicas;
    for (const Case& c : cases) together.emplace_back(c);
    const int dataset = device.add_dataset(together[0]);
    for (const Training& t : together) {
      replicas.push_back(device.add(t, dataset, Tier::layered));
      device.train(replicas, std::min<std::uint64_t>(units, 3));  // some are ahead of the others
    }
    for (int slice = 0; slice < 80; ++slice) device.train(replicas, units);
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const std::string what = "replica " + std::to_string(i) + ", slices of " + std::to_string(units);
      device.read(replicas[i], together[i]);
      expect_same_training(together[i], alone[i], what);
      expect_same(device.evaluate(replicas[i], cases[i].latents), sums[i], what + ", evaluation");
    }
  }
}

TEST_F(LayeredTest, ReplicasDoTheUnitsOfWorkThatTheyAreGiven) {
  const std::vector<Case> cases = neighbours();
  Training a(cases[2]), b(cases[3]), want_a(cases[2]), want_b(cases[3]);
  OpenDevice device(*api);
  const int dataset = device.add_dataset(a);
  const int replica_a = device.add(a, dataset, Tier::layered),
            replica_b = device.add(b, dataset, Tier::layered);
  const auto expect_at = [&](std::uint64_t units_a, std::uint64_t units_b) {
    want_a.train_on_cpu(*cpu, units_a);
    want_b.train_on_cpu(*cpu, units_b);
    device.read(replica_a, a);
    device.read(replica_b, b);
    for (const auto& [have, want] : {std::pair(&a.state, &want_a.state), {&b.state, &want_b.state}}) {
      expect_same<std::uint64_t>({have->step, have->epochs_done, have->validating, have->measuring},
                                 {want->step, want->epochs_done, want->validating, want->measuring}, "state");
    }
  };
  device.train({replica_a}, 3);
  expect_at(3, 0);
  expect_same(b.parameters, want_b.parameters, "parameters of a replica that waits");
  for (int slice = 0; slice < 4; ++slice) {
    device.train({replica_a, replica_b}, 4);
    expect_at(4, 4);
  }
}

TEST_F(LayeredTest, SlicesAreAsLongAsTheirTime) {
  Case c;
  c.hidden = {20};
  c.epochs = 100000;
  c.rows = 128 * 10;
  c.validation = 0;
  Training t(c);
  OpenDevice device(*api);
  const int replica = device.add(t, device.add_dataset(t), Tier::layered);
  std::vector<std::uint64_t> steps = {0};
  for (int slice = 0; slice < 4; ++slice) {
    device.train({replica}, to_the_end, 0.3);
    device.read(replica, t);
    steps.push_back(t.state.step);
  }
  EXPECT_EQ(steps[1], 16u) << "nothing is known about the speed yet";
  EXPECT_GT(steps[4] - steps[3], 16u) << "slices do not grow";
  EXPECT_LT(steps[4], 50000u) << "slices are far too long";
}

TEST_F(LayeredTest, ReplicasAreEvaluatedTogetherWithOtherTiers) {
  Case layered, block;
  layered.hidden = block.hidden = {12};
  layered.rows = block.rows = 300;
  block.latents = 2;
  Training a(layered), b(layered), c(block);
  OpenDevice device(*api);
  const int dataset = device.add_dataset(a);
  const int replicas[] = {device.add(a, dataset, Tier::layered), device.add(c, dataset, Tier::fused),
                          device.add(b, dataset, Tier::layered)};
  device.train({replicas[0], replicas[1], replicas[2]}, 7);
  LossSums losses[3];
  std::vector<double> sums(RelevanceSums::size(4 + 2 + 4));
  device.expect(api->evaluate(device.get(), replicas, 3, device.why()));
  device.expect(api->results(device.get(), losses, sums.data(), nullptr, device.why()));
  const int latents[] = {4, 2, 4};
  const double* next = sums.data();
  for (const int i : {0, 1, 2}) {
    std::vector<double> have = {losses[i].squared_error, losses[i].kl};
    have.insert(have.end(), next, next + RelevanceSums::size(latents[i]));
    next += RelevanceSums::size(latents[i]);
    expect_same(have, device.evaluate(replicas[i], latents[i]), "replica " + std::to_string(i));
  }
}

TEST_F(LayeredTest, EvaluatesWhatABlockHasTrained) {
  Case c;
  c.hidden = {40};
  c.rows = 9000;
  Training trained(c);
  trained.train_on_cpu(*cpu, 20);
  OpenDevice device(*api);
  ReplicaStart start = device.start_of(trained, device.add_dataset(trained), Tier::streamed);
  start.evaluation = BlockPlan{};
  const int replica = device.add(start);
  const std::vector<double> have = device.evaluate(replica, c.latents), want = trained.evaluate_on_cpu(*cpu);
  for (std::size_t i = 0; i < want.size(); ++i) {
    expect_near(have[i], want[i], 1e-4, 1e-3 * c.rows, "sum " + std::to_string(i));
  }
}

TEST_F(LayeredTest, PlacesAreTakenAgain) {
  Case c;
  c.hidden = {33, 7};
  c.rows = 300;
  Case exploding = c;
  exploding.optimizer = Optimizer::sgd;
  exploding.learning_rate = 1e8;
  exploding.activation = c.activation = Activation::linear;
  const Training want = train_alone(c);
  Training bad(exploding), first(c), second(c);
  OpenDevice device(*api);
  const int dataset = device.add_dataset(first);
  const int bad_one = device.add(bad, dataset, Tier::layered),
            good = device.add(first, dataset, Tier::layered);
  device.train({bad_one, good}, to_the_end);
  device.read(bad_one, bad);
  EXPECT_EQ(static_cast<int>(bad.state.status), static_cast<int>(TrainingState::Status::not_finite));
  EXPECT_LT(bad.state.step, bad.total_steps());
  device.read(good, first);
  expect_same_training(first, want, "beside a replica whose loss is not finite");
  device.expect(api->remove_replicas(device.get(), &bad_one, 1, device.why()));
  const int next = device.add(second, dataset, Tier::layered);
  device.train({next}, to_the_end);
  device.read(next, second);
  expect_same_training(second, want, "at the place of a replica whose loss was not finite");
}

TEST_F(LayeredTest, ANonFiniteLossLeavesTheParametersOfItsStep) {
  Case c;
  c.hidden = {20};
  c.optimizer = Optimizer::sgd;
  c.activation = Activation::linear;
  c.learning_rate = 1e8;
  const Training trained = train_alone(c);
  ASSERT_EQ(static_cast<int>(trained.state.status), static_cast<int>(TrainingState::Status::not_finite));
  Training replayed(c);
  OpenDevice device(*api);
  const int replica = device.add(replayed, device.add_dataset(replayed), Tier::layered);
  device.train({replica}, trained.state.step);
  device.read(replica, replayed);
  expect_same(trained.parameters, replayed.parameters, "parameters");
}

TEST_F(LayeredTest, ATrainingMovesBetweenDeviceAndCpu) {
  Case c;
  c.hidden = {16};
  c.patience = 3;
  c.relevance_every = 1;
  Training moved(c), want(c);
  want.train_on_cpu(*cpu, to_the_end);
  for (int move = 0; move < 20; ++move) {
    moved.train_on_cpu(*cpu, 2);
    OpenDevice device(*api);
    const int replica = device.add(moved, device.add_dataset(moved), Tier::layered);
    device.train({replica}, 3);
    device.read(replica, moved);
  }
  expect_near_training(moved, want, "moved");
}

TEST_F(LayeredTest, PaddingOfParametersStaysZero) {
  Case c;
  c.hidden = {33};
  c.features = 7;
  c.latents = 5;
  const Training trained = train_alone(c);
  std::vector<bool> real(trained.network.parameter_count, false);
  for (int l = 0; l < trained.network.layer_count(); ++l) {
    const Layer& layer = trained.network.layers[l];
    for (int o = 0; o < layer.out; ++o) {
      real[layer.bias + static_cast<std::size_t>(o)] = true;
      for (int i = 0; i < layer.in; ++i) real[layer.index(i, o)] = true;
    }
  }
  for (std::size_t p = 0; p < real.size(); ++p) {
    if (!real[p]) {
      ASSERT_EQ(trained.parameters[p], 0.0f) << p;
    }
  }
}

TEST_F(LayeredTest, LowerPrecisionsStayNearFloat32) {
  Case c;
  c.epochs = 4;
  const Training want = train_alone(c);
  for (const LowerPrecision& format : lower_precisions) {
    Training have(c);
    OpenDevice device(*api);
    const int replica = device.add(have, device.add_dataset(have), Tier::layered, format.precision);
    device.train({replica}, to_the_end);
    device.read(replica, have);
    const double loss = have.history.back().loss, expected = want.history.back().loss;
    // cuBLAS may use the tensor cores and need not; the emulated device always rounds.
    if (is_emulated(*api)) {
      EXPECT_NE(loss, expected) << "the format makes no difference: is it used?";
    }
    EXPECT_NEAR(loss, expected, format.tolerance * expected);
  }
}

}  // namespace
}  // namespace symscan::test
