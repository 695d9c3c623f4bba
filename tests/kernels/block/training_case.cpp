#include "tests/kernels/block/training_case.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string_view>

#include "host/base/aligned.hpp"
#include "kernels/block/program.hpp"
#include "tests/kernels/block/guarded_memory.hpp"

namespace symscan::test {
namespace {

/// A replica in the memory of a device, which starts full of NaN where nothing is copied to it.
struct DeviceCopy {
  GuardedMemory parameters, gradient, first_moment, second_moment, kept_parameters, shared;
  std::vector<EpochMetrics> history;
  block::ReplicaSlot slot = {};

  DeviceCopy(const TrainingCase& c, const BlockRun& run, BlockPurpose purpose)
      : parameters(c.network.parameter_count),
        gradient(c.network.parameter_count),
        first_moment(c.network.parameter_count),
        second_moment(c.network.parameter_count),
        kept_parameters(c.network.parameter_count),
        shared(make_block_layout(c.network, purpose, run.tier, run.precision, run.tile).shape.floats),
        history(c.task.epochs) {
    slot.training = make_block_layout(c.network, BlockPurpose::training, run.tier, run.precision, run.tile);
    slot.evaluation =
        make_block_layout(c.network, BlockPurpose::evaluation, run.tier, run.precision, run.tile);
    slot.task = c.task;
    slot.history = history.data();
    slot.parameters = parameters.data();
    slot.gradient = gradient.data();
    slot.first_moment = first_moment.data();
    slot.second_moment = second_moment.data();
    slot.kept_parameters = kept_parameters.data();
    std::copy(c.parameters.begin(), c.parameters.end(), parameters.data());
    for (const GuardedMemory* zero : {&gradient, &first_moment, &second_moment}) {
      std::fill_n(zero->data(), zero->size(), 0.0f);
    }
  }

  void expect_guards() const {
    for (const GuardedMemory* memory :
         {&parameters, &gradient, &first_moment, &second_moment, &kept_parameters, &shared}) {
      EXPECT_TRUE(memory->intact()) << "a block wrote beyond its memory";
    }
  }

  TrainingResult result() const {
    const auto copy = [](const GuardedMemory& memory) {
      return std::vector<float>(memory.data(), memory.data() + memory.size());
    };
    return {copy(parameters),      copy(first_moment), copy(second_moment),
            copy(kept_parameters), slot.state,         history};
  }
};

LoopTeam loop_team(const DeviceCopy& device, const BlockRun& run) {
  LoopTeam team;
  team.shared = device.shared.data();
  team.thread_count = run.threads;
  team.order = run.order == FiberOrder::forward ? LoopTeam::Order::forward : LoopTeam::Order::backward;
  return team;
}

void run_fibers(const DeviceCopy& device, const BlockRun& run, std::vector<Barrier>* barriers,
                const std::function<void(const FiberTeam&)>& program) {
  FiberBlock block(device.shared.data(), run.threads, run.order, run.seed);
  block.leave_out(run.left_out);
  block.run(program);
  if (barriers != nullptr) *barriers = block.barriers();
}

template <class T>
bool same(T a, T b) {
  return a == b || (a != a && b != b);
}

std::string first_difference(const char* name, const std::vector<float>& a, const std::vector<float>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (same(a[i], b[i])) continue;
    char text[128];
    std::snprintf(text, sizeof text, "%s[%zu]: %.9g and %.9g", name, i, a[i], b[i]);
    return text;
  }
  return "";
}

/// A replica in the memory of the CPU backend.
struct HostCopy {
  AlignedFloats memory;
  ReplicaBuffers buffers;

  explicit HostCopy(const TrainingCase& c)
      : memory(5 * c.network.parameter_count + workspace_size(c.network)) {
    float* next = memory.data();
    for (float** buffer : {&buffers.parameters, &buffers.gradient, &buffers.first_moment,
                           &buffers.second_moment, &buffers.kept_parameters}) {
      *buffer = next;
      next += c.network.parameter_count;
    }
    buffers.work = make_workspace(c.network, next);
    std::copy(c.parameters.begin(), c.parameters.end(), buffers.parameters);
    std::fill_n(buffers.kept_parameters, c.network.parameter_count, std::numeric_limits<float>::quiet_NaN());
  }
};

}  // namespace

