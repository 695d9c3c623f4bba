#pragma once
#include <cuda_runtime_api.h>

#include <stdexcept>
#include <string>

namespace symscan {

/// CUDA reported an error.
class CudaError : public std::runtime_error {
 public:
  CudaError(cudaError_t code, const std::string& what) : std::runtime_error(what), code_(code) {}
  cudaError_t code() const { return code_; }

 private:
  cudaError_t code_;
};

}  // namespace symscan
