#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "host/store/progress_file.hpp"
#include "host/store/run_directory.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// Run directories of the shards of one sweep, to be joined. One ledger is open at a time, and one replica in
/// memory.
class ShardSet {
 public:
  /// Looks at all ledgers; nothing is changed. Throws UsageError for whole runs, shards of differently many,
  /// and a shard that is given twice; ConfigError for other configs (the differing keys are named); DataError
  /// for other data; Error for executors that round differently, and for a damaged ledger.
  explicit ShardSet(const std::vector<std::filesystem::path>& directories);

  const SweepConfig& sweep() const { return sweep_; }
  const std::vector<DatasetRecord>& datasets() const { return datasets_; }
  int count() const { return count_; }
  /// What trained them: "cpu (avx2)", "cpu (avx2), cuda (NVIDIA H200)".
  const std::string& backend() const { return backend_; }

  /// Throws Error (75) that names shards which are missing or not finished, with the commands that finish
  /// them; Error if a replica is in no shard or in two.
  void check_complete();

  /// Throws UsageError if `out` is one of the shards.
  void refuse_as_place(const std::filesystem::path& out) const;

  /// Copies all results that `run` lacks, in transactions of bounded size. `progress`: replicas looked at.
  /// `stop` true: what is copied by then is kept, and the call returns false. Nobody can train in a shard
  /// while it is copied. Throws Error (75) for a shard that has changed since check_complete(), and Error if
  /// `run` was joined from other results before.
  bool copy_into(RunDirectory& run, const std::function<void(std::size_t)>& progress,
                 const std::atomic<bool>& stop);

  /// Replicas that copy_into() has added.
  std::size_t added() const { return added_; }

 private:
  struct Part {
    std::filesystem::path path;
    Shard shard;
    std::int64_t run = 0;  ///< number of its run
    std::size_t pending = 0;
    bool has_data = true;  ///< its datasets are recorded
  };
  void add(const std::filesystem::path& path);
  void compare_data(const Part& part, Ledger& ledger);
  void copy_part(const Part& part, RunDirectory& run, const std::vector<ReplicaRecord::Status>& here,
                 const std::function<void(std::size_t)>& progress, const std::atomic<bool>& stop);
  std::string command_for(const Shard& shard) const;

  std::vector<Part> parts_;
  std::vector<std::filesystem::path> not_begun_;  ///< without a ledger
  int count_ = 0;
  Json config_;  ///< as recorded in the first ledger
  SweepConfig sweep_;
  DatasetIndex index_;
  std::vector<DatasetRecord> datasets_;  ///< of the first part that has them
  std::string backend_;
  std::size_t looked_at_ = 0, added_ = 0;
};

/// The command that finishes a shard, from the one that began it or another shard (progress.json), to be
/// typed in `here`; "" where that is not known. `directory`: of the shard that began; empty: it never did.
std::string finishing_command(const RunProgress& known, const Shard& shard,
                              const std::filesystem::path& directory, const std::filesystem::path& here);

}  // namespace symscan
