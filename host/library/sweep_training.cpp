#include "host/library/sweep_training.hpp"

#include <algorithm>

#include "host/config/seeds.hpp"
#include "host/store/ledger_checks.hpp"
#include "host/store/seed_search.hpp"

namespace symscan {

SweepTraining::SweepTraining(const SweepInput& input, Ledger& ledger, const LogChoice& logs)
    : input_(input),
      ledger_(ledger),
      logs_(logs, input),
      shown_(logs.progress.empty() ? logs.run : logs.progress, logs.command) {
  if (input.choice().ranks != nullptr)
    crew_.emplace(*input.choice().ranks,
                  [this](int, const Greeting& greeting) { check_greeting(input_, greeting); });
}

std::vector<int> SweepTraining::wanted() {
  if (seeds_are_automatic(input_.sweep().resolved)) return next_replicas(load_progress(ledger_));
  std::vector<int> pending;
  const auto statuses = ledger_.statuses(input_.sweep().replicas.size());
  for (std::size_t id = 0; id < statuses.size(); ++id)
    if (statuses[id] == ReplicaRecord::Status::pending) pending.push_back(static_cast<int>(id));
  return pending;
}

void SweepTraining::find_pending() {
  pending_.clear();
  checkpoints_.clear();
  std::vector<int> ids = wanted();
  for (const int id : ids) pending_.push_back(&input_.sweep().replicas[static_cast<std::size_t>(id)]);
  std::sort(ids.begin(), ids.end());
  for (const int id : ledger_.checkpointed()) {
    if (!std::binary_search(ids.begin(), ids.end(), id)) continue;
    if (auto saved = ledger_.checkpoint(id)) checkpoints_.emplace(id, std::move(*saved));
  }
}

SweepObserver SweepTraining::into_ledger(const TrainingObserver& observer, const std::atomic<bool>& stop) {
  SweepObserver sweep;
  sweep.begin_batch = [this, &observer] {
    observer.before_saving();
    ledger_.begin();
  };
  sweep.end_batch = [this, &observer] {
    ledger_.commit();
    logs_.flush();
    observer.after_saving();
  };
  sweep.finished = [this](const ReplicaConfig& config, const ReplicaResult& result) {
    ledger_.finish(config, result);
    logs_.finish(config, result);
  };
  sweep.checkpoint = [this, &observer, &stop](const ReplicaConfig& config, const std::string& blob) {
    save_checkpoint(config.id, blob, stop, observer);
    logs_.checkpoint(config, blob);
  };
  sweep.tick = [this, &observer](const SweepProgress& progress) {
    progress_ = before_;
    progress_ += progress;
    if (shown_.is_due()) show_progress(RunProgress::State::training, observer);
    observer.progress(progress_);
  };
  return sweep;
}

void SweepTraining::save_checkpoint(int id, const std::string& blob, bool stopped,
                                    const TrainingObserver& observer) {
  // The last checkpoints of a run that is stopped are worth any room.
  if (stopped || ledger_.has_room_for_checkpoints()) return ledger_.save_checkpoint(id, blob);
  if (!warned_of_reader_) {
    observer.warn(
        "another program keeps the ledger open and its log (results.sqlite-wal) is long: results are saved, "
        "checkpoints are not until that program has closed it");
  }
  warned_of_reader_ = true;
}

/// A run that goes on is checked before anything is trained for it. True: nothing of it is finished.
bool SweepTraining::check_ledger() {
  check_replica_rows(ledger_, input_.sweep(), input_.index());
  const auto statuses = ledger_.statuses(input_.sweep().replicas.size());
  const bool fresh = std::all_of(statuses.begin(), statuses.end(), [](auto status) {
    return status == ReplicaRecord::Status::pending || status == ReplicaRecord::Status::elsewhere;
  });
  if (!fresh) check_replica_results(ledger_, input_.sweep(), input_.index());
  return fresh;
}

void SweepTraining::add_finished_to_logs() {
  constexpr std::size_t at_once = 1000;  // replicas whose lines wait in memory
  const auto statuses = ledger_.statuses(input_.sweep().replicas.size());
  std::size_t added = 0;
  for (const ReplicaConfig& config : input_.sweep().replicas) {
    const ReplicaRecord::Status status = statuses[static_cast<std::size_t>(config.id)];
    if (status != ReplicaRecord::Status::done && status != ReplicaRecord::Status::failed) continue;
    logs_.add_finished(config, ledger_.replica(config.id, false).result);
    if (++added % at_once == 0) logs_.flush();
  }
}

void SweepTraining::begin_logs(bool fresh, const TrainingObserver& observer) {
  if (logs_.empty()) return;
  observer.before_saving();
  logs_.begin(!pending_.empty(), observer.warn);
  if (!fresh && !logs_.empty()) add_finished_to_logs();
  for (const ReplicaConfig* config : pending_)
    if (const auto saved = checkpoints_.find(config->id); saved != checkpoints_.end())
      logs_.checkpoint(*config, saved->second);
  logs_.flush();
  observer.after_saving();
}

void SweepTraining::show_progress(RunProgress::State state, const TrainingObserver& observer) {
  observer.before_saving();
  const std::string problem = shown_.write(state, progress_);
  observer.after_saving();
  if (!problem.empty())
    observer.warn("progress.json is not written any more (" + problem + "); the training goes on");
}

bool SweepTraining::run(const TrainingObserver& observer, const std::atomic<bool>& stop) {
  before_ = progress_ = {};
  const bool fresh = check_ledger();
  find_pending();
  begin_logs(fresh, observer);
  shown_.begin(input_.sweep(), ledger_, input_.backend().name());
  const bool complete = train_all(observer, stop);
  show_progress(complete ? RunProgress::State::trained : RunProgress::State::interrupted, observer);
  return complete;
}

bool SweepTraining::train_all(const TrainingObserver& observer, const std::atomic<bool>& stop) {
  const bool automatic = seeds_are_automatic(input_.sweep().resolved);
  for (; !pending_.empty(); find_pending()) {
    if (!train_pending(observer, stop)) return false;
    before_ = progress_;
    if (!automatic) return true;
  }
  if (automatic) ledger_.skip_pending();
  return true;
}

bool SweepTraining::train_pending(const TrainingObserver& observer, const std::atomic<bool>& stop) {
  const DataOf data_of = [this](const ReplicaConfig& config) -> const PreparedData& {
    return input_.data().prepared[input_.index().of_replica[config.id]];
  };
  const TrainingChoice& choice = input_.choice();
  const Backend& backend = input_.backend();
  const SweepOptions options = {choice.threads, choice.checkpoint_seconds};
  const SweepObserver sweep = into_ledger(observer, stop);
  if (crew_) {
    const auto saved = [this](int id) { return ledger_.checkpoint(id); };
    return crew_->run({pending_, data_of, checkpoints_,
                       local_training(input_, data_of, observer.warn, &device_times_), saved, observer.warn},
                      stop, sweep);
  }
  if (backend.api == nullptr) return run_sweep(pending_, data_of, checkpoints_, options, stop, sweep);
  return run_device_sweep(
      {*backend.api, backend.devices, choice.tier, choice.generate_on_device, observer.warn, &device_times_},
      pending_, data_of, checkpoints_, options, stop, sweep);
}

}  // namespace symscan
