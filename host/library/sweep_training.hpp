#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/device/device_sweep.hpp"
#include "host/library/progress_writer.hpp"
#include "host/library/rank_training.hpp"
#include "host/library/sweep_input.hpp"
#include "host/library/training_logs.hpp"
#include "host/store/ledger.hpp"

namespace symscan {

/// What a training tells its caller, on the caller's thread.
struct TrainingObserver {
  std::function<void(const SweepProgress&)> progress = [](const SweepProgress&) {
  };                                                                         ///< several times a second
  std::function<void(const std::string&)> warn = [](const std::string&) {};  ///< a sentence
  std::function<void()> before_saving = [] {};  ///< may throw what ends the training
  std::function<void()> after_saving = [] {};
};

/// Trains the replicas of a sweep that its ledger does not call finished; with seeds "auto" those that the
/// answer needs (host/store/seed_search.hpp).
class SweepTraining {
 public:
  /// `input`: loaded, opened and checked. `ledger`: of the same sweep. `logs`: what grows during training.
  SweepTraining(const SweepInput& input, Ledger& ledger, const LogChoice& logs = {});

  /// Until all replicas are finished, or until `stop` becomes true: then what is under way is checkpointed.
  /// Results and checkpoints go into the ledger. False: stopped.
  bool run(const TrainingObserver& observer, const std::atomic<bool>& stop);

  /// Of the last run(); no replicas if none was trained.
  const SweepProgress& progress() const { return progress_; }
  const DeviceTimes& device_times() const { return device_times_; }

 private:
  bool check_ledger();
  void find_pending();
  void begin_logs(bool fresh, const TrainingObserver& observer);
  void add_finished_to_logs();
  std::vector<int> wanted();
  bool train_all(const TrainingObserver& observer, const std::atomic<bool>& stop);
  bool train_pending(const TrainingObserver& observer, const std::atomic<bool>& stop);
  SweepObserver into_ledger(const TrainingObserver& observer, const std::atomic<bool>& stop);
  void show_progress(RunProgress::State state, const TrainingObserver& observer);
  void save_checkpoint(int id, const std::string& blob, bool stopped, const TrainingObserver& observer);

  const SweepInput& input_;
  Ledger& ledger_;
  TrainingLogs logs_;
  ProgressWriter shown_;
  std::optional<RankCrew> crew_;  ///< where ranks train together
  std::vector<const ReplicaConfig*> pending_;
  std::map<int, std::string> checkpoints_;
  SweepProgress before_, progress_;  ///< of the sets of seeds before this one, and with it
  DeviceTimes device_times_;
  bool warned_of_reader_ = false;
};

}  // namespace symscan
