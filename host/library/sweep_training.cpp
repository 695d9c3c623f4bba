#include "host/library/sweep_training.hpp"

namespace symscan {

SweepTraining::SweepTraining(const SweepInput& input, Ledger& ledger) : input_(input), ledger_(ledger) {}

void SweepTraining::find_pending() {
  pending_.clear();
  checkpoints_.clear();
  const auto statuses = ledger_.statuses();
  for (const ReplicaConfig& config : input_.sweep().replicas) {
    if (statuses[config.id] != ReplicaRecord::Status::pending) continue;
    pending_.push_back(&config);
    if (auto saved = ledger_.checkpoint(config.id)) checkpoints_.emplace(config.id, std::move(*saved));
  }
}

SweepObserver SweepTraining::into_ledger(const TrainingObserver& observer) {
  SweepObserver sweep;
  sweep.begin_batch = [this, &observer] {
    observer.before_saving();
    ledger_.begin();
  };
  sweep.end_batch = [this] { ledger_.commit(); };
  sweep.finished = [this](const ReplicaConfig& config, const ReplicaResult& result) {
    ledger_.finish(config, result);
  };
  sweep.checkpoint = [this](const ReplicaConfig& config, const std::string& blob) {
    ledger_.save_checkpoint(config.id, blob);
  };
  sweep.tick = [this, &observer](const SweepProgress& progress) {
    progress_ = progress;
    observer.progress(progress);
  };
  return sweep;
}

bool SweepTraining::run(const TrainingObserver& observer, const std::atomic<bool>& stop) {
  find_pending();
  if (pending_.empty()) return true;
  const auto data_of = [this](const ReplicaConfig& config) -> const PreparedData& {
    return input_.data().prepared[input_.index().of_replica[config.id]];
  };
  const TrainingChoice& choice = input_.choice();
  const Backend& backend = input_.backend();
  const SweepOptions options = {choice.threads, choice.checkpoint_seconds};
  const SweepObserver sweep = into_ledger(observer);
  if (backend.api == nullptr) return run_sweep(pending_, data_of, checkpoints_, options, stop, sweep);
  return run_device_sweep(
      {*backend.api, backend.devices, choice.tier, choice.generate_on_device, observer.warn, &device_times_},
      pending_, data_of, checkpoints_, options, stop, sweep);
}

}  // namespace symscan
