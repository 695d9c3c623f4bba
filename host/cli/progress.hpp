#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "host/findings/options.hpp"
#include "host/train/sweep.hpp"

namespace symscan {

/// "45 s", "3 min 20 s", "2 h 5 min"
std::string duration_text(double seconds);

/// A line on standard error that renews itself on a terminal, else a plain one now and then.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();  ///< ends a line that is still open

  bool is_due() const;
  /// On a terminal after a bar.
  void show(double share, const std::string& text);
  void finish(double share, const std::string& text);  ///< the last state, and an end of line
  void clear();                                        ///< as if nothing had been shown
  /// Whether a line is renewed in place.
  bool is_renewed() const { return terminal_ && !quiet_; }

 private:
  std::string line(double share, const std::string& text) const;
  bool quiet_, terminal_;
  bool line_is_open_ = false;
  std::chrono::steady_clock::time_point next_line_;
};

/// Shows a sweep's progress.
class ProgressDisplay {
 public:
  explicit ProgressDisplay(bool quiet) : line_(quiet) {}
  void show(const SweepProgress& progress);
  void finish(const SweepProgress& progress);

 private:
  ProgressLine line_;
};

/// Shows how far an analysis or a report is; what it showed on a terminal is gone at the end. There the line
/// is renewed while one part takes long: the share moves towards that at its end, and the seconds count.
class WorkDisplay {
 public:
  explicit WorkDisplay(bool quiet) : line_(quiet) {}
  ~WorkDisplay() { stop(); }
  void show(const std::string& what, double share) { show({what, "", share, share, 0, {}}); }
  /// For FindingsOptions::progress; must not outlive the display.
  std::function<void(const AnalysisProgress&)> of_analysis();
  void finish();

 private:
  struct Part {
    std::string what, about;
    double share = 0, until = 0, seconds = 0;  ///< see AnalysisProgress
    std::chrono::steady_clock::time_point since;
  };
  void show(Part part);
  void renew();  ///< shows part_ as it is now
  void stop();

  ProgressLine line_;
  std::mutex mutex_;  ///< of all that follows, and of the line
  Part part_;
  bool running_ = false;
  std::condition_variable stopped_;
  std::thread renewal_;
};

}  // namespace symscan
