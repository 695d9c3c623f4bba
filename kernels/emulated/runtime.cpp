// The device runtime on the host: memory of its own, blocks one after the other, threads of a block as loops.
// Queues of work are real: nothing is done before somebody waits for it, and then only what must come before.
// So work that lacks an order between queues, or memory that is used again too early, shows in the results.
// For tests of everything above the hardware, with faults on demand from the environment:
//   SYMSCAN_EMULATED_DEVICES=N    how many devices there are (1)
//   SYMSCAN_EMULATED_MEMORY=B     bytes per device (2^30)
//   SYMSCAN_EMULATED_LOSE=N:K     device N is lost at its K-th launch
//   SYMSCAN_EMULATED_SHARED=B     bytes of shared memory per block (as on sm_90)
#include "kernels/runtime/runtime.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <vector>

#include "kernels/block/program.hpp"
#include "kernels/emulated/layered.hpp"
#include "kernels/generate/prepared_row.hpp"

namespace symscan {
namespace {

/// Bytes that opened devices hold, by number.
std::atomic<std::uint64_t> used_by_device[64];

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// The launch at which this device is lost; 0: never.
std::uint64_t lost_at_launch(int device) {
  const char* text = std::getenv("SYMSCAN_EMULATED_LOSE");
  if (text == nullptr) return 0;
  char* end = nullptr;
  if (std::strtol(text, &end, 10) != device || *end != ':') return 0;
  return std::strtoull(end + 1, nullptr, 10);
}

/// Shared memory starts full of NaN, and ends in a guard that nobody may write.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t bytes)
      : count_(bytes / sizeof(float)), memory_(count_ + guard + 4, std::numeric_limits<float>::quiet_NaN()) {
    std::size_t space = memory_.size() * sizeof(float);
    void* start = memory_.data();
    aligned_ = static_cast<float*>(std::align(16, (count_ + guard) * sizeof(float), start, space));
    for (std::size_t i = 0; i < guard; ++i) aligned_[count_ + i] = sentinel;
  }
  float* data() const { return aligned_; }
  void check() const {
    for (std::size_t i = 0; i < guard; ++i) {
      if (aligned_[count_ + i] != sentinel) {
        throw DeviceError(DeviceStatus::failed, "a block wrote beyond its shared memory");
      }
    }
  }

 private:
  static constexpr std::size_t guard = 64;
  static constexpr float sentinel = -777.25f;
  std::size_t count_;
  std::vector<float> memory_;
  float* aligned_;
};

}  // namespace

struct Runtime::Implementation {
  explicit Implementation(int number) : device(number) {}

  /// Work of one queue, or its wait for another.
  struct Task {
    std::function<void()> work;
    int other = 0;
    std::uint64_t until = 0;  ///< tasks of `other` that must be done
  };
  struct Queue {
    std::deque<Task> tasks;
    std::uint64_t queued = 0, done = 0;
  };

  int device;
  std::atomic<std::uint64_t>& used = used_by_device[device % 64];
  std::uint64_t launches = 0;
  bool lost = false;
  std::map<void*, std::size_t> sizes, given_back;  ///< given back, but not yet in the order of the queue
  std::vector<std::function<void()>>* recorded = nullptr;
  Queue queues[lanes + 1];  ///< the main queue first
  int chosen = 0;
  bool lanes_first = false;

  void launch() {
    if (++launches == lost_at_launch(device)) lost = true;
    check();
  }
  void check() const {
    if (lost) {
      throw DeviceError(DeviceStatus::lost, "device " + std::to_string(device) + " does not answer any more");
    }
  }
  Queue& queue_of(int lane) { return queues[lane + 1]; }
  void add(int lane, std::function<void()> work) {
    check();
    queue_of(lane).tasks.push_back({std::move(work), main_queue, 0});
    ++queue_of(lane).queued;
  }
  /// A kernel of Tier::layered.
  void add_or_record(std::function<void()> work) {
    recorded != nullptr ? recorded->push_back(std::move(work)) : add(chosen, std::move(work));
  }
  void follow(int later, int earlier) {
    check();
    queue_of(later).tasks.push_back({nullptr, earlier, queue_of(earlier).queued});
    ++queue_of(later).queued;
  }
  void run(int lane, std::uint64_t until) {
    Queue& queue = queue_of(lane);
    while (queue.done < until) {
      const Task task = std::move(queue.tasks.front());
      queue.tasks.pop_front();
      ++queue.done;
      if (task.work != nullptr) {
        task.work();
      } else {
        run(task.other, task.until);
      }
    }
  }
  void run(int lane) {
    check();
    run(lane, queue_of(lane).queued);
  }
};

const char* Runtime::build() {
  return "emulated on the host, for tests";
}

int Runtime::device_count(std::string& why) {
  const int devices = static_cast<int>(setting("SYMSCAN_EMULATED_DEVICES", 1));
  if (devices == 0) why = "no CUDA device";
  return devices;
}

