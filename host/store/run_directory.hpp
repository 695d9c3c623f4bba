#pragma once
#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/base/file.hpp"
#include "host/store/ledger.hpp"

namespace symscan {

/// Which folder and which ledger lay under a path when this was made.
class RunPlace {
 public:
  explicit RunPlace(std::filesystem::path run);
  /// Throws Error if they are gone, or others lie there now: nothing may be written into a folder that has
  /// taken the place of the run's.
  void check() const;

 private:
  using Identity = std::pair<dev_t, ino_t>;
  static Identity identity_of(const std::filesystem::path& path, const std::filesystem::path& run);
  std::filesystem::path run_;
  Identity folder_, ledger_;
};

/// A run directory: results.sqlite (the ledger), config.json, and, once written, models.safetensors,
/// metrics.jsonl, summary.json, report.html, timings.json, progress.json (progress_file.hpp), tensorboard/
/// (event_files.hpp). Locked (.lock) while open: two processes never train in one directory.
///
/// A directory is a run if its results.sqlite is a ledger of symscan. One that is not, is never changed, with
/// one exception: a ledger so damaged that it is no ledger any more may be replaced (Mode::overwrite) where a
/// .lock and a config.json that can be read as a config show that the run was one of symscan.
class RunDirectory {
 public:
  enum class Mode { fresh, resume, overwrite };

  /// Creates the directory and its ledger, or takes up the old one. Throws Error: already used (and not
  /// resume), nothing to resume is no error (a fresh run starts), locked by another process, a file system
  /// without locks, the config differs from the ledger's (the differing keys are named), begun by an executor
  /// that rounds differently, files of a run's names that are not from a run (they are never overwritten), or
  /// links in the place of the ledger or of .lock, another shard than the ledger's. check() throws what the
  /// constructor would throw about a directory that is in use or not a run, and changes nothing. Cheap: to be
  /// called before the data are read.
  static void check(const std::filesystem::path& path, Mode mode);

  /// `shard`: null for a whole sweep.
  RunDirectory(std::filesystem::path path, Mode mode, const SweepConfig& sweep, const std::string& backend,
               const ShardReplicas* shard = nullptr);

  Ledger& ledger() { return *ledger_; }
  const std::filesystem::path& path() const { return path_; }
  bool resumed() const { return resumed_; }
  /// Other processes may use the directory from now on. What is written later asks check_still_there() first.
  void unlock() { (void)lock_.close(); }

  /// Throws Error if the directory has been removed or replaced meanwhile: there would be nowhere to save. To
  /// be called before anything is written into it.
  void check_still_there() const { place_->check(); }

  /// Records what is known of the data; on a resumed run throws DataError if the data are not the same as
  /// before.
  void record_dataset(int index, const DatasetRecord& record);

 private:
  std::filesystem::path path_;
  Descriptor lock_;
  bool resumed_ = false;
  std::optional<Ledger> ledger_;
  std::optional<RunPlace> place_;
};

/// What a file system without locks is to a run.
enum class WithoutLocks { refuse, go_on };

/// The lock of a run directory, .lock; none on a file system without locks, if that may be. Throws Error:
/// held by another process (75), or there are no locks.
Descriptor lock_of_run(const std::filesystem::path& run, WithoutLocks choice);

/// Holds up those who would train in a run, as far as its file system has locks; none if a process of this
/// machine, or of one that shares its locks, is at work there.
std::optional<Descriptor> idle_lock_of_run(const std::filesystem::path& run);

/// Removes all files of a run, the ledger last. Throws Error for what is no file of a run.
void remove_run_files(const std::filesystem::path& run);

/// What `analyze --shard` has written into a run: analysis_shard_3_of_8.json, sorted.
std::vector<std::filesystem::path> analysis_part_files(const std::filesystem::path& run);

/// The files of a run but the ledger, config.json and tensorboard/.
std::vector<std::string> names_of_results();

/// The ledger file of a run directory.
inline std::filesystem::path ledger_file(const std::filesystem::path& run) {
  return run / "results.sqlite";
}

/// Before a file is written that is no part of a run: throws UsageError if it would take the place of one of
/// a run's own files, whatever --overwrite says.
void refuse_file_of_a_run(const std::filesystem::path& file);

}  // namespace symscan
