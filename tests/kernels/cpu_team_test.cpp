#include "kernels/cpu_team.hpp"

#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include "tests/kernels/kernel_fixture.hpp"

namespace symscan::test {
namespace {

constexpr int team_sizes[] = {2, 3, 5, 8};

struct Shape {
  int features;
  std::vector<int> hidden;
  int latents;
  std::size_t samples;
};

/// Few and many columns, rows and samples: work that is shared by columns, by rows, or that not every thread
/// gets a part of. Batches of whole tiles, less than a tile and several.
const Shape shapes[] = {{1, {1}, 1, 1},     {2, {64, 32}, 4, 128},  {7, {33}, 5, 33},
                        {3, {}, 2, 129},    {33, {65, 17}, 9, 200}, {65, {}, 33, 16},
                        {2, {100}, 1, 300}, {129, {7}, 1, 256}};

std::vector<float> values_of(const float* values, std::size_t count) {
  return {values, values + count};
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// Everything that a replica has after some work.
struct Outcome {
  std::vector<float> parameters, gradient, first_moment, second_moment, kept;
  std::vector<double> sums;

  bool operator==(const Outcome& other) const {
    return same_bits(parameters, other.parameters) && same_bits(gradient, other.gradient) &&
           same_bits(first_moment, other.first_moment) && same_bits(second_moment, other.second_moment) &&
           same_bits(kept, other.kept) && sums == other.sums;
  }
};

Outcome outcome_of(const KernelCase& c, std::vector<double> sums) {
  const std::size_t count = c.network.parameter_count;
  const auto copy = [&](const float* values) { return values_of(values, values != nullptr ? count : 0); };
  return {copy(c.buffers.parameters),    copy(c.buffers.gradient),        copy(c.buffers.first_moment),
          copy(c.buffers.second_moment), copy(c.buffers.kept_parameters), std::move(sums)};
}

/// Three steps, a pass for the loss alone, and one with all that a pass can measure.
Outcome steps_and_pass(const CpuBackend& backend, const Shape& shape, Activation activation,
                       Optimizer optimizer, CpuTeam* team) {
  KernelCase c(shape.features, shape.hidden, shape.latents, activation, shape.samples);
  c.buffers.team = team;
  StepSettings settings;
  settings.optimizer = optimizer;
  settings.momentum = 0.5;
  std::vector<double> sums(RelevanceSums::size(shape.latents));
  const auto add = [&](const LossSums& loss) {
    sums.push_back(loss.squared_error);
    sums.push_back(loss.kl);
  };
  for (std::uint64_t step = 1; step <= 3; ++step) {
    add(backend.train_step(c.network, c.buffers, c.batch(), {7, Stream::training_noise, step}, settings,
                           step));
  }
  add(backend.evaluate(c.network, c.buffers, c.batch(), {7, Stream::validation_noise, 0}, nullptr));
  const RelevanceSums relevance = RelevanceSums::in(sums.data(), shape.latents);
  add(backend.evaluate(c.network, c.buffers, c.batch(), {7, Stream::evaluation_noise, 0}, &relevance));
  c.expect_sentinels();
  return outcome_of(c, sums);
}

TEST(CpuTeam, StepsAndPassesGiveTheBitsOfOneThread) {
  for (const CpuBackend* backend : cpu_backends()) {
    for (const Shape& shape : shapes) {
      for (const auto& [activation, optimizer] :
           {std::pair{Activation::gelu, Optimizer::adam}, std::pair{Activation::tanh, Optimizer::sgd}}) {
        const Outcome alone = steps_and_pass(*backend, shape, activation, optimizer, nullptr);
        for (const int size : team_sizes) {
          CpuTeam team(size);
          ASSERT_EQ(team.size(), size);
          ASSERT_TRUE(steps_and_pass(*backend, shape, activation, optimizer, &team) == alone)
              << backend->name << ", " << shape.features << " features, " << shape.samples << " samples, "
              << size << " threads";
        }
      }
    }
  }
}

/// A training with event weights, validation, patience and relevance passes, in units of work.
Outcome training(CpuTeam* team) {
  constexpr std::uint32_t rows = 400, held_out = 70, epochs = 12;
  KernelCase c(5, {40, 20}, 3, Activation::silu, rows - 5);
  AlignedFloats kept(c.network.parameter_count);
  c.buffers.kept_parameters = kept.data();
  c.buffers.team = team;
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0u);
  std::vector<double> relevances(epochs * tracked_measures * 3);
  TrainingTask task;
  task.values = c.values.data();
  task.weights = c.weights.data();
  task.validation_rows = order.data();
  task.training_rows = order.data() + held_out;
  task.validation_count = held_out;
  task.training_count = rows - held_out;
  task.epochs = epochs;
  task.rows = rows;
  task.relevance_every = 2;
  task.relevance_history = relevances.data();
  task.steps_per_epoch = 3;
  task.training_weight = task.training_count;
  task.validation_weight = task.validation_count;
  task.settings.learning_rate = 0.03;  // the validation loss goes up and down
  task.patience = 3;
  TrainingState state;
  TrainingScratch scratch;
  std::vector<EpochMetrics> history(epochs);
  while (state.status == TrainingState::Status::training)
    cpu_backend().advance(c.network, c.buffers, task, state, history.data(), scratch);
  std::vector<double> numbers = relevances;
  for (std::uint32_t e = 0; e < state.epochs_done; ++e)
    numbers.insert(numbers.end(), {history[e].loss, history[e].kl, history[e].validation_loss});
  numbers.push_back(state.best_epoch);
  return outcome_of(c, numbers);
}

TEST(CpuTeam, AWholeTrainingGivesTheBitsOfOneThread) {
  const Outcome alone = training(nullptr);
  for (const int size : team_sizes) {
    CpuTeam team(size);
    EXPECT_TRUE(training(&team) == alone) << size << " threads";
  }
}

TEST(CpuTeam, MeetingsShowWhatWasWrittenBeforeThem) {
  struct Counting {
    CpuTeam team{5};
    int rounds[5] = {};
    int wrong[5] = {};
  } counting;
  const auto work = [](void* context, int rank) {
    Counting& c = *static_cast<Counting*>(context);
    for (int round = 1; round <= 2000; ++round) {
      c.rounds[rank] = round;
      c.team.meet();
      for (const int other : c.rounds) c.wrong[rank] += other != round ? 1 : 0;
      c.team.meet();
    }
  };
  for (int call = 0; call < 3; ++call) counting.team.run(work, &counting);
  EXPECT_EQ(std::accumulate(std::begin(counting.wrong), std::end(counting.wrong), 0), 0);
}

/// One thread is late by more than the others spin and yield: they sleep, and wake.
TEST(CpuTeam, WaitsAsleepForAThreadThatIsLate) {
  struct Late {
    CpuTeam team{3};
    std::atomic<int> done{0};
  } late;
  rusage before = {}, after = {};
  getrusage(RUSAGE_SELF, &before);
  late.team.run(
      [](void* context, int rank) {
        Late& l = *static_cast<Late*>(context);
        if (rank == 1) std::this_thread::sleep_for(std::chrono::milliseconds(300));
        l.team.meet();
        ++l.done;
      },
      &late);
  getrusage(RUSAGE_SELF, &after);
  EXPECT_EQ(late.done, 3);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  EXPECT_LT(
      seconds(after.ru_utime) - seconds(before.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_stime),
      0.15);
}

TEST(CpuTeam, EndsAtOnceWithoutAnyWork) {
  for (int i = 0; i < 200; ++i) EXPECT_EQ(CpuTeam(1 + i % 4).size(), 1 + i % 4);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(CpuTeam, IsSmallerWhereTheSystemRefusesThreads) {
  const auto little_memory = [] {
    const rlimit limit = {400u << 20, 400u << 20};  // stacks of 8 MiB each
    setrlimit(RLIMIT_AS, &limit);
    CpuTeam team(500);
    std::atomic<int> done{0};
    team.run([](void* context, int) { ++*static_cast<std::atomic<int>*>(context); }, &done);
    std::_Exit(team.size() < 500 && done == team.size() ? 0 : 1);
  };
  EXPECT_EXIT(little_memory(), testing::ExitedWithCode(0), "");
}
#endif

}  // namespace
}  // namespace symscan::test
