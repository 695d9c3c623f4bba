#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "host/store/ledger.hpp"
#include "host/store/progress_file.hpp"
#include "host/train/sweep.hpp"

namespace symscan {

/// Keeps progress.json of a run directory up to date while it trains. What goes wrong with it is told once
/// and ends it, not the training.
class ProgressWriter {
 public:
  /// `run` empty: nothing is ever written. `command`: as typed, for those who must repeat it.
  ProgressWriter(std::filesystem::path run, const std::vector<std::string>& command);

  /// What is known before the training goes on.
  void begin(const SweepConfig& sweep, Ledger& ledger, const std::string& backend);
  /// Whether it is time to write again: some seconds after the last time, longer on slow disks.
  bool is_due() const;
  /// Writes the state of the training. Returns why it could not, "" if all is well.
  std::string write(RunProgress::State state, const SweepProgress& progress);

 private:
  using Clock = std::chrono::steady_clock;

  const std::filesystem::path run_;
  RunProgress progress_;
  std::size_t done_before_ = 0, failed_before_ = 0;
  bool works_ = true;
  Clock::time_point next_ = Clock::now();
};

}  // namespace symscan
