#include "kernels/block/program.hpp"
#include "kernels/cuda/kernels.hpp"

namespace symscan::cuda {
namespace {

__global__ void __maxnreg__(168) evaluate_chunks(const EvaluationItem* items) {
  const EvaluationItem item = items[blockIdx.x];
  block::evaluate_chunk<false>(CudaTeam{}, *item.slot, item.chunk, item.sums);
}

__global__ void add_in_order(const ReductionItem* items) {
  const ReductionItem item = items[blockIdx.x];
  for (std::size_t i = threadIdx.x; i < item.width; i += blockDim.x) {
    item.total[i] = block::add_chunks(item.sums, item.chunks, item.width, i);
  }
}

__global__ void set_deadline(std::uint64_t* deadline, std::uint64_t nanoseconds) {
  *deadline = CudaTeam{}.nanoseconds() + nanoseconds;
}

template <class Word>
__device__ void copy_words(const CopyItem& item) {
  const Word* from = static_cast<const Word*>(item.from);
  Word* to = static_cast<Word*>(item.to);
  for (std::size_t i = threadIdx.x; i < item.bytes / sizeof(Word); i += blockDim.x) {
    to[i] = from != nullptr ? from[i] : Word{};
  }
}

/// One block per item.
__global__ void copy_items(const CopyItem* items) {
  const CopyItem item = items[blockIdx.x];
  const auto address =
      reinterpret_cast<std::uintptr_t>(item.to) | reinterpret_cast<std::uintptr_t>(item.from) | item.bytes;
  address % sizeof(uint4) == 0 ? copy_words<uint4>(item) : copy_words<std::uint32_t>(item);
}

}  // namespace

cudaError_t prepare_evaluate(std::size_t shared_bytes) {
  return allow_shared_memory(evaluate_chunks, shared_bytes);
}

cudaError_t launch_evaluate(const BlockPlan& plan, const EvaluationItem* items, std::size_t count,
                            cudaStream_t stream) {
  if (plan.tier == Tier::cached) return launch_evaluate_cached(plan, items, count, stream);
  evaluate_chunks<<<static_cast<unsigned>(count), plan.threads, plan.shared_bytes, stream>>>(items);
  return cudaGetLastError();
}

cudaError_t launch_reduce(const ReductionItem* items, std::size_t count, cudaStream_t stream) {
  add_in_order<<<static_cast<unsigned>(count), 64, 0, stream>>>(items);
  return cudaGetLastError();
}

cudaError_t launch_set_deadline(std::uint64_t* deadline, std::uint64_t nanoseconds, cudaStream_t stream) {
  set_deadline<<<1, 1, 0, stream>>>(deadline, nanoseconds);
  return cudaGetLastError();
}

cudaError_t launch_copy(const CopyItem* items, std::size_t count, cudaStream_t stream) {
  copy_items<<<static_cast<unsigned>(count), 128, 0, stream>>>(items);
  return cudaGetLastError();
}

}  // namespace symscan::cuda
