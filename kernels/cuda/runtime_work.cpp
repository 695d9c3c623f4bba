// Work that the CUDA runtime queues: blocks, datasets, layers and their recordings.
#include <exception>

#include "kernels/cuda/cuda_error.hpp"
#include "kernels/cuda/generate.hpp"
#include "kernels/cuda/runtime_state.hpp"
#include "kernels/layered/sums.hpp"

namespace symscan {
namespace {

/// Turns the errors of generate.cu into DeviceError.
template <class F>
void with_cuda_errors(F f) {
  try {
    f();
  } catch (const CudaError& error) {
    check(error.code(), error.what());
  }
}

}  // namespace

void Runtime::set_deadline(std::uint64_t* deadline, std::uint64_t nanoseconds) {
  implementation_->enter();
  check(cuda::launch_set_deadline(deadline, nanoseconds, implementation_->stream), "starting the training");
}

void Runtime::train(const BlockPlan& plan, block::ReplicaSlot* const* slots, int count, std::uint64_t units,
                    const std::uint64_t* deadline, int lane) {
  implementation_->enter();
  check(cuda::launch_train(plan, slots, count, units, deadline, implementation_->queue(lane)),
        "starting the training");
}

void Runtime::evaluate(const BlockPlan& plan, const EvaluationItem* items, std::size_t count, int lane) {
  implementation_->enter();
  check(cuda::launch_evaluate(plan, items, count, implementation_->queue(lane)), "starting the evaluation");
}

void Runtime::reduce(const ReductionItem* items, std::size_t count, int lane) {
  implementation_->enter();
  check(cuda::launch_reduce(items, count, implementation_->queue(lane)), "adding up the evaluation");
}

void Runtime::generate(const RowSampler& sampler, std::uint64_t seed, std::size_t rows, const double* offset,
                       const double* scale, float* values) {
  implementation_->enter();
  with_cuda_errors(
      [&] { generate_rows(sampler, seed, 0, rows, offset, scale, values, implementation_->stream); });
}

void Runtime::choose_lane(int lane) {
  implementation_->chosen = lane;
}

template <class Kernel>
void Runtime::run(const Kernel& kernel, int columns, int rows) {
  implementation_->enter();
  check(cuda::launch_layered(kernel, columns, rows, implementation_->queue(implementation_->chosen)),
        "starting a kernel");
}
#define SYMSCAN_RUN(Kernel) template void Runtime::run(const layered::Kernel&, int, int);
SYMSCAN_LAYERED_KERNELS(SYMSCAN_RUN)
#undef SYMSCAN_RUN

void Runtime::gemm(const layered::Gemm& gemm) {
  implementation_->enter();
  (void)implementation_->queue(implementation_->chosen);
  implementation_->blas_of(implementation_->chosen).multiply(gemm);
}

Recording Runtime::record(const std::function<void()>& work) {
  implementation_->enter();
  const cudaStream_t stream = implementation_->queue(implementation_->chosen);
  check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "recording a step");
  std::exception_ptr failure;
  try {
    work();
  } catch (...) {
    failure = std::current_exception();
  }
  cudaGraph_t graph = nullptr;
  cudaError_t error = cudaStreamEndCapture(stream, &graph);
  cudaGraphExec_t executable = nullptr;
  if (error == cudaSuccess && failure == nullptr) {
    try {
      implementation_->with_pool_trimmed(
          [&] { check(cudaGraphInstantiateWithFlags(&executable, graph, 0), "recording a step"); });
    } catch (...) {
      failure = std::current_exception();
    }
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
  const cudaStream_t stream = implementation_->queue(implementation_->chosen);
  for (; times > 0; --times) check(cudaGraphLaunch(executable, stream), "starting a step");
}

namespace {

struct EventPair {
  cudaEvent_t start = nullptr, stop = nullptr;
  ~EventPair() {
    if (start != nullptr) (void)cudaEventDestroy(start);
    if (stop != nullptr) (void)cudaEventDestroy(stop);
  }
};

EventPair& events_of(const Runtime::Stopwatch& stopwatch) {
  return *static_cast<EventPair*>(stopwatch.get());
}

}  // namespace

Runtime::Stopwatch Runtime::make_stopwatch() {
  implementation_->enter();
  auto events = std::make_shared<EventPair>();
  check(cudaEventCreate(&events->start), "making a clock");
  check(cudaEventCreate(&events->stop), "making a clock");
  return events;
}

void Runtime::start_clock(const Stopwatch& stopwatch) {
  implementation_->enter();
  check(cudaEventRecord(events_of(stopwatch).start, implementation_->queue(implementation_->chosen)),
        "starting the clock");
}

void Runtime::stop_clock(const Stopwatch& stopwatch) {
  implementation_->enter();
  check(cudaEventRecord(events_of(stopwatch).stop, implementation_->queue(implementation_->chosen)),
        "stopping the clock");
}

double Runtime::seconds(const Stopwatch& stopwatch) {
  implementation_->enter();
  float milliseconds = 0;
  const cudaError_t error =
      cudaEventElapsedTime(&milliseconds, events_of(stopwatch).start, events_of(stopwatch).stop);
  if (error == cudaErrorNotReady || error == cudaErrorInvalidResourceHandle) {
    (void)cudaGetLastError();
    return 0;
  }
  check(error, "reading the clock");
  return milliseconds * 1e-3;
}

}  // namespace symscan
