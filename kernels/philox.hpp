#pragma once
#include <array>
#include <cstdint>

#include "kernels/host_device.hpp"

/// Counter-based random numbers: no state, so that every draw depends only on what it is for.
/// Source: J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11 (Philox4x32-10); the same
/// words as Random123 and as cuRAND's device generator (tests/kernels/philox_test.cpp).
namespace symscan {

/// What a random number is for. The value is the top byte of the last counter word.
enum class Stream : std::uint32_t {
  training_noise = 1,    ///< eps of the reparameterisation; step = training step
  initial_weights = 2,   ///< step = layer
  shuffle = 3,           ///< step = epoch
  validation_noise = 4,  ///< step = 0: the same draw every epoch
  evaluation_noise = 5,  ///< step = 0
  validation_split = 6,  ///< step = 0
};

inline constexpr std::uint32_t philox_multiplier_0 = 0xD2511F53u, philox_multiplier_1 = 0xCD9E8D57u;
inline constexpr std::uint32_t philox_weyl_0 = 0x9E3779B9u, philox_weyl_1 = 0xBB67AE85u;

/// Ten rounds of Philox4x32.
SYMSCAN_HOST_DEVICE std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                                            std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product_0 = std::uint64_t{philox_multiplier_0} * counter[0];
    const std::uint64_t product_1 = std::uint64_t{philox_multiplier_1} * counter[2];
    counter = {static_cast<std::uint32_t>(product_1 >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(product_1),
               static_cast<std::uint32_t>(product_0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product_0)};
    key[0] += philox_weyl_0;
    key[1] += philox_weyl_1;
  }
  return counter;
}

/// The counter of a draw: cuRAND's (offset / 4 = item | block << 32, subsequence = step | stream << 56) under
/// key = seed. `item` is a sample or an output neuron, `block` counts the draws of that item by four.
SYMSCAN_HOST_DEVICE std::array<std::uint32_t, 4> draw_counter(Stream stream, std::uint64_t step,
                                                              std::uint32_t item, std::uint32_t block) {
  return {item, block, static_cast<std::uint32_t>(step),
          (static_cast<std::uint32_t>(stream) << 24) | (static_cast<std::uint32_t>(step >> 32) & 0xFFFFFFu)};
}

SYMSCAN_HOST_DEVICE std::array<std::uint32_t, 2> seed_key(std::uint64_t seed) {
  return {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
}

}  // namespace symscan
