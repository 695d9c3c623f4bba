#pragma once
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/base/aligned.hpp"
#include "kernels/cpu_backend.hpp"
#include "kernels/device/device_api.hpp"

namespace symscan::test {

/// The backend under test: the emulated device, or CUDA (cuda_tests).
inline const DeviceApi* device_under_test() {
  static std::string why;
  static void* const library = [] {
    const auto beside =
        std::filesystem::read_symlink("/proc/self/exe").parent_path() / SYMSCAN_DEVICE_LIBRARY;
    const std::string name = std::filesystem::exists(beside) ? beside.string() : SYMSCAN_DEVICE_LIBRARY;
    void* const opened = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (opened == nullptr) why = dlerror();
    return opened;
  }();
  if (library == nullptr) {
    ADD_FAILURE() << why;
    return nullptr;
  }
  return reinterpret_cast<const DeviceApi* (*)()>(dlsym(library, "symscan_device_api"))();
}

inline bool is_emulated(const DeviceApi& api) {
  return std::string(api.build).find("emulated") != std::string::npos;
}

/// Sets a variable of the environment for as long as it lives.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Environment() { unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
};

/// A format of the tensor cores, and how near float32 a training of a few epochs stays: the relative rounding
/// of both factors of its products, times the products that a sample goes through in a step, with room for
/// what the steps add up to. A wrong product (one factor not used, another layout) is off by far more.
struct LowerPrecision {
  Precision precision;
  double tolerance;
};
inline constexpr LowerPrecision lower_precisions[] = {{Precision::tf32, 32 * 0x1p-11},
                                                      {Precision::bf16, 32 * 0x1p-9}};

/// The CPU executor whose bits a device gives: any with fused multiply-adds.
inline const CpuBackend* fused_cpu_backend() {
  for (const CpuBackend* backend : cpu_backends()) {
    if (std::string(backend->name) != "baseline") return backend;
  }
  return nullptr;
}

/// A replica with random data, and its training on the CPU.
struct Case {
  int features = 2;
  std::vector<int> hidden = {64, 32};
  int latents = 4;
  Activation activation = Activation::tanh;
  std::uint32_t rows = 700, batch = 128, epochs = 3, validation = 60;
  bool weighted = false;
  std::int32_t patience = -1;
  Optimizer optimizer = Optimizer::adam;
  std::uint64_t seed = 1;
  bool cosine = false;
  double warmup = 0;
  double learning_rate = 3e-3;
  std::uint32_t relevance_every = 0;
  std::uint32_t first_round = 0;  ///< epochs; above 0: `epochs` is where a round ends
  double tolerance = 0;           ///< of relevances and loss
  std::uint32_t warmup_steps = 0;
};

/// Rounds of 2, 4 and 8 epochs.
inline Case case_of_rounds(double tolerance) {
  Case c;
  c.hidden = {9};
  c.rows = 9000;  // two chunks
  c.batch = 500;
  c.epochs = 14;
  c.first_round = 2;
  c.tolerance = tolerance;
  c.warmup_steps = 7;
  if (tolerance > 0) c.learning_rate = 1e-6;  // so that the loss stays, too
  return c;
}

struct Training {
  Case c;
  Network network;
  std::vector<float> values, weights;
  std::vector<std::uint32_t> training_rows, validation_rows;
  TrainingTask task;
  TrainingState state;
  std::vector<EpochMetrics> history;
  std::vector<float> parameters, first_moment, second_moment, kept;
  std::vector<double> relevance_history;

  explicit Training(const Case& chosen)
      : c(chosen), network(make_network(c.features, c.hidden, c.latents, c.activation)), history(c.epochs) {
    std::mt19937 random(static_cast<unsigned>(c.features * 131 + c.latents));
    std::normal_distribution<float> normal;
    for (std::size_t i = 0; i < std::size_t{c.rows} * c.features; ++i) values.push_back(normal(random));
    if (c.weighted) {
      for (std::uint32_t i = 0; i < c.rows; ++i)
        weights.push_back(0.25f + 1.5f * (random() % 1000) / 1000.0f);
    }
    const Permutation split(c.seed, Stream::validation_split, 0, c.rows);
    std::vector<bool> held_out(c.rows, false);
    for (std::uint32_t i = 0; i < c.validation; ++i) held_out[split(i)] = true;
    for (std::uint32_t row = 0; row < c.rows; ++row)
      (held_out[row] ? validation_rows : training_rows).push_back(row);
    const auto weight_of = [&](const std::vector<std::uint32_t>& of) {
      double sum = 0;
      for (const std::uint32_t row : of) sum += c.weighted ? weights[row] : 1.0;
      return sum;
    };
    task.values = values.data();
    task.weights = c.weighted ? weights.data() : nullptr;
    task.training_rows = training_rows.data();
    task.validation_rows = validation_rows.data();
    task.training_count = c.rows - c.validation;
    task.validation_count = c.validation;
    task.batch_size = c.batch;
    task.epochs = c.epochs;
    task.steps_per_epoch = (task.training_count + c.batch - 1) / c.batch;
    task.seed = c.seed;
    task.training_weight = weight_of(training_rows);
    task.validation_weight = weight_of(validation_rows);
    task.settings.optimizer = c.optimizer;
    task.settings.learning_rate = c.learning_rate;
    task.settings.weight_decay = 0.02;
    task.settings.momentum = 0.5;
    task.settings.reconstruction_scale = 0.5f;
    task.beta = 0.2;
    task.beta_warmup_epochs = c.warmup;
    task.cosine = c.cosine;
    task.patience = c.patience;
    task.rows = c.rows;
    task.relevance_every = c.relevance_every;
    task.rounds.first = c.first_round;
    if (c.first_round > 0) task.min_delta = c.tolerance;
    task.settings.warmup_steps = c.warmup_steps;
    relevance_history.resize(relevance_passes(task, c.epochs) * tracked_measures *
                             static_cast<std::size_t>(c.latents));
    task.relevance_history = relevance_history.data();
    parameters.resize(network.parameter_count);
    first_moment = second_moment = kept = parameters;
    initialise_parameters(network, c.seed, parameters.data());
  }

