#pragma once
#include <cstdint>

#include "kernels/rounds.hpp"
#include "kernels/step.hpp"

/// The training of one replica, from its first step to its last, written once: a sequence of units of work
/// (one optimiser step, or one chunk of a validation or relevance pass) between which it may be interrupted.
/// Run by a CPU thread step by step, by a GPU block many units at a time.
///
/// A GPU block runs this with all its threads: code outside `tiles.single` is uniform (every thread does the
/// same), state is changed inside `tiles.single` only.
namespace symscan {

/// Samples of a pass over a dataset whose sums are taken for themselves and then added in order, so that the
/// chunks of a pass may be worked on one after the other or side by side.
inline constexpr std::size_t evaluation_chunk = 8192;

/// Loss of one epoch, averaged over its samples (event weights included).
struct EpochMetrics {
  double loss = 0;             ///< reconstruction + beta * kl, with the beta of each step (warm-up)
  double reconstruction = 0;   ///< scale * sum_d (xhat_d - x_d)^2, z sampled
  double kl = 0;               ///< sum_j KL_j, nats
  double validation_loss = 0;  ///< NaN when there is no validation set; full beta, z sampled
};

/// Sums of a relevance pass during training.
inline constexpr std::uint32_t tracked_measures = RelevanceSums::of_encoder;

/// What is trained. Plain data; pointers are to the executor's memory.
struct TrainingTask {
  const float* values = nullptr;                   ///< [rows][features]
  const float* weights = nullptr;                  ///< [rows], or nullptr: all one
  const std::uint32_t* training_rows = nullptr;    ///< [training_count], or nullptr: all rows
  const std::uint32_t* validation_rows = nullptr;  ///< [validation_count]
  std::uint32_t training_count = 0, validation_count = 0;
  std::uint32_t batch_size = 128;
  std::uint32_t epochs = 0;
  std::uint32_t rows = 0;             ///< of the dataset
  std::uint32_t relevance_every = 0;  ///< epochs between relevance passes during training; 0: none
  /// [relevance_passes(task, epochs)][tracked_measures][latents] sums over the dataset, in the order of time.
  double* relevance_history = nullptr;
  std::uint64_t steps_per_epoch = 1;
  std::uint64_t seed = 1;
  double training_weight = 1, validation_weight = 0;  ///< sums of event weights
  StepSettings settings;                              ///< after the warm-up, at the start of the schedule
  double beta = 0.1;
  double beta_warmup_epochs = 0;
  /// The learning rate follows (1 + cos(pi t)) / 2, t the part of the training that is done.
  bool cosine = false;
  Rounds rounds;               ///< instead, where the length is not fixed: `epochs` is the most
  std::int32_t patience = -1;  ///< epochs without improvement until training stops early; -1: never
  /// Smallest decrease of the validation loss that counts as improvement; of rounds, which have no patience,
  /// the largest relevance_change() of relevances that have settled.
  double min_delta = 0;
};

struct TrainingState {
  enum class Status : std::uint32_t { training, finished, not_finite };

