#pragma once
#include <cstdint>

#include "kernels/philox.hpp"

namespace symscan {

/// A pseudo-random permutation of 0..count-1 that needs no memory: position i gives its element directly, on
/// any device, in any order. A Feistel network on the next power of two (six rounds, keys from Philox), with
/// cycle walking: elements outside the range are permuted again (Black & Rogaway, "Ciphers with arbitrary
/// finite domains", 2002).
class Permutation {
 public:
  /// Of no elements: a place for one to be assigned to.
  Permutation() = default;
  SYMSCAN_HOST_DEVICE Permutation(std::uint64_t seed, Stream stream, std::uint64_t step, std::uint32_t count)
      : count_(count) {
    int bits = 2;
    while (bits < 32 && (std::uint64_t{1} << bits) < count) ++bits;
    right_bits_ = bits / 2;
    left_bits_ = bits - right_bits_;
    for (std::uint32_t block = 0; block < 2; ++block) {
      const auto words = philox4x32(draw_counter(stream, step, 0, block), seed_key(seed));
      for (int i = 0; i < 3; ++i) keys_[3 * block + i] = words[i];
    }
  }

  SYMSCAN_HOST_DEVICE std::uint32_t operator()(std::uint32_t position) const {
    std::uint32_t element = position;
    do element = permute_power_of_two(element);
    while (element >= count_);
    return element;
  }

  std::uint32_t count() const { return count_; }

  /// The network once: a permutation of the next power of two. Words: std::uint32_t or a vector of them. Odd
  /// and even rounds change the other part, so that parts of unequal width are fine.
  template <class Words>
  SYMSCAN_HOST_DEVICE Words permute_power_of_two(Words element) const {
    const std::uint32_t right_mask = (1u << right_bits_) - 1, left_mask = (1u << left_bits_) - 1;
    Words left = element >> right_bits_, right = element & right_mask;
    for (int round = 0; round < 6; round += 2) {
      left ^= mix(right, keys_[round]) & left_mask;
      right ^= mix(left, keys_[round + 1]) & right_mask;
    }
    return (left << right_bits_) | right;
  }

 private:
  /// Every bit of the result depends on every bit of value and key (the finaliser of MurmurHash3).
  template <class Words>
  static SYMSCAN_HOST_DEVICE Words mix(Words value, std::uint32_t key) {
    Words hash = value + key;
    hash = (hash ^ (hash >> 16)) * 0x85EBCA6Bu;
    hash = (hash ^ (hash >> 13)) * 0xC2B2AE35u;
    return hash ^ (hash >> 16);
  }

  std::uint32_t count_ = 0;
  int left_bits_ = 0, right_bits_ = 0;
  std::uint32_t keys_[6] = {};
};

}  // namespace symscan
