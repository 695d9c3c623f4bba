#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/config/config.hpp"
#include "host/config/shard.hpp"
#include "host/store/dataset_record.hpp"
#include "host/store/ledger_schema.hpp"
#include "host/store/sqlite.hpp"
#include "host/train/replica_result.hpp"

namespace symscan {

struct ReplicaRecord {
  /// skipped: with seeds "auto", the answer was found without it; elsewhere: of another shard.
  enum class Status { pending, done, failed, skipped, elsewhere };
  Status status = Status::pending;
  ReplicaResult
      result;  ///< parameters only if asked for; RunResults hold no history and no tracked relevances
  std::size_t epochs = 0;  ///< of the history
  /// Mean loss (validation loss if there is one) of the second-last and of the last tenth of the epochs; 0
  /// with fewer than ten.
  double loss_before = 0, loss_at_end = 0;
};

/// "pending", "done", "failed", "skipped": as files call them.
const char* name_of_status(ReplicaRecord::Status status);

/// results.sqlite of a run directory: one row per replica, the truth about what is done. Other programs can
/// read it while the run goes on: with a write-ahead log, on network file systems with a rollback journal.
/// All writes between begin() and commit() are one transaction. Every row has a checksum, which is verified
/// when the row is read: Error ("damaged") if it differs. Ledgers of schema 1 have none; they are read, and
/// get them when they are opened for writing.
class Ledger {
 public:
  /// A new ledger for the sweep, or for a shard of it, which has rows of its own replicas alone; replaces
  /// nothing but an empty file. ":memory:": no file.
  static Ledger create(const std::filesystem::path& file, const SweepConfig& sweep,
                       const std::string& backend, const ShardReplicas* shard = nullptr);
  /// Throws Error for what is not a ledger.
  static Ledger open(const std::filesystem::path& file, bool read_only);
  static LedgerState state_of(const std::filesystem::path& file) { return state_of_ledger(file); }

  Database& database() { return database_; }  ///< for checks of what is stored (ledger_checks.hpp)
  Json config();                              ///< the sweep's resolved config
  std::string meta(const std::string& key);   ///< "" where there is none
  std::optional<Shard> shard();               ///< none: of a whole sweep
  /// A copy of all that is committed, as one file without a log. Replaces the file.
  void copy_to(const std::filesystem::path& file) { database_.copy_to(file); }
  void begin() { database_.execute("BEGIN IMMEDIATE"); }
  void commit();
  /// False after a commit while a reader keeps a write-ahead log from being emptied that is long already:
  /// checkpoints should wait, so that it does not grow without end.
  bool has_room_for_checkpoints() const { return has_room_; }

  void add_dataset(int index, const DatasetRecord& record);
  std::optional<DatasetRecord> dataset(int index);

  void finish(const ReplicaConfig& config, const ReplicaResult& result);
  ReplicaRecord replica(int id, bool with_parameters);
  std::vector<float> parameters(int id);  ///< of a replica that is done
  /// Replicas that have a row, ascending, with their status; `replicas`: of the sweep.
  std::vector<std::pair<int, ReplicaRecord::Status>> rows(std::size_t replicas);
  /// Of all replicas of the sweep.
  std::vector<ReplicaRecord::Status> statuses(std::size_t replicas);
  /// Replicas with a row by their status, as SQLite counts them: nothing is checked.
  std::map<std::string, std::size_t> count_statuses();
  /// A pending replica is not needed.
  void skip(int id);
  /// What is pending is not needed.
  void skip_pending();
  /// Failed replicas become pending again.
  void retry_failed();

  void save_checkpoint(int id, const std::string& blob);
  std::optional<std::string> checkpoint(int id);
  std::vector<int> checkpointed();  ///< replicas that have a checkpoint

 private:
  explicit Ledger(Database database) : database_(std::move(database)) {}
  void use_journal();
  void set_status(const char* from, const char* to);
  /// Throws Error unless columns `stored` and `stored` + 1 of a row are the same checksum.
  void verify(const Statement& row, int stored, const std::string& what) const;

  Database database_;
  bool has_checksums_ = true;
  bool has_log_ = false;  ///< a write-ahead log
  bool has_room_ = true;
};

}  // namespace symscan
