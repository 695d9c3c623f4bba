#include "kernels/cuda/layered.hpp"
#include "kernels/layered/sums.hpp"

namespace symscan::cuda {
namespace {

constexpr int threads_per_block = 128;
constexpr int most_blocks_of_rows = 65535;  // of a grid's second dimension

// One block per multiprocessor is asked for: the compiler would rather spill than pass 64 registers.
template <class Kernel>
__global__ void __launch_bounds__(threads_per_block, 1)
    for_each(const __grid_constant__ Kernel kernel, int columns, int rows) {
  const int column = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (column >= columns) return;
  const int step = static_cast<int>(gridDim.y * blockDim.y);
  for (int row = static_cast<int>(blockIdx.y * blockDim.y + threadIdx.y); row < rows; row += step) {
    kernel(static_cast<int>(blockIdx.z), row, column);
  }
}

constexpr int blocks_for(int count, int threads) {
  return (count - 1) / threads + 1;
}

}  // namespace

template <class Kernel>
cudaError_t launch_layered(const Kernel& kernel, int columns, int rows, cudaStream_t stream) {
  const int across = columns >= threads_per_block ? threads_per_block : blocks_for(columns, 32) * 32;
  const int down = threads_per_block / across < rows ? threads_per_block / across : rows;
  const int blocks_down = blocks_for(rows, down);
  const dim3 threads(static_cast<unsigned>(across), static_cast<unsigned>(down));
  const dim3 blocks(
      static_cast<unsigned>(blocks_for(columns, across)),
      static_cast<unsigned>(blocks_down < most_blocks_of_rows ? blocks_down : most_blocks_of_rows),
      layered::pool_places);
  for_each<<<blocks, threads, 0, stream>>>(kernel, columns, rows);
  return cudaGetLastError();
}

#define SYMSCAN_LAUNCH(Kernel) \
  template cudaError_t launch_layered(const layered::Kernel&, int, int, cudaStream_t);
SYMSCAN_LAYERED_KERNELS(SYMSCAN_LAUNCH)
#undef SYMSCAN_LAUNCH

}  // namespace symscan::cuda
