#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/config/config.hpp"
#include "host/store/dataset_record.hpp"
#include "host/store/sqlite.hpp"
#include "host/train/replica_result.hpp"

namespace symscan {

struct ReplicaRecord {
  /// skipped: with seeds "auto", the answer was found without it.
  enum class Status { pending, done, failed, skipped };
  Status status = Status::pending;
  ReplicaResult result;  ///< parameters only if asked for
};

/// results.sqlite of a run directory: one row per replica, the truth about what is done. Write-ahead log:
/// other programs can read it while the run goes on. All writes between begin() and commit() are one
/// transaction.
class Ledger {
 public:
  /// A new ledger for the sweep; replaces nothing: the file must not exist.
  static Ledger create(const std::filesystem::path& file, const SweepConfig& sweep,
                       const std::string& backend);
  static Ledger open(const std::filesystem::path& file, bool read_only);
  /// False for a missing file and for one whose creation was cut off before anything was in it.
  static bool exists(const std::filesystem::path& file);

  Database& database() { return database_; }  ///< for checks of what is stored (ledger_checks.hpp)
  Json config();                              ///< the sweep's resolved config
  std::string meta(const std::string& key);
  void begin() { database_.execute("BEGIN IMMEDIATE"); }
  void commit() { database_.execute("COMMIT"); }

  void add_dataset(int index, const DatasetRecord& record);
  std::optional<DatasetRecord> dataset(int index);

  void finish(const ReplicaConfig& config, const ReplicaResult& result);
  ReplicaRecord replica(int id, bool with_parameters);
  std::vector<ReplicaRecord::Status> statuses();
  /// What is pending is not needed.
  void skip_pending();
  /// Failed replicas become pending again.
  void retry_failed();

  void save_checkpoint(int id, const std::string& blob);
  std::optional<std::string> checkpoint(int id);

 private:
  explicit Ledger(Database database) : database_(std::move(database)) {}
  Database database_;
};

}  // namespace symscan