  std::uint64_t total_steps() const { return task.steps_per_epoch * task.epochs; }

  /// Trains on the CPU for up to `units` units of work.
  void train_on_cpu(const CpuBackend& backend, std::uint64_t units) {
    AlignedFloats memory(5 * network.parameter_count + workspace_size(network));
    ReplicaBuffers buffers;
    float* next = memory.data();
    std::vector<float>* vectors[] = {&parameters, &first_moment, &second_moment, &kept};
    float** places[] = {&buffers.parameters, &buffers.first_moment, &buffers.second_moment,
                        &buffers.kept_parameters};
    for (int i = 0; i < 4; ++i, next += network.parameter_count) {
      *places[i] = next;
      std::copy(vectors[i]->begin(), vectors[i]->end(), next);
    }
    buffers.gradient = next;
    buffers.work = make_workspace(network, next + network.parameter_count);
    TrainingScratch scratch;
    for (std::uint64_t u = 0; u < units && state.status == TrainingState::Status::training; ++u) {
      backend.advance(network, buffers, task, state, history.data(), scratch);
    }
    for (int i = 0; i < 4; ++i) std::copy_n(*places[i], network.parameter_count, vectors[i]->begin());
  }

  /// Losses, then the RelevanceSums of an evaluation pass.
  std::vector<double> evaluate_on_cpu(const CpuBackend& backend) const {
    AlignedFloats memory(2 * network.parameter_count + workspace_size(network));
    ReplicaBuffers buffers;
    buffers.parameters = memory.data();
    std::copy(parameters.begin(), parameters.end(), buffers.parameters);
    buffers.work = make_workspace(network, memory.data() + 2 * network.parameter_count);
    const std::size_t count = RelevanceSums::size(network.latents);
    std::vector<double> total(2 + count);
    Batch all;
    all.values = task.values;
    all.weights = task.weights;
    all.count = c.rows;
    for (std::size_t begin = 0; begin < all.count; begin += evaluation_chunk) {
      std::vector<double> part(count);
      const RelevanceSums sums = RelevanceSums::in(part.data(), network.latents);
      const LossSums loss = backend.evaluate(network, buffers, batch_part(all, begin, evaluation_chunk),
                                             {task.seed, Stream::evaluation_noise, 0}, &sums);
      total[0] += loss.squared_error;
      total[1] += loss.kl;
      for (std::size_t i = 0; i < part.size(); ++i) total[2 + i] += part[i];
    }
    return total;
  }
};

/// One opened device; every call must succeed unless a test asks for its status.
class OpenDevice {
 public:
  explicit OpenDevice(const DeviceApi& api, int number = 0) : api_(api) {
    expect(api.open(number, &device_, why_));
    DeviceInfo found;
    expect(api.info(number, &found, why_));
    limits_ = found.limits;
  }
  ~OpenDevice() { api_.close(device_); }
  OpenDevice(const OpenDevice&) = delete;
  OpenDevice& operator=(const OpenDevice&) = delete;

  const DeviceApi& api() const { return api_; }
  Device* get() const { return device_; }
  const DeviceLimits& limits() const { return limits_; }
  char* why() { return why_; }
  /// Ends the test: after a failed call there is nothing to go on with.
  void expect(DeviceStatus status) {
    if (status == DeviceStatus::ok) return;
    throw std::runtime_error("status " + std::to_string(static_cast<int>(status)) + ": " + why_);
  }

  /// Does a block of this device hold the network? One of a data-centre GPU holds all that are tested; others
  /// have less than half of its shared memory.
  bool has_room(const Network& network, Tier tier, std::size_t batch) const {
    try {
      (void)plan_block_as(tier, network, BlockPurpose::training, batch, limits_);
    } catch (const std::length_error&) {
      return false;
    }
    return plan_block(network, BlockPurpose::evaluation, batch, limits_).tier != Tier::layered;
  }

