#pragma once
#include "kernels/elementwise.hpp"

// Register tiles of the three matrix products of a layer: what one thread computes. No barriers, no thread
// numbers. Matrices are [row][sample]. Each result is one chain of fused multiply-adds in the order of the
// depth, as on the CPU.

namespace symscan::block {

using namespace scalar;

struct alignas(16) Four {
  float x, y, z, w;
};

SYMSCAN_BLOCK Four load4(const float* address) {
  return *reinterpret_cast<const Four*>(address);
}
template <int samples>
SYMSCAN_BLOCK void load_samples(const float* address, float (&value)[samples]) {
  if constexpr (samples == 4) {
    const Four four = load4(address);
    value[0] = four.x, value[1] = four.y, value[2] = four.z, value[3] = four.w;
  } else {
    value[0] = *address;
  }
}

template <int samples>
SYMSCAN_BLOCK void store_samples(float* address, const float (&value)[samples]) {
  if constexpr (samples == 4) {
    *reinterpret_cast<Four*>(address) = Four{value[0], value[1], value[2], value[3]};
  } else {
    *address = value[0];
  }
}

/// sum[r][s] += sum_k w[k * inner + r * outer] in[k * stride + s], where one of inner and outer is 1. Rows
/// beyond `last_row` are computed from that row again (outer > 1) or from the weights' padding (outer == 1).
template <int rows, int samples>
SYMSCAN_BLOCK void multiply_tile(const float* w, int inner, int outer, int last_row, int depth,
                                 const float* in, int stride, float (&sum)[rows][samples]) {
  const auto add = [&](const float(&weight)[rows], int k) {
    float x[samples];
    load_samples(in + k * stride, x);
    SYMSCAN_UNROLL
    for (int r = 0; r < rows; ++r) {
      SYMSCAN_UNROLL
      for (int s = 0; s < samples; ++s) sum[r][s] = fma(weight[r], x[s], sum[r][s]);
    }
  };
  if (outer == 1) {
    for (int k = 0; k < depth; ++k) {
      float weight[rows];
      if constexpr (rows % 4 == 0) {
        SYMSCAN_UNROLL
        for (int r = 0; r < rows; r += 4) {
          const Four four = load4(w + k * inner + r);
          weight[r] = four.x, weight[r + 1] = four.y, weight[r + 2] = four.z, weight[r + 3] = four.w;
        }
      } else {
        SYMSCAN_UNROLL
        for (int r = 0; r < rows; ++r) weight[r] = w[k * inner + r];
      }
      add(weight, k);
    }
    return;
  }
  const float* row[rows];
  SYMSCAN_UNROLL
  for (int r = 0; r < rows; ++r) row[r] = w + (r < last_row ? r : last_row) * outer;
  int k = 0;
  for (; k + 4 <= depth; k += 4) {
    Four four[rows];
    SYMSCAN_UNROLL
    for (int r = 0; r < rows; ++r) four[r] = load4(row[r] + k);
    float weight[rows];
    SYMSCAN_UNROLL
    for (int r = 0; r < rows; ++r) weight[r] = four[r].x;
    add(weight, k);
    SYMSCAN_UNROLL
    for (int r = 0; r < rows; ++r) weight[r] = four[r].y;
    add(weight, k + 1);
    SYMSCAN_UNROLL
    for (int r = 0; r < rows; ++r) weight[r] = four[r].z;
    add(weight, k + 2);
    SYMSCAN_UNROLL
    for (int r = 0; r < rows; ++r) weight[r] = four[r].w;
    add(weight, k + 3);
  }
  for (; k < depth; ++k) {
    float weight[rows];
    SYMSCAN_UNROLL
    for (int r = 0; r < rows; ++r) weight[r] = row[r][k];
    add(weight, k);
  }
}

/// sum[i][o] += sum_s x[i][s] y[o][s] over `columns` samples (a multiple of 4); rows x[i] are at
/// in + (i * in_step) * stride and likewise y, clamped to the last row.
template <int inputs, int outputs>
SYMSCAN_BLOCK void gradient_tile(const float* in, int in_step, int last_in, const float* out, int out_step,
                                 int last_out, int stride, int columns, float (&sum)[inputs][outputs]) {
  int x_row[inputs], y_row[outputs];
  SYMSCAN_UNROLL
  for (int i = 0; i < inputs; ++i) x_row[i] = (i * in_step < last_in ? i * in_step : last_in) * stride;
  SYMSCAN_UNROLL
  for (int o = 0; o < outputs; ++o) y_row[o] = (o * out_step < last_out ? o * out_step : last_out) * stride;
  for (int s = 0; s < columns; s += 4) {
    Four x[inputs];
    SYMSCAN_UNROLL
    for (int i = 0; i < inputs; ++i) x[i] = load4(in + x_row[i] + s);
    SYMSCAN_UNROLL
    for (int o = 0; o < outputs; ++o) {
      const Four y = load4(out + y_row[o] + s);
      SYMSCAN_UNROLL
      for (int i = 0; i < inputs; ++i) {
        float chain = sum[i][o];
        chain = fma(x[i].x, y.x, chain);
        chain = fma(x[i].y, y.y, chain);
        chain = fma(x[i].z, y.z, chain);
        sum[i][o] = fma(x[i].w, y.w, chain);
      }
    }
  }
}

/// The activation's value and derivative, chosen at run time.
SYMSCAN_BLOCK float activate_at_run_time(Activation activation, float x, float& derivative) {
  switch (activation) {
    case Activation::tanh:
      return activate<Activation::tanh>(x, derivative);
    case Activation::relu:
      return activate<Activation::relu>(x, derivative);
    case Activation::gelu:
      return activate<Activation::gelu>(x, derivative);
    case Activation::silu:
      return activate<Activation::silu>(x, derivative);
    case Activation::linear:
      break;
  }
  derivative = 1.0f;
  return x;
}

/// The activation's derivative from its value, where it is not stored.
SYMSCAN_BLOCK float slope_at_run_time(Activation activation, float y) {
  if (activation == Activation::tanh) return slope_from_value<Activation::tanh>(y);
  if (activation == Activation::relu) return slope_from_value<Activation::relu>(y);
  return 1.0f;
}

}  // namespace symscan::block
