#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>

#include "host/train/sweep.hpp"

namespace symscan {

/// How one rank trains.
struct LocalTraining {
  /// run_jobs or run_device_jobs.
  std::function<void(JobQueue&, const std::atomic<bool>& stop, const SweepObserver&, SweepProgress&)> run;
  int takers = 1;           ///< of its queue
  std::uint64_t slots = 1;  ///< replicas that it has ahead: those that it trains at one time, as far as known
};

/// Replicas that should come to a queue, so that nobody waits: as many wait as are under way.
inline std::uint64_t wanted_replicas(JobQueue& queue, std::uint64_t slots) {
  const std::uint64_t ahead = std::max<std::uint64_t>(slots, queue.taken()), waiting = queue.waiting();
  return ahead - std::min(ahead, waiting);
}

/// Between looks at the messages, while a rank trains.
inline constexpr double rank_tick_seconds = 0.005;

}  // namespace symscan
