#pragma once
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace symscan {

/// Threads that train one replica together: the thread that calls run(), of rank 0, and size() - 1 own ones,
/// which sleep between calls. Several teams may work at one time, each called by one thread at a time.
///
/// Waiting begins with spinning, since the others are a few microseconds away as a rule. It goes on with
/// yielding, for a machine with more threads than cores, and ends asleep in the kernel: a thread that is not
/// scheduled makes the others wait, not burn.
class CpuTeam {
 public:
  /// `size`: threads wanted; there are fewer where the system refuses one, and at least 1.
  explicit CpuTeam(int size);
  CpuTeam(const CpuTeam&) = delete;
  CpuTeam& operator=(const CpuTeam&) = delete;
  ~CpuTeam();

  int size() const { return size_; }

  /// work(context, rank) on every thread, for the ranks 0 to size() - 1. Returns when all have returned. What
  /// the caller wrote before is seen by all, and what they wrote by the caller. `work` must not throw.
  using Work = void (*)(void* context, int rank);
  void run(Work work, void* context);

  /// A barrier, for the threads inside run(): all must call it equally often. What was written before it is
  /// seen by all after it.
  void meet();

 private:
  void serve(int rank);

  int size_ = 1;
  Work work_ = nullptr;  ///< nullptr: the threads end
  void* context_ = nullptr;
  // Each on a cache line of its own.
  alignas(64) std::atomic<std::uint32_t> arrived_{0};
  alignas(64) std::atomic<std::uint32_t> meetings_{0};
  std::vector<std::jthread> threads_;
};

}  // namespace symscan
