#include <limits>
#include <stdexcept>
#include <string>

#include "kernels/cuda/cuda_error.hpp"
#include "kernels/cuda/generate.hpp"
#include "kernels/generate/prepared_row.hpp"

namespace symscan {
namespace {

constexpr unsigned threads_per_block = 128;

/// One thread makes one row: draws of a row follow each other, and their number may depend on their values.
template <class Dataset>
__global__ void __launch_bounds__(threads_per_block)
    fill_rows(Dataset dataset, std::uint64_t seed, std::uint64_t first_row, std::size_t rows,
              const double* offset, const double* scale, float* values) {
  const std::size_t row = std::size_t{blockIdx.x} * threads_per_block + threadIdx.x;
  if (row >= rows) return;
  RowRandom random(seed, first_row + row);
  dataset.fill_row(random,
                   PreparedRow{offset, scale, values + row * static_cast<std::size_t>(dataset.columns())});
}

}  // namespace

void generate_rows(const RowSampler& sampler, std::uint64_t seed, std::uint64_t first_row, std::size_t rows,
                   const double* offset, const double* scale, float* values, cudaStream_t stream) {
  if (!sampler.valid()) throw std::invalid_argument("generate_rows: a parameter is out of its range");
  if (rows == 0) return;
  if (offset == nullptr || scale == nullptr || values == nullptr) {
    throw std::invalid_argument("generate_rows: offset, scale or values is missing");
  }
  const std::size_t blocks = (rows - 1) / threads_per_block + 1;
  if (blocks > std::size_t{std::numeric_limits<int>::max()}) {
    throw std::invalid_argument("generate_rows: too many rows for one call");
  }
  sampler.visit([&](const auto& dataset) {
    fill_rows<<<static_cast<unsigned>(blocks), threads_per_block, 0, stream>>>(dataset, seed, first_row, rows,
                                                                               offset, scale, values);
  });
  const cudaError_t error = cudaGetLastError();
  if (error != cudaSuccess) {
    throw CudaError(error, "making a dataset on the device");
  }
}

}  // namespace symscan