  Status status = Status::training;
  std::uint32_t epochs_done = 0;  ///< entries of the history
  std::uint64_t step = 0;         ///< optimiser steps done
  EpochMetrics running;           ///< sums of the epoch under way
  std::uint32_t validating = 0;   ///< 1: the epoch's steps are done, its validation pass is not
  std::uint32_t validated = 0;    ///< validation samples done in this pass
  LossSums validation;
  std::uint32_t measuring = 0;  ///< 1: a relevance pass is under way
  std::uint32_t measured = 0;   ///< samples done in this pass
  std::int32_t best_epoch = -1;
  double best_validation = 0;  ///< of rounds: the training loss when the last one was closed
};

/// What the uniform code of a unit shares between its threads.
struct TrainingScratch {
  Permutation shuffle;
  StepSettings settings;
};

/// cos(pi t) for 0 <= t <= 1, by the same arithmetic on every device: the Taylor series of the sine about
/// t = 1/2.
SYMSCAN_HOST_DEVICE double half_cosine_wave(double t) {
  const double x = 3.14159265358979323846 * (0.5 - t), square = x * x;
  double term = x, sum = x;
  for (int k = 1; k <= 10; ++k) {
    term *= -square / ((2 * k) * (2 * k + 1));
    sum += term;
  }
  return sum;
}

SYMSCAN_HOST_DEVICE StepSettings step_settings(const TrainingTask& task, std::uint64_t step) {
  StepSettings settings = task.settings;
  const double warmup_steps = task.beta_warmup_epochs * static_cast<double>(task.steps_per_epoch);
  const double done = static_cast<double>(step);
  settings.beta = static_cast<float>(done < warmup_steps ? task.beta * (done / warmup_steps) : task.beta);
  if (task.cosine) {
    const double total = static_cast<double>(task.steps_per_epoch) * task.epochs;
    settings.learning_rate *= 0.5 * (1 + half_cosine_wave(done / total));
  }
  std::uint64_t begun = step;  // steps since the learning rate began to rise
  if (task.rounds.first > 0) {
    const RoundSpan span = round_at(task.rounds, step / task.steps_per_epoch);
    settings.learning_rate *= round_factor(span, step, task.steps_per_epoch);
    begun = step - span.start * task.steps_per_epoch;
  }
  if (begun < settings.warmup_steps) {
    settings.learning_rate *= static_cast<double>(begun + 1) / static_cast<double>(settings.warmup_steps);
  }
  return settings;
}

/// The order of the epoch that a step belongs to.
SYMSCAN_HOST_DEVICE Permutation training_shuffle(const TrainingTask& task, std::uint64_t step) {
  return Permutation(task.seed, Stream::shuffle, step / task.steps_per_epoch, task.training_count);
}

/// The samples of a step; `shuffle` is training_shuffle(task, step) and must outlive the batch.
SYMSCAN_HOST_DEVICE Batch training_batch(const TrainingTask& task, std::uint64_t step,
                                         const Permutation* shuffle) {
  Batch batch;
  batch.values = task.values;
  batch.weights = task.weights;
  batch.rows = task.training_rows;
  batch.shuffle = shuffle;
  batch.first = (step % task.steps_per_epoch) * task.batch_size;
  const std::size_t left = task.training_count - batch.first;
  batch.count = left < task.batch_size ? left : task.batch_size;
  return batch;
}

/// The chunk of the validation set that starts at sample `begin`.
SYMSCAN_HOST_DEVICE Batch validation_chunk(const TrainingTask& task, std::size_t begin) {
  Batch all;
  all.values = task.values;
  all.weights = task.weights;
  all.rows = task.validation_rows;
  all.count = task.validation_count;
  return batch_part(all, begin, evaluation_chunk);
}

/// The chunk of the whole dataset that starts at row `begin`.
SYMSCAN_HOST_DEVICE Batch dataset_chunk(const TrainingTask& task, std::size_t begin) {
  Batch all;
  all.values = task.values;
  all.weights = task.weights;
  all.count = task.rows;
  return batch_part(all, begin, evaluation_chunk);
}

/// Adds the loss of a step to the books; closes the steps of an epoch.
SYMSCAN_HOST_DEVICE void record_step(const TrainingTask& task, const StepSettings& settings,
                                     const LossSums& sums, TrainingState& state) {
  if (!sums.finite()) {
    state.status = TrainingState::Status::not_finite;
    return;
  }
  const double reconstruction = settings.reconstruction_scale * sums.squared_error;
  state.running.reconstruction += reconstruction;
  state.running.kl += sums.kl;
  state.running.loss += reconstruction + settings.beta * sums.kl;
  ++state.step;
  if (state.step % task.steps_per_epoch == 0) {
    state.validating = 1;
    state.validated = 0;
    state.validation = LossSums();
  }
}

/// Adds a chunk of the validation pass to the books.
SYMSCAN_HOST_DEVICE void record_validation(const LossSums& sums, std::size_t samples, TrainingState& state) {
  state.validation.squared_error += sums.squared_error;
  state.validation.kl += sums.kl;
  state.validated += static_cast<std::uint32_t>(samples);
}

/// Whether the validation pass of the epoch under way is done.
SYMSCAN_HOST_DEVICE bool validation_done(const TrainingTask& task, const TrainingState& state) {
  return state.validated >= task.validation_count || !(task.validation_weight > 0);
}

/// Epochs after which the relevances of a training of fixed length are looked at for the last time before its
/// end: the last tenth is left. 0: never.
SYMSCAN_HOST_DEVICE std::uint32_t late_epoch(const TrainingTask& task) {
  if (task.rounds.first > 0 || task.epochs < 2) return 0;
  return task.epochs - (task.epochs < 10 ? 1 : task.epochs / 10);
}

SYMSCAN_HOST_DEVICE bool every_tells(const TrainingTask& task, std::uint32_t epochs_done) {
  return task.relevance_every > 0 && epochs_done < task.epochs && epochs_done % task.relevance_every == 0;
}

/// Whether a relevance pass follows when this many epochs are done. The whole evaluation follows after the
/// last one anyway; rounds need it before, for the decision.
SYMSCAN_HOST_DEVICE bool measures_after(const TrainingTask& task, std::uint32_t epochs_done) {
  if (epochs_done == 0) return false;
  return every_tells(task, epochs_done) || ends_round(task.rounds, epochs_done) ||
         epochs_done == late_epoch(task);
}

/// Number of relevance passes that have been started when this many epochs are done.
SYMSCAN_HOST_DEVICE std::uint32_t relevance_passes(const TrainingTask& task, std::uint32_t epochs_done) {
  if (epochs_done == 0 || task.epochs == 0) return 0;
  const std::uint32_t tells = epochs_done < task.epochs ? epochs_done : task.epochs - 1;
  std::uint32_t passes = task.relevance_every > 0 ? tells / task.relevance_every : 0;
  if (task.rounds.first == 0) {
    const std::uint32_t late = late_epoch(task);
    return passes + (late > 0 && late <= epochs_done && !every_tells(task, late) ? 1 : 0);
  }
  RoundSpan span = round_at(task.rounds, 0);
  for (; span.end() <= epochs_done; span.next())
    passes += every_tells(task, static_cast<std::uint32_t>(span.end())) ? 0 : 1;
  return passes;
}

/// The sums of the pass after `epochs_done` epochs: [tracked_measures][latents].
SYMSCAN_HOST_DEVICE double* sums_after(const TrainingTask& task, std::uint32_t epochs_done, int latents) {
  const std::size_t pass = relevance_passes(task, epochs_done) - 1;
  return task.relevance_history + pass * tracked_measures * static_cast<std::size_t>(latents);
}

/// Where the sums of the relevance pass under way are: [tracked_measures][latents].
SYMSCAN_HOST_DEVICE double* tracked_sums(const TrainingTask& task, const TrainingState& state, int latents) {
  return sums_after(task, state.epochs_done, latents);
}

/// How far the relevances of one round's end are from those of the one before. At least two rounds are done.
SYMSCAN_HOST_DEVICE double round_change(const TrainingTask& task, std::uint32_t epochs_done, int latents) {
  const auto before = static_cast<std::uint32_t>(round_at(task.rounds, epochs_done).start_before());
  return relevance_change(sums_after(task, before, latents), sums_after(task, epochs_done, latents), latents,
                          task.training_weight + task.validation_weight);
}

/// Whether twice the length changed nothing.
SYMSCAN_HOST_DEVICE bool settled(const TrainingTask& task, double loss_before, double loss, double change) {
  const double difference = loss > loss_before ? loss - loss_before : loss_before - loss;
  const double size = loss < 0 ? -loss : loss;
  return change <= task.min_delta && difference <= round_loss_tolerance * size;
}

/// Closes a round when its relevances are measured: decides whether training ends.
SYMSCAN_HOST_DEVICE void close_round(const TrainingTask& task, const EpochMetrics* history, int latents,
                                     TrainingState& state) {
  const double loss = history[state.epochs_done - 1].loss;
  const bool has_earlier = round_at(task.rounds, state.epochs_done).round > 1;
  if (state.epochs_done >= task.epochs ||
      (has_earlier &&
       settled(task, state.best_validation, loss, round_change(task, state.epochs_done, latents)))) {
    state.status = TrainingState::Status::finished;
  }
  state.best_validation = loss;
}

/// Adds a chunk of the relevance pass to the books; closes a round.
SYMSCAN_HOST_DEVICE void record_measuring(const TrainingTask& task, std::size_t samples,
                                          const EpochMetrics* history, int latents, TrainingState& state) {
  state.measured += static_cast<std::uint32_t>(samples);
  state.measuring = state.measured < task.rows ? 1 : 0;
  if (state.measuring == 0 && ends_round(task.rounds, state.epochs_done))
    close_round(task, history, latents, state);
}

/// Whether the epoch that was closed last is the best so far: its parameters are to be kept.
SYMSCAN_HOST_DEVICE bool keeps_parameters(const TrainingState& state) {
  return state.best_epoch >= 0 && static_cast<std::uint32_t>(state.best_epoch) + 1 == state.epochs_done;
}

/// Whether training ends with the parameters of the best epoch.
SYMSCAN_HOST_DEVICE bool restores_parameters(const TrainingState& state) {
  return state.status == TrainingState::Status::finished && state.best_epoch >= 0;
}

/// Closes the epoch: writes its metrics to `history` ([epochs]) and decides whether training ends.
SYMSCAN_HOST_DEVICE void close_epoch(const TrainingTask& task, TrainingState& state, EpochMetrics* history) {
  const std::uint32_t epoch = state.epochs_done;
  EpochMetrics metrics;
  metrics.loss = state.running.loss / task.training_weight;
  metrics.reconstruction = state.running.reconstruction / task.training_weight;
  metrics.kl = state.running.kl / task.training_weight;
  const bool validated = task.validation_count > 0 && task.validation_weight > 0;
  const double validation =
      task.settings.reconstruction_scale * state.validation.squared_error + task.beta * state.validation.kl;
  metrics.validation_loss = validated ? validation / task.validation_weight : __builtin_nan("");
  history[epoch] = metrics;
  state.running = EpochMetrics();
  state.validating = 0;
  state.epochs_done = epoch + 1;
  bool ends = epoch + 1 >= task.epochs && task.rounds.first == 0;  // rounds are closed by close_round
  // While beta still rises the loss rises with it: patience begins when the warm-up is over.
  const bool warmed_up = static_cast<double>(epoch) + 1 >= task.beta_warmup_epochs;
  const bool is_number = metrics.validation_loss == metrics.validation_loss;
  if (task.patience >= 0 && warmed_up && is_number) {
    if (state.best_epoch < 0 || metrics.validation_loss < state.best_validation - task.min_delta) {
      state.best_epoch = static_cast<std::int32_t>(epoch);
      state.best_validation = metrics.validation_loss;
    } else if (static_cast<std::int32_t>(epoch) - state.best_epoch >= task.patience) {
      ends = true;
    }
  }
  if (ends) state.status = TrainingState::Status::finished;
  state.measuring = !ends && measures_after(task, state.epochs_done) ? 1 : 0;
  state.measured = 0;
}

template <class Tiles, class Shape>
SYMSCAN_ALGORITHM void train_one_step(Tiles& tiles, const Shape& network, const TrainingTask& task,
                                      TrainingState& state, TrainingScratch& scratch) {
  const std::uint64_t step = state.step;
  tiles.single([&] {
    scratch.shuffle = training_shuffle(task, step);
    scratch.settings = step_settings(task, step);
  });
  train_step(tiles, network, training_batch(task, step, &scratch.shuffle),
             {task.seed, Stream::training_noise, step}, scratch.settings, step + 1);
  tiles.single([&] { record_step(task, scratch.settings, tiles.sums(), state); });
}

/// The same noise every epoch: differences between epochs are the model's, not the draw's.
template <class Tiles, class Shape>
SYMSCAN_ALGORITHM void validate_one_chunk(Tiles& tiles, const Shape& network, const TrainingTask& task,
                                          TrainingState& state) {
  const Batch chunk = validation_chunk(task, state.validated);
  evaluate(tiles, network, chunk, {task.seed, Stream::validation_noise, 0}, nullptr);
  tiles.single([&] { record_validation(tiles.sums(), chunk.count, state); });
}

/// The sums of the pass under way run on over all its chunks.
template <class Tiles, class Shape>
SYMSCAN_ALGORITHM void measure_one_chunk(Tiles& tiles, const Shape& network, const TrainingTask& task,
                                         TrainingState& state, const EpochMetrics* history) {
  const std::size_t latents = static_cast<std::size_t>(network.latents);
  double* const sums = tracked_sums(task, state, network.latents);
  const std::size_t measured = state.measured;
  if (measured == 0) {
    tiles.single([&] {
      for (std::size_t i = 0; i < tracked_measures * latents; ++i) sums[i] = 0;
    });
  }
  const Batch chunk = dataset_chunk(task, measured);
  const RelevanceSums relevance = RelevanceSums::encoder_in(sums, latents);
  measure_relevance(tiles, network, chunk, {task.seed, Stream::evaluation_noise, 0}, relevance);
  tiles.single([&] { record_measuring(task, chunk.count, history, network.latents, state); });
}

/// Does one unit of work on a replica whose status is `training`. `history` is [task.epochs]. The executor
/// keeps the parameters of the best epoch when training can stop early.
template <class Tiles, class Shape>
SYMSCAN_ALGORITHM void advance_training(Tiles& tiles, const Shape& network, const TrainingTask& task,
                                        TrainingState& state, EpochMetrics* history,
                                        TrainingScratch& scratch) {
  if (state.measuring != 0) {
    measure_one_chunk(tiles, network, task, state, history);
    return;
  }
  if (state.validating == 0) {
    train_one_step(tiles, network, task, state, scratch);
  } else if (!validation_done(task, state)) {
    validate_one_chunk(tiles, network, task, state);
  }
  if (state.validating == 0 || !validation_done(task, state)) return;
  tiles.single([&] { close_epoch(task, state, history); });
  if (keeps_parameters(state)) tiles.keep_parameters();
  if (restores_parameters(state)) tiles.restore_parameters();
}

}  // namespace symscan
