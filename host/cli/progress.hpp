#pragma once
#include <chrono>
#include <string>

#include "host/train/sweep.hpp"

namespace symscan {

/// "45 s", "3 min 20 s", "2 h 5 min"
std::string duration_text(double seconds);

/// Shows a sweep's progress on standard error: a bar that renews itself on a terminal, else a plain line now
/// and then.
class ProgressDisplay {
 public:
  explicit ProgressDisplay(bool quiet);
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;
  ~ProgressDisplay();  ///< ends a line that is still open
  void show(const SweepProgress& progress);
  void finish(const SweepProgress& progress);  ///< the last state, and an end of line

 private:
  std::string line(const SweepProgress& progress) const;
  bool quiet_, terminal_;
  bool line_is_open_ = false;
  std::chrono::steady_clock::time_point next_line_;
};

}  // namespace symscan
