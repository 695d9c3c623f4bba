#pragma once
#include <chrono>
#include <filesystem>

#include "host/store/run_directory.hpp"

namespace symscan {

/// A run that is trained on a local disk and copied to its directory, for file systems that are slow to sync
/// or have no locks. The directory receives the ledger as one whole file now and then, and at the end all
/// files; the ledger is the first file there, so that the directory is a run at every moment. While this
/// lives the directory's lock is held, if it has locks. What was not copied yet is lost with the machine, as
/// with a checkpoint.
class Scratch {
 public:
  /// A folder of its own in `folder`, which must exist; what lies in `out` is taken into it (resume) or
  /// removed (overwrite). `seconds`: between copies of the ledger, more where copying takes long.
  /// Throws Error as RunDirectory does.
  Scratch(const std::filesystem::path& folder, std::filesystem::path out, RunDirectory::Mode mode,
          double seconds);
  /// Removes the folder, if nothing was trained in it or all of it is in its place.
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  /// The run directory on the local disk, and how it is to be opened.
  const std::filesystem::path& run() const { return run_; }
  RunDirectory::Mode mode() const { return RunDirectory::Mode::resume; }

  /// Copies ledger and config while the run trains. Throws Error (75) that says where the run is now.
  void save(Ledger& ledger);
  bool is_due() const { return Clock::now() >= next_; }
  /// The same when the training has ended.
  void save_last(Ledger& ledger);
  /// Copies all files of the run.
  void publish(Ledger& ledger);

 private:
  using Clock = std::chrono::steady_clock;
  void copy(const std::filesystem::path& file);
  void copy_ledger(Ledger& ledger);
  template <class Act>
  void attempt(const Act& act) const;

  const std::filesystem::path out_;
  std::filesystem::path run_;
  Descriptor lock_;
  const std::chrono::duration<double> between_;
  Clock::time_point next_;
  bool is_needed_ = false;  ///< holds what is nowhere else
};

}  // namespace symscan
