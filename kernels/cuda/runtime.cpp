// The device runtime on CUDA: a stream per queue, memory from the device's stream-ordered pool.
#include <cstring>
#include <limits>
#include <map>
#include <mutex>

#include "kernels/cuda/runtime_state.hpp"

namespace symscan {

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

namespace {

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

}  // namespace

void Runtime::Implementation::open() {
  constexpr const char* what = "opening the device";
  enter();
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), what);
  for (cudaStream_t& s : lane) check(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking), what);
  check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), what);
  cudaMemPool_t pool;
  check(cudaDeviceGetDefaultMemPool(&pool, device), what);
  std::uint64_t keep = std::numeric_limits<std::uint64_t>::max();  // memory given back is kept for the next
  check(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &keep), what);
  const auto shared = static_cast<std::size_t>(attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin, device));
  check(cuda::prepare_train(shared), what);
  check(cuda::prepare_evaluate(shared), what);
  check(cuda::prepare_cached(shared), what);
}

void Runtime::Implementation::close() noexcept {
  (void)cudaSetDevice(device);
  (void)cudaDeviceSynchronize();
  for (std::unique_ptr<cuda::Blas>& b : blas) b.reset();
  for (void* workspace : workspaces) {
    if (workspace != nullptr) (void)cudaFreeAsync(workspace, stream);
  }
  for (cudaStream_t s : lane) {
    if (s != nullptr) (void)cudaStreamDestroy(s);
  }
  if (stream != nullptr) {
    (void)cudaStreamSynchronize(stream);
    (void)cudaStreamDestroy(stream);
  }
  if (event != nullptr) (void)cudaEventDestroy(event);
  (void)cudaGetLastError();
}

cuda::Blas& Runtime::Implementation::blas_of(int which) {
  if (blas[which] != nullptr) return *blas[which];
  void*& workspace = workspaces[which];
  if (workspace == nullptr) {
    check(cudaMallocAsync(&workspace, cuda::Blas::workspace_bytes, stream),
          "taking device memory for cuBLAS");
    follow(lane[which], stream);
  }
  with_pool_trimmed([&] { blas[which] = std::make_unique<cuda::Blas>(lane[which], workspace); });
  return *blas[which];
}

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

Runtime::Runtime(int device) : implementation_(new Implementation) {
  implementation_->device = device;
  try {
    implementation_->open();
  } catch (...) {
    implementation_->close();
    delete implementation_;
    throw;
  }
}

Runtime::~Runtime() {
  implementation_->close();
  delete implementation_;
}

void* Runtime::allocate(std::size_t bytes) {
  implementation_->enter();
  void* memory = nullptr;
  check(cudaMallocAsync(&memory, bytes > 0 ? bytes : 1, implementation_->stream), "taking device memory");
  return memory;
}

void* Runtime::pin(std::size_t bytes) {
  implementation_->enter();
  void* memory = nullptr;
  // Not out_of_memory, which stands for the device's.
  if (const cudaError_t error = cudaHostAlloc(&memory, bytes, cudaHostAllocPortable | cudaHostAllocMapped);
      error != cudaSuccess) {
    (void)cudaGetLastError();
    throw DeviceError(status_of(error) == DeviceStatus::lost ? DeviceStatus::lost : DeviceStatus::failed,
                      std::string("the host has no page-locked memory left: ") + cudaGetErrorString(error));
  }
  return memory;
}

void Runtime::unpin(void* memory) noexcept {
  (void)cudaSetDevice(implementation_->device);
  (void)cudaFreeHost(memory);
  (void)cudaGetLastError();
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
    if (!shared_memory.contains(host)) {
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
  // From pageable memory, which has been read when the call returns. Registered memory is read later.
  check(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, implementation_->stream),
        "copying to the device");
  check(cudaStreamSynchronize(implementation_->stream), "copying to the device");
}

void Runtime::download(void* host, const void* device, std::size_t bytes) {
  if (bytes == 0) return;
  join();
  check(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, implementation_->stream),
        "copying from the device");
  check(cudaStreamSynchronize(implementation_->stream), "the device's work");
}

void Runtime::zero(void* device, std::size_t bytes) {
  if (bytes == 0) return;
  implementation_->enter();
  check(cudaMemsetAsync(device, 0, bytes, implementation_->stream), "clearing device memory");
}

void Runtime::copy_in(void* device, const void* pinned, std::size_t bytes) {
  implementation_->enter();
  check(cudaMemcpyAsync(device, pinned, bytes, cudaMemcpyHostToDevice, implementation_->stream),
        "copying to the device");
}

void Runtime::copy(const CopyItem* items, std::size_t count, int lane) {
  implementation_->enter();
  check(cuda::launch_copy(items, count, implementation_->queue(lane)), "copying on the device");
}

void Runtime::fork(int lane) {
  implementation_->enter();
  implementation_->follow(implementation_->lane[lane], implementation_->stream);
}

void Runtime::join(int lane) {
  implementation_->enter();
  implementation_->join(lane);
}

void Runtime::join() {
  implementation_->enter();
  for (int lane = 0; lane < lanes; ++lane) implementation_->join(lane);
}

void Runtime::follow(int later, int earlier) {
  implementation_->enter();
  if (later == earlier) return;
  implementation_->follow(implementation_->queue(later), implementation_->lane[earlier]);
}

void Runtime::wait() {
  join();
  check(cudaStreamSynchronize(implementation_->stream), "the device's work");
}

void Runtime::wait_lane(int lane) {
  implementation_->enter();
  check(cudaStreamSynchronize(implementation_->lane[lane]), "the device's work");
}

}  // namespace symscan
