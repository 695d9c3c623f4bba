#include "host/train/replica_trainer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <sstream>

#include "host/base/error.hpp"
#include "host/train/checkpoint_blob.hpp"
#include "kernels/permutation.hpp"

namespace symscan {
namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
/// Rows between two looks at the pause flag in passes over the data: tens of milliseconds.
constexpr std::size_t evaluation_chunk = 64 * Workspace::tile_samples;

double weight_sum(const PreparedData& data, const std::vector<std::uint32_t>& rows) {
  if (data.weights.empty()) return static_cast<double>(rows.size());
  double sum = 0;
  for (const std::uint32_t row : rows) sum += data.weights[row];
  return sum;
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

ReplicaTrainer::ReplicaTrainer(const ReplicaConfig& config, const PreparedData& data)
    : config_(config),
      data_(data),
      replica_(make_network(static_cast<int>(data.features), config.model.hidden, config.model.latent_dim,
                            config.model.activation)) {
  initialise_parameters(replica_.network(), config.seed, replica_.buffers().parameters);
  const auto rows = static_cast<std::uint32_t>(data.rows);
  const auto held_out = static_cast<std::uint32_t>(validation_rows(config.train, data.rows));
  const Permutation split(config.seed, Stream::validation_split, 0, rows);
  std::vector<bool> is_held_out(rows, false);
  for (std::uint32_t i = 0; i < held_out; ++i) is_held_out[split(i)] = true;
  training_rows_.reserve(rows - held_out);
  validation_rows_.reserve(held_out);
  for (std::uint32_t row = 0; row < rows; ++row)
    (is_held_out[row] ? validation_rows_ : training_rows_).push_back(row);
  training_weight_ = weight_sum(data, training_rows_);
  validation_weight_ = weight_sum(data, validation_rows_);
  steps_per_epoch_ = steps_per_epoch(config.train, data.rows);
  batch_rows_.resize(std::min(static_cast<std::size_t>(config.train.batch_size), training_rows_.size()));
  training_done_ = config.train.epochs == 0;
}

Batch ReplicaTrainer::batch_of(const std::uint32_t* rows, std::size_t count) const {
  Batch batch;
  batch.values = data_.values.data();
  batch.weights = data_.weights.empty() ? nullptr : data_.weights.data();
  batch.rows = rows;
  batch.count = count;
  return batch;
}

StepSettings ReplicaTrainer::step_settings() const {
  const TrainConfig& train = config_.train;
  StepSettings settings;
  settings.reconstruction_scale =
      static_cast<float>(reconstruction_scale(config_.loss.kind, static_cast<int>(data_.features)));
  const double warmup_steps = train.beta_warmup_epochs * static_cast<double>(steps_per_epoch_);
  const double warmup = warmup_steps > 0 ? std::min(1.0, static_cast<double>(step_) / warmup_steps) : 1.0;
  settings.beta = static_cast<float>(config_.loss.beta * warmup);
  settings.optimizer = train.optimizer;
  settings.learning_rate = train.learning_rate;
  if (train.schedule == Schedule::cosine) {
    const double progress = static_cast<double>(step_) / static_cast<double>(total_steps());
    settings.learning_rate *= 0.5 * (1 + std::cos(std::numbers::pi * progress));
  }
  settings.adam_beta1 = train.adam_beta1;
  settings.adam_beta2 = train.adam_beta2;
  settings.epsilon = train.epsilon;
  settings.weight_decay = train.weight_decay;
  settings.momentum = train.momentum;
  return settings;
}

ReplicaTrainer::State ReplicaTrainer::run(const std::function<Pause()>& pause) {
  while (!training_done_) {
    if (!train_one_step()) return State::finished;
    if (step_ % steps_per_epoch_ == 0) {
      // An epoch whose validation pass was interrupted is finished first thing after a restore.
      if (!finish_epoch(pause)) return result_.failed ? State::finished : State::paused;
    } else if (pause() != Pause::no) {
      return State::paused;
    }
  }
  return evaluate_everything(pause) ? State::finished : State::paused;
}

bool ReplicaTrainer::train_one_step() {
  const std::uint64_t epoch = step_ / steps_per_epoch_, in_epoch = step_ % steps_per_epoch_;
  if (step_ > 0 && in_epoch == 0 && result_.history.size() < epoch)
    return true;  // the epoch's end is still to do
  const auto batch_size = static_cast<std::uint64_t>(config_.train.batch_size);
  const Permutation shuffle(config_.seed, Stream::shuffle, epoch,
                            static_cast<std::uint32_t>(training_rows_.size()));
  const std::uint64_t begin = in_epoch * batch_size;
  const std::uint64_t count = std::min<std::uint64_t>(batch_size, training_rows_.size() - begin);
  for (std::uint64_t i = 0; i < count; ++i) {
    batch_rows_[i] = training_rows_[shuffle(static_cast<std::uint32_t>(begin + i))];
  }
  const StepSettings settings = step_settings();
  const Batch batch = batch_of(batch_rows_.data(), count);
  const LossSums sums =
      cpu_backend().train_step(replica_.network(), replica_.buffers(), batch,
                               {config_.seed, Stream::training_noise, step_}, settings, step_ + 1);
  if (!std::isfinite(sums.squared_error + sums.kl)) {
    fail(describe_nonfinite(batch));
    return false;
  }
  ++step_;
  const double reconstruction = settings.reconstruction_scale * sums.squared_error;
  running_.reconstruction += reconstruction;
  running_.kl += sums.kl;
  running_.loss += reconstruction + settings.beta * sums.kl;
  return true;
}

/// Closes the epoch's books. False: paused in the validation pass, or failed.
bool ReplicaTrainer::finish_epoch(const std::function<Pause()>& pause) {
  const auto epoch = static_cast<int>(step_ / steps_per_epoch_) - 1;
  const StepSettings settings = step_settings();
  EpochMetrics metrics = running_;
  metrics.loss /= training_weight_;
  metrics.reconstruction /= training_weight_;
  metrics.kl /= training_weight_;
  metrics.validation_loss = nan_value;
  if (!validation_rows_.empty() && validation_weight_ > 0) {
    LossSums sums;  // the same noise every epoch: differences between epochs are the model's, not the draw's
    for (std::size_t begin = 0; begin < validation_rows_.size(); begin += evaluation_chunk) {
      Batch chunk =
          batch_part(batch_of(validation_rows_.data(), validation_rows_.size()), begin, evaluation_chunk);
      const LossSums part = cpu_backend().evaluate(replica_.network(), replica_.buffers(), chunk,
                                                   {config_.seed, Stream::validation_noise, 0}, nullptr);
      sums.squared_error += part.squared_error;
      sums.kl += part.kl;
      if (begin + evaluation_chunk < validation_rows_.size() && pause() == Pause::to_stop) return false;
    }
    metrics.validation_loss =
        (settings.reconstruction_scale * sums.squared_error + config_.loss.beta * sums.kl) /
        validation_weight_;
  }
  result_.history.push_back(metrics);
  running_ = {};
  training_done_ = epoch + 1 >= config_.train.epochs;
  const auto& stopping = config_.train.early_stopping;
  // While beta still rises the loss rises with it: patience begins when the warm-up is over.
  const bool warmed_up = epoch + 1 >= config_.train.beta_warmup_epochs;
  if (stopping && warmed_up && !std::isnan(metrics.validation_loss)) {
    if (best_epoch_ < 0 || metrics.validation_loss < best_validation_ - stopping->min_delta) {
      best_epoch_ = epoch;
      best_validation_ = metrics.validation_loss;
      best_parameters_ = canonical_parameters(replica_.network(), replica_.buffers().parameters);
    } else if (epoch - best_epoch_ >= stopping->patience) {
      training_done_ = true;
    }
    if (training_done_) {
      load_canonical_parameters(replica_.network(), best_parameters_, replica_.buffers().parameters);
    }
  }
  return pause() == Pause::no;
}

bool ReplicaTrainer::evaluate_everything(const std::function<Pause()>& pause) {
  const auto latents = static_cast<std::size_t>(config_.model.latent_dim);
  std::vector<double> kl(latents), mean(latents), mean_square(latents), variance(latents), jacobian(latents);
  const RelevanceSums relevance{kl.data(), mean.data(), mean_square.data(), variance.data(), jacobian.data()};
  LossSums sums;
  for (std::size_t begin = 0; begin < data_.rows; begin += evaluation_chunk) {
    const Batch chunk = batch_part(batch_of(nullptr, data_.rows), begin, evaluation_chunk);
    const LossSums part = cpu_backend().evaluate(replica_.network(), replica_.buffers(), chunk,
                                                 {config_.seed, Stream::evaluation_noise, 0}, &relevance);
    sums.squared_error += part.squared_error;
    sums.kl += part.kl;
    if (begin + evaluation_chunk < data_.rows && pause() == Pause::to_stop) return false;
  }
  const double total = training_weight_ + validation_weight_;
  for (std::size_t j = 0; j < latents; ++j) {
    kl[j] /= total;
    variance[j] /= total;
    jacobian[j] /= total;
    mean[j] /= total;
    mean_square[j] = std::max(0.0, mean_square[j] / total - mean[j] * mean[j]);
  }
  const double scale = reconstruction_scale(config_.loss.kind, static_cast<int>(data_.features));
  result_.reconstruction = scale * sums.squared_error / total;
  result_.kl = sums.kl / total;
  result_.loss = result_.reconstruction + config_.loss.beta * result_.kl;
  result_.latent_kl = kl;
  result_.activity = mean_square;
  result_.posterior_variance = variance;
  result_.jacobian = jacobian;
  result_.parameters = canonical_parameters(replica_.network(), replica_.buffers().parameters);
  if (!std::isfinite(result_.loss)) fail(describe_nonfinite(batch_of(nullptr, data_.rows)));
  return true;
}

void ReplicaTrainer::fail(const std::string& sentence) {
  ReplicaResult failure;
  failure.failed = true;
  failure.message = sentence;
  failure.history = std::move(result_.history);
  result_ = std::move(failure);
}

std::string ReplicaTrainer::describe_nonfinite(const Batch& batch) {
  const Network& network = replica_.network();
  const auto shapes = tensor_shapes(network);
  const auto parameters = canonical_parameters(network, replica_.buffers().parameters);
  std::string tensor = "the reconstruction";
  std::vector<float> mean(batch.count * network.latents), logvar(mean.size());
  cpu_backend().encode(network, replica_.buffers(), batch, mean.data(), logvar.data());
  float largest = 0;
  for (const float value : logvar) largest = std::isfinite(value) ? std::max(largest, value) : HUGE_VALF;
  if (largest > 80) tensor = "the latents' log-variance (logvar)";
  for (const float value : mean) {
    if (!std::isfinite(value)) tensor = "the latents' mean (mu)";
  }
  std::size_t next = 0;
  for (const TensorShape& shape : shapes) {
    std::size_t count = 1;
    for (const std::size_t side : shape.shape) count *= side;
    const auto values = parameters.begin() + static_cast<std::ptrdiff_t>(next);
    if (!std::all_of(values, values + static_cast<std::ptrdiff_t>(count),
                     [](float v) { return std::isfinite(v); })) {
      tensor = "parameter " + shape.name;
      break;
    }
    next += count;
  }
  float largest_input = 0;
  for (std::size_t i = 0; i < batch.count; ++i) {
    const std::size_t row = batch.rows != nullptr ? batch.rows[i] : batch.first_row + i;
    for (std::size_t d = 0; d < data_.features; ++d) {
      largest_input = std::max(largest_input, std::abs(data_.values[row * data_.features + d]));
    }
  }
  std::ostringstream text;
  text << describe_replica(config_) << " stopped at epoch " << step_ / steps_per_epoch_ + 1 << ", step "
       << step_ + 1 << ": the loss is not finite, first seen in " << tensor << "; likely cause: ";
  if (largest_input > 100) {
    text << "unscaled input (a value of size " << largest_input << "), use \"preprocess\": \"standardize\"";
  } else {
    text << "the learning rate " << config_.train.learning_rate << " is too large, try "
         << config_.train.learning_rate / 10;
  }
  return text.str();
}

std::string ReplicaTrainer::checkpoint() const {
  BlobWriter blob;
  blob.put(checkpoint_version);
  blob.put<std::uint64_t>(replica_.network().parameter_count);
  blob.put(step_);
  blob.put(running_);
  blob.put(best_validation_);
  blob.put(best_epoch_);
  blob.put<std::uint8_t>(training_done_);
  blob.put_all(best_parameters_);
  blob.put_all(result_.history);
  for (const float* values :
       {replica_.buffers().parameters, replica_.buffers().first_moment, replica_.buffers().second_moment}) {
    blob.put_array(values, replica_.network().parameter_count);
  }
  return blob.take();
}

void ReplicaTrainer::restore(std::string_view bytes) {
  BlobReader blob(bytes);
  if (blob.get<std::uint32_t>() != checkpoint_version ||
      blob.get<std::uint64_t>() != replica_.network().parameter_count) {
    throw Error("the checkpoint of " + describe_replica(config_) +
                " was written by another version or for another " +
                "network; train it again without --resume");
  }
  step_ = blob.get<std::uint64_t>();
  running_ = blob.get<EpochMetrics>();
  best_validation_ = blob.get<double>();
  best_epoch_ = blob.get<int>();
  training_done_ = blob.get<std::uint8_t>() != 0;
  best_parameters_ = blob.get_all<float>();
  result_.history = blob.get_all<EpochMetrics>();
  for (float* values :
       {replica_.buffers().parameters, replica_.buffers().first_moment, replica_.buffers().second_moment}) {
    blob.get_array(values, replica_.network().parameter_count);
  }
}

}  // namespace symscan
