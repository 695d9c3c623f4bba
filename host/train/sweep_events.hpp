#pragma once
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/base/error.hpp"
#include "host/train/sweep.hpp"

namespace symscan {

/// What the threads of a sweep tell the thread that called it. A thread waits while what was pushed and not
/// yet delivered takes much memory: a slow disk does not fill it with results.
class SweepEvents {
 public:
  /// `tick_seconds`: between ticks while nothing happens.
  SweepEvents(int workers, double tick_seconds) : tick_seconds_(tick_seconds), workers_(workers) {}

  // For the threads of the sweep.
  void push_result(const ReplicaConfig& config, ReplicaResult result);
  void push_failure(const ReplicaConfig& config, const std::string& sentence);
  /// The replica stays pending, with the checkpoint that it has. `code`: whether a repetition may help.
  void push_postponed(const ReplicaConfig& config, const std::string& sentence, ExitCode code);
  void push_checkpoint(const ReplicaConfig& config, std::string checkpoint);
  void push_warning(const std::string& sentence);
  void worker_ended();
  /// A thread came to an end that it could not tell in words, for want of memory. deliver() throws it on.
  void worker_failed(std::exception_ptr error);
  /// The calling thread failed: nobody takes what is pushed.
  bool abandoned() const { return abandoned_.load(std::memory_order_relaxed); }
  std::atomic<std::uint64_t> steps_done{0}, steps_trained{0};

  // For the calling thread.
  /// Calls the observer, and `warn` with each warning, until all workers have ended. `progress.replicas` and
  /// `progress.steps` are given.
  void deliver(SweepProgress& progress, const SweepObserver& observer,
               const std::function<void(const std::string&)>& warn);
  void abandon();

 private:
  struct Event {
    const ReplicaConfig* config;
    std::optional<ReplicaResult> result;  ///< else `checkpoint`
    std::string checkpoint;
  };
  void push(Event event);
  static std::size_t bytes_of_event(const Event& event);

  const double tick_seconds_;
  std::atomic<bool> abandoned_{false};
  std::mutex mutex_;
  std::condition_variable wake_, room_;
  std::vector<Event> events_;
  std::size_t bytes_ = 0;  ///< of `events_`
  std::vector<std::string> warnings_;
  std::vector<Postponed> postponed_;  ///< and not told
  std::exception_ptr failure_;
  int workers_;
};

}  // namespace symscan
