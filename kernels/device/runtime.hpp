#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "kernels/device/device_api.hpp"
#include "kernels/generate/generators.hpp"
#include "kernels/rank_host.hpp"

/// What a backend asks of a device, below device.cpp. Two implementations: kernels/cuda/runtime.cpp and
/// kernels/emulated/runtime.cpp.
namespace symscan {

namespace block {
struct ReplicaSlot;
}
namespace layered {
struct Gemm;
}

class DeviceError : public std::runtime_error {
 public:
  DeviceError(DeviceStatus status, const std::string& sentence)
      : std::runtime_error(sentence), status_(status) {}
  DeviceStatus status() const { return status_; }

 private:
  DeviceStatus status_;
};

/// One chunk of an evaluation pass of one replica. Pointers are to device memory.
struct EvaluationItem {
  const block::ReplicaSlot* slot;
  std::size_t chunk;
  double* sums;  ///< [width] of this chunk
};
/// Sums over the chunks of one replica, in their order.
struct ReductionItem {
  const double* sums;  ///< [chunks][width]
  std::size_t chunks, width;
  double* total;  ///< [width]
};

/// Work that was recorded instead of done.
using Recording = std::shared_ptr<void>;

/// One opened device with one queue of work. Throws DeviceError.
class Runtime {
 public:
  static const char* build();
  static int device_count(std::string& why);
  static DeviceInfo device_info(int device);

  explicit Runtime(int device);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  void* allocate(std::size_t bytes);
  void release(void* memory) noexcept;
  /// Lets the device read the host's memory in place, over the bus; returns the device's pointer. The memory
  /// must stay until forget().
  const void* share(const void* host, std::size_t bytes);
  void forget(const void* host) noexcept;
  std::uint64_t free_memory();
  /// The host's memory may be changed when these return.
  void upload(void* device, const void* host, std::size_t bytes);
  void download(void* host, const void* device, std::size_t bytes);
  void zero(void* device, std::size_t bytes);
  /// What was queued here comes before what follows, without waiting for training launches.
  void download_early(void* host, const void* device, std::size_t bytes);
  /// What is queued from now on comes after the training launches so far.
  void join();
  void wait();

  /// One block per slot; `slots` [count] is in device memory and stays there until wait(). Launches may run
  /// beside each other.
  void train(const BlockPlan& plan, block::ReplicaSlot* const* slots, int count, std::uint64_t units);
  /// `items` are in device memory.
  void evaluate(const BlockPlan& plan, const EvaluationItem* items, std::size_t count);
  void reduce(const ReductionItem* items, std::size_t count);

  // Tier::layered
  /// kernel(place, row, column) for all places of a group, rows and columns. Kernels: see
  /// SYMSCAN_LAYERED_KERNELS.
  template <class Kernel>
  void run(const Kernel& kernel, int columns, int rows);
  void gemm(const layered::Gemm& gemm);
  /// Records the kernels and products that `work` queues; it may use nothing else of the runtime.
  Recording record(const std::function<void()>& work);
  void replay(const Recording& recording, std::uint64_t times);
  /// states[i] = the state of slots[i]; both in device memory.
  void gather_states(block::ReplicaSlot* const* slots, int count, TrainingState* states);
  /// As kernels/generate/generators.hpp and kernels/rank_host.hpp say; all tables in device memory.
  void generate(const RowGenerator& generator, std::uint64_t seed, std::size_t rows, const double* offset,
                const double* scale, float* values);
  void rank(const SweepScores& scores, const Ranking& ranking);

  struct Implementation;
  Implementation& implementation() { return *implementation_; }

 private:
  Implementation* implementation_;
};

/// An array in device memory.
template <class T>
class DeviceArray {
 public:
  DeviceArray() = default;
  DeviceArray(Runtime& runtime, std::size_t count)
      : runtime_(&runtime), data_(static_cast<T*>(runtime.allocate(count * sizeof(T)))), count_(count) {}
  DeviceArray(DeviceArray&& other) noexcept { swap(other); }
  DeviceArray& operator=(DeviceArray&& other) noexcept {
    swap(other);
    return *this;
  }
  ~DeviceArray() {
    if (data_ != nullptr) runtime_->release(data_);
  }
  T* data() const { return data_; }
  std::size_t count() const { return count_; }
  void upload(const T* host) { runtime_->upload(data_, host, count_ * sizeof(T)); }

 private:
  void swap(DeviceArray& other) noexcept {
    std::swap(runtime_, other.runtime_);
    std::swap(data_, other.data_);
    std::swap(count_, other.count_);
  }
  Runtime* runtime_ = nullptr;
  T* data_ = nullptr;
  std::size_t count_ = 0;
};

/// Floats that a device reads: a copy in its memory, or the host's own where the device has no room for one.
class DeviceTable {
 public:
  DeviceTable() = default;
  DeviceTable(Runtime& runtime, const float* host, std::size_t count, bool in_place) {
    if (in_place) {
      data_ = static_cast<const float*>(runtime.share(host, count * sizeof(float)));
      shared_.reset(host, Forget{&runtime});
    } else {
      copy_ = DeviceArray<float>(runtime, count);
      copy_.upload(host);
      data_ = copy_.data();
    }
  }
  const float* data() const { return data_; }

 private:
  struct Forget {
    Runtime* runtime;
    void operator()(const float* host) const noexcept { runtime->forget(host); }
  };
  DeviceArray<float> copy_;
  std::shared_ptr<const float> shared_;
  const float* data_ = nullptr;
};

}  // namespace symscan
