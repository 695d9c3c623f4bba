#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "kernels/generate/samplers.hpp"
#include "kernels/runtime/device_status.hpp"

/// What a backend asks of a device, below kernels/layered and kernels/device. Two implementations:
/// kernels/cuda/runtime.cpp and kernels/emulated/runtime.cpp.
namespace symscan {

namespace block {
struct ReplicaSlot;
}
namespace layered {
struct Gemm;
}

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

/// A piece of device or pinned memory to be copied to another, or cleared. All multiples of 4 bytes.
struct CopyItem {
  void* to;
  const void* from;  ///< nullptr: zeros
  std::size_t bytes;
};

/// Work that was recorded instead of done.
using Recording = std::shared_ptr<void>;

/// One opened device and its queues of work: the main queue, in whose order memory is taken, filled and
/// given back, and lanes beside it. Work of one queue is done in order; queues run beside each other but for
/// fork() and join(). Throws DeviceError. For one thread at a time.
class Runtime {
 public:
  static constexpr int training_lanes = 4;
  static constexpr int evaluation_lane = 4, lanes = 5;

  static const char* build();
  static int device_count(std::string& why);
  static DeviceInfo device_info(int device);

  explicit Runtime(int device);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  void* allocate(std::size_t bytes);
  void release(void* memory) noexcept;
  /// Host memory that the device reads and writes, under the same address.
  void* pin(std::size_t bytes);
  void unpin(void* memory) noexcept;
  /// Lets the device read the host's memory in place, over the bus; returns the device's pointer. The memory
  /// must stay until forget().
  const void* share(const void* host, std::size_t bytes);
  void forget(const void* host) noexcept;
  std::uint64_t free_memory();

  // Main queue.
  /// From any host memory, which may be changed when this returns.
  void upload(void* device, const void* host, std::size_t bytes);
  /// Waits for all work queued so far.
  void download(void* host, const void* device, std::size_t bytes);
  void zero(void* device, std::size_t bytes);
  /// As kernels/generate/samplers.hpp says; all tables in device memory.
  void generate(const RowSampler& sampler, std::uint64_t seed, std::size_t rows, const double* offset,
                const double* scale, float* values);
  /// *deadline, in device memory, becomes the time of the device's clock in so many nanoseconds.
  void set_deadline(std::uint64_t* deadline, std::uint64_t nanoseconds);
  void copy_in(void* device, const void* pinned, std::size_t bytes);

  // Order between queues.
  /// What is queued on the lane from now on comes after the main queue's work so far.
  void fork(int lane);
  /// What is queued on the main queue from now on comes after the lane's work so far; join(): after all.
  void join(int lane);
  void join();
  /// What is queued on lane `later` from now on comes after the work of lane `earlier` so far.
  void follow(int later, int earlier);
  /// The host waits for all work, or for that of a lane.
  void wait();
  void wait_lane(int lane);

  // Lanes.
  /// `items` are in device memory and stay there until the work is done, as all lists below. On the main
  /// queue if the lane is main_queue.
  static constexpr int main_queue = -1;
  void copy(const CopyItem* items, std::size_t count, int lane);
  /// One block per slot, the earlier ones first. `deadline`: of set_deadline, or nullptr.
  void train(const BlockPlan& plan, block::ReplicaSlot* const* slots, int count, std::uint64_t units,
             const std::uint64_t* deadline, int lane);
  void evaluate(const BlockPlan& plan, const EvaluationItem* items, std::size_t count, int lane);
  void reduce(const ReductionItem* items, std::size_t count, int lane);

  // Tier::layered, on the lane chosen last.
  void choose_lane(int lane);
  /// kernel(place, row, column) for all places of a pool, rows and columns. Kernels: see
  /// SYMSCAN_LAYERED_KERNELS.
  template <class Kernel>
  void run(const Kernel& kernel, int columns, int rows);
  void gemm(const layered::Gemm& gemm);
  /// Records the kernels and products that `work` queues; it may use nothing else of the runtime. To be
  /// replayed on the same lane.
  Recording record(const std::function<void()>& work);
  void replay(const Recording& recording, std::uint64_t times);
  /// Measures what is queued on the lane between start_clock and stop_clock.
  using Stopwatch = std::shared_ptr<void>;
  Stopwatch make_stopwatch();
  void start_clock(const Stopwatch& stopwatch);
  void stop_clock(const Stopwatch& stopwatch);
  /// Seconds; 0 while the work is not done.
  double seconds(const Stopwatch& stopwatch);

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
