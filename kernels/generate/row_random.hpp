#pragma once
#include <cmath>
#include <cstdint>

#include "kernels/philox.hpp"

namespace symscan {

inline constexpr double two_pi = 2 * 3.14159265358979323846;

/// Random numbers of one row of a built-in dataset: a stream keyed by (dataset seed, row), so that row i is
/// the same whatever n is, on whatever thread and on whatever device it is made.
///
/// Philox4x32-10 with key = {seed low, seed high} and counter = {block, row low, row high, 0xDA7A0000}. The
/// last word keeps these streams apart from those of the training (enum Stream in philox.hpp).
class RowRandom {
 public:
  SYMSCAN_HOST_DEVICE RowRandom(std::uint64_t seed, std::uint64_t row) : seed_(seed), row_(row) {}

  /// In (0, 1): the middles of 2^52 equal cells, all exact in 53 bits. Neither 0 nor 1 can come out, so
  /// logarithms are safe.
  SYMSCAN_HOST_DEVICE double uniform() {
    return (static_cast<double>(next_bits() >> 12) + 0.5) * (1.0 / 4503599627370496.0);
  }

  SYMSCAN_HOST_DEVICE double uniform(double low, double high) { return low + (high - low) * uniform(); }

  /// Mean 0, variance 1. Box-Muller; the sine partner is not kept, so that the position in the stream is the
  /// only state.
  SYMSCAN_HOST_DEVICE double normal() {
    const double radius = std::sqrt(-2.0 * std::log(uniform()));
    return radius * std::cos(two_pi * uniform());
  }

 private:
  /// A block of four words gives two draws of 64 bits.
  SYMSCAN_HOST_DEVICE std::uint64_t next_bits() {
    if (drawn_++ % 2 == 1) return second_;
    const auto words =
        philox4x32({static_cast<std::uint32_t>((drawn_ - 1) / 2), static_cast<std::uint32_t>(row_),
                    static_cast<std::uint32_t>(row_ >> 32), 0xDA7A0000u},
                   seed_key(seed_));
    second_ = (std::uint64_t{words[3]} << 32) | words[2];
    return (std::uint64_t{words[1]} << 32) | words[0];
  }

  std::uint64_t seed_, row_;
  std::uint64_t drawn_ = 0;   ///< 64-bit draws so far
  std::uint64_t second_ = 0;  ///< of the current block
};

}  // namespace symscan
