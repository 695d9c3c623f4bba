#include "kernels/block/program.hpp"
#include "kernels/cuda/kernels.hpp"

// Tier::cached: wide networks, whose weights are read through the caches. Blocks of up to 512 threads; 256
// for evaluation, whose tangents take more registers.

namespace symscan::cuda {
namespace {

__global__ void __maxnreg__(128)
    train_cached(block::ReplicaSlot* const* slots, std::uint64_t units, const std::uint64_t* deadline) {
  block::train_slice<true>(CudaTeam{}, *slots[blockIdx.x], units, deadline);
}

__global__ void __maxnreg__(168) evaluate_cached(const EvaluationItem* items) {
  const EvaluationItem item = items[blockIdx.x];
  block::evaluate_chunk<true>(CudaTeam{}, *item.slot, item.chunk, item.sums);
}

}  // namespace

cudaError_t prepare_cached(std::size_t shared_bytes) {
  const cudaError_t error = allow_shared_memory(train_cached, shared_bytes);
  return error != cudaSuccess ? error : allow_shared_memory(evaluate_cached, shared_bytes);
}

cudaError_t launch_train_cached(const BlockPlan& plan, block::ReplicaSlot* const* slots, int count,
                                std::uint64_t units, const std::uint64_t* deadline, cudaStream_t stream) {
  train_cached<<<static_cast<unsigned>(count), plan.threads, plan.shared_bytes, stream>>>(slots, units,
                                                                                          deadline);
  return cudaGetLastError();
}

cudaError_t launch_evaluate_cached(const BlockPlan& plan, const EvaluationItem* items, std::size_t count,
                                   cudaStream_t stream) {
  evaluate_cached<<<static_cast<unsigned>(count), plan.threads, plan.shared_bytes, stream>>>(items);
  return cudaGetLastError();
}

}  // namespace symscan::cuda
