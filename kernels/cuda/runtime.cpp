// The device runtime on CUDA: one stream per opened device, memory from the device's stream-ordered pool.
#include "kernels/device/runtime.hpp"

#include <cstring>
#include <exception>
#include <limits>
#include <map>
#include <mutex>

#include "kernels/cuda/cuda_error.hpp"
#include "kernels/cuda/generate.hpp"
#include "kernels/cuda/kernels.hpp"
#include "kernels/cuda/layered.hpp"
#include "kernels/cuda/rank.hpp"
#include "kernels/layered/sums.hpp"

namespace symscan {
namespace {

DeviceStatus status_of(cudaError_t error) {
  switch (error) {
    case cudaErrorMemoryAllocation:
      return DeviceStatus::out_of_memory;
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorDevicesUnavailable:
    case cudaErrorSystemNotReady:
    case cudaErrorLaunchTimeout:
    // From here on every call on the device fails.
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchFailure:
    case cudaErrorMisalignedAddress:
    case cudaErrorIllegalInstruction:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorAssert:
    case cudaErrorContextIsDestroyed:
    case cudaErrorContained:
    case cudaErrorUnknown:
      return DeviceStatus::lost;
    default:
      return DeviceStatus::failed;
  }
}

void check(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return;
  (void)cudaGetLastError();  // errors that do not last are not reported twice
  throw DeviceError(status_of(error), std::string(what) + ": " + cudaGetErrorString(error) + " (" +
                                          cudaGetErrorName(error) + ")");
}

int attribute(cudaDeviceAttr which, int device) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, which, device), "asking the device for its limits");
  return value;
}

std::string cuda_version(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

/// Why the runtime finds the driver insufficient.
std::string about_driver() {
  int driver = 0;
  if (cudaDriverGetVersion(&driver) != cudaSuccess || driver == 0) return "there is no NVIDIA driver";
  return "the driver is too old: it runs CUDA " + cuda_version(driver) + ", the plugin is made with CUDA " +
         cuda_version(CUDART_VERSION) + "; install a newer driver, or an older toolkit and run make build";
}

/// Throws unless the current device can run the kernels.
void check_code(const cudaDeviceProp& device) {
  const cudaError_t error = cuda::has_code();
  if (error == cudaSuccess) return;
  if (error != cudaErrorNoKernelImageForDevice && error != cudaErrorInvalidPtx &&
      error != cudaErrorUnsupportedPtxVersion) {
    check(error, "loading the kernels");
  }
  (void)cudaGetLastError();
  throw DeviceError(
      DeviceStatus::failed,
      "the plugin (" SYMSCAN_CUDA_BUILD ") has no code for compute capability " +
          std::to_string(device.major) + "." + std::to_string(device.minor) +
          (device.major < 8 ? ", and symscan needs 8.0 or newer" : "; run make build on this machine"));
}

/// Free memory of the current device, with what its pool keeps for reuse.
std::uint64_t free_bytes_of(int device, std::size_t& total) {
  constexpr const char* what = "asking the device for its memory";
  std::size_t free_bytes = 0;
  check(cudaMemGetInfo(&free_bytes, &total), what);
  cudaMemPool_t pool;
  std::uint64_t reserved = 0, used = 0;
  check(cudaDeviceGetDefaultMemPool(&pool, device), what);
  check(cudaMemPoolGetAttribute(pool, cudaMemPoolAttrReservedMemCurrent, &reserved), what);
  check(cudaMemPoolGetAttribute(pool, cudaMemPoolAttrUsedMemCurrent, &used), what);
  return free_bytes + (reserved - used);
}

/// Host memory that devices read in place, and how many devices do: it is registered once per process.
std::mutex sharing;
std::map<const void*, int> shared_memory;

/// Turns the errors of generate.cu and rank.cu into DeviceError.
template <class F>
void with_cuda_errors(F f) {
  try {
    f();
  } catch (const CudaError& error) {
    check(error.code(), error.what());
  }
}

}  // namespace

struct Runtime::Implementation {
  static constexpr int side_streams = 4;

  int device = 0;
  cudaStream_t stream = nullptr;
  // Training launches of different plans run beside each other, on streams of their own.
  cudaStream_t side[side_streams] = {};
  bool busy[side_streams] = {};
  cudaEvent_t event = nullptr;
  int next_side = 0;

