#pragma once
#include <memory>
#include <string>

#include "kernels/cuda/kernels.hpp"
#include "kernels/cuda/layered.hpp"

/// What the files of the CUDA runtime share.
namespace symscan {

/// A call that was refused on its own account is `failed`; where no later call can succeed it is `lost`.
DeviceStatus status_of(cudaError_t error);
/// Throws DeviceError.
void check(cudaError_t error, const char* what);

struct Runtime::Implementation {
  int device = 0;
  cudaStream_t stream = nullptr;  ///< the main queue
  cudaStream_t lane[lanes] = {};
  bool busy[lanes] = {};  ///< with work that the main queue does not come after
  cudaEvent_t event = nullptr;
  int chosen = 0;                           ///< lane of Tier::layered
  std::unique_ptr<cuda::Blas> blas[lanes];  ///< from the first product on
  void* workspaces[lanes] = {};

  void open();
  void close() noexcept;
  /// The calling thread's current device becomes this one.
  void enter() const { check(cudaSetDevice(device), "choosing the device"); }
  cudaStream_t queue(int which) {
    if (which == main_queue) return stream;
    busy[which] = true;
    return lane[which];
  }
  /// A wait takes the event as it is when it is queued, so that one event serves all.
  void follow(cudaStream_t later, cudaStream_t earlier) {
    check(cudaEventRecord(event, earlier), "queueing work");
    check(cudaStreamWaitEvent(later, event), "queueing work");
  }
  void join(int which) {
    if (!busy[which]) return;
    follow(stream, lane[which]);
    busy[which] = false;
  }
  cuda::Blas& blas_of(int which);
  /// Runs f(); if it finds no memory, once more after the pool has given back what it keeps for reuse: cuBLAS
  /// and graphs take theirs elsewhere.
  template <class F>
  void with_pool_trimmed(F f) {
    try {
      f();
    } catch (const DeviceError& error) {
      if (error.status() != DeviceStatus::out_of_memory) throw;
      cudaMemPool_t pool;
      check(cudaStreamSynchronize(stream), "the device's work");
      check(cudaDeviceGetDefaultMemPool(&pool, device), "giving back memory");
      check(cudaMemPoolTrimTo(pool, 0), "giving back memory");
      f();
    }
  }
};

}  // namespace symscan
