#include "host/train/replica_snapshot.hpp"

#include "host/base/error.hpp"
#include "host/train/checkpoint_blob.hpp"

namespace symscan {

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
    throw CheckpointMismatch(
        "its checkpoint was written by another version; go on with that version, or train all "
        "again with --overwrite");
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
