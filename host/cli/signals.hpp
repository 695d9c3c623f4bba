#pragma once
#include <atomic>

namespace symscan {

/// SIGTERM, SIGINT, SIGUSR1 and SIGHUP (unless ignored, as under nohup) end the process with code 75: at
/// once, or, while something is to be saved, by a flag that is looked at.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// From now on there is something to save: signals only set the flag.
  void defer();
  /// Everything is saved: signals end the process at once again.
  void end_at_once();
  static const std::atomic<bool>& requested();
};

}  // namespace symscan
