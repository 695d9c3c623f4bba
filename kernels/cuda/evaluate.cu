#include "kernels/block/program.hpp"
#include "kernels/cuda/kernels.hpp"

namespace symscan::cuda {
namespace {

__global__ void __launch_bounds__(256, 1) evaluate_chunks(const EvaluationItem* items) {
  const EvaluationItem item = items[blockIdx.x];
  block::evaluate_chunk(CudaTeam{}, *item.slot, item.chunk, item.sums);
}

__global__ void add_in_order(const ReductionItem* items) {
  const ReductionItem item = items[blockIdx.x];
  for (std::size_t i = threadIdx.x; i < item.width; i += blockDim.x) {
    item.total[i] = block::add_chunks(item.sums, item.chunks, item.width, i);
  }
}

__global__ void gather_states(block::ReplicaSlot* const* slots, int count, TrainingState* states) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < count) states[i] = slots[i]->state;
}

}  // namespace

cudaError_t launch_evaluate(const BlockPlan& plan, const EvaluationItem* items, std::size_t count,
                            cudaStream_t stream) {
  const cudaError_t error = allow_shared_memory(evaluate_chunks, plan.shared_bytes);
  if (error != cudaSuccess) return error;
  evaluate_chunks<<<static_cast<unsigned>(count), plan.threads, plan.shared_bytes, stream>>>(items);
  return cudaGetLastError();
}

cudaError_t launch_reduce(const ReductionItem* items, std::size_t count, cudaStream_t stream) {
  add_in_order<<<static_cast<unsigned>(count), 64, 0, stream>>>(items);
  return cudaGetLastError();
}

cudaError_t launch_gather_states(block::ReplicaSlot* const* slots, int count, TrainingState* states,
                                 cudaStream_t stream) {
  gather_states<<<static_cast<unsigned>((count + 127) / 128), 128, 0, stream>>>(slots, count, states);
  return cudaGetLastError();
}

}  // namespace symscan::cuda
