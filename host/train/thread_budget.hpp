#pragma once
#include <algorithm>
#include <atomic>
#include <mutex>

namespace symscan {

/// The threads of a sweep, shared between its workers: each has one, and what is left is for those whose
/// replicas are worth more. A worker that has come to its end leaves its threads to the others.
class ThreadBudget {
 public:
  /// `workers`: at least 1, and not more than `threads`.
  ThreadBudget(int threads, int workers) : threads_(threads), workers_(workers), spare_(threads - workers) {}

  /// How many threads a worker that has `have` may go on with, at least 1 and at most `worth`: no worker gets
  /// more than an equal share. Called between training steps.
  int adjust(int have, int worth) {
    if (have <= worth && (have == worth || spare_.load(std::memory_order_relaxed) == 0)) return have;
    const std::lock_guard lock(mutex_);
    const int share = (threads_ + workers_ - 1) / workers_;
    const int wanted = std::min(worth, std::max(share, have));
    const int taken = std::min<int>(wanted - have, spare_);  // negative: given back
    spare_ -= taken;
    return have + taken;
  }
  void worker_ended(int have) {
    const std::lock_guard lock(mutex_);
    spare_ += have;
    if (workers_ > 1) --workers_;
  }

 private:
  std::mutex mutex_;
  const int threads_;
  int workers_;
  std::atomic<int> spare_;
};

}  // namespace symscan
