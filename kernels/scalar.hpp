#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/host_device.hpp"

// The register of simd.hpp with one lane: what a GPU thread holds. Included in place of simd.hpp where
// SYMSCAN_SCALAR is defined, so that simd_math.hpp gives a GPU the very functions of the CPU: the same
// operations in the same order, each rounded as IEEE 754 says, hence the same bits.

#define SYMSCAN_ISA scalar
#if defined(__CUDACC__)
#define SYMSCAN_INLINE static __host__ __device__ __forceinline__
#else
#define SYMSCAN_INLINE static inline __attribute__((always_inline))
#endif

namespace symscan::scalar {

inline constexpr int lanes = 1;
inline constexpr bool fuses = true;  ///< fma() rounds once
using Vec = float;
using IntVec = std::int32_t;
using WordVec = std::uint32_t;

SYMSCAN_INLINE Vec broadcast(float value) {
  return value;
}
SYMSCAN_INLINE WordVec broadcast_word(std::uint32_t value) {
  return value;
}
SYMSCAN_INLINE Vec smaller(Vec a, Vec b) {
  return a < b ? a : b;
}
SYMSCAN_INLINE Vec larger(Vec a, Vec b) {
  return a > b ? a : b;
}
SYMSCAN_INLINE IntVec bits(Vec value) {
#if defined(__CUDA_ARCH__)
  return __float_as_int(value);
#else
  IntVec result;
  std::memcpy(&result, &value, sizeof result);
  return result;
#endif
}
SYMSCAN_INLINE Vec from_bits(IntVec value) {
#if defined(__CUDA_ARCH__)
  return __int_as_float(value);
#else
  Vec result;
  std::memcpy(&result, &value, sizeof result);
  return result;
#endif
}
SYMSCAN_INLINE IntVec as_int(WordVec value) {
  return static_cast<IntVec>(value);
}
SYMSCAN_INLINE WordVec as_words(IntVec value) {
  return static_cast<WordVec>(value);
}
SYMSCAN_INLINE Vec to_float(IntVec value) {
  return static_cast<float>(value);
}
SYMSCAN_INLINE Vec absolute(Vec value) {
  return from_bits(bits(value) & 0x7FFFFFFF);
}
SYMSCAN_INLINE Vec fma(Vec a, Vec b, Vec c) {
  return __builtin_fmaf(a, b, c);
}
SYMSCAN_INLINE Vec square_root(Vec value) {
#if defined(__CUDA_ARCH__)
  return __fsqrt_rn(value);
#else
  return __builtin_sqrtf(value);
#endif
}
/// a / b where |b| and |a| or 0 lie in [2^-60, 2^60]: what nvcc makes of a division, without its branch to
/// the rare cases.
SYMSCAN_INLINE Vec divide_in_range(Vec a, Vec b) {
#if defined(__CUDA_ARCH__)
  float r;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(b));
  r = fma(r, fma(-b, r, 1.0f), r);
  const float q = a * r;
  return fma(r, fma(-b, q, a), q);
#else
  return a / b;
#endif
}
/// The root of a number in [2^-100, 2^127], likewise.
SYMSCAN_INLINE Vec root_in_range(Vec value) {
#if defined(__CUDA_ARCH__)
  float r;
  asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(value));
  const float g = value * r, h = r * 0.5f;
  return fma(fma(-g, g, value), h, g);
#else
  return __builtin_sqrtf(value);
#endif
}
SYMSCAN_INLINE IntVec round_to_int(Vec value) {
#if defined(__CUDA_ARCH__)
  return __float2int_rn(value);
#else
  return static_cast<IntVec>(__builtin_rintf(value));
#endif
}
SYMSCAN_INLINE void multiply_wide(WordVec a, std::uint32_t factor, WordVec& high, WordVec& low) {
  const std::uint64_t product = std::uint64_t{a} * factor;
  high = static_cast<WordVec>(product >> 32);
  low = static_cast<WordVec>(product);
}

}  // namespace symscan::scalar
