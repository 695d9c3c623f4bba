#include <Random123/philox.h>
#undef philox4x32  // a macro of Random123 with the name of our function

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

#include "kernels/cpu_backend.hpp"
#include "kernels/permutation.hpp"
#include "kernels/philox.hpp"
#include "tests/kernels/tiles_reference.hpp"

namespace symscan::test {
namespace {

TEST(Philox, GivesThePublishedWords) {
  // Known answers of Random123 1.14, tests/kat_vectors, philox4x32 10
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, EqualsRandom123) {
  std::mt19937 random(3);
  for (int i = 0; i < 20000; ++i) {
    const std::array<std::uint32_t, 4> counter = {
        static_cast<std::uint32_t>(random()), static_cast<std::uint32_t>(random()),
        static_cast<std::uint32_t>(random()), static_cast<std::uint32_t>(random())};
    const std::array<std::uint32_t, 2> key = {static_cast<std::uint32_t>(random()),
                                              static_cast<std::uint32_t>(random())};
    const philox4x32_ctr_t expected =
        ::philox4x32_R(10, {{counter[0], counter[1], counter[2], counter[3]}}, {{key[0], key[1]}});
    const auto words = symscan::philox4x32(counter, key);
    for (int w = 0; w < 4; ++w) ASSERT_EQ(words[w], expected.v[w]);
  }
}

TEST(Philox, VectorNormalsAreTheScalarOnes) {
  for (const CpuBackend* backend : cpu_backends()) {
    const Noise noise{0x123456789abcdef0, Stream::evaluation_noise, 0x1234567890};
    constexpr std::size_t count = 4096;
    alignas(64) static float normals[4 * count];
    backend->normals(noise, 77, 3, count, normals);
    double sum = 0, squares = 0, fourth = 0;
    for (std::size_t i = 0; i < count; ++i) {
      for (int r = 0; r < 4; ++r) {
        const double value = normals[r * count + i];
        ASSERT_NEAR(value, reference_normal(noise, 77 + static_cast<std::uint32_t>(i), 12 + r),
                    2e-6 * (1 + std::abs(value)))
            << backend->name;
        sum += value;
        squares += value * value;
        fourth += value * value * value * value;
      }
    }
    const double n = 4 * count;
    EXPECT_NEAR(sum / n, 0, 5 / std::sqrt(n));
    EXPECT_NEAR(squares / n, 1, 5 * std::sqrt(2 / n));
    EXPECT_NEAR(fourth / n, 3, 5 * std::sqrt(96 / n));
  }
}

TEST(Permutation, HasEveryElementOnce) {
  for (const std::uint32_t count : {1u, 2u, 3u, 7u, 33u, 64u, 65u, 129u, 1000u, 9000u, 65536u, 65537u}) {
    const Permutation permutation(5, Stream::shuffle, 2, count);
    std::vector<bool> seen(count, false);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t element = permutation(i);
      ASSERT_LT(element, count);
      ASSERT_FALSE(seen[element]) << count;
      seen[element] = true;
    }
  }
}

TEST(Permutation, PutsEveryElementAnywhereEquallyOften) {
  // 13 elements, 20000 epochs: 169 cells, each with mean 20000/13; chi-square with (13-1)^2 degrees of
  // freedom.
  constexpr std::uint32_t count = 13;
  constexpr int epochs = 20000;
  double cells[count][count] = {}, pairs[count][count] = {};
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const Permutation permutation(1, Stream::shuffle, static_cast<std::uint64_t>(epoch), count);
    for (std::uint32_t i = 0; i < count; ++i) cells[i][permutation(i)] += 1;
    pairs[permutation(0)][permutation(1)] += 1;
  }
  double chi_square = 0, pair_chi_square = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    for (std::uint32_t j = 0; j < count; ++j) {
      const double mean = static_cast<double>(epochs) / count;
      chi_square += (cells[i][j] - mean) * (cells[i][j] - mean) / mean;
      const double pair_mean = static_cast<double>(epochs) / (count * (count - 1));
      if (i != j) pair_chi_square += (pairs[i][j] - pair_mean) * (pairs[i][j] - pair_mean) / pair_mean;
    }
  }
  EXPECT_LT(chi_square, 144 + 5 * std::sqrt(2.0 * 144));
  EXPECT_LT(pair_chi_square, 155 + 5 * std::sqrt(2.0 * 155));
}

TEST(Permutation, DiffersBetweenEpochsSeedsAndPurposes) {
  std::set<std::vector<std::uint32_t>> orders;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
      for (const Stream stream : {Stream::shuffle, Stream::validation_split}) {
        const Permutation permutation(seed, stream, epoch, 50);
        std::vector<std::uint32_t> order;
        for (std::uint32_t i = 0; i < 50; ++i) order.push_back(permutation(i));
        orders.insert(order);
      }
    }
  }
  EXPECT_EQ(orders.size(), 18u);
}

}  // namespace
}  // namespace symscan::test