  void open() {
    enter();
    check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "opening the device");
    for (cudaStream_t& s : side)
      check(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking), "opening the device");
    check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "opening the device");
    cudaMemPool_t pool;
    check(cudaDeviceGetDefaultMemPool(&pool, device), "opening the device");
    std::uint64_t keep = std::numeric_limits<std::uint64_t>::max();  // memory given back is kept for the next
    check(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &keep), "opening the device");
  }
  void close() noexcept {
    (void)cudaSetDevice(device);
    for (cudaStream_t s : side) {
      if (s == nullptr) continue;
      (void)cudaStreamSynchronize(s);
      (void)cudaStreamDestroy(s);
    }
    if (stream != nullptr) {
      (void)cudaStreamSynchronize(stream);
      (void)cudaStreamDestroy(stream);
    }
    if (event != nullptr) (void)cudaEventDestroy(event);
  }

  /// A side stream that comes after all work on the main one.
  cudaStream_t fork() {
    const int chosen = next_side;
    next_side = (next_side + 1) % side_streams;
    check(cudaEventRecord(event, stream), "queueing work");
    check(cudaStreamWaitEvent(side[chosen], event), "queueing work");
    busy[chosen] = true;
    return side[chosen];
  }
  /// The main stream comes after all work on the side streams.
  void join() {
    enter();
    for (int i = 0; i < side_streams; ++i) {
      if (!busy[i]) continue;
      check(cudaEventRecord(event, side[i]), "queueing work");
      check(cudaStreamWaitEvent(stream, event), "queueing work");
      busy[i] = false;
    }
  }
  std::unique_ptr<cuda::Blas> blas = nullptr;  ///< from the first product on

  /// The calling thread's current device becomes this one.
  void enter() const { check(cudaSetDevice(device), "choosing the device"); }
};

const char* Runtime::build() {
  return SYMSCAN_CUDA_BUILD;
}

int Runtime::device_count(std::string& why) {
  int devices = 0;
  const cudaError_t error = cudaGetDeviceCount(&devices);
  if (error != cudaSuccess) {
    (void)cudaGetLastError();
    why = error == cudaErrorInsufficientDriver ? about_driver() : cudaGetErrorString(error);
    return 0;
  }
  if (devices == 0) why = "no CUDA device";
  return devices;
}

DeviceInfo Runtime::device_info(int device) {
  DeviceInfo info = {};
  cudaDeviceProp properties;
  check(cudaGetDeviceProperties(&properties, device), "asking for the device's name");
  std::string(properties.name).copy(info.name, sizeof info.name - 1);
  info.major = properties.major;
  info.minor = properties.minor;
  check(cudaSetDevice(device), "choosing the device");
  check_code(properties);
  std::size_t total = 0;
  info.free_memory = free_bytes_of(device, total);
  info.total_memory = total;
  info.limits.shared_per_block =
      static_cast<std::size_t>(attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin, device));
  info.limits.shared_per_multiprocessor =
      static_cast<std::size_t>(attribute(cudaDevAttrMaxSharedMemoryPerMultiprocessor, device));
  info.limits.shared_reserved =
      static_cast<std::size_t>(attribute(cudaDevAttrReservedSharedMemoryPerBlock, device));
  info.limits.threads_per_multiprocessor = attribute(cudaDevAttrMaxThreadsPerMultiProcessor, device);
  info.limits.blocks_per_multiprocessor = attribute(cudaDevAttrMaxBlocksPerMultiprocessor, device);
  info.limits.registers_per_multiprocessor = attribute(cudaDevAttrMaxRegistersPerMultiprocessor, device);
  info.limits.multiprocessors = attribute(cudaDevAttrMultiProcessorCount, device);
  return info;
}

Runtime::Runtime(int device) : implementation_(new Implementation{device}) {
  try {
    implementation_->open();
  } catch (...) {
    implementation_->close();
    delete implementation_;
    throw;
  }
}

Runtime::~Runtime() {
  (void)cudaSetDevice(implementation_->device);
  implementation_->blas.reset();
  implementation_->close();
  delete implementation_;
}

void* Runtime::allocate(std::size_t bytes) {
  implementation_->enter();
  void* memory = nullptr;
  check(cudaMallocAsync(&memory, bytes > 0 ? bytes : 1, implementation_->stream), "taking device memory");
  return memory;
}

void Runtime::release(void* memory) noexcept {
  (void)cudaSetDevice(implementation_->device);
  (void)cudaFreeAsync(memory, implementation_->stream);
  (void)cudaGetLastError();
}

const void* Runtime::share(const void* host, std::size_t bytes) {
  implementation_->enter();
  void* const writable = const_cast<void*>(host);  // the interface asks for it; the device only reads
  {
    const std::lock_guard lock(sharing);
    if (shared_memory[host] == 0) {
      check(cudaHostRegister(writable, bytes, cudaHostRegisterMapped | cudaHostRegisterPortable),
            "sharing the dataset with the device");
    }
    ++shared_memory[host];
  }
  void* device = nullptr;
  if (const cudaError_t error = cudaHostGetDevicePointer(&device, writable, 0); error != cudaSuccess) {
    forget(host);
    check(error, "sharing the dataset with the device");
  }
  return device;
}

