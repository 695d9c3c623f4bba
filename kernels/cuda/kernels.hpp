#pragma once
#include <cuda_runtime_api.h>

#include "kernels/runtime/runtime.hpp"

/// The launches of the CUDA runtime, each in a file of its own (compile time). They return the launch's
/// error; work is queued on the stream.
namespace symscan::cuda {

/// Whether this build has code that the current device can run.
cudaError_t has_code();

/// Once per opened device: the largest shared memory that a block may ask for, bytes.
cudaError_t prepare_train(std::size_t shared_bytes);
cudaError_t prepare_evaluate(std::size_t shared_bytes);
cudaError_t prepare_cached(std::size_t shared_bytes);

cudaError_t launch_train(const BlockPlan& plan, block::ReplicaSlot* const* slots, int count,
                         std::uint64_t units, const std::uint64_t* deadline, cudaStream_t stream);
cudaError_t launch_evaluate(const BlockPlan& plan, const EvaluationItem* items, std::size_t count,
                            cudaStream_t stream);
/// The same for Tier::cached.
cudaError_t launch_train_cached(const BlockPlan& plan, block::ReplicaSlot* const* slots, int count,
                                std::uint64_t units, const std::uint64_t* deadline, cudaStream_t stream);
cudaError_t launch_evaluate_cached(const BlockPlan& plan, const EvaluationItem* items, std::size_t count,
                                   cudaStream_t stream);
cudaError_t launch_reduce(const ReductionItem* items, std::size_t count, cudaStream_t stream);
cudaError_t launch_set_deadline(std::uint64_t* deadline, std::uint64_t nanoseconds, cudaStream_t stream);
cudaError_t launch_copy(const CopyItem* items, std::size_t count, cudaStream_t stream);

/// Lets a kernel use up to `bytes` of shared memory and asks for the largest carve-out.
template <class Kernel>
cudaError_t allow_shared_memory(Kernel* kernel, std::size_t bytes) {
  cudaFuncAttributes attributes;
  cudaError_t error = cudaFuncGetAttributes(&attributes, kernel);
  if (error != cudaSuccess) return error;
  error = cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                               static_cast<int>(bytes - attributes.sharedSizeBytes));
  if (error != cudaSuccess) return error;
  return cudaFuncSetAttribute(kernel, cudaFuncAttributePreferredSharedMemoryCarveout,
                              cudaSharedmemCarveoutMaxShared);
}

}  // namespace symscan::cuda
