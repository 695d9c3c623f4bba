#pragma once
#include "kernels/elementwise.hpp"

// Register tiles of the three matrix products of a layer: what one thread computes. No barriers, no thread
// numbers. Matrices are [row][sample]. Each result is one chain of fused multiply-adds in the order of the
// depth, as on the CPU.

namespace symscan::block {

using namespace scalar;

#if defined(__CUDACC__)
using Four = float4;
using Two = float2;
#else
struct alignas(16) Four {
  float x, y, z, w;
};
struct alignas(8) Two {
  float x, y;
};
#endif
static_assert(sizeof(Four) == 16 && alignof(Four) == 16, "one 128-bit access");

SYMSCAN_BLOCK Four load4(const float* address) {
  return *reinterpret_cast<const Four*>(address);
}
SYMSCAN_BLOCK void store4(float* address, const float* value) {
  *reinterpret_cast<Four*>(address) = Four{value[0], value[1], value[2], value[3]};
}
/// The same to shared memory; written out, because the compiler makes four stores of it.
SYMSCAN_BLOCK void store4_shared(float* address, const float* value) {
#if defined(__CUDA_ARCH__)
  asm volatile("st.shared.v4.f32 [%0], {%1, %2, %3, %4};" ::"r"(
                   static_cast<unsigned>(__cvta_generic_to_shared(address))),
               "f"(value[0]), "f"(value[1]), "f"(value[2]), "f"(value[3])
               : "memory");
#else
  store4(address, value);
#endif
}
SYMSCAN_BLOCK void unpack(const Four& four, float* value) {
  value[0] = four.x, value[1] = four.y, value[2] = four.z, value[3] = four.w;
}

/// `count` consecutive numbers, four at a time where count is a multiple of four (then aligned to 16 bytes).
template <int count>
SYMSCAN_BLOCK void load_samples(const float* address, float (&value)[count]) {
  if constexpr (count % 4 == 0) {
    SYMSCAN_UNROLL
    for (int i = 0; i < count; i += 4) unpack(load4(address + i), value + i);
  } else if constexpr (count == 2) {
    const Two two = *reinterpret_cast<const Two*>(address);
    value[0] = two.x, value[1] = two.y;
  } else {
    SYMSCAN_UNROLL
    for (int i = 0; i < count; ++i) value[i] = address[i];
  }
}
template <int count>
SYMSCAN_BLOCK void store_samples(float* address, const float (&value)[count]) {
  if constexpr (count % 4 == 0) {
    SYMSCAN_UNROLL
    for (int i = 0; i < count; i += 4) store4(address + i, value + i);
  } else {
    SYMSCAN_UNROLL
    for (int i = 0; i < count; ++i) address[i] = value[i];
  }
}

/// To shared memory: 4 samples or 1.
template <int samples>
SYMSCAN_BLOCK void store_shared(float* address, const float (&value)[samples]) {
  if constexpr (samples == 4) {
    store4_shared(address, value);
  } else {
    store_samples(address, value);
  }
}

/// sum[r][s] += weight[r] x[s]
template <int rows, int samples>
SYMSCAN_BLOCK void add_products(const float (&weight)[rows], const float (&x)[samples],
                                float (&sum)[rows][samples]) {
  SYMSCAN_UNROLL
  for (int r = 0; r < rows; ++r) {
    SYMSCAN_UNROLL
    for (int s = 0; s < samples; ++s) sum[r][s] = fma(weight[r], x[s], sum[r][s]);
  }
}

/// sum[r][s] += sum_k w[k * step + r] in[k * stride + s]. Rows beyond the last are computed from the weights'
/// padding.
template <int rows, int samples>
SYMSCAN_BLOCK void multiply_rows_contiguous(const float* w, int step, int depth, const float* in, int stride,
                                            float (&sum)[rows][samples]) {
  SYMSCAN_UNROLL_BY(4)
  for (int k = 0; k < depth; ++k) {
    float weight[rows], x[samples];
    load_samples(w, weight);
    load_samples(in, x);
    add_products(weight, x, sum);
    w += step;
    in += stride;
  }
}

/// sum[r][s] += sum_k w[k + r * step] in[k * stride + s]. Rows beyond `last_row` are computed from that row
/// again.
template <int rows, int samples>
SYMSCAN_BLOCK void multiply_depth_contiguous(const float* w, int step, int last_row, int depth,
                                             const float* in, int stride, float (&sum)[rows][samples]) {
  const float* row[rows];
  SYMSCAN_UNROLL
  for (int r = 0; r < rows; ++r) row[r] = w + (r < last_row ? r : last_row) * step;
  int k = 0;
  SYMSCAN_NO_UNROLL
  for (; k + 4 <= depth; k += 4) {
    float weight[rows][4];
    SYMSCAN_UNROLL
    for (int r = 0; r < rows; ++r) unpack(load4(row[r] + k), weight[r]);
    SYMSCAN_UNROLL
    for (int j = 0; j < 4; ++j) {
      float x[samples], one[rows];
      load_samples(in, x);
      SYMSCAN_UNROLL
      for (int r = 0; r < rows; ++r) one[r] = weight[r][j];
      add_products(one, x, sum);
      in += stride;
    }
  }
  SYMSCAN_NO_UNROLL
  for (; k < depth; ++k) {
    float weight[rows], x[samples];
    SYMSCAN_UNROLL
    for (int r = 0; r < rows; ++r) weight[r] = row[r][k];
    load_samples(in, x);
    add_products(weight, x, sum);
    in += stride;
  }
}

/// sum[a][b] += sum_s x[a][s] y[b][s] over `columns` samples (a multiple of 4). Rows x[a] are at
/// x + a * x_step * stride, rows y[b] at y + b * stride; beyond the last the last is taken again.
template <int as, int bs>
SYMSCAN_BLOCK void gradient_tile(const float* x, int x_step, int last_a, const float* y, int last_b,
                                 int stride, int columns, float (&sum)[as][bs]) {
  const float *x_row[as], *y_row[bs];
  SYMSCAN_UNROLL
  for (int a = 0; a < as; ++a) x_row[a] = x + (a * x_step < last_a ? a * x_step : last_a) * stride;
  SYMSCAN_UNROLL
  for (int b = 0; b < bs; ++b) y_row[b] = y + (b < last_b ? b : last_b) * stride;
  SYMSCAN_UNROLL_BY(2)
  for (int s = 0; s < columns; s += 4) {
    Four four[as];
    SYMSCAN_UNROLL
    for (int a = 0; a < as; ++a) four[a] = load4(x_row[a] + s);
    SYMSCAN_UNROLL
    for (int b = 0; b < bs; ++b) {
      const Four other = load4(y_row[b] + s);
      SYMSCAN_UNROLL
      for (int a = 0; a < as; ++a) {
        float chain = sum[a][b];
        chain = fma(four[a].x, other.x, chain);
        chain = fma(four[a].y, other.y, chain);
        chain = fma(four[a].z, other.z, chain);
        sum[a][b] = fma(four[a].w, other.w, chain);
      }
    }
  }
}

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
  float square[4], divisor[4];
  bool moderate = true;
  SYMSCAN_UNROLL
  for (int k = 0; k < 4; ++k) {
    first[k] = fma(step.decay_1, first[k], step.take_1 * gradient[k]);
    second[k] = fma(step.decay_2, second[k], step.take_2 * (gradient[k] * gradient[k]));
    square[k] = second[k] * step.correct_2;
    const float root = root_in_range(square[k] == 0.0f ? 1.0f : square[k]);
    divisor[k] = (square[k] == 0.0f ? 0.0f : root) + step.epsilon;
    moderate = moderate && is_zero_or_moderate(square[k]) && is_zero_or_moderate(first[k]) &&
               divisor[k] > 0x1p-60f;
  }
  if (moderate) {
    SYMSCAN_UNROLL
    for (int k = 0; k < 4; ++k) {
      parameter[k] = adam_step(step, divide_in_range(first[k], divisor[k]), parameter[k]);
    }
    return;
  }
  SYMSCAN_NO_UNROLL
  for (int k = 0; k < 4; ++k) {
    divisor[k] = square_root(square[k]) + step.epsilon;
    parameter[k] = adam_step(step, first[k] / divisor[k], parameter[k]);
  }
#else
  for (int k = 0; k < 4; ++k) adam_update(step, gradient[k], parameter[k], first[k], second[k]);
#endif
}

}  // namespace symscan::block