DeviceInfo Runtime::device_info(int device) {
  DeviceInfo info = {};
  std::strcpy(info.name, "emulated device");
  info.major = 9;
  info.total_memory = setting("SYMSCAN_EMULATED_MEMORY", std::uint64_t{1} << 30);
  const std::uint64_t used = used_by_device[device % 64];
  info.free_memory = info.total_memory - std::min(used, info.total_memory);
  info.limits = {setting("SYMSCAN_EMULATED_SHARED", 232448), 233472, 1024, 2048, 32, 65536, 2};
  return info;
}

Runtime::Runtime(int device) : implementation_(new Implementation(device)) {}

Runtime::~Runtime() {
  for (const auto& [memory, bytes] : implementation_->sizes) {
    implementation_->used -= bytes;
    std::free(memory);
  }
  for (const auto& [memory, bytes] : implementation_->given_back) std::free(memory);
  delete implementation_;
}

void* Runtime::allocate(std::size_t bytes) {
  implementation_->check();
  const std::uint64_t limit = setting("SYMSCAN_EMULATED_MEMORY", std::uint64_t{1} << 30);
  const std::size_t rounded = (bytes + 255) / 256 * 256 + (bytes == 0 ? 256 : 0);
  if (implementation_->used + rounded > limit) {
    throw DeviceError(DeviceStatus::out_of_memory,
                      "the device has no " + std::to_string(bytes) + " bytes of memory left");
  }
  void* memory = std::aligned_alloc(256, rounded);
  if (memory == nullptr) throw std::bad_alloc();
  std::memset(memory, 0xFF, rounded);
  implementation_->used += rounded;
  implementation_->sizes[memory] = rounded;
  return memory;
}

/// In the order of the main queue, as it is taken on the device; the numbers in it are lost at that moment.
void Runtime::release(void* memory) noexcept {
  auto given_back = implementation_->sizes.extract(memory);
  implementation_->used -= given_back.mapped();
  Implementation::Queue& queue = implementation_->queue_of(main_queue);
  const auto free_memory_now = [this, memory] {
    const auto found = implementation_->given_back.find(memory);
    std::memset(memory, 0xFF, found->second);
    implementation_->given_back.erase(found);
    std::free(memory);
  };
  implementation_->given_back.insert(std::move(given_back));
  queue.tasks.push_back({free_memory_now, main_queue, 0});
  ++queue.queued;
}

const void* Runtime::share(const void* host, std::size_t) {
  implementation_->check();
  return host;
}
void Runtime::forget(const void*) noexcept {}
std::uint64_t Runtime::free_memory() {
  const std::uint64_t all = setting("SYMSCAN_EMULATED_MEMORY", std::uint64_t{1} << 30);
  return all - std::min<std::uint64_t>(implementation_->used, all);
}

