#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// One vector register of floats, at the width of the instruction set that the translation unit is compiled
// for. cpu_backend.cpp is compiled once per instruction set; everything here is forced inline and lies in a
// namespace of that set, so that no AVX code can leak into functions that older machines call.
//
// Results do not depend on the width: every sum runs in an order that the width does not change (step.hpp),
// and multiply-adds are fused on AVX2 and AVX-512 alike. Plain x86-64 has no fused multiply-add
// and differs by rounding.

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define SYMSCAN_ISA avx512
#define SYMSCAN_LANES 16
#elif defined(__AVX2__) && defined(__FMA__)
#define SYMSCAN_ISA avx2
#define SYMSCAN_LANES 8
#else
#define SYMSCAN_ISA baseline
#define SYMSCAN_LANES 4
#endif
#define SYMSCAN_INLINE static inline __attribute__((always_inline))

namespace symscan::SYMSCAN_ISA {

inline constexpr int lanes = SYMSCAN_LANES;
inline constexpr bool fuses = SYMSCAN_LANES > 4;  ///< fma() rounds once
typedef float Vec __attribute__((vector_size(4 * SYMSCAN_LANES)));
typedef std::int32_t IntVec __attribute__((vector_size(4 * SYMSCAN_LANES)));
typedef std::uint32_t WordVec __attribute__((vector_size(4 * SYMSCAN_LANES)));

/// `address` is aligned to the vector size.
SYMSCAN_INLINE Vec load(const float* address) {
  return *reinterpret_cast<const Vec*>(address);
}
SYMSCAN_INLINE void store(float* address, Vec value) {
  *reinterpret_cast<Vec*>(address) = value;
}
SYMSCAN_INLINE Vec broadcast(float value) {
  return value - Vec{};
}
SYMSCAN_INLINE IntVec broadcast_int(std::int32_t value) {
  return value - IntVec{};
}
SYMSCAN_INLINE WordVec broadcast_word(std::uint32_t value) {
  return value - WordVec{};
}
#if SYMSCAN_LANES == 16
// GCC 12 warns of an uninitialised value inside the intrinsics without a mask.
inline constexpr __mmask16 every_lane = 0xFFFF;
#endif

/// a < b ? a : b, so that b is the result where one of them is NaN; one instruction, which the compiler does
/// not see in a comparison and a choice.
SYMSCAN_INLINE Vec smaller(Vec a, Vec b) {
#if SYMSCAN_LANES == 16
  return _mm512_mask_min_ps(a, every_lane, a, b);
#elif SYMSCAN_LANES == 8
  return _mm256_min_ps(a, b);
#elif defined(__SSE2__)
  return _mm_min_ps(a, b);
#else
  return a < b ? a : b;
#endif
}
/// a > b ? a : b
SYMSCAN_INLINE Vec larger(Vec a, Vec b) {
#if SYMSCAN_LANES == 16
  return _mm512_mask_max_ps(a, every_lane, a, b);
#elif SYMSCAN_LANES == 8
  return _mm256_max_ps(a, b);
#elif defined(__SSE2__)
  return _mm_max_ps(a, b);
#else
  return a > b ? a : b;
#endif
}
/// Is a lane of a comparison's result true?
SYMSCAN_INLINE bool any(IntVec truth) {
#if SYMSCAN_LANES == 16
  return _mm512_movepi32_mask(reinterpret_cast<__m512i>(truth)) != 0;
#elif SYMSCAN_LANES == 8
  return _mm256_movemask_ps(reinterpret_cast<__m256>(truth)) != 0;
#else
  return (truth[0] | truth[1] | truth[2] | truth[3]) != 0;
#endif
}
SYMSCAN_INLINE IntVec bits(Vec value) {
  return reinterpret_cast<IntVec>(value);
}
SYMSCAN_INLINE Vec from_bits(IntVec value) {
  return reinterpret_cast<Vec>(value);
}
SYMSCAN_INLINE IntVec as_int(WordVec value) {
  return reinterpret_cast<IntVec>(value);
}
SYMSCAN_INLINE WordVec as_words(IntVec value) {
  return reinterpret_cast<WordVec>(value);
}
SYMSCAN_INLINE Vec to_float(IntVec value) {
  return __builtin_convertvector(value, Vec);
}
SYMSCAN_INLINE Vec absolute(Vec value) {
  return from_bits(bits(value) & 0x7FFFFFFF);
}

/// a * b + c, rounded once where the instruction set can.
SYMSCAN_INLINE Vec fma(Vec a, Vec b, Vec c) {
#if SYMSCAN_LANES == 16
  return reinterpret_cast<Vec>(_mm512_fmadd_ps(a, b, c));
#elif SYMSCAN_LANES == 8
  return reinterpret_cast<Vec>(_mm256_fmadd_ps(a, b, c));
#else
  return a * b + c;
#endif
}

SYMSCAN_INLINE Vec square_root(Vec value) {
#if SYMSCAN_LANES == 16
  return reinterpret_cast<Vec>(_mm512_sqrt_ps(value));
#elif SYMSCAN_LANES == 8
  return reinterpret_cast<Vec>(_mm256_sqrt_ps(value));
#else
  Vec root;
  for (int i = 0; i < lanes; ++i) root[i] = __builtin_sqrtf(value[i]);
  return root;
#endif
}

/// a / b where |b| and |a| or 0 lie in [2^-60, 2^60] (scalar.hpp needs to know).
SYMSCAN_INLINE Vec divide_in_range(Vec a, Vec b) {
  return a / b;
}

/// Nearest integer (ties to even) of values below 2^31 in magnitude.
SYMSCAN_INLINE IntVec round_to_int(Vec value) {
#if SYMSCAN_LANES == 16
  return reinterpret_cast<IntVec>(_mm512_maskz_cvtps_epi32(every_lane, value));
#elif SYMSCAN_LANES == 8
  return reinterpret_cast<IntVec>(_mm256_cvtps_epi32(value));
#else
  IntVec result;
  for (int i = 0; i < lanes; ++i) result[i] = static_cast<std::int32_t>(__builtin_rintf(value[i]));
  return result;
#endif
}

/// The high and low halves of the 64-bit products of 32-bit words.
SYMSCAN_INLINE void multiply_wide(WordVec a, std::uint32_t factor, WordVec& high, WordVec& low) {
#if SYMSCAN_LANES >= 8
  typedef std::uint64_t LongVec __attribute__((vector_size(4 * SYMSCAN_LANES)));
  const LongVec odd_words = reinterpret_cast<LongVec>(a) >> 32;
#if SYMSCAN_LANES == 16
  const __m512i multiplier = _mm512_set1_epi64(factor);
  const LongVec even = reinterpret_cast<LongVec>(_mm512_mul_epu32(reinterpret_cast<__m512i>(a), multiplier));
  const LongVec odd =
      reinterpret_cast<LongVec>(_mm512_mul_epu32(reinterpret_cast<__m512i>(odd_words), multiplier));
#else
  const __m256i multiplier = _mm256_set1_epi64x(factor);
  const LongVec even = reinterpret_cast<LongVec>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), multiplier));
  const LongVec odd =
      reinterpret_cast<LongVec>(_mm256_mul_epu32(reinterpret_cast<__m256i>(odd_words), multiplier));
