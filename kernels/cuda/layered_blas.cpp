#include <dlfcn.h>

#include <string>

#include "kernels/cuda/layered.hpp"
#include "kernels/runtime/runtime.hpp"

namespace symscan::cuda {
namespace {

// The few functions and constants of cublas_v2.h that are used here, so that neither building nor starting
// needs cuBLAS.
constexpr int status_success = 0, status_alloc_failed = 3;
constexpr int operation_none = 0, operation_transpose = 1;
constexpr int real_32f = 0;
constexpr int compute_32f = 68, compute_32f_fast_16bf = 75, compute_32f_fast_tf32 = 77;
constexpr int default_algorithm = -1;

using Handle = void*;

struct Library {
  int (*create)(Handle*);
  int (*destroy)(Handle);
  int (*set_stream)(Handle, cudaStream_t);
  int (*set_workspace)(Handle, void*, std::size_t);
  const char* (*status_name)(int);
  int (*gemm)(Handle, int transpose_a, int transpose_b, int m, int n, int k, const void* alpha, const void* a,
              int a_type, int lda, long long a_stride, const void* b, int b_type, int ldb, long long b_stride,
              const void* beta, void* c, int c_type, int ldc, long long c_stride, int count, int compute,
              int algorithm);
};

[[noreturn]] void fail_to_load(const std::string& name) {
  const char* why = dlerror();
  throw DeviceError(DeviceStatus::failed, "networks too wide for a block's shared memory need cuBLAS, and " +
                                              name + " cannot be loaded" +
                                              (why != nullptr ? std::string(": ") + why : std::string()));
}

Library load_library() {
  const std::string name = "libcublas.so." + std::to_string(CUDART_VERSION / 1000);
  void* const library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) fail_to_load(name);
  Library functions = {};
  const auto find = [&](auto& function, const char* symbol) {
    void* const found = dlsym(library, symbol);
    if (found == nullptr) fail_to_load(name);
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(found);
  };
  find(functions.create, "cublasCreate_v2");
  find(functions.destroy, "cublasDestroy_v2");
  find(functions.set_stream, "cublasSetStream_v2");
  find(functions.set_workspace, "cublasSetWorkspace_v2");
  find(functions.status_name, "cublasGetStatusName");
  find(functions.gemm, "cublasGemmStridedBatchedEx");
  return functions;
}

const Library& library() {
  static const Library functions = load_library();
  return functions;
}

void check(int status, const char* what) {
  if (status == status_success) return;
  throw DeviceError(status == status_alloc_failed ? DeviceStatus::out_of_memory : DeviceStatus::failed,
                    std::string(what) + ": " + library().status_name(status));
}

int compute_type(Precision precision) {
  switch (precision) {
    case Precision::tf32:
      return compute_32f_fast_tf32;
    case Precision::bf16:
      return compute_32f_fast_16bf;
    case Precision::fp32:
      break;
  }
  return compute_32f;
}

}  // namespace

Blas::Blas(cudaStream_t stream, void* workspace) {
  check(library().create(&handle_), "opening cuBLAS");
  try {
    check(library().set_stream(handle_, stream), "opening cuBLAS");  // takes a workspace away: first
    check(library().set_workspace(handle_, workspace, workspace_bytes), "opening cuBLAS");
  } catch (...) {
    (void)library().destroy(handle_);
    throw;
  }
}

Blas::~Blas() {
  (void)library().destroy(handle_);
}

void Blas::multiply(const layered::Gemm& gemm) {
  const float one = 1.0f;
  const auto operation = [](bool transpose) { return transpose ? operation_transpose : operation_none; };
  const auto stride = [](std::size_t floats) { return static_cast<long long>(floats); };
  check(library().gemm(handle_, operation(gemm.transpose_a), operation(gemm.transpose_b), gemm.m, gemm.n,
                       gemm.k, &one, gemm.a.first, real_32f, gemm.a.leading_dimension, stride(gemm.a.stride),
                       gemm.b.first, real_32f, gemm.b.leading_dimension, stride(gemm.b.stride), &gemm.beta,
                       gemm.c.first, real_32f, gemm.c.leading_dimension, stride(gemm.c.stride),
                       layered::pool_places, compute_type(gemm.precision), default_algorithm),
        "a product by cuBLAS");
}

}  // namespace symscan::cuda
