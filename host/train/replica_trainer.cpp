#include "host/train/replica_trainer.hpp"

#include <algorithm>

#include "host/train/replica_snapshot.hpp"

namespace symscan {

ReplicaTrainer::ReplicaTrainer(const ReplicaConfig& config, const PreparedData& data)
    : plan_(config, data),
      replica_(plan_.network(), plan_.task().patience >= 0),
      task_(plan_.task()),
      relevance_history_(plan_.relevance_history_size()),
      history_(plan_.task().epochs) {
  task_.relevance_history = relevance_history_.data();
  initialise_parameters(plan_.network(), config.seed, replica_.buffers().parameters);
  if (plan_.task().epochs == 0) state_.status = TrainingState::Status::finished;
}

ReplicaTrainer::State ReplicaTrainer::run(const std::function<Pause()>& pause) {
  const CpuBackend& backend = cpu_backend();
  while (state_.status == TrainingState::Status::training) {
    replica_.set_team(team_.next(state_.step));
    backend.advance(plan_.network(), replica_.buffers(), task_, state_, history_.data(), scratch_);
    if (state_.status == TrainingState::Status::training && pause() != Pause::no) return State::paused;
  }
  if (state_.status == TrainingState::Status::not_finite) {
    result_ = plan_.failure(state_, replica_.buffers().parameters, history());
    return State::finished;
  }
  return evaluate_everything(pause) ? State::finished : State::paused;
}

bool ReplicaTrainer::evaluate_everything(const std::function<Pause()>& pause) {
  const int latents = plan_.network().latents;
  std::vector<double> total(RelevanceSums::size(latents)), part(total.size());
  const RelevanceSums part_sums = RelevanceSums::in(part.data(), latents);
  LossSums loss;
  for (std::size_t begin = 0; begin < task_.rows; begin += evaluation_chunk) {
    std::fill(part.begin(), part.end(), 0.0);
    replica_.set_team(team_.now());
    const LossSums chunk =
        cpu_backend().evaluate(plan_.network(), replica_.buffers(), dataset_chunk(task_, begin),
                               {plan_.task().seed, Stream::evaluation_noise, 0}, &part_sums);
    loss.squared_error += chunk.squared_error;
    loss.kl += chunk.kl;
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += part[i];
    if (begin + evaluation_chunk < task_.rows && pause() == Pause::to_stop) return false;
  }
  result_ = plan_.result(loss, RelevanceSums::in(total.data(), latents), replica_.buffers().parameters,
                         history(), relevance_history_.data());
  return true;
}

std::vector<EpochMetrics> ReplicaTrainer::history() const {
  return {history_.begin(), history_.begin() + state_.epochs_done};
}

std::string ReplicaTrainer::checkpoint() const {
  const std::size_t count = plan_.network().parameter_count;
  const ReplicaBuffers& buffers = replica_.buffers();
  const auto copy = [&](const float* values) { return std::vector<float>(values, values + count); };
  ReplicaSnapshot snapshot{state_,
                           history(),
                           copy(buffers.parameters),
                           copy(buffers.first_moment),
                           copy(buffers.second_moment),
                           {},
                           relevance_history_};
  if (state_.best_epoch >= 0) snapshot.kept_parameters = copy(buffers.kept_parameters);
  return to_blob(snapshot);
}

void ReplicaTrainer::restore(std::string_view blob) {
  const ReplicaSnapshot snapshot = from_blob(blob, plan_);
  state_ = snapshot.state;
  std::copy(snapshot.history.begin(), snapshot.history.end(), history_.begin());
  std::copy(snapshot.relevance_history.begin(), snapshot.relevance_history.end(), relevance_history_.begin());
  const ReplicaBuffers& buffers = replica_.buffers();
  const auto copy = [](const std::vector<float>& values, float* to) {
    std::copy(values.begin(), values.end(), to);
  };
  copy(snapshot.parameters, buffers.parameters);
  copy(snapshot.first_moment, buffers.first_moment);
  copy(snapshot.second_moment, buffers.second_moment);
  if (!snapshot.kept_parameters.empty()) copy(snapshot.kept_parameters, buffers.kept_parameters);
}

}  // namespace symscan