void Runtime::upload(void* device, const void* host, std::size_t bytes) {
  copy_in(device, host, bytes);
  implementation_->run(main_queue);
}
void Runtime::download(void* host, const void* device, std::size_t bytes) {
  wait();
  if (bytes > 0) std::memcpy(host, device, bytes);
}
void Runtime::zero(void* device, std::size_t bytes) {
  if (bytes > 0) implementation_->add(main_queue, [=] { std::memset(device, 0, bytes); });
}
void Runtime::copy_in(void* device, const void* pinned, std::size_t bytes) {
  if (bytes > 0) implementation_->add(main_queue, [=] { std::memcpy(device, pinned, bytes); });
}
void Runtime::copy(const CopyItem* items, std::size_t count, int lane) {
  implementation_->add(lane, [=] {
    for (std::size_t i = 0; i < count; ++i) {
      const CopyItem& item = items[i];
      item.from != nullptr ? std::memcpy(item.to, item.from, item.bytes)
                           : std::memset(item.to, 0, item.bytes);
    }
  });
}
void* Runtime::pin(std::size_t bytes) {
  void* memory = std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void Runtime::unpin(void* memory) noexcept {
  std::free(memory);
}

void Runtime::fork(int lane) {
  implementation_->follow(lane, main_queue);
}
void Runtime::join(int lane) {
  implementation_->follow(main_queue, lane);
}
void Runtime::join() {
  for (int lane = 0; lane < lanes; ++lane) join(lane);
}
void Runtime::follow(int later, int earlier) {
  if (later != earlier) implementation_->follow(later, earlier);
}
/// In turn the lanes go as far ahead of the main queue as they may, and the main queue ahead of the lanes.
void Runtime::wait() {
  join();
  implementation_->lanes_first = !implementation_->lanes_first;
  for (int lane = 0; lane < lanes && implementation_->lanes_first; ++lane) implementation_->run(lane);
  implementation_->run(main_queue);
}
void Runtime::wait_lane(int lane) {
  implementation_->run(lane);
}
void Runtime::choose_lane(int lane) {
  implementation_->chosen = lane;
}

namespace {
struct HostStopwatch {
  std::uint64_t start = 0, stop = 0;
};
HostStopwatch& host_stopwatch(const Runtime::Stopwatch& stopwatch) {
  return *static_cast<HostStopwatch*>(stopwatch.get());
}
}  // namespace

Runtime::Stopwatch Runtime::make_stopwatch() {
  return std::make_shared<HostStopwatch>();
}
void Runtime::start_clock(const Stopwatch& stopwatch) {
  implementation_->add(implementation_->chosen,
                       [stopwatch] { host_stopwatch(stopwatch).start = host_nanoseconds(); });
}
void Runtime::stop_clock(const Stopwatch& stopwatch) {
  implementation_->add(implementation_->chosen,
                       [stopwatch] { host_stopwatch(stopwatch).stop = host_nanoseconds(); });
}
double Runtime::seconds(const Stopwatch& stopwatch) {
  return static_cast<double>(host_stopwatch(stopwatch).stop - host_stopwatch(stopwatch).start) * 1e-9;
}

void Runtime::set_deadline(std::uint64_t* deadline, std::uint64_t nanoseconds) {
  implementation_->add(main_queue, [=] { *deadline = host_nanoseconds() + nanoseconds; });
}

void Runtime::train(const BlockPlan& plan, block::ReplicaSlot* const* slots, int count, std::uint64_t units,
                    const std::uint64_t* deadline, int lane) {
  implementation_->launch();
  implementation_->add(lane, [=] {
    for (int i = 0; i < count; ++i) {
      const SharedMemory shared(plan.shared_bytes);
      LoopTeam team;
      team.shared = shared.data();
      team.thread_count = plan.threads;
      if (plan.tier == Tier::cached) {
        block::train_slice<true>(team, *slots[i], units, deadline);
      } else {
        block::train_slice<false>(team, *slots[i], units, deadline);
      }
      shared.check();
    }
  });
}

void Runtime::evaluate(const BlockPlan& plan, const EvaluationItem* items, std::size_t count, int lane) {
  implementation_->launch();
  implementation_->add(lane, [=] {
    for (std::size_t i = 0; i < count; ++i) {
      const SharedMemory shared(plan.shared_bytes);
      LoopTeam team;
      team.shared = shared.data();
      team.thread_count = plan.threads;
      if (plan.tier == Tier::cached) {
        block::evaluate_chunk<true>(team, *items[i].slot, items[i].chunk, items[i].sums);
      } else {
        block::evaluate_chunk<false>(team, *items[i].slot, items[i].chunk, items[i].sums);
      }
      shared.check();
    }
  });
}

void Runtime::reduce(const ReductionItem* items, std::size_t count, int lane) {
  implementation_->launch();
  implementation_->add(lane, [=] {
    for (std::size_t i = 0; i < count; ++i) {
      const ReductionItem& item = items[i];
      for (std::size_t k = 0; k < item.width; ++k) {
        item.total[k] = block::add_chunks(item.sums, item.chunks, item.width, k);
      }
    }
  });
}

void Runtime::generate(const RowSampler& sampler, std::uint64_t seed, std::size_t rows, const double* offset,
                       const double* scale, float* values) {
  implementation_->launch();
  implementation_->add(main_queue, [=] {
    const auto width = static_cast<std::size_t>(sampler.columns());
    for (std::size_t row = 0; row < rows; ++row) {
      RowRandom random(seed, row);
      sampler.fill_row(random, PreparedRow{offset, scale, values + row * width});
    }
  });
}

template <class Kernel>
void Runtime::run(const Kernel& kernel, int columns, int rows) {
  implementation_->add_or_record([=] { emulated::for_each(kernel, columns, rows); });
}
#define SYMSCAN_RUN(Kernel) template void Runtime::run(const layered::Kernel&, int, int);
SYMSCAN_LAYERED_KERNELS(SYMSCAN_RUN)
#undef SYMSCAN_RUN

void Runtime::gemm(const layered::Gemm& gemm) {
  implementation_->add_or_record([=] { emulated::multiply(gemm); });
}

Recording Runtime::record(const std::function<void()>& work) {
  auto recorded = std::make_shared<std::vector<std::function<void()>>>();
  implementation_->recorded = recorded.get();
  try {
    work();
  } catch (...) {
    implementation_->recorded = nullptr;
    throw;
  }
  implementation_->recorded = nullptr;
  return recorded;
}

void Runtime::replay(const Recording& recording, std::uint64_t times) {
  for (std::uint64_t i = 0; i < times; ++i) implementation_->launch();
  implementation_->add(implementation_->chosen, [recording, times] {
    const auto& recorded = *static_cast<const std::vector<std::function<void()>>*>(recording.get());
    for (std::uint64_t i = 0; i < times; ++i) {
      for (const auto& work : recorded) work();
    }
  });
}

}  // namespace symscan
