#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "host/base/aligned.hpp"
#include "kernels/cpu_backend.hpp"
#include "tests/kernels/tiles_reference.hpp"

namespace symscan::test {
namespace {

AlignedFloats range(double low, double high, std::size_t count) {
  AlignedFloats x(count);
  for (std::size_t i = 0; i < count; ++i) {
    x.data()[i] =
        static_cast<float>(low + (high - low) * static_cast<double>(i) / static_cast<double>(count - 1));
  }
  return x;
}

double ulp_error(float got, double expected) {
  const auto rounded = static_cast<float>(expected);
  const double ulp = static_cast<double>(std::nextafter(std::abs(rounded), HUGE_VALF)) - std::abs(rounded);
  return std::abs(got - expected) / ulp;
}

constexpr std::size_t count = 1 << 18;

TEST(SimdMath, ExponentialIsWithinTwoUlp) {
  for (const CpuBackend* backend : cpu_backends()) {
    const AlignedFloats x = range(-87.0, 88.7, count);
    AlignedFloats y(count);
    backend->exponential(x.data(), y.data(), count);
    double largest = 0;
    for (std::size_t i = 0; i < count; ++i)
      largest = std::max(largest, ulp_error(y.data()[i], std::exp(static_cast<double>(x.data()[i]))));
    EXPECT_LE(largest, 2.0) << backend->name;
  }
}

TEST(SimdMath, LogarithmIsWithinTwoUlpOfItsScale) {
  for (const CpuBackend* backend : cpu_backends()) {
    AlignedFloats x(count), y(count);
    for (std::size_t i = 0; i < count; ++i) x.data()[i] = static_cast<float>((i + 0.5) / count);
    backend->logarithm(x.data(), y.data(), count);
    for (std::size_t i = 0; i < count; ++i) {
      const double expected = std::log(static_cast<double>(x.data()[i]));
      ASSERT_NEAR(y.data()[i], expected, 2.5e-7 * std::abs(expected))
          << backend->name << " at " << x.data()[i];
    }
  }
}

TEST(SimdMath, TanhNowhereExceedsOne) {
  for (const CpuBackend* backend : cpu_backends()) {
    const AlignedFloats x = range(7.0, 9.5, count);
    AlignedFloats y(count), slope(count);
    backend->activate(Activation::tanh, x.data(), y.data(), slope.data(), count);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_LE(y.data()[i], 1.0f) << backend->name << " at " << x.data()[i];
      ASSERT_GE(slope.data()[i], 0.0f) << backend->name << " at " << x.data()[i];
    }
    EXPECT_NEAR(y.data()[count - 1], 1.0f, 1.2e-7f) << backend->name;  // the last bit, where nothing is fused
  }
}

float with_error(float value, int ulps) {
  return ulps < 0 ? std::nextafter(value, 0.0f) : ulps > 0 ? std::nextafter(value, HUGE_VALF) : value;
}

/// What divide_in_range (kernels/scalar.hpp) does on a GPU, whose reciprocals are within one ulp: correctly
/// rounded for every such reciprocal.
TEST(SimdMath, DivisionByAReciprocalIsRoundedCorrectly) {
  std::uint64_t state = 1;
  const auto draw = [&] {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const auto word = static_cast<std::uint32_t>(state >> 32);
    return std::ldexp(1.0f + static_cast<float>(word & 0x7FFFFF) * 0x1p-23f,
                      static_cast<int>((word >> 23) % 120) - 60);
  };
  for (int i = 0; i < 1 << 20; ++i) {
    const float a = draw(), b = draw(), exact = a / b;
    for (const int error : {-1, 0, 1}) {
      float r = with_error(1.0f / b, error);
      r = std::fma(r, std::fma(-b, r, 1.0f), r);
      const float q = a * r;
      ASSERT_EQ(std::fma(r, std::fma(-b, q, a), q), exact) << a << " / " << b << ", error " << error;
    }
  }
}

TEST(SimdMath, TanhIsWithinSixUlp) {
  for (const CpuBackend* backend : cpu_backends()) {
    for (const double limit : {0.01, 1.0, 12.0}) {
      const AlignedFloats x = range(-limit, limit, count);
      AlignedFloats y(count), slope(count);
      backend->activate(Activation::tanh, x.data(), y.data(), slope.data(), count);
      double largest = 0;
      for (std::size_t i = 0; i < count; ++i) {
        largest = std::max(largest, ulp_error(y.data()[i], std::tanh(static_cast<double>(x.data()[i]))));
        ASSERT_LE(std::abs(y.data()[i]), 1.0f);
      }
      EXPECT_LE(largest, 6.0) << backend->name << " up to " << limit;
    }
  }
}

TEST(SimdMath, ActivationsAndSlopesAgreeWithTheirDefinitions) {
  for (const CpuBackend* backend : cpu_backends()) {
    for (const Activation activation : all_activations) {
      const AlignedFloats x = range(-15, 15, 4096);
      AlignedFloats y(4096), slope(4096);
      backend->activate(activation, x.data(), y.data(), slope.data(), 4096);
      for (std::size_t i = 0; i < 4096; ++i) {
        const double at = x.data()[i];
        ASSERT_NEAR(y.data()[i], reference_activation(activation, at), 1e-6 * (1 + std::abs(at)));
        ASSERT_NEAR(slope.data()[i], reference_slope(activation, at), 2e-6)
            << "activation " << static_cast<int>(activation) << " at " << at;
      }
    }
  }
}

TEST(SimdMath, SpecialValues) {
  constexpr float infinity = std::numeric_limits<float>::infinity(),
                  nan = std::numeric_limits<float>::quiet_NaN();
  for (const CpuBackend* backend : cpu_backends()) {
    AlignedFloats x(16), y(16), slope(16);
    const float inputs[] = {infinity, -infinity, nan, 0.0f, 1000.0f, -1000.0f, 89.0f, -88.0f};
    std::copy(std::begin(inputs), std::end(inputs), x.begin());
    backend->exponential(x.data(), y.data(), 16);
    EXPECT_EQ(y.data()[0], infinity);
    EXPECT_EQ(y.data()[1], 0.0f);
    EXPECT_TRUE(std::isnan(y.data()[2]));
    EXPECT_EQ(y.data()[3], 1.0f);
    EXPECT_EQ(y.data()[4], infinity);
    EXPECT_EQ(y.data()[5], 0.0f);
    EXPECT_EQ(y.data()[6], infinity);
    EXPECT_EQ(y.data()[7], 0.0f);
    for (const Activation activation : all_activations) {
      backend->activate(activation, x.data(), y.data(), slope.data(), 16);
      EXPECT_TRUE(std::isnan(y.data()[2]))
          << "a NaN must not vanish in activation " << static_cast<int>(activation);
    }
  }
}

}  // namespace
}  // namespace symscan::test
