#pragma once
#include "kernels/philox.hpp"
#if defined(SYMSCAN_SCALAR)
#include "kernels/scalar.hpp"
#else
#include "kernels/simd.hpp"
#endif

// Elementary functions on vectors. Coefficients: kernels/fit_math.py (minimax fits of this project).
// Largest errors in ulp are asserted in tests/kernels/simd_math_test.cpp.

namespace symscan::SYMSCAN_ISA {

/// Horner's rule, coefficients from the constant upwards.
template <int count>
SYMSCAN_INLINE Vec polynomial(Vec x, const float (&coefficients)[count]) {
  Vec sum = broadcast(coefficients[count - 1]);
  SYMSCAN_UNROLL
  for (int k = count - 2; k >= 0; --k) sum = fma(sum, x, broadcast(coefficients[k]));
  return sum;
}

/// e^x; overflows to infinity, underflows to 0 below -87.3, NaN stays NaN.
SYMSCAN_INLINE Vec exponential(Vec x) {
  constexpr float coefficients[] = {
      1.0f, 1.0f, 4.999999106e-01f, 1.666641980e-01f, 4.166822508e-02f, 8.374815807e-03f, 1.383684576e-03f};
  const Vec clamped = larger(smaller(x, broadcast(88.8f)), broadcast(-87.33f));
  const IntVec exponent = round_to_int(clamped * 1.44269504f);
  const Vec n = to_float(exponent);
  // ln 2 in two parts: the first has few bits, so that n * part is exact.
  Vec r = fma(n, broadcast(-0.693359375f), clamped);
  r = fma(n, broadcast(2.12194440e-4f), r);
  // 2^n in two factors, so that n = 128 does not overflow before its time.
  const IntVec half = exponent >> 1;
  const Vec scale_1 = from_bits((half + 127) << 23), scale_2 = from_bits((exponent - half + 127) << 23);
  const Vec result = polynomial(r, coefficients) * scale_1 * scale_2;
  return x < -87.33f ? Vec{} : (x == x ? result : x);  // NaN stays
}

/// ln(x) for normal positive x.
SYMSCAN_INLINE Vec logarithm(Vec x) {
  constexpr float coefficients[] = {3.333333731e-01f, -2.500024438e-01f, 2.000073045e-01f, -1.664347947e-01f,
                                    1.421942562e-01f, -1.297845691e-01f, 1.259493977e-01f, -7.936709374e-02f};
  // x = 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt(2))
  const IntVec shifted = bits(x) - 0x3F3504F3;
  const IntVec exponent = shifted >> 23;
  const Vec f = from_bits((shifted & 0x007FFFFF) + 0x3F3504F3) - 1.0f;
  const Vec e = to_float(exponent);
  const Vec square = f * f;
  Vec sum = fma(f * square, polynomial(f, coefficients), square * -0.5f);
  sum = fma(e, broadcast(-2.12194440e-4f), sum);
  return fma(e, broadcast(0.693359375f), sum + f);
}

/// sin(pi t) and cos(pi t) for |t| <= 1.
SYMSCAN_INLINE void sine_cosine_pi(Vec t, Vec& sine, Vec& cosine) {
  constexpr float sine_coefficients[] = {3.141592741e+00f, -5.167712688e+00f, 2.550162554e+00f,
                                         -5.992013812e-01f, 8.099588007e-02f};
  constexpr float cosine_coefficients[] = {1.0f, -4.934802055e+00f, 4.058706760e+00f, -1.335035920e+00f,
                                           2.312609255e-01f};
  const IntVec quadrant = round_to_int(t * 2.0f);
  const Vec r = fma(to_float(quadrant), broadcast(-0.5f), t);
  const Vec square = r * r;
  const Vec s = r * polynomial(square, sine_coefficients), c = polynomial(square, cosine_coefficients);
  const IntVec swap = (quadrant & 1) != 0;
  const Vec raw_sine = swap ? c : s, raw_cosine = swap ? s : c;
  sine = from_bits(bits(raw_sine) ^ as_int(as_words(quadrant & 2) << 30));
  cosine = from_bits(bits(raw_cosine) ^ as_int(as_words((quadrant + 1) & 2) << 30));
}

SYMSCAN_INLINE Vec hyperbolic_tangent(Vec x) {
  constexpr float numerator[] = {1.0f, 1.337971687e-01f, 3.494034288e-03f, 2.058347491e-05f,
                                 1.331906496e-08f};
  constexpr float denominator[] = {1.0f, 4.671303332e-01f, 2.587107196e-02f, 3.283092228e-04f,
                                   7.762016594e-07f};
  // The quotient reaches 1 here and nowhere exceeds it before. NaN as the second argument goes through.
  constexpr float limit = 8.01820660f;
  const Vec clamped = larger(broadcast(-limit), smaller(broadcast(limit), x));
  const Vec square = clamped * clamped;
  // The denominator lies in [1, 209].
  const Vec ratio = divide_in_range(clamped * polynomial(square, numerator), polynomial(square, denominator));
  // With other roundings it may exceed 1 by the last bit.
  return fuses ? ratio : larger(broadcast(-1.0f), smaller(broadcast(1.0f), ratio));
}

/// 1 / (1 + e^-x)
SYMSCAN_INLINE Vec logistic(Vec x) {
  return fma(hyperbolic_tangent(x * 0.5f), broadcast(0.5f), broadcast(0.5f));
}

/// Standard normal distribution function, absolute error below 2e-7
/// (Abramowitz & Stegun, Handbook of Mathematical Functions, 7.1.26); `density` gets e^(-x^2/2) / sqrt(2 pi).
SYMSCAN_INLINE Vec normal_distribution(Vec x, Vec& density) {
  constexpr float coefficients[] = {0.254829592f, -0.284496736f, 1.421413741f, -1.453152027f, 1.061405429f};
  const Vec magnitude = absolute(x) * 0.707106781f;
  const Vec gaussian = exponential(-magnitude * magnitude);
  const Vec t = 1.0f / fma(magnitude, broadcast(0.3275911f), broadcast(1.0f));
  const Vec upper_half = 0.5f * t * polynomial(t, coefficients) * gaussian;
  density = gaussian * 0.398942280f;
  return x < 0.0f ? upper_half : 1.0f - upper_half;
}

/// Two standard normal numbers from two random words (Box & Muller, 1958). The logarithm's argument has 24
/// bits and lies in (0, 1]; the angle in [-pi, pi).
SYMSCAN_INLINE void box_muller(WordVec word_1, WordVec word_2, Vec& normal_1, Vec& normal_2) {
  const Vec u = (to_float(as_int(word_1 >> 8)) + 0.5f) * 0x1p-24f;
  const Vec radius = square_root(larger(logarithm(u) * -2.0f, Vec{}));
  Vec sine, cosine;
  sine_cosine_pi(to_float(as_int(word_2)) * 0x1p-31f, sine, cosine);
  normal_1 = radius * cosine;
  normal_2 = radius * sine;
}

/// Philox4x32-10 (philox.hpp) for consecutive items: counter = (item, block, step words).
SYMSCAN_INLINE void philox_words(WordVec item, std::uint32_t block, std::uint32_t word_2,
                                 std::uint32_t word_3, std::uint32_t key_0, std::uint32_t key_1,
                                 WordVec (&words)[4]) {
  WordVec c0 = item, c1 = broadcast_word(block), c2 = broadcast_word(word_2), c3 = broadcast_word(word_3);
  SYMSCAN_UNROLL
  for (int round = 0; round < 10; ++round) {
    WordVec high_0, low_0, high_1, low_1;
    multiply_wide(c0, philox_multiplier_0, high_0, low_0);
    multiply_wide(c2, philox_multiplier_1, high_1, low_1);
    c0 = high_1 ^ c1 ^ key_0;
    c1 = low_1;
    c2 = high_0 ^ c3 ^ key_1;
    c3 = low_0;
    key_0 += philox_weyl_0;
    key_1 += philox_weyl_1;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

}  // namespace symscan::SYMSCAN_ISA
