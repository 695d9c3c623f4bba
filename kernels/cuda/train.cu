#include "kernels/block/program.hpp"
#include "kernels/cuda/kernels.hpp"

namespace symscan::cuda {
namespace {

/// One block per replica. Shared memory decides how many blocks share a multiprocessor, not registers: they
/// are not capped, so that nothing spills.
__global__ void __maxnreg__(168)
    train_replicas(block::ReplicaSlot* const* slots, std::uint64_t units) {
  block::train_slice(CudaTeam{}, *slots[blockIdx.x], units);
}

}  // namespace

cudaError_t has_code() {
  cudaFuncAttributes attributes;
  return cudaFuncGetAttributes(&attributes, train_replicas);
}

cudaError_t launch_train(const BlockPlan& plan, block::ReplicaSlot* const* slots, int count,
                         std::uint64_t units, cudaStream_t stream) {
  const cudaError_t error = allow_shared_memory(train_replicas, plan.shared_bytes);
  if (error != cudaSuccess) return error;
  train_replicas<<<static_cast<unsigned>(count), plan.threads, plan.shared_bytes, stream>>>(slots, units);
  return cudaGetLastError();
}

}  // namespace symscan::cuda
