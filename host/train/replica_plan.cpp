#include <algorithm>
#include <cmath>
#include <sstream>

#include "host/base/error.hpp"
#include "host/train/checkpoint_blob.hpp"
#include "host/train/replica_trainer.hpp"
#include "kernels/permutation.hpp"

namespace symscan {
namespace {

double weight_sum(const PreparedData& data, const std::vector<std::uint32_t>& rows) {
  if (data.weights.empty()) return static_cast<double>(rows.size());
  double sum = 0;
  for (const std::uint32_t row : rows) sum += data.weights[row];
  return sum;
}

StepSettings base_settings(const ReplicaConfig& config, std::size_t features) {
  const TrainConfig& train = config.train;
  StepSettings settings;
  settings.reconstruction_scale =
      static_cast<float>(reconstruction_scale(config.loss.kind, static_cast<int>(features)));
  settings.beta = static_cast<float>(config.loss.beta);
  settings.optimizer = train.optimizer;
  settings.learning_rate = train.learning_rate;
  settings.adam_beta1 = train.adam_beta1;
  settings.adam_beta2 = train.adam_beta2;
  settings.epsilon = train.epsilon;
  settings.weight_decay = train.weight_decay;
  settings.momentum = train.momentum;
  return settings;
}

}  // namespace

std::size_t validation_rows(const TrainConfig& train, std::size_t rows) {
  const auto wanted =
      static_cast<std::size_t>(std::llround(train.validation_fraction * static_cast<double>(rows)));
  return std::min(wanted, rows - 1);
}

std::uint64_t steps_per_epoch(const TrainConfig& train, std::size_t rows) {
  const auto batch = static_cast<std::size_t>(train.batch_size);
  return (rows - validation_rows(train, rows) + batch - 1) / batch;
}

std::string describe_replica(const ReplicaConfig& config) {
  std::ostringstream text;
  text << "replica " << config.id << " (" << dataset_label(config.dataset) << ", latent_dim "
       << config.model.latent_dim << ", beta " << config.loss.beta << ", seed " << config.seed << ")";
  return text.str();
}

ReplicaPlan::ReplicaPlan(const ReplicaConfig& config, const PreparedData& data)
    : config_(config),
      data_(data),
      network_(make_network(static_cast<int>(data.features), config.model.hidden, config.model.latent_dim,
                            config.model.activation)) {
  const auto rows = static_cast<std::uint32_t>(data.rows);
  const auto held_out = static_cast<std::uint32_t>(validation_rows(config.train, data.rows));
  const Permutation split(config.seed, Stream::validation_split, 0, rows);
  std::vector<bool> is_held_out(rows, false);
  for (std::uint32_t i = 0; i < held_out; ++i) is_held_out[split(i)] = true;
  training_rows_.reserve(rows - held_out);
  validation_rows_.reserve(held_out);
  for (std::uint32_t row = 0; row < rows; ++row)
    (is_held_out[row] ? validation_rows_ : training_rows_).push_back(row);

  task_.values = data.values.data();
  task_.weights = data.weights.empty() ? nullptr : data.weights.data();
  task_.training_rows = training_rows_.data();
  task_.validation_rows = validation_rows_.data();
  task_.training_count = rows - held_out;
  task_.validation_count = held_out;
  task_.batch_size = static_cast<std::uint32_t>(config.train.batch_size);
  task_.epochs = static_cast<std::uint32_t>(config.train.epochs);
  task_.rows = rows;
  task_.relevance_every = static_cast<std::uint32_t>(config.relevance.every);
  task_.steps_per_epoch = steps_per_epoch(config.train, data.rows);
  task_.seed = config.seed;
  task_.training_weight = weight_sum(data, training_rows_);
  task_.validation_weight = weight_sum(data, validation_rows_);
  task_.settings = base_settings(config, data.features);
  task_.beta = config.loss.beta;
  task_.beta_warmup_epochs = config.train.beta_warmup_epochs;
  task_.cosine = config.train.schedule == Schedule::cosine;
  if (const auto& stopping = config.train.early_stopping) {
    task_.patience = stopping->patience;
    task_.min_delta = stopping->min_delta;
  }
}

ReplicaResult ReplicaPlan::result(const LossSums& loss, const RelevanceSums& sums, const float* parameters,
                                  std::vector<EpochMetrics> history, const double* relevance_history) const {
  const auto latents = static_cast<std::size_t>(network_.latents);
  const double total = task_.training_weight + task_.validation_weight;
  ReplicaResult result;
  result.reconstruction = task_.settings.reconstruction_scale * loss.squared_error / total;
  result.kl = loss.kl / total;
  result.loss = result.reconstruction + task_.beta * result.kl;
  if (!std::isfinite(result.loss)) {
    TrainingState state;
    state.step = task_.steps_per_epoch * history.size();
    state.epochs_done = static_cast<std::uint32_t>(history.size());
    state.status = TrainingState::Status::finished;
    return failure(state, parameters, std::move(history));
  }
  const auto activity = [total](const RelevanceSums& of, std::size_t j) {
    const double mean = of.mean[j] / total;
    return std::max(0.0, of.mean_square[j] / total - mean * mean);
  };
  for (std::size_t j = 0; j < latents; ++j) {
    result.latent_kl.push_back(sums.kl[j] / total);
    result.activity.push_back(activity(sums, j));
    result.posterior_variance.push_back(sums.variance[j] / total);
    result.jacobian.push_back(sums.jacobian[j] / total);
  }
  const std::uint32_t passes = relevance_passes(task_, static_cast<std::uint32_t>(history.size()));
  for (std::uint32_t pass = 0; pass < passes; ++pass) {
    const double* const begin = relevance_history + pass * tracked_measures * latents;
    std::vector<double> values(begin, begin + tracked_measures * latents);
    const RelevanceSums of_pass = RelevanceSums::encoder_in(values.data(), network_.latents);
    TrackedRelevance tracked{std::size_t{pass + 1} * task_.relevance_every, {}, {}, {}};
    if (tracked.epoch >= history.size()) break;  // training ended with this epoch
    for (std::size_t j = 0; j < latents; ++j) {
      tracked.kl.push_back(of_pass.kl[j] / total);
      tracked.activity.push_back(activity(of_pass, j));
      tracked.posterior_variance.push_back(of_pass.variance[j] / total);
    }
    result.tracked.push_back(std::move(tracked));
  }
  result.parameters = canonical_parameters(network_, parameters);
  result.history = std::move(history);
  return result;
}

std::size_t ReplicaPlan::relevance_history_size() const {
  return relevance_passes(task_, task_.epochs) * tracked_measures *
         static_cast<std::size_t>(network_.latents);
}

ReplicaResult ReplicaPlan::failure(const TrainingState& state, const float* parameters,
                                   std::vector<EpochMetrics> history) const {
  ReplicaResult failure;
  failure.failed = true;
  failure.message = describe_nonfinite(state, parameters);
  failure.history = std::move(history);
  return failure;
}

std::string ReplicaPlan::describe_nonfinite(const TrainingState& state, const float* parameters) const {
  const CpuReplica replica(network_);
  std::copy_n(parameters, network_.parameter_count, replica.buffers().parameters);
  const auto canonical = canonical_parameters(network_, parameters);
  const std::uint64_t epoch = state.step / task_.steps_per_epoch;
  const Permutation shuffle = training_shuffle(task_, state.step);
  Batch batch;
  if (state.status == TrainingState::Status::not_finite) {
    batch = training_batch(task_, state.step, &shuffle);
  } else {
    batch.values = task_.values;
    batch.count = task_.rows;
  }
  std::string tensor = "the reconstruction";
  std::vector<float> mean(batch.count * network_.latents), logvar(mean.size());
  cpu_backend().encode(network_, replica.buffers(), batch, mean.data(), logvar.data());
  float largest = 0;
  for (const float value : logvar) largest = std::isfinite(value) ? std::max(largest, value) : HUGE_VALF;
  if (largest > 80) tensor = "the latents' log-variance (logvar)";
  for (const float value : mean) {
    if (!std::isfinite(value)) tensor = "the latents' mean (mu)";
  }
  std::size_t next = 0;
  for (const TensorShape& shape : tensor_shapes(network_)) {
    std::size_t count = 1;
    for (const std::size_t side : shape.shape) count *= side;
    const auto values = canonical.begin() + static_cast<std::ptrdiff_t>(next);
    if (!std::all_of(values, values + static_cast<std::ptrdiff_t>(count),
                     [](float v) { return std::isfinite(v); })) {
      tensor = "parameter " + shape.name;
      break;
    }
    next += count;
  }
  float largest_input = 0;
  for (std::size_t i = 0; i < batch.count; ++i) {
    const std::size_t row = batch.row(i);
    for (std::size_t d = 0; d < data_.features; ++d) {
      largest_input = std::max(largest_input, std::abs(data_.values[row * data_.features + d]));
    }
  }
  std::ostringstream text;
  text << describe_replica(config_) << " stopped at epoch " << epoch + 1 << ", step " << state.step + 1
       << ": the loss is not finite, first seen in " << tensor << "; likely cause: ";
  if (largest_input > 100) {
    text << "unscaled input (a value of size " << largest_input << "), use \"preprocess\": \"standardize\"";
  } else {
    text << "the learning rate " << task_.settings.learning_rate << " is too large, try "
         << task_.settings.learning_rate / 10;
  }
  return text.str();
}

std::string to_blob(const ReplicaSnapshot& snapshot) {
  BlobWriter blob;
  blob.put(checkpoint_version);
  blob.put<std::uint64_t>(snapshot.parameters.size());
  blob.put(snapshot.state);
  blob.put_all(snapshot.history);
  blob.put_all(snapshot.kept_parameters);
  blob.put_all(snapshot.relevance_history);
  blob.put_array(snapshot.parameters.data(), snapshot.parameters.size());
  blob.put_array(snapshot.first_moment.data(), snapshot.first_moment.size());
  blob.put_array(snapshot.second_moment.data(), snapshot.second_moment.size());
  return blob.take();
}

ReplicaSnapshot from_blob(std::string_view bytes, const ReplicaPlan& plan) {
  const std::size_t count = plan.network().parameter_count;
  BlobReader blob(bytes);
  ReplicaSnapshot snapshot;
  bool fits = blob.get<std::uint32_t>() == checkpoint_version && blob.get<std::uint64_t>() == count;
  if (fits) {
    snapshot.state = blob.get<TrainingState>();
    snapshot.history = blob.get_all<EpochMetrics>();
    snapshot.kept_parameters = blob.get_all<float>();
    snapshot.relevance_history = blob.get_all<double>();
    fits = snapshot.relevance_history.size() == plan.relevance_history_size() &&
           snapshot.history.size() == snapshot.state.epochs_done &&
           snapshot.state.epochs_done <= plan.task().epochs &&
           snapshot.state.status <= TrainingState::Status::not_finite &&
           snapshot.kept_parameters.size() == (snapshot.state.best_epoch >= 0 ? count : 0) &&
           (snapshot.state.best_epoch < 0 || plan.task().patience >= 0);
  }
  if (!fits) {
    throw Error("the checkpoint of " + describe_replica(plan.config()) +
                " was written by another version or for another network; train it again without --resume");
  }
  for (std::vector<float>* values : {&snapshot.parameters, &snapshot.first_moment, &snapshot.second_moment}) {
    values->resize(count);
    blob.get_array(values->data(), count);
  }
  return snapshot;
}

ReplicaSnapshot initial_snapshot(const ReplicaPlan& plan) {
  ReplicaSnapshot snapshot;
  const std::size_t count = plan.network().parameter_count;
  snapshot.parameters.resize(count);
  snapshot.first_moment.resize(count);
  snapshot.second_moment.resize(count);
  snapshot.relevance_history.resize(plan.relevance_history_size());
  initialise_parameters(plan.network(), plan.config().seed, snapshot.parameters.data());
  if (plan.task().epochs == 0) snapshot.state.status = TrainingState::Status::finished;
  return snapshot;
}

}  // namespace symscan
