#include "host/train/replica_plan.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "host/config/config.hpp"
#include "host/config/labels.hpp"
#include "host/train/nonfinite.hpp"
#include "kernels/permutation.hpp"

namespace symscan {
namespace {

double weight_sum(const PreparedData& data, const std::vector<std::uint32_t>& rows) {
  if (data.weights.empty()) return static_cast<double>(rows.size());
  double sum = 0;
  for (const std::uint32_t row : rows) sum += data.weights[row];
  return sum;
}

/// Which rows of the dataset are held out for validation.
std::vector<bool> held_out_rows(const ReplicaConfig& config, std::size_t rows) {
  const Permutation split(config.seed, Stream::validation_split, 0, static_cast<std::uint32_t>(rows));
  const auto held_out = static_cast<std::uint32_t>(validation_rows(config.train, rows));
  std::vector<bool> is_held_out(rows, false);
  for (std::uint32_t i = 0; i < held_out; ++i) is_held_out[split(i)] = true;
  return is_held_out;
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

namespace {

constexpr double first_round_steps = 2000;

Rounds training_rounds(const TrainConfig& train, std::size_t rows) {
  Rounds rounds;
  if (!train.automatic()) return rounds;
  const auto per_epoch = static_cast<double>(steps_per_epoch(train, rows));
  const double wanted = std::min(first_round_steps, static_cast<double>(train.max_steps)) / per_epoch;
  rounds.first = static_cast<std::uint32_t>(std::max(1.0, std::round(wanted)));
  return rounds;
}

}  // namespace

std::uint32_t training_epochs(const TrainConfig& train, std::size_t rows) {
  const std::uint64_t per_epoch = steps_per_epoch(train, rows);
  if (train.steps) {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(*train.steps) + per_epoch - 1) / per_epoch);
  }
  if (!train.automatic()) return static_cast<std::uint32_t>(train.epochs);
  RoundSpan span = round_at(training_rounds(train, rows), 0);
  span.next();
  while (span.end() * per_epoch <= static_cast<std::uint64_t>(train.max_steps)) span.next();
  return static_cast<std::uint32_t>(span.start);
}

std::uint64_t training_steps(const TrainConfig& train, std::size_t rows) {
  return steps_per_epoch(train, rows) * training_epochs(train, rows);
}

double total_weight(const ReplicaConfig& config, const PreparedData& data) {
  if (data.weights.empty()) return static_cast<double>(data.rows);
  const std::vector<bool> is_held_out = held_out_rows(config, data.rows);
  double training = 0, validation = 0;
  for (std::size_t row = 0; row < data.rows; ++row)
    (is_held_out[row] ? validation : training) += data.weights[row];
  return training + validation;
}

namespace {

/// The lengths of a training and when its relevances are looked at; no data.
TrainingTask timetable(const ReplicaConfig& config, std::size_t rows) {
  TrainingTask task;
  task.rows = static_cast<std::uint32_t>(rows);
  task.epochs = training_epochs(config.train, rows);
  task.relevance_every = static_cast<std::uint32_t>(config.relevance.every);
  task.steps_per_epoch = steps_per_epoch(config.train, rows);
  task.rounds = training_rounds(config.train, rows);
  return task;
}

}  // namespace

std::vector<TrackedRelevance> tracked_relevances(const ReplicaConfig& config, std::size_t rows, double total,
                                                 EpochSpan epochs, bool ended,
                                                 const double* relevance_history) {
  TrainingTask task = timetable(config, rows);
  task.relevance_history = const_cast<double*>(relevance_history);  // only read
  const auto latents = static_cast<std::size_t>(config.model.latent_dim);
  std::vector<TrackedRelevance> tracked;
  for (std::uint32_t epoch = epochs.since + 1; epoch <= epochs.done; ++epoch) {
    const bool is_last = ended && epoch == epochs.done;
    if (!ends_round(task.rounds, epoch) && (!every_tells(task, epoch) || is_last)) continue;
    const double* const begin = sums_after(task, epoch, config.model.latent_dim);
    std::vector<double> values(begin, begin + tracked_measures * latents);
    const RelevanceSums of_pass = RelevanceSums::encoder_in(values.data(), latents);
    tracked.push_back({epoch, measures_of(of_pass, latents, total)});
  }
  return tracked;
}

std::size_t relevance_history_size(const ReplicaConfig& config, std::size_t rows) {
  const TrainingTask task = timetable(config, rows);
  return relevance_passes(task, task.epochs) * tracked_measures *
         static_cast<std::size_t>(config.model.latent_dim);
}

std::string describe_replica(const ReplicaConfig& config) {
  std::ostringstream text;
  text << "replica " << config.id << " (" << dataset_label(config.dataset) << ", latent_dim "
       << config.model.latent_dim << ", beta " << config.loss.beta << ", seed " << config.seed << ")";
  return text.str();
}

ReplicaPlan::ReplicaPlan(const ReplicaConfig& config, const PreparedData& data)
    : config_(config), data_(data), network_(network_of(config, data.features)) {
  const auto rows = static_cast<std::uint32_t>(data.rows);
  const auto held_out = static_cast<std::uint32_t>(validation_rows(config.train, data.rows));
  const std::vector<bool> is_held_out = held_out_rows(config, data.rows);
  training_rows_.reserve(rows - held_out);
  validation_rows_.reserve(held_out);
  for (std::uint32_t row = 0; row < rows; ++row)
    (is_held_out[row] ? validation_rows_ : training_rows_).push_back(row);

  task_ = timetable(config, data.rows);
  task_.values = data.values.data();
  task_.weights = data.weights.empty() ? nullptr : data.weights.data();
  task_.training_rows = training_rows_.data();
  task_.validation_rows = validation_rows_.data();
  task_.training_count = rows - held_out;
  task_.validation_count = held_out;
  task_.batch_size = static_cast<std::uint32_t>(config.train.batch_size);
  task_.seed = config.seed;
  task_.training_weight = weight_sum(data, training_rows_);
  task_.validation_weight = weight_sum(data, validation_rows_);
  task_.settings = base_settings(config, data.features);
  task_.beta = config.loss.beta;
  task_.beta_warmup_epochs = config.train.beta_warmup_epochs;
  task_.cosine = config.train.schedule == Schedule::cosine;
  task_.settings.warmup_steps = static_cast<std::uint32_t>(config.train.warmup_steps);
  if (config.train.automatic()) task_.min_delta = config.train.tolerance;
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
  result.measures = measures_of(sums, latents, total);
  result.tracked = tracked_relevances(
      config_, task_.rows, total, {0, static_cast<std::uint32_t>(history.size())}, true, relevance_history);
  TrainingTask told = task_;
  told.relevance_history = const_cast<double*>(relevance_history);  // only read
  result.convergence = convergence_of(told, history, result.measures[RelevanceMeasure::kl]);
  result.parameters = canonical_parameters(network_, parameters);
  result.history = std::move(history);
  return result;
}

std::size_t ReplicaPlan::relevance_history_size() const {
  return symscan::relevance_history_size(config_, task_.rows);
}

ReplicaResult ReplicaPlan::failure(const TrainingState& state, const float* parameters,
                                   std::vector<EpochMetrics> history) const {
  ReplicaResult failure;
  failure.failed = true;
  failure.message = describe_nonfinite(*this, state, parameters);
  failure.history = std::move(history);
  return failure;
}

}  // namespace symscan
