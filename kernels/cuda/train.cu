#include "kernels/block/program.hpp"
#include "kernels/cuda/kernels.hpp"

namespace symscan::cuda {
namespace {

/// One block per replica. Registers are capped so that three blocks of 128 threads can share a
/// multiprocessor.
__global__ void __maxnreg__(168)
    train_replicas(block::ReplicaSlot* const* slots, std::uint64_t units, const std::uint64_t* deadline) {
  block::train_slice<false>(CudaTeam{}, *slots[blockIdx.x], units, deadline);
}

}  // namespace

cudaError_t has_code() {
  cudaFuncAttributes attributes;
  return cudaFuncGetAttributes(&attributes, train_replicas);
}

cudaError_t prepare_train(std::size_t shared_bytes) {
  return allow_shared_memory(train_replicas, shared_bytes);
}

cudaError_t launch_train(const BlockPlan& plan, block::ReplicaSlot* const* slots, int count,
                         std::uint64_t units, const std::uint64_t* deadline, cudaStream_t stream) {
  if (plan.tier == Tier::cached) return launch_train_cached(plan, slots, count, units, deadline, stream);
  train_replicas<<<static_cast<unsigned>(count), plan.threads, plan.shared_bytes, stream>>>(slots, units,
                                                                                            deadline);
  return cudaGetLastError();
}

}  // namespace symscan::cuda
