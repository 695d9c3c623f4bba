#include <math_constants.h>
#include <thrust/iterator/counting_iterator.h>

#include <cub/device/device_merge_sort.cuh>
#include <stdexcept>
#include <string>

#include "kernels/cuda/cuda_error.hpp"
#include "kernels/cuda/rank.hpp"

namespace symscan {
namespace {

constexpr unsigned threads_per_block = 256;

void check(cudaError_t error) {
  if (error == cudaSuccess) return;
  (void)cudaGetLastError();
  throw CudaError(error, "ranking on the device");
}

/// Device memory taken and returned in the order of a stream.
class TemporaryMemory {
 public:
  TemporaryMemory(std::size_t bytes, cudaStream_t stream) : stream_(stream) {
    check(cudaMallocAsync(&data_, bytes, stream));
  }
  ~TemporaryMemory() {
    (void)cudaFreeAsync(data_, stream_);
    (void)cudaGetLastError();
  }
  TemporaryMemory(const TemporaryMemory&) = delete;
  TemporaryMemory& operator=(const TemporaryMemory&) = delete;
  void* data() const { return data_; }

 private:
  void* data_ = nullptr;
  cudaStream_t stream_;
};

/// Orders entries of the table [replicas][latents]: by replica, then from the most to the least relevant.
struct MoreRelevant {
  const double* relevance;
  std::uint32_t latents;
  bool smallest_first;

  __device__ bool operator()(std::uint32_t a, std::uint32_t b) const {
    const std::uint32_t replica_a = a / latents, replica_b = b / latents;
    if (replica_a != replica_b) return replica_a < replica_b;
    const double x = relevance[a], y = relevance[b];
    if (isnan(y)) return !isnan(x);
    return smallest_first ? x < y : x > y;
  }
};

/// Orders replicas by loss; one that is not finite counts as infinite.
struct LowerLoss {
  const double* loss;

  __device__ double loss_of(std::uint32_t replica) const {
    const double value = loss[replica];
    return isfinite(value) ? value : CUDART_INF;
  }
  __device__ bool operator()(std::uint32_t a, std::uint32_t b) const { return loss_of(a) < loss_of(b); }
};

/// Writes 0 ... items - 1 to `sorted`, in the order of `before`; equal items stay in their order.
template <class Before>
void sort_indices(std::uint32_t* sorted, std::uint32_t items, Before before, cudaStream_t stream) {
  const thrust::counting_iterator<std::uint32_t> indices(0);
  std::size_t bytes = 0;
  check(cub::DeviceMergeSort::StableSortKeysCopy(nullptr, bytes, indices, sorted, items, before, stream));
  const TemporaryMemory temporary(bytes, stream);
  check(cub::DeviceMergeSort::StableSortKeysCopy(temporary.data(), bytes, indices, sorted, items, before,
                                                 stream));
}

/// One thread per replica: entries of the table become numbers of latents, and active latents are counted.
__global__ void __launch_bounds__(threads_per_block)
    finish_replicas(const double* kl, double threshold, std::uint32_t replicas, std::uint32_t latents,
                    std::uint32_t* order, std::uint32_t* active) {
  const std::uint64_t replica = std::uint64_t{blockIdx.x} * threads_per_block + threadIdx.x;
  if (replica >= replicas) return;
  const std::uint32_t first = static_cast<std::uint32_t>(replica) * latents;
  std::uint32_t count = 0;
  for (std::uint32_t j = 0; j < latents; ++j) {
    order[first + j] -= first;
    if (kl[first + j] > threshold) ++count;
  }
  active[replica] = count;
}

}  // namespace

void rank_device(const SweepScores& scores, const Ranking& ranking, cudaStream_t stream) {
  check_ranking(scores, ranking);
  if (scores.replicas == 0) return;
  const auto replicas = static_cast<std::uint32_t>(scores.replicas);
  const auto latents = static_cast<std::uint32_t>(scores.latents);
  if (latents != 0) {
    sort_indices(ranking.order, replicas * latents,
                 MoreRelevant{scores.relevance, latents, scores.smallest_first}, stream);
  }
  const unsigned blocks = (replicas - 1) / threads_per_block + 1;
  finish_replicas<<<blocks, threads_per_block, 0, stream>>>(scores.kl, scores.threshold, replicas, latents,
                                                            ranking.order, ranking.active);
  check(cudaGetLastError());
  sort_indices(ranking.by_loss, replicas, LowerLoss{scores.loss}, stream);
}

}  // namespace symscan