TrainingCase::TrainingCase(const TrainingShape& shape, Activation activation, Optimizer optimizer,
                           bool weighted)
    : network(make_network(shape.features, shape.hidden, shape.latents, activation)) {
  const std::uint32_t total = shape.training_rows + shape.validation_rows;
  std::mt19937 random(static_cast<unsigned>(shape.features * 131 + shape.latents * 17) + total);
  std::normal_distribution<float> normal;
  values.resize(static_cast<std::size_t>(total) * shape.features);
  for (float& value : values) value = normal(random);
  for (std::uint32_t row = 0; row < total; ++row) {
    weights.push_back(0.25f + 1.5f * static_cast<float>(random() % 1000) / 1000);
    (row < shape.validation_rows ? validation_rows : training_rows).push_back(total - 1 - row);
  }
  task.values = values.data();
  task.weights = weighted ? weights.data() : nullptr;
  task.training_rows = training_rows.data();
  task.validation_rows = validation_rows.data();
  task.rows = static_cast<std::uint32_t>(rows());
  task.training_count = shape.training_rows;
  task.validation_count = shape.validation_rows;
  task.batch_size = shape.batch_size;
  task.epochs = 6;
  task.steps_per_epoch = (shape.training_rows + shape.batch_size - 1) / shape.batch_size;
  task.seed = 42;
  const auto sum_of_weights = [&](const std::vector<std::uint32_t>& rows) {
    double sum = 0;
    for (const std::uint32_t row : rows) sum += weighted ? weights[row] : 1;
    return sum;
  };
  task.training_weight = sum_of_weights(training_rows);
  task.validation_weight = sum_of_weights(validation_rows);
  task.settings.reconstruction_scale = 1.0f / static_cast<float>(shape.features);
  task.settings.optimizer = optimizer;
  task.settings.learning_rate = 0.01;
  task.settings.weight_decay = optimizer == Optimizer::adamw ? 0.05 : 0;
  task.settings.momentum = optimizer == Optimizer::sgd ? 0.9 : 0;
  task.beta = 0.3;
  task.beta_warmup_epochs = 1.5;
  task.cosine = optimizer == Optimizer::adamw;
  task.patience = 1;
  parameters.resize(network.parameter_count);
  initialise_parameters(network, 7, parameters.data());
  for (int l = 0; l < network.layer_count(); ++l) {
    for (int o = 0; o < network.layers[l].out; ++o)
      parameters[network.layers[l].bias + o] = 0.1f * normal(random);
  }
}

std::string difference(const TrainingResult& a, const TrainingResult& b) {
  const TrainingState &s = a.state, &t = b.state;
  if (s.status != t.status) return "status";
  if (s.step != t.step) return "step";
  if (s.epochs_done != t.epochs_done) return "epochs_done";
  if (s.validating != t.validating || s.validated != t.validated) return "progress of the validation pass";
  if (s.best_epoch != t.best_epoch) return "best_epoch";
  if (!same(s.best_validation, t.best_validation)) return "best_validation";
  const auto same_metrics = [](const EpochMetrics& m, const EpochMetrics& n) {
    return same(m.loss, n.loss) && same(m.reconstruction, n.reconstruction) && same(m.kl, n.kl) &&
           same(m.validation_loss, n.validation_loss);
  };
  for (std::uint32_t epoch = 0; epoch < s.epochs_done; ++epoch) {
    if (!same_metrics(a.history[epoch], b.history[epoch])) return "history of epoch " + std::to_string(epoch);
  }
  if (!same_metrics(s.running, t.running)) return "sums of the epoch under way";
  if (!same(s.validation.squared_error, t.validation.squared_error) ||
      !same(s.validation.kl, t.validation.kl)) {
    return "sums of the validation pass";
  }
  for (const std::string& found : {first_difference("parameters", a.parameters, b.parameters),
                                   first_difference("first_moment", a.first_moment, b.first_moment),
                                   first_difference("second_moment", a.second_moment, b.second_moment),
                                   first_difference("kept", a.kept_parameters, b.kept_parameters)}) {
    if (!found.empty()) return found;
  }
  return "";
}