#endif
  constexpr std::uint64_t low_half = 0xFFFFFFFFu;
  high = reinterpret_cast<WordVec>((even >> 32) | (odd & ~low_half));
  low = reinterpret_cast<WordVec>((even & low_half) | (odd << 32));
#else
  for (int i = 0; i < lanes; ++i) {
    const std::uint64_t product = std::uint64_t{a[i]} * factor;
    high[i] = static_cast<std::uint32_t>(product >> 32);
    low[i] = static_cast<std::uint32_t>(product);
  }
#endif
}

/// Sum of 16 floats, as segment_sum (step.hpp) adds them.
SYMSCAN_INLINE float sum_of_segment(const float* values) {
#if SYMSCAN_LANES == 16
  const Vec all = load(values);
  typedef float Half __attribute__((vector_size(32)));
  const Half eight = reinterpret_cast<Half>(_mm512_castps512_ps256(all)) +
                     reinterpret_cast<Half>(_mm512_extractf32x8_ps(all, 1));
#elif SYMSCAN_LANES == 8
  const Vec eight = load(values) + load(values + 8);
#endif
  typedef float Quarter __attribute__((vector_size(16)));
#if SYMSCAN_LANES >= 8
  const Quarter four = reinterpret_cast<Quarter>(_mm256_castps256_ps128(eight)) +
                       reinterpret_cast<Quarter>(_mm256_extractf128_ps(eight, 1));
#else
  const Quarter four = (load(values) + load(values + 8)) + (load(values + 4) + load(values + 12));
#endif
  return (four[0] + four[2]) + (four[1] + four[3]);
}

SYMSCAN_INLINE IntVec lane_numbers() {
  IntVec numbers;
  for (int i = 0; i < lanes; ++i) numbers[i] = i;
  return numbers;
}

/// Exchanges, between rows a and b, the elements that the transposition's stage of this width moves across
/// the diagonal.
template <int width, int... lane>
SYMSCAN_INLINE void exchange(Vec& a, Vec& b, std::integer_sequence<int, lane...>) {
  const Vec first = __builtin_shufflevector(a, b, ((lane & width) != 0 ? lane - width + lanes : lane)...);
  b = __builtin_shufflevector(a, b, ((lane & width) != 0 ? lane + lanes : lane + width)...);
  a = first;
}

template <int width>
SYMSCAN_INLINE void transpose_stages(Vec (&row)[lanes]) {
#pragma GCC unroll 16
  for (int r = 0; r < lanes; ++r) {
    if ((r & width) == 0) exchange<width>(row[r], row[r + width], std::make_integer_sequence<int, lanes>());
  }
  if constexpr (width > 1) transpose_stages<width / 2>(row);
}

/// Transposes `lanes` x `lanes` floats: row r of `in` (rows in_stride apart) becomes column r of `out`.
SYMSCAN_INLINE void transpose_block(const float* in, std::size_t in_stride, float* out,
                                    std::size_t out_stride) {
  Vec row[lanes];
  for (int r = 0; r < lanes; ++r) row[r] = load(in + r * in_stride);
  transpose_stages<lanes / 2>(row);
  for (int r = 0; r < lanes; ++r) store(out + r * out_stride, row[r]);
}

}  // namespace symscan::SYMSCAN_ISA
