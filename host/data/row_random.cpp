// The random numbers of built-in datasets. Counter-based, so that row i of a dataset does not depend on n,
// on the other rows or on the thread that makes it.
//
// Philox4x32-10 (Salmon et al., SC11): key = {seed low, seed high};
// counter = {block, row low, row high, 0xDA7A0000}. The last word keeps these streams apart from those of the
// training, which use other purposes in its place.
#include <array>
#include <cmath>
#include <numbers>

#include "host/data/dataset.hpp"
#include "kernels/philox.hpp"

namespace symscan {
namespace {
constexpr std::uint32_t kDataPurpose = 0xDA7A0000u;
}

RowRandom::RowRandom(std::uint64_t seed, std::uint64_t row) : seed_(seed), row_(row) {}

std::uint32_t RowRandom::next_word() {
  const std::size_t lane = drawn_ % 4;
  if (lane == 0) {
    const std::array<std::uint32_t, 4> counter = {static_cast<std::uint32_t>(drawn_ / 4),
                                                  static_cast<std::uint32_t>(row_),
                                                  static_cast<std::uint32_t>(row_ >> 32), kDataPurpose};
    const std::array<std::uint32_t, 2> key = {static_cast<std::uint32_t>(seed_),
                                              static_cast<std::uint32_t>(seed_ >> 32)};
    const std::array<std::uint32_t, 4> words = philox4x32(counter, key);
    for (std::size_t i = 0; i < 4; ++i) block_[i] = words[i];
  }
  ++drawn_;
  return block_[lane];
}

double RowRandom::uniform() {
  const std::uint64_t low = next_word();
  const std::uint64_t high = next_word();
  const std::uint64_t bits = ((high << 32) | low) >> 12;
  // The middles of 2^52 equal cells, all exact in 53 bits: neither 0 nor 1 can come out, so logarithms are
  // safe.
  return (static_cast<double>(bits) + 0.5) * 0x1.0p-52;
}

double RowRandom::normal() {
  // Box-Muller; the sine partner is not kept, so that the position in the stream is the only state.
  const double radius = std::sqrt(-2.0 * std::log(uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace symscan
