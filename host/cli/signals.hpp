#pragma once
#include <atomic>

namespace symscan {

/// SIGTERM, SIGINT, SIGUSR1, SIGXCPU and SIGHUP (unless ignored, as under nohup) end the process with
/// code 75. At once: everything that is written is whole at any moment (host/base/file.hpp, the ledger). Only
/// while replicas train there is something to save; a flag is set then, which workers look at between steps.
/// A step that takes longer than two seconds is not waited for: its replica goes on from its last checkpoint.
/// A disk that takes the checkpoints is waited for, ten seconds at most.
/// There is one guard, in main().
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// From now on there is something to save: signals set the flag.
  static void defer();
  /// Whether something is being written, which is waited for as long as it takes.
  static void set_saving(bool saving);
  /// From now on signals end nothing at once: steps and saving are waited for as long as they take.
  static void wait_for_saving();
  /// Everything is saved: signals end the process at once again.
  static void end_at_once();
  /// All is done, and the process ends at once: signals say nothing any more.
  static void ignore();
  static const std::atomic<bool>& requested();
};

}  // namespace symscan
