#pragma once
#include "kernels/block/layout.hpp"
#include "kernels/elementwise.hpp"
#include "kernels/scalar.hpp"

// The update of four parameters by one thread.

namespace symscan::block {

using namespace scalar;

/// Whether a number is +0 or its magnitude lies in [2^-60, 2^60].
SYMSCAN_BLOCK bool is_zero_or_moderate(float value) {
  const auto word = static_cast<std::uint32_t>(bits(value));
  return word == 0 || (word & 0x7FFFFFFFu) - 0x21800000u <= 0x5D800000u - 0x21800000u;
}

/// adam_update (elementwise.hpp) on four parameters; in the common case without the branches that each root
/// and each division has for numbers near the ends of the range.
SYMSCAN_BLOCK void adam_update_4(const OptimizerStep& step, const float (&gradient)[4], float (&parameter)[4],
                                 float (&first)[4], float (&second)[4]) {
#if defined(__CUDA_ARCH__)
  float square[4], direction[4];
  bool moderate = true;
  SYMSCAN_UNROLL
  for (int k = 0; k < 4; ++k) {
    first[k] = fma(step.decay_1, first[k], step.take_1 * gradient[k]);
    second[k] = fma(step.decay_2, second[k], step.take_2 * (gradient[k] * gradient[k]));
    square[k] = second[k] * step.correct_2;
    const float root = root_in_range(square[k] == 0.0f ? 1.0f : square[k]);
    const float divisor = (square[k] == 0.0f ? 0.0f : root) + step.epsilon;
    moderate =
        moderate && is_zero_or_moderate(square[k]) && is_zero_or_moderate(first[k]) && divisor > 0x1p-60f;
    direction[k] = divide_in_range(first[k], divisor);
  }
  if (!moderate) {
    SYMSCAN_UNROLL
    for (int k = 0; k < 4; ++k) direction[k] = first[k] / (square_root(square[k]) + step.epsilon);
  }
  SYMSCAN_UNROLL
  for (int k = 0; k < 4; ++k) parameter[k] = adam_step(step, direction[k], parameter[k]);
#else
  for (int k = 0; k < 4; ++k) adam_update(step, gradient[k], parameter[k], first[k], second[k]);
#endif
}

}  // namespace symscan::block
