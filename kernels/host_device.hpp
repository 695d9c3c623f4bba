#pragma once

/// Functions that run on the host, on a GPU, and inside executors compiled for one instruction set. They are
/// always inlined: a copy left in an object compiled for AVX could be linked into code for older processors.
#if defined(__CUDACC__)
#define SYMSCAN_HOST_DEVICE __host__ __device__ __forceinline__
#define SYMSCAN_UNROLL _Pragma("unroll")
#else
#define SYMSCAN_HOST_DEVICE __attribute__((always_inline))
#define SYMSCAN_UNROLL _Pragma("GCC unroll 16")
#endif
