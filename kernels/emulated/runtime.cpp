// The device runtime on the host: memory of its own, blocks one after the other, threads of a block as loops.
// For tests of everything above the hardware, with faults on demand from the environment:
//   SYMSCAN_EMULATED_DEVICES=N    how many devices there are (1)
//   SYMSCAN_EMULATED_MEMORY=B     bytes per device (2^30)
//   SYMSCAN_EMULATED_LOSE=N:K     device N is lost at its K-th launch
//   SYMSCAN_EMULATED_SHARED=B     bytes of shared memory per block (as on sm_90)
#include "kernels/device/runtime.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
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

  int device;
  std::atomic<std::uint64_t>& used = used_by_device[device % 64];
  std::uint64_t launches = 0;
  bool lost = false;
  std::map<void*, std::size_t> sizes;
  std::vector<std::function<void()>>* recorded = nullptr;

  void launch() {
    if (++launches == lost_at_launch(device)) lost = true;
    check();
  }
  void queue(std::function<void()> work) {
    check();
    if (recorded != nullptr) {
      recorded->push_back(std::move(work));
    } else {
      work();
    }
  }
  void check() const {
    if (lost) {
      throw DeviceError(DeviceStatus::lost, "device " + std::to_string(device) + " does not answer any more");
    }
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

void Runtime::release(void* memory) noexcept {
  const auto found = implementation_->sizes.find(memory);
  implementation_->used -= found->second;
  implementation_->sizes.erase(found);
  std::free(memory);
}

const void* Runtime::share(const void* host, std::size_t) {
  implementation_->check();
  return host;
}
void Runtime::forget(const void*) noexcept {}
std::uint64_t Runtime::free_memory() {
  return setting("SYMSCAN_EMULATED_MEMORY", std::uint64_t{1} << 30) - implementation_->used;
}

void Runtime::upload(void* device, const void* host, std::size_t bytes) {
  implementation_->check();
  if (bytes > 0) std::memcpy(device, host, bytes);
}
void Runtime::download(void* host, const void* device, std::size_t bytes) {
  implementation_->check();
  if (bytes > 0) std::memcpy(host, device, bytes);
}
void Runtime::zero(void* device, std::size_t bytes) {
  implementation_->check();
  if (bytes > 0) std::memset(device, 0, bytes);
}
void Runtime::copy_in(void* device, const void* pinned, std::size_t bytes) {
  upload(device, pinned, bytes);
}
void Runtime::copy(const CopyItem* items, std::size_t count, int) {
  for (std::size_t i = 0; i < count; ++i) {
    const CopyItem& item = items[i];
    item.from != nullptr ? upload(item.to, item.from, item.bytes) : zero(item.to, item.bytes);
  }
}
void* Runtime::pin(std::size_t bytes) {
  void* memory = std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void Runtime::unpin(void* memory) noexcept {
  std::free(memory);
}

// Work is done when it is queued.
void Runtime::fork(int) {}
void Runtime::join(int) {}
void Runtime::join() {}
void Runtime::follow(int, int) {}
void Runtime::wait() {
  implementation_->check();
}
void Runtime::wait_lane(int) {
  implementation_->check();
}
void Runtime::choose_lane(int) {}

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
  host_stopwatch(stopwatch).start = host_nanoseconds();
}
void Runtime::stop_clock(const Stopwatch& stopwatch) {
  host_stopwatch(stopwatch).stop = host_nanoseconds();
}
double Runtime::seconds(const Stopwatch& stopwatch) {
  return static_cast<double>(host_stopwatch(stopwatch).stop - host_stopwatch(stopwatch).start) * 1e-9;
}

void Runtime::set_deadline(std::uint64_t* deadline, std::uint64_t nanoseconds) {
  implementation_->check();
  *deadline = host_nanoseconds() + nanoseconds;
}

void Runtime::train(const BlockPlan& plan, block::ReplicaSlot* const* slots, int count, std::uint64_t units,
                    const std::uint64_t* deadline, int) {
  implementation_->launch();
  for (int i = 0; i < count; ++i) {
    const SharedMemory shared(plan.shared_bytes);
    LoopTeam team;
    team.shared = shared.data();
    team.thread_count = plan.threads;
    block::train_slice(team, *slots[i], units, deadline);
    shared.check();
  }
}

void Runtime::evaluate(const BlockPlan& plan, const EvaluationItem* items, std::size_t count, int) {
  implementation_->launch();
  for (std::size_t i = 0; i < count; ++i) {
    const SharedMemory shared(plan.shared_bytes);
    LoopTeam team;
    team.shared = shared.data();
    team.thread_count = plan.threads;
    block::evaluate_chunk(team, *items[i].slot, items[i].chunk, items[i].sums);
    shared.check();
  }
}

void Runtime::reduce(const ReductionItem* items, std::size_t count, int) {
  implementation_->launch();
  for (std::size_t i = 0; i < count; ++i) {
    const ReductionItem& item = items[i];
    for (std::size_t k = 0; k < item.width; ++k) {
      item.total[k] = block::add_chunks(item.sums, item.chunks, item.width, k);
    }
  }
}

void Runtime::generate(const RowGenerator& generator, std::uint64_t seed, std::size_t rows,
                       const double* offset, const double* scale, float* values) {
  implementation_->launch();
  const auto width = static_cast<std::size_t>(generator.columns());
  for (std::size_t row = 0; row < rows; ++row) {
    RowRandom random(seed, row);
    generator.fill_row(random, PreparedRow{offset, scale, values + row * width});
  }
}

template <class Kernel>
void Runtime::run(const Kernel& kernel, int columns, int rows) {
  implementation_->queue([=] { emulated::for_each(kernel, columns, rows); });
}
#define SYMSCAN_RUN(Kernel) template void Runtime::run(const layered::Kernel&, int, int);
SYMSCAN_LAYERED_KERNELS(SYMSCAN_RUN)
#undef SYMSCAN_RUN

void Runtime::gemm(const layered::Gemm& gemm) {
  implementation_->queue([=] { emulated::multiply(gemm); });
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
  const auto& recorded = *static_cast<const std::vector<std::function<void()>>*>(recording.get());
  for (; times > 0; --times) {
    implementation_->launch();
    for (const auto& work : recorded) work();
  }
}

}  // namespace symscan