TrainingResult train_on_cpu(const CpuBackend& backend, const TrainingCase& c, std::uint64_t units) {
  const HostCopy host(c);
  TrainingState state;
  std::vector<EpochMetrics> history(c.task.epochs);
  TrainingScratch scratch;
  for (std::uint64_t unit = 0; unit < units && state.status == TrainingState::Status::training; ++unit) {
    backend.advance(c.network, host.buffers, c.task, state, history.data(), scratch);
  }
  const auto copy = [&](const float* vector) {
    return std::vector<float>(vector, vector + c.network.parameter_count);
  };
  return {copy(host.buffers.parameters),
          copy(host.buffers.first_moment),
          copy(host.buffers.second_moment),
          copy(host.buffers.kept_parameters),
          state,
          history};
}

namespace {

const std::uint64_t* deadline_of(const BlockRun& run) {
  return run.deadline > 0 ? &run.deadline : nullptr;
}

template <class Team>
void train_slice(const Team& team, const BlockRun& run, block::ReplicaSlot& slot, std::uint64_t units) {
  if (run.tier == Tier::cached) {
    block::train_slice<true>(team, slot, units, deadline_of(run));
  } else {
    block::train_slice<false>(team, slot, units, deadline_of(run));
  }
}

template <class Team>
void evaluate_chunk(const Team& team, const BlockRun& run, const block::ReplicaSlot& slot, std::size_t chunk,
                    double* sums) {
  if (run.tier == Tier::cached) {
    block::evaluate_chunk<true>(team, slot, chunk, sums);
  } else {
    block::evaluate_chunk<false>(team, slot, chunk, sums);
  }
}

}  // namespace

TrainingResult train_with_loops(const TrainingCase& c, const BlockRun& run, std::uint64_t units,
                                int launches) {
  DeviceCopy device(c, run, BlockPurpose::training);
  for (int launch = 0; launch < launches; ++launch) {
    std::fill_n(device.shared.data(), device.shared.size(), std::numeric_limits<float>::quiet_NaN());
    train_slice(loop_team(device, run), run, device.slot, units);
  }
  device.expect_guards();
  return device.result();
}

TrainingResult train_with_fibers(const TrainingCase& c, const BlockRun& run, std::uint64_t units,
                                 std::vector<Barrier>* barriers) {
  DeviceCopy device(c, run, BlockPurpose::training);
  run_fibers(device, run, barriers,
             [&](const FiberTeam& team) { train_slice(team, run, device.slot, units); });
  device.expect_guards();
  return device.result();
}

std::vector<double> evaluate_on_cpu(const CpuBackend& backend, const TrainingCase& c, std::size_t chunk) {
  const HostCopy host(c);
  std::vector<double> sums(block::chunk_sums(c.network.latents));
  const RelevanceSums relevance = RelevanceSums::in(sums.data() + 2, c.network.latents);
  Batch all;
  all.values = c.task.values;
  all.weights = c.task.weights;
  all.count = c.rows();
  const LossSums losses =
      backend.evaluate(c.network, host.buffers, batch_part(all, chunk * evaluation_chunk, evaluation_chunk),
                       {c.task.seed, Stream::evaluation_noise, 0}, &relevance);
  sums[0] = losses.squared_error;
  sums[1] = losses.kl;
  return sums;
}

std::vector<double> evaluate_with_loops(const TrainingCase& c, const BlockRun& run, std::size_t chunk) {
  const DeviceCopy device(c, run, BlockPurpose::evaluation);
  std::vector<double> sums(block::chunk_sums(c.network.latents));
  evaluate_chunk(loop_team(device, run), run, device.slot, chunk, sums.data());
  device.expect_guards();
  return sums;
}

std::vector<double> evaluate_with_fibers(const TrainingCase& c, const BlockRun& run, std::size_t chunk,
                                         std::vector<Barrier>* barriers) {
  const DeviceCopy device(c, run, BlockPurpose::evaluation);
  std::vector<double> sums(block::chunk_sums(c.network.latents));
  run_fibers(device, run, barriers,
             [&](const FiberTeam& team) { evaluate_chunk(team, run, device.slot, chunk, sums.data()); });
  device.expect_guards();
  return sums;
}

const CpuBackend* fused_backend() {
  for (const CpuBackend* backend : cpu_backends()) {
    if (backend->name != std::string_view("baseline")) return backend;
  }
  return nullptr;
}

}  // namespace symscan::test
