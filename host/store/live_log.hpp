#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "host/config/replica.hpp"
#include "host/store/ledger.hpp"
#include "host/store/metrics_lines.hpp"

namespace symscan {

/// Files that grow while a sweep trains, for those who watch it. What they hold is in the ledger too, so any
/// of them can be begun anew. Every function may throw Error (what the system refused), after which
/// the log is not used any more.
class LiveLog {
 public:
  virtual ~LiveLog() = default;

  /// Begins anew, without any replica.
  virtual void begin() = 0;
  /// What is known by now about a replica under way; epochs that were given before are not written again.
  virtual void add(const ReplicaConfig& config, const EpochRecords& records) = 0;
  /// A replica is done or has failed.
  virtual void finish(const ReplicaConfig& config, const ReplicaResult& result) = 0;
  /// Writes what was given since the last call.
  virtual void flush() = 0;

  /// Whether there is a use for it when all is trained; else the end of the training writes the file whole.
  virtual bool outlives_training() const = 0;
  /// What the log's end means for the user: "it is written whole when the training ends".
  virtual std::string what_then() const = 0;
  /// How messages call it.
  virtual std::string name() const = 0;
};

/// metrics.jsonl while a run trains: lines as write_metrics() (run_files.hpp) makes them, those of finished
/// replicas first when it begins, then in the order in which they come.
class MetricsLog : public LiveLog {
 public:
  /// `run`: the run directory.
  MetricsLog(const std::filesystem::path& run, std::size_t replicas);
  void begin() override;
  void add(const ReplicaConfig& config, const EpochRecords& records) override;
  void finish(const ReplicaConfig& config, const ReplicaResult& result) override;
  void flush() override;
  bool outlives_training() const override { return false; }
  std::string what_then() const override { return "the whole file is written when the training ends"; }
  std::string name() const override { return "metrics.jsonl"; }

 private:
  const std::filesystem::path file_;
  std::vector<std::size_t> written_;  ///< epochs of each replica
  std::string lines_;                 ///< that wait for flush()
};

}  // namespace symscan
