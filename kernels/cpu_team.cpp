#include "kernels/cpu_team.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace symscan {
namespace {

void pause_a_moment() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Waits until `value` is no longer `old`.
void wait_for_change(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  using Clock = std::chrono::steady_clock;
  constexpr auto spinning = std::chrono::microseconds(5), yielding = std::chrono::microseconds(100);
  const auto start = Clock::now();
  for (auto waited = Clock::duration::zero(); waited < yielding; waited = Clock::now() - start) {
    if (waited >= spinning) std::this_thread::yield();
    for (int i = 0; i < 32; ++i) {
      if (value.load(std::memory_order_acquire) != old) return;
      pause_a_moment();
    }
  }
  value.wait(old, std::memory_order_acquire);
}

}  // namespace

CpuTeam::CpuTeam(int size) {
  threads_.reserve(static_cast<std::size_t>(std::max(1, size)) - 1);
  try {
    for (int rank = 1; rank < size; ++rank) threads_.emplace_back([this, rank] { serve(rank); });
  } catch (const std::system_error&) {
    // Those that there are will do.
  }
  size_ = 1 + static_cast<int>(threads_.size());
  meetings_ = 1;
  meetings_.notify_all();
}

CpuTeam::~CpuTeam() {
  work_ = nullptr;
  meet();
}

void CpuTeam::run(Work work, void* context) {
  work_ = work;
  context_ = context;
  meet();
  work(context, 0);
  meet();
}

void CpuTeam::serve(int rank) {
  wait_for_change(meetings_, 0);  // until size_ is known
  for (;;) {
    meet();
    if (work_ == nullptr) return;
    work_(context_, rank);
    meet();
  }
}

/// The last one to arrive opens the next meeting before it lets the others go: they cannot arrive before.
void CpuTeam::meet() {
  if (size_ == 1) return;
  const std::uint32_t meeting = meetings_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 < static_cast<std::uint32_t>(size_)) {
    wait_for_change(meetings_, meeting);
    return;
  }
  arrived_.store(0, std::memory_order_relaxed);
  meetings_.fetch_add(1, std::memory_order_release);
  meetings_.notify_all();
}

}  // namespace symscan
