#pragma once
#include "kernels/training.hpp"

// What a pool keeps of each replica in device memory, and the training algorithm (training.hpp) as the
// device runs it: one thread per replica, before and after the kernels of a pass.

namespace symscan::layered {

/// The pass under way over samples of one replica.
struct Pass {
  bool working = false;  ///< false: the replica idles, its results are not used
  Batch batch;           ///< count 0 while the replica idles
  Noise noise;
  Permutation shuffle;
  StepSettings settings;
  float error_scale = 0, kl_scale = 0;  ///< of the gradients
  LossSums sums;
  double* relevance = nullptr;  ///< sums of an evaluation, an array of [latents] per measure; nullptr: none
  bool updates = false;         ///< the loss is finite
  OptimizerStep optimizer = {};
};

/// The place of one replica in a pool. Pointers are to device memory.
struct Place {
  TrainingTask task;
  TrainingState state;
  TrainingState* published = nullptr;  ///< where the host looks for the state after a slice of training
  EpochMetrics* history = nullptr;
  std::uint64_t units = 0;  ///< of work that may still be done
  bool keeps = false, restores = false;
  Pass pass;
};

/// A place that no replica has.
inline Place empty_place() {
  Place place;
  place.state.status = TrainingState::Status::finished;
  return place;
}

SYMSCAN_HOST_DEVICE bool may_train(const Place& place) {
  return place.units > 0 && place.state.status == TrainingState::Status::training;
}

SYMSCAN_HOST_DEVICE void begin_pass(Place& place, bool working) {
  place.pass.working = working;
  place.pass.batch = Batch();
  place.pass.sums = LossSums();
  place.pass.relevance = nullptr;
}

/// An optimiser step of a replica whose epoch has steps left.
SYMSCAN_HOST_DEVICE void begin_step(Place& place) {
  const TrainingTask& task = place.task;
  Pass& pass = place.pass;
  begin_pass(place, may_train(place) && place.state.validating == 0 && place.state.measuring == 0);
  if (!pass.working) return;
  const std::uint64_t step = place.state.step;
  pass.shuffle = training_shuffle(task, step);
  pass.settings = step_settings(task, step);
  pass.noise = {task.seed, Stream::training_noise, step};
  pass.batch = training_batch(task, step, &pass.shuffle);
  pass.error_scale = error_scale_of(pass.settings, pass.batch.count);
  pass.kl_scale = kl_scale_of(pass.settings, pass.batch.count);
}

SYMSCAN_HOST_DEVICE void prepare_update(Place& place) {
  Pass& pass = place.pass;
  pass.updates = pass.working && pass.sums.finite();
  if (pass.updates) pass.optimizer = optimizer_step(pass.settings, place.state.step + 1);
}

SYMSCAN_HOST_DEVICE void end_step(Place& place) {
  if (!place.pass.working) return;
  --place.units;
  record_step(place.task, place.pass.settings, place.pass.sums, place.state);
  if (place.state.validating != 0 && validation_done(place.task, place.state)) {
    close_epoch(place.task, place.state, place.history);
  }
}

/// One chunk of the validation pass of a replica whose epoch's steps are done.
SYMSCAN_HOST_DEVICE void begin_validation(Place& place) {
  const TrainingTask& task = place.task;
  begin_pass(place, may_train(place) && place.state.validating != 0);
  place.keeps = place.restores = false;
  if (!place.pass.working || validation_done(task, place.state)) return;
  place.pass.batch = validation_chunk(task, place.state.validated);
  place.pass.noise = {task.seed, Stream::validation_noise, 0};
}

SYMSCAN_HOST_DEVICE void end_validation(Place& place) {
  if (!place.pass.working) return;
  --place.units;
  TrainingState& state = place.state;
  record_validation(place.pass.sums, place.pass.batch.count, state);
  if (!validation_done(place.task, state)) return;
  close_epoch(place.task, state, place.history);
  place.keeps = keeps_parameters(state);
  place.restores = restores_parameters(state);
}

/// A chunk of the whole dataset, from row `begin` on, for sums over latents.
SYMSCAN_HOST_DEVICE void begin_dataset_chunk(Place& place, std::size_t begin, double* relevance) {
  place.pass.batch = dataset_chunk(place.task, begin);
  place.pass.noise = {place.task.seed, Stream::evaluation_noise, 0};
  place.pass.relevance = relevance;
}

/// One chunk of a relevance pass during training, whose sums run on over its chunks.
SYMSCAN_HOST_DEVICE void begin_measuring(Place& place, int latents) {
  begin_pass(place, may_train(place) && place.state.measuring != 0);
  if (!place.pass.working) return;
  const std::size_t width = tracked_measures * static_cast<std::size_t>(latents);
  double* const sums = tracked_sums(place.task, place.state, latents);
  if (place.state.measured == 0) {
    for (std::size_t i = 0; i < width; ++i) sums[i] = 0;
  }
  begin_dataset_chunk(place, place.state.measured, sums);
}

SYMSCAN_HOST_DEVICE void end_measuring(Place& place, int latents) {
  if (!place.pass.working) return;
  --place.units;
  record_measuring(place.task, place.pass.batch.count, place.history, latents, place.state);
}

/// One chunk of the evaluation after training; `relevance` nullptr: this replica is not evaluated.
SYMSCAN_HOST_DEVICE void begin_evaluation(Place& place, std::size_t chunk, double* relevance) {
  const std::size_t begin = chunk * evaluation_chunk;
  begin_pass(place, relevance != nullptr && begin < place.task.rows);
  if (place.pass.working) begin_dataset_chunk(place, begin, relevance);
}

}  // namespace symscan::layered
