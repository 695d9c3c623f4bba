#pragma once

/// Functions that run on the host, on a GPU, and inside executors compiled for one instruction set. They are
/// always inlined (the macro says `inline` already): a copy left in an object compiled for AVX could be
/// linked into code for older processors. ALGORITHM is for templates over an executor, whose copies are the
/// executor's own.
#if defined(__CUDACC__)
#define SYMSCAN_HOST_DEVICE __host__ __device__ __forceinline__
#define SYMSCAN_ALGORITHM __host__ __device__ inline
// Code of a GPU block; compiled for the host too, by the host's compiler. BLOCK_CALL: large, so that one copy
// serves all callers of a kernel.
#define SYMSCAN_BLOCK __device__ __forceinline__
#define SYMSCAN_BLOCK_CALL __device__ __noinline__
#define SYMSCAN_RESTRICT __restrict__
#define SYMSCAN_UNROLL _Pragma("unroll")
#define SYMSCAN_NO_UNROLL _Pragma("unroll 1")
#else
#define SYMSCAN_HOST_DEVICE inline __attribute__((always_inline))
#define SYMSCAN_ALGORITHM inline
#define SYMSCAN_BLOCK inline
#define SYMSCAN_BLOCK_CALL inline
#define SYMSCAN_RESTRICT __restrict__
#define SYMSCAN_UNROLL _Pragma("GCC unroll 16")
#define SYMSCAN_NO_UNROLL
#endif
