#include "host/train/replica_snapshot.hpp"

#include <cmath>

#include "host/train/checkpoint_blob.hpp"

namespace symscan {
namespace {

/// Whether the counters are those of a moment between two units of work of the plan's training
/// (kernels/training.hpp).
bool is_possible(const TrainingState& state, const TrainingTask& task) {
  using Status = TrainingState::Status;
  const std::uint64_t begun = state.epochs_done * task.steps_per_epoch;
  const bool counters = state.status <= Status::not_finite && state.epochs_done <= task.epochs &&
                        state.validating <= 1 && state.validated <= task.validation_count &&
                        state.measuring <= 1 && state.measured <= task.rows && state.best_epoch >= -1 &&
                        state.best_epoch < static_cast<std::int64_t>(state.epochs_done) &&
                        (state.best_epoch < 0 || task.patience >= 0);
  if (!counters || !std::isfinite(state.running.loss)) return false;
  if (state.status == Status::finished) {
    const bool ends =
        state.epochs_done == task.epochs || task.patience >= 0 || ends_round(task.rounds, state.epochs_done);
    return ends && state.step == begun && state.validating == 0 && state.measuring == 0;
  }
  if (state.measuring == 1)
    return state.status == Status::training && state.step == begun && state.validating == 0 &&
           state.measured < task.rows && measures_after(task, state.epochs_done);
  if (state.epochs_done == task.epochs) return false;
  if (state.validating == 1) return state.step == begun + task.steps_per_epoch;
  return state.step >= begun && state.step - begun < task.steps_per_epoch;
}

ReplicaSnapshot read_blob(std::string_view bytes, const ReplicaPlan& plan) {
  const std::size_t count = plan.network().parameter_count;
  BlobReader blob(bytes);
  if (blob.get<std::uint32_t>() != checkpoint_version || blob.get<std::uint64_t>() != count) {
    throw UnusableCheckpoint("the checkpoint of " + describe_replica(plan.config()) +
                             " was written by another version or for another network; resume the run with "
                             "that version, or train again with --overwrite");
  }
  ReplicaSnapshot snapshot;
  snapshot.state = blob.get<TrainingState>();
  snapshot.history = blob.get_all<EpochMetrics>();
  snapshot.kept_parameters = blob.get_all<float>();
  snapshot.relevance_history = blob.get_all<double>();
  const TrainingState& state = snapshot.state;
  if (!is_possible(state, plan.task())) throw Error("its counters are of no moment of the training");
  if (snapshot.relevance_history.size() != plan.relevance_history_size() ||
      snapshot.history.size() != state.epochs_done ||
      snapshot.kept_parameters.size() != (state.best_epoch >= 0 ? count : 0))
    throw Error("its lists do not have the lengths that its counters say");
  for (std::vector<float>* values : {&snapshot.parameters, &snapshot.first_moment, &snapshot.second_moment}) {
    values->resize(count);
    blob.get_array(values->data(), count);
  }
  if (!blob.at_end()) throw Error("it is longer than what it holds");
  return snapshot;
}

TrainingHistory read_history(std::string_view bytes, const ReplicaConfig& config, std::size_t rows,
                             double total, std::uint32_t since) {
  BlobReader blob(bytes);
  if (blob.get<std::uint32_t>() != checkpoint_version) throw Error("it is of another version");
  const auto parameters = blob.get<std::uint64_t>();
  const auto state = blob.get<TrainingState>();
  TrainingHistory history;
  history.epochs = blob.get_all<EpochMetrics>();
  const std::uint64_t kept = blob.skip_all<float>();
  const auto sums = blob.get_all<double>();
  const std::size_t parts = 3 * sizeof(float);  // parameters and two moments
  if (history.epochs.size() != state.epochs_done || state.epochs_done > training_epochs(config.train, rows) ||
      sums.size() != relevance_history_size(config, rows) || (kept != 0 && kept != parameters) ||
      blob.bytes_left() % parts != 0 || blob.bytes_left() / parts != parameters)
    throw Error("its lists do not have the lengths that its counters say");
  if (state.measuring != 0 && !history.epochs.empty()) history.epochs.pop_back();
  const bool ended = state.status != TrainingState::Status::training;
  const auto done = static_cast<std::uint32_t>(history.epochs.size());
  history.tracked = tracked_relevances(config, rows, total, {since, done}, ended, sums.data());
  return history;
}

}  // namespace

TrainingHistory history_of_blob(std::string_view blob, const ReplicaConfig& config, std::size_t rows,
                                double total, std::uint32_t since) {
  try {
    return read_history(blob, config, rows, total, since);
  } catch (const Error&) {
    return {};
  }
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
  try {
    return read_blob(bytes, plan);
  } catch (const UnusableCheckpoint&) {
    throw;
  } catch (const Error& error) {
    throw UnusableCheckpoint("the checkpoint of " + describe_replica(plan.config()) +
                             " is damaged: " + error.what() +
                             "; take a copy of the run from before, or train again with --overwrite");
  }
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