  int add_dataset(const Training& t) {
    int dataset = -1;
    expect(api_.add_dataset(device_, t.values.data(), t.c.weighted ? t.weights.data() : nullptr, t.c.rows,
                            t.c.features, &dataset, why_));
    return dataset;
  }
  ReplicaStart start_of(const Training& t, int dataset, Tier tier,
                        Precision precision = Precision::fp32) const {
    return {&t.network,
            plan_block_as(tier, t.network, BlockPurpose::training, t.c.batch, limits_),
            tier == Tier::layered ? BlockPlan{}
                                  : plan_block(t.network, BlockPurpose::evaluation, t.c.batch, limits_),
            precision,
            dataset,
            &t.task,
            &t.state,
            t.history.data(),
            t.parameters.data(),
            t.first_moment.data(),
            t.second_moment.data(),
            t.kept.data(),
            t.relevance_history.data()};
  }
  int add(const ReplicaStart& start) {
    int replica = -1;
    expect(api_.add_replicas(device_, &start, 1, &replica, why_));
    return replica;
  }
  int add(const Training& t, int dataset, Tier tier, Precision precision = Precision::fp32) {
    return add(start_of(t, dataset, tier, precision));
  }
  void train(const std::vector<int>& replicas, std::uint64_t units, double seconds = 0) {
    expect(api_.train(device_, replicas.data(), static_cast<int>(replicas.size()), units, seconds, why_));
    expect(api_.wait(device_, why_));
  }
  /// Reads the replica back into `t`.
  void read(int replica, Training& t) {
    const ReplicaCopy copy{&t.state,
                           t.history.data(),
                           t.parameters.data(),
                           t.first_moment.data(),
                           t.second_moment.data(),
                           t.task.patience >= 0 ? t.kept.data() : nullptr,
                           t.relevance_history.data()};
    expect(api_.read_replicas(device_, &replica, 1, &copy, why_));
  }
  std::vector<double> evaluate(int replica, int latents) {
    LossSums loss;
    std::vector<double> sums(RelevanceSums::size(latents));
    expect(api_.evaluate(device_, &replica, 1, why_));
    expect(api_.results(device_, &loss, sums.data(), nullptr, why_));
    sums.insert(sums.begin(), {loss.squared_error, loss.kl});
    return sums;
  }

 private:
  const DeviceApi& api_;
  Device* device_ = nullptr;
  DeviceLimits limits_;
  char why_[DeviceApi::why_size] = "";
};

class DeviceTest : public testing::Test {
 protected:
  void SetUp() override {
    api = device_under_test();
    ASSERT_NE(api, nullptr);
    cpu = fused_cpu_backend();
    int devices = 0;
    char why[DeviceApi::why_size] = "";
    ASSERT_EQ(api->count(&devices, why), DeviceStatus::ok) << why;
    if (devices == 0) GTEST_SKIP() << "no CUDA device: " << why;
    if (cpu == nullptr) GTEST_SKIP() << "this processor has no fused multiply-add";
  }
  const DeviceApi* api = nullptr;
  const CpuBackend* cpu = nullptr;
};

/// Equal bits; -0 equals 0.
template <class T>
void expect_same(const std::vector<T>& have, const std::vector<T>& want, const std::string& what) {
  ASSERT_EQ(have.size(), want.size()) << what;
  for (std::size_t i = 0; i < have.size(); ++i) {
    ASSERT_TRUE(have[i] == want[i] || (have[i] != have[i] && want[i] != want[i]))
        << what << " [" << i << "]: " << have[i] << " is not " << want[i];
  }
}

inline void expect_same_training(const Training& have, const Training& want, const std::string& what) {
  ASSERT_EQ(static_cast<int>(have.state.status), static_cast<int>(want.state.status)) << what;
  ASSERT_EQ(have.state.step, want.state.step) << what;
  ASSERT_EQ(have.state.epochs_done, want.state.epochs_done) << what;
  ASSERT_EQ(have.state.best_epoch, want.state.best_epoch) << what;
  expect_same(have.parameters, want.parameters, what + ", parameters");
  expect_same(have.first_moment, want.first_moment, what + ", first moment");
  expect_same(have.second_moment, want.second_moment, what + ", second moment");
  expect_same(have.relevance_history, want.relevance_history, what + ", relevance during training");
  for (std::uint32_t e = 0; e < want.state.epochs_done; ++e) {
    const EpochMetrics &h = have.history[e], &w = want.history[e];
    expect_same<double>({h.loss, h.reconstruction, h.kl, h.validation_loss},
                        {w.loss, w.reconstruction, w.kl, w.validation_loss},
                        what + ", epoch " + std::to_string(e));
  }
}

}  // namespace symscan::test