void Runtime::forget(const void* host) noexcept {
  (void)cudaSetDevice(implementation_->device);
  const std::lock_guard lock(sharing);
  const auto found = shared_memory.find(host);
  if (found == shared_memory.end() || --found->second > 0) return;
  shared_memory.erase(found);
  (void)cudaHostUnregister(const_cast<void*>(host));
  (void)cudaGetLastError();
}

std::uint64_t Runtime::free_memory() {
  implementation_->enter();
  std::size_t total = 0;
  return free_bytes_of(implementation_->device, total);
}

void Runtime::upload(void* device, const void* host, std::size_t bytes) {
  if (bytes == 0) return;
  implementation_->enter();
  check(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, implementation_->stream),
        "copying to the device");
}

void Runtime::download_early(void* host, const void* device, std::size_t bytes) {
  implementation_->enter();
  check(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, implementation_->stream),
        "copying from the device");
  check(cudaStreamSynchronize(implementation_->stream), "the device's work");
}

void Runtime::download(void* host, const void* device, std::size_t bytes) {
  if (bytes == 0) return;
  implementation_->join();
  check(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, implementation_->stream),
        "copying from the device");
  wait();
}

void Runtime::zero(void* device, std::size_t bytes) {
  if (bytes == 0) return;
  implementation_->enter();
  check(cudaMemsetAsync(device, 0, bytes, implementation_->stream), "clearing device memory");
}

void Runtime::wait() {
  implementation_->join();
  check(cudaStreamSynchronize(implementation_->stream), "the device's work");
}

void Runtime::join() {
  implementation_->join();
}

void Runtime::train(const BlockPlan& plan, block::ReplicaSlot* const* slots, int count, std::uint64_t units) {
  implementation_->enter();
  check(cuda::launch_train(plan, slots, count, units, implementation_->fork()), "starting the training");
}

void Runtime::evaluate(const BlockPlan& plan, const EvaluationItem* items, std::size_t count) {
  implementation_->join();
  check(cuda::launch_evaluate(plan, items, count, implementation_->stream), "starting the evaluation");
}

void Runtime::reduce(const ReductionItem* items, std::size_t count) {
  implementation_->enter();
  check(cuda::launch_reduce(items, count, implementation_->stream), "adding up the evaluation");
}

void Runtime::gather_states(block::ReplicaSlot* const* slots, int count, TrainingState* states) {
  implementation_->join();
  check(cuda::launch_gather_states(slots, count, states, implementation_->stream), "reading the states");
}

void Runtime::generate(const RowGenerator& generator, std::uint64_t seed, std::size_t rows,
                       const double* offset, const double* scale, float* values) {
  implementation_->enter();
  with_cuda_errors(
      [&] { generate_rows(generator, seed, 0, rows, offset, scale, values, implementation_->stream); });
}

void Runtime::rank(const SweepScores& scores, const Ranking& ranking) {
  implementation_->enter();
  with_cuda_errors([&] { rank_device(scores, ranking, implementation_->stream); });
}

template <class Kernel>
void Runtime::run(const Kernel& kernel, int columns, int rows) {
  implementation_->enter();
  check(cuda::launch_layered(kernel, columns, rows, implementation_->stream), "starting a kernel");
}
#define SYMSCAN_RUN(Kernel) template void Runtime::run(const layered::Kernel&, int, int);
SYMSCAN_LAYERED_KERNELS(SYMSCAN_RUN)
#undef SYMSCAN_RUN

void Runtime::gemm(const layered::Gemm& gemm) {
  implementation_->enter();
  auto& blas = implementation_->blas;
  if (blas == nullptr) blas = std::make_unique<cuda::Blas>(implementation_->stream);
  blas->multiply(gemm);
}

Recording Runtime::record(const std::function<void()>& work) {
  implementation_->enter();
  check(cudaStreamBeginCapture(implementation_->stream, cudaStreamCaptureModeThreadLocal),
        "recording a step");
  std::exception_ptr failure;
  try {
    work();
  } catch (...) {
    failure = std::current_exception();
  }
  cudaGraph_t graph = nullptr;
  cudaError_t error = cudaStreamEndCapture(implementation_->stream, &graph);
  cudaGraphExec_t executable = nullptr;
  if (error == cudaSuccess && failure == nullptr) {
    error = cudaGraphInstantiateWithFlags(&executable, graph, 0);
  }
  if (graph != nullptr) (void)cudaGraphDestroy(graph);
  if (failure != nullptr) {
    (void)cudaGetLastError();
    std::rethrow_exception(failure);
  }
  check(error, "recording a step");
  return Recording(
      executable, [](void* recorded) { (void)cudaGraphExecDestroy(static_cast<cudaGraphExec_t>(recorded)); });
}

void Runtime::replay(const Recording& recording, std::uint64_t times) {
  implementation_->enter();
  const auto executable = static_cast<cudaGraphExec_t>(recording.get());
  for (; times > 0; --times) check(cudaGraphLaunch(executable, implementation_->stream), "starting a step");
}

}  // namespace symscan
