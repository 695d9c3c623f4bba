#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/library/sweep_input.hpp"
#include "host/store/live_log.hpp"

namespace symscan {

/// Which logs a training keeps.
struct LogChoice {
  std::filesystem::path run;              ///< run directory; empty: no logs at all
  std::vector<std::string> names = {};    ///< beside metrics.jsonl and progress.json: "tensorboard"
  std::filesystem::path progress = {};    ///< where progress.json is kept; empty: in `run`
  std::vector<std::string> command = {};  ///< as typed, for progress.json; empty: not by the command line
};

/// Throws UsageError for names that there are not, for a log without a run directory, and for more replicas
/// than a log takes; Error for a link or file in the place of a log's folder. To be called before the data
/// are read: cheap.
void check_logs(const LogChoice& choice, const SweepConfig& sweep);

/// The logs of one training. What goes wrong in a log ends the log, with a warning, and not the training.
class TrainingLogs {
 public:
  /// `choice` is checked.
  TrainingLogs(const LogChoice& choice, const SweepInput& input);
  bool empty() const { return logs_.empty(); }

  /// Begins all logs anew; metrics.jsonl only if the training goes on, since its end writes it anyway.
  /// `warn` takes a sentence and must stay valid.
  void begin(bool goes_on, const std::function<void(const std::string&)>& warn);
  /// A replica that was finished before, so that nothing is awaited from it.
  void add_finished(const ReplicaConfig& config, const ReplicaResult& result);
  /// A replica under way. A damaged checkpoint adds nothing.
  void checkpoint(const ReplicaConfig& config, const std::string& blob);
  void finish(const ReplicaConfig& config, const ReplicaResult& result);
  void flush();

 private:
  /// Calls `act` for each log; one that throws is told about and left out from then on.
  void for_each(const std::function<void(LiveLog&)>& act);

  const SweepInput& input_;
  std::vector<std::unique_ptr<LiveLog>> logs_;
  std::vector<std::size_t> known_;  ///< epochs of each replica
  std::vector<double> totals_;      ///< total_weight() of each replica; 0: not known yet
  std::function<void(const std::string&)> warn_;
};

}  // namespace symscan
