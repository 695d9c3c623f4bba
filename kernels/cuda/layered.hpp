#pragma once
#include <cuda_runtime_api.h>

#include "kernels/layered/gemm.hpp"

/// Kernels and products of Tier::layered on CUDA.
namespace symscan::cuda {

/// Returns the launch's error. Kernels: see SYMSCAN_LAYERED_KERNELS.
template <class Kernel>
cudaError_t launch_layered(const Kernel& kernel, int columns, int rows, cudaStream_t stream);

/// cuBLAS on one stream. The library is opened when the first Blas is made: only networks of this tier need
/// it. Throws DeviceError.
class Blas {
 public:
  /// What cuBLAS recommends for sm_90 and later; earlier ones need less. With a workspace of its own, a
  /// handle gives the same bits every time and can be recorded.
  static constexpr std::size_t workspace_bytes = std::size_t{32} << 20;

  /// `workspace`: device memory that nothing else uses.
  Blas(cudaStream_t stream, void* workspace);
  ~Blas();
  Blas(const Blas&) = delete;
  Blas& operator=(const Blas&) = delete;

  void multiply(const layered::Gemm& gemm);

 private:
  void* handle_ = nullptr;
};

}  // namespace symscan::cuda
