#pragma once
#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "kernels/generate/samplers.hpp"

namespace symscan {

/// Makes rows first_row ... first_row + rows - 1 of a dataset on the device, as the host makes and prepares
/// them: values = (raw - offset) / scale, see kernels/generate/prepared_row.hpp. Rows depend on seed and row
/// number only, so a dataset may be made in parts. They differ from the host's where an ulp of sin, cos, log
/// or pow survives the rounding to float32.
///
/// offset, scale [columns] and values [rows][columns] are device memory; the call returns once the work is in
/// the queue of `stream`. Throws std::invalid_argument for parameters out of range or missing pointers,
/// CudaError when CUDA reports one.
void generate_rows(const RowSampler& sampler, std::uint64_t seed, std::uint64_t first_row, std::size_t rows,
                   const double* offset, const double* scale, float* values, cudaStream_t stream);

}  // namespace symscan
