#include "host/train/nonfinite.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "host/train/replica_memory.hpp"
#include "kernels/permutation.hpp"

namespace symscan {
namespace {

/// The first parameter tensor that is not finite; empty if all are.
std::string bad_parameter(const Network& network, const float* parameters) {
  const auto canonical = canonical_parameters(network, parameters);
  auto values = canonical.begin();
  for (const TensorShape& shape : tensor_shapes(network)) {
    std::ptrdiff_t count = 1;
    for (const std::size_t side : shape.shape) count *= static_cast<std::ptrdiff_t>(side);
    if (!std::all_of(values, values + count, [](float v) { return std::isfinite(v); }))
      return "parameter " + shape.name;
    values += count;
  }
  return "";
}

/// What is not finite after a pass of the encoder with finite parameters.
std::string bad_activation(const Network& network, const float* parameters, const Batch& batch) {
  const CpuReplica replica(network);
  std::copy_n(parameters, network.parameter_count, replica.buffers().parameters);
  std::vector<float> mean(batch.count * network.latents), logvar(mean.size());
  cpu_backend().encode(network, replica.buffers(), batch, mean.data(), logvar.data());
  if (!std::all_of(mean.begin(), mean.end(), [](float v) { return std::isfinite(v); }))
    return "the latents' mean (mu)";
  constexpr float most_logvar = 80;  // its exponential is hardly finite
  float largest = 0;
  for (const float value : logvar) largest = std::isfinite(value) ? std::max(largest, value) : HUGE_VALF;
  return largest > most_logvar ? "the latents' log-variance (logvar)" : "the reconstruction";
}

float largest_input(const PreparedData& data, const Batch& batch) {
  float largest = 0;
  for (std::size_t i = 0; i < batch.count; ++i) {
    const float* row = data.values.data() + batch.row(i) * data.features;
    for (std::size_t d = 0; d < data.features; ++d) largest = std::max(largest, std::abs(row[d]));
  }
  return largest;
}

}  // namespace

std::string describe_nonfinite(const ReplicaPlan& plan, const TrainingState& state, const float* parameters) {
  const TrainingTask& task = plan.task();
  const Permutation shuffle = training_shuffle(task, state.step);
  Batch batch;
  if (state.status == TrainingState::Status::not_finite) {
    batch = training_batch(task, state.step, &shuffle);
  } else {
    batch.values = task.values;
    batch.count = task.rows;
  }
  std::string tensor = bad_parameter(plan.network(), parameters);
  if (tensor.empty()) tensor = bad_activation(plan.network(), parameters, batch);
  std::ostringstream text;
  text << describe_replica(plan.config()) << " stopped at epoch " << state.step / task.steps_per_epoch + 1
       << ", step " << state.step + 1 << ": the loss is not finite, first seen in " << tensor
       << "; likely cause: ";
  if (const float largest = largest_input(plan.data(), batch); largest > 100) {
    text << "unscaled input (a value of size " << largest << "), use \"preprocess\": \"standardize\"";
  } else {
    text << "the learning rate " << task.settings.learning_rate << " is too large, try "
         << task.settings.learning_rate / 10;
  }
  return text.str();
}

}  // namespace symscan
