#pragma once
#include <atomic>

namespace symscan {

/// SIGTERM, SIGINT, SIGUSR1 and SIGHUP (unless ignored, as under nohup) ask for a checkpoint and exit
/// code 75. The handler only sets a flag; before training (nothing to save yet) it ends the process at once
/// with code 75.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// From now on there is something to save: signals only set the flag.
  void defer();
  static const std::atomic<bool>& requested();
};

}  // namespace symscan
