#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "host/store/ledger.hpp"

namespace symscan {

/// A run directory: results.sqlite (the ledger), config.json, and, once written, models.safetensors,
/// metrics.jsonl, summary.json, report.html, timings.json. Locked while open: two processes never train in
/// one directory.
class RunDirectory {
 public:
  enum class Mode { fresh, resume, overwrite };

  /// Creates the directory and its ledger, or takes up the old one. Throws Error: already used (and not
  /// resume), nothing to resume is no error (a fresh run starts), locked by another process, or the config
  /// differs from the ledger's (the differing keys are named), begun by an executor that rounds differently,
  /// or holds files of a run's names that are not from a run (they are never overwritten). Throws what the
  /// constructor would throw about a directory that is in use or not a run; changes nothing. Cheap: to be
  /// called before the data are read.
  static void check(const std::filesystem::path& path, Mode mode);

  RunDirectory(std::filesystem::path path, Mode mode, const SweepConfig& sweep, const std::string& backend);
  ~RunDirectory();
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;

  Ledger& ledger() { return *ledger_; }
  const std::filesystem::path& path() const { return path_; }
  bool resumed() const { return resumed_; }

  /// Throws Error if the directory has been removed meanwhile: there would be nowhere to save.
  void check_still_there() const;

  /// Records what is known of the data; on a resumed run throws DataError if the data are not the same as
  /// before.
  void record_dataset(int index, const DatasetRecord& record);

 private:
  void lock();
  std::filesystem::path path_;
  int lock_ = -1;
  bool resumed_ = false;
  std::optional<Ledger> ledger_;
};

/// The ledger file of a run directory.
inline std::filesystem::path ledger_file(const std::filesystem::path& run) {
  return run / "results.sqlite";
}

}  // namespace symscan
