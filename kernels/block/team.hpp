#pragma once
#include <cstdint>
#include <ctime>

#include "kernels/host_device.hpp"

/// The threads of a block. A program for a block is a sequence of phases: in a phase every index is worked on
/// by one thread, and a barrier ends it. Code between phases is uniform: every thread runs it with the same
/// values. The same program runs on
///   CudaTeam    the threads of a GPU block;
///   LoopTeam    the host, each phase a loop (fast; shows wrong arithmetic and indices);
///   FiberTeam   the host, each thread a fiber (tests/kernels/block/fiber_team.hpp; shows missing barriers).
/// Interface:
///   phase(n, f)         f(i) for i = 0..n-1, then a barrier
///   phase_nosync(n, f)  the same without the barrier
///   warp_phase(n, f)    f(i) once per warp for i = 0..n-1, then a barrier
///   single(f)           a barrier, f() by one thread, a barrier
///   decide(f)           the same, and what f() returns (bool) for all threads
///   nanoseconds()       a clock; results may not depend on it
///   threads()           how many there are; results may not depend on it
///   memory()            the shared memory, 16-byte aligned
namespace symscan {

/// The host's clock, from an unknown beginning.
inline std::uint64_t host_nanoseconds() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000000000u + static_cast<std::uint64_t>(now.tv_nsec);
}

/// A block on the host. Phases may not depend on the order of their indices, so `order` may be any.
struct LoopTeam {
  enum class Order { forward, backward };
  float* shared = nullptr;
  int thread_count = 128;
  Order order = Order::forward;

  int threads() const { return thread_count; }
  float* memory() const { return shared; }
  template <class F>
  void phase_nosync(int n, F f) const {
    if (order == Order::forward) {
      for (int i = 0; i < n; ++i) f(i);
    } else {
      for (int i = n - 1; i >= 0; --i) f(i);
    }
  }
  template <class F>
  void phase(int n, F f) const {
    phase_nosync(n, f);
  }
  template <class F>
  void warp_phase(int n, F f) const {
    phase_nosync(n, f);
  }
  template <class F>
  void single(F f) const {
    f();
  }
  template <class F>
  bool decide(F f) const {
    return f();
  }
  std::uint64_t nanoseconds() const { return host_nanoseconds(); }
};

#if defined(__CUDACC__)
struct CudaTeam {
  __device__ __forceinline__ int threads() const { return static_cast<int>(blockDim.x); }
  __device__ __forceinline__ float* memory() const {
    extern __shared__ __align__(128) float symscan_shared[];
    return symscan_shared;
  }
  template <class F>
  __device__ __forceinline__ void phase_nosync(int n, F f) const {
    for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x)) f(i);
  }
  template <class F>
  __device__ __forceinline__ void phase(int n, F f) const {
    phase_nosync(n, f);
    __syncthreads();
  }
  template <class F>
  __device__ __forceinline__ void warp_phase(int n, F f) const {
    for (int i = static_cast<int>(threadIdx.x / 32); i < n; i += static_cast<int>(blockDim.x / 32)) f(i);
    __syncthreads();
  }
  template <class F>
  __device__ __forceinline__ void single(F f) const {
    __syncthreads();
    if (threadIdx.x == 0) alone(f);
    __syncthreads();
  }
  template <class F>
  __device__ __forceinline__ bool decide(F f) const {
    return __syncthreads_or(threadIdx.x == 0 && f() ? 1 : 0) != 0;
  }
  __device__ __forceinline__ std::uint64_t nanoseconds() const {
    std::uint64_t now;
    asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now));
    return now;
  }

 private:
  /// A function of its own: what one thread computes must not take registers from what all compute.
  template <class F>
  static __device__ __noinline__ void alone(const F& f) {
    f();
  }
};
#endif

}  // namespace symscan
