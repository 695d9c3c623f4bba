#pragma once
#include "kernels/block/team.hpp"
#include "kernels/block/tensor_product.hpp"

// The products of a layer as phases of a block: which tile each thread (or warp) computes.

namespace symscan::block {

/// What all matrices of a block have in common.
template <class Tiles>
struct Matrices {
  decltype(Tiles::team) team;
  SharedPlace origin;
  MatrixShape shape;
  int columns;
  const float* parameters;  ///< Tier::cached: in device memory

  SYMSCAN_BLOCK float* at(int offset) const { return team.memory() + offset; }
  SYMSCAN_BLOCK SharedPlace place(int offset) const { return origin.after(offset); }
  /// Weights and biases by their offset in a LayerProduct.
  SYMSCAN_BLOCK auto weights(int offset) const {
    if constexpr (Tiles::cached) {
      return DevicePlace(parameters + offset);
    } else {
      return place(offset);
    }
  }
  SYMSCAN_BLOCK const float* weights_at(int offset) const {
    return Tiles::cached ? parameters + offset : at(offset);
  }
};

/// What a layer's product is followed by.
enum class After { activation, slope, nothing };

/// out[r][s] = after(bias[r] + sum_k w[k * inner + r * outer] in[k][s]). Offsets are in shared memory; those
/// of weights and biases in the parameter vector if that is not there (Tier::cached).
struct LayerProduct {
  int w, inner, outer, bias;  ///< bias -1: zero
  int rows, depth, in, out;
  After after;
  int value, derivative;  ///< After::slope: where the activation's value and derivative lie
};

template <Activation activation, class Tiles>
SYMSCAN_BLOCK void activate_samples(const Matrices<Tiles>& m, const LayerProduct& p, int offset) {
  float value[4], derivative[4];
  m.place(p.out + offset).template load<0>(value);
  SYMSCAN_UNROLL
  for (int v = 0; v < 4; ++v) value[v] = activate<activation>(value[v], derivative[v]);
  m.place(p.out + offset).store(value);
  if constexpr (stores_derivative(activation)) m.place(p.derivative + offset).store(derivative);
}

/// The activation on 4 stored sums that start at `offset`. One copy: the functions are long, and code that
/// does not fit the instruction cache is slow.
template <class Tiles>
SYMSCAN_BLOCK_CALL void activate_stored(Matrices<Tiles> m, LayerProduct p, int offset) {
  with_activation(m.shape.activation, [&](auto activation) {
    if constexpr (bends(activation)) activate_samples<activation>(m, p, offset);
  });
}

template <Activation activation, int rows, int width>
SYMSCAN_BLOCK void multiply_by_slopes_of(const float (&value)[rows][width], float (&sum)[rows][width]) {
  SYMSCAN_UNROLL
  for (int r = 0; r < rows; ++r) {
    SYMSCAN_UNROLL
    for (int v = 0; v < width; ++v) sum[r][v] *= slope_of_kept<activation>(value[r][v]);
  }
}

/// Calls f(r, place) for the rows r0, r0 + 1, ... of the matrix at `matrix` at samples s.., as far as it has
/// rows.
template <int rows, class Tiles, class F>
SYMSCAN_BLOCK void each_row(const Matrices<Tiles>& m, int matrix, int r0, int last_row, int s, F f) {
  SharedPlace row = m.place(matrix + r0 * m.shape.stride() + s);
  SYMSCAN_UNROLL
  for (int r = 0; r < rows; ++r) {
    if (r0 + r <= last_row) f(r, row.flipped(SharedPlace::flip_of(m.shape.swizzle(r0 + r / 4 * 4))));
    row.advance(m.shape.stride());
  }
}

/// The slope that is told from the value by a comparison: it shares its code with the stored ones.
inline constexpr Activation compared = Activation::relu;
SYMSCAN_HOST_DEVICE constexpr bool has_slope_loop(Activation activation) {
  return bends(activation) && !stores_derivative(activation) && activation != compared;
}

/// sum[r] times the slope of the activation whose values (or stored derivatives) are `kept`.
template <int rows, int width>
SYMSCAN_BLOCK void multiply_by_slopes(Activation activation, bool stored, const float (&kept)[rows][width],
                                      float (&sum)[rows][width]) {
#define SYMSCAN_ACTIVATION(name, slope, weights)          \
  if constexpr (has_slope_loop(Activation::name)) {       \
    if (!stored && activation == Activation::name) {      \
      multiply_by_slopes_of<Activation::name>(kept, sum); \
      return;                                             \
    }                                                     \
  }
  SYMSCAN_ACTIVATIONS(SYMSCAN_ACTIVATION)
#undef SYMSCAN_ACTIVATION
  SYMSCAN_UNROLL
  for (int r = 0; r < rows; ++r) {
    SYMSCAN_UNROLL
    for (int v = 0; v < width; ++v) {
      sum[r][v] *= stored ? kept[r][v] : slope_of_kept<compared>(kept[r][v]);
    }
  }
}

/// Stores rows r0.. of a product at samples s.., times the activation's slope if asked for: the slope's place
/// may be the result's.
template <int rows, int width, class Tiles>
SYMSCAN_BLOCK void store_product(const Matrices<Tiles>& m, const LayerProduct& p, int r0, int s,
                                 float (&sum)[rows][width]) {
  if (p.after == After::slope) {
    float slope[rows][width] = {};
    each_row<rows>(m, p.derivative >= 0 ? p.derivative : p.value, r0, p.rows - 1, s,
                   [&](int r, SharedPlace place) { place.template load<0>(slope[r]); });
    multiply_by_slopes(m.shape.activation, p.derivative >= 0, slope, sum);
  }
  each_row<rows>(m, p.out, r0, p.rows - 1, s, [&](int r, SharedPlace place) { place.store(sum[r]); });
}

template <int rows, int width>
SYMSCAN_BLOCK void hyperbolic_tangents(float (&sum)[rows][width]) {
  SYMSCAN_UNROLL
  for (int r = 0; r < rows; ++r) {
    SYMSCAN_UNROLL
    for (int v = 0; v < width; ++v) sum[r][v] = hyperbolic_tangent(sum[r][v]);
  }
}

/// Each thread computes tiles of rows x 4 results. Neighbours in pairs share their samples and next
/// neighbours their rows, so that a load of 4 samples by 32 threads reads 256 different bytes at most.
template <int rows, bool depth_contiguous, int fixed_stride, class Tiles>
SYMSCAN_BLOCK void multiply_in_tiles(const Matrices<Tiles>& m, const LayerProduct& p) {
  constexpr int width = 4;
  const int across_bits = m.shape.tile_bits - 2;
  const int row_tiles = (p.rows + rows - 1) / rows, pair_bit = row_tiles > 1 ? 1 : 0;
  m.team.phase((row_tiles + pair_bit) >> pair_bit << (across_bits + pair_bit), [&](int i) {
    const int j = i >> pair_bit;
    const int s = (j & ((1 << across_bits) - 1)) * width;
    const int r0 = ((j >> across_bits << pair_bit) + (i & pair_bit)) * rows;
    if (s >= m.columns || r0 >= p.rows) return;
    float sum[rows][width], bias[rows] = {};
    if (p.bias >= 0) m.weights(p.bias + r0).template load<0>(bias);  // beyond the last row there is padding
    SYMSCAN_UNROLL
    for (int r = 0; r < rows; ++r) {
      SYMSCAN_UNROLL
      for (int v = 0; v < width; ++v) sum[r][v] = bias[r];
    }
    if constexpr (depth_contiguous) {
      multiply_depth_contiguous(m.weights(p.w + r0 * p.outer), p.outer, p.rows - 1 - r0, p.depth,
                                SampleRows<fixed_stride>(m.place(p.in + s), m.shape), sum);
    } else {
      multiply_rows_contiguous(m.weights(p.w + r0), p.inner, p.depth,
                               SampleRows<fixed_stride>(m.place(p.in + s), m.shape), sum);
    }
    const bool in_registers = p.after == After::activation && m.shape.activation == Activation::tanh;
    if (in_registers) hyperbolic_tangents(sum);
    store_product(m, p, r0, s, sum);
    if (p.after != After::activation || in_registers) return;
    SYMSCAN_NO_UNROLL
    for (int r = r0; r < r0 + rows && r < p.rows; ++r) activate_stored(m, p, m.shape.at(r, s));
  });
}

template <class Tiles>
SYMSCAN_BLOCK void multiply_on_tensor_cores(const Matrices<Tiles>& m, const LayerProduct& p) {
  const int across = (m.columns + TensorTile::columns - 1) / TensorTile::columns;
  m.team.warp_phase((p.rows + TensorTile::rows - 1) / TensorTile::rows * across, [&](int i) {
    const int s0 = i % across * TensorTile::columns, r0 = i / across * TensorTile::rows;
    TensorTile tile(m.team, m.shape.precision);
    tile.multiply(Factor::weights(m.weights_at(p.w), p.outer, p.inner, r0, p.rows),
                  Factor::samples_as_rows(m.at(p.in), m.shape, s0, m.columns), p.depth);
    tile.each([&](int r, int s, float sum) {
      if (r0 + r >= p.rows || s0 + s >= m.columns) return;
      float one[1][1] = {{sum + (p.bias >= 0 ? m.weights_at(p.bias)[r0 + r] : 0.0f)}};
      store_product(m, p, r0 + r, s0 + s, one);
    });
  });
  if (p.after != After::activation) return;
  const int across_4 = m.columns / 4;
  m.team.phase(p.rows * across_4,
               [&](int i) { activate_stored(m, p, m.shape.at(i / across_4, i % across_4 * 4)); });
}

/// The stride of the tile that most networks get.
inline constexpr int common_stride = 64;

template <bool depth_contiguous, class Tiles>
SYMSCAN_BLOCK void multiply_ordered(const Matrices<Tiles>& m, const LayerProduct& p) {
  const bool common = m.shape.stride() == common_stride;
  const int outputs = p.rows << m.shape.tile_bits, threads = m.team.threads();
  if (outputs >= 32 * threads) {
    common ? multiply_in_tiles<8, depth_contiguous, common_stride>(m, p)
           : multiply_in_tiles<8, depth_contiguous, 0>(m, p);
  } else if (outputs >= 16 * threads) {
    common ? multiply_in_tiles<4, depth_contiguous, common_stride>(m, p)
           : multiply_in_tiles<4, depth_contiguous, 0>(m, p);
  } else if (outputs >= 8 * threads) {
    multiply_in_tiles<2, depth_contiguous, 0>(m, p);
  } else {
    multiply_in_tiles<1, depth_contiguous, 0>(m, p);
  }
}

/// The largest register tile that gives every thread one.
template <class Tiles>
SYMSCAN_BLOCK_CALL void multiply_layer(Matrices<Tiles> m, LayerProduct p) {
  if (m.shape.precision != Precision::fp32 && p.rows >= tensor_least && p.depth >= tensor_least) {
    multiply_on_tensor_cores(m, p);
  } else if (p.outer == 1) {
    multiply_ordered<false>(m, p);
  } else {
    multiply_ordered<true>(m, p);
  }
}

/// The gradient of a bias, from the gradient at its output: a chain over the samples, or segmented sums,
/// whichever the weights' layout gives the CPU.
template <class Tiles>
SYMSCAN_BLOCK void bias_gradient(const Matrices<Tiles>& m, const BlockLayer& now, float* gradient, bool add,
                                 int o) {
  RowSegments<1, 0> row(m.place(now.output + o * m.shape.stride()), m.shape, o);
  float* bias = gradient + now.bias + o;
  float sum = add ? *bias : 0.0f;
  const bool chain = now.out_stride == 1;
  SYMSCAN_NO_UNROLL
  for (int segments = m.columns / segment_samples; segments > 0; --segments) {
    float value[segment_samples];
    load_segment(row, value);
    if (chain) {
      SYMSCAN_UNROLL
      for (int k = 0; k < segment_samples; ++k) sum += value[k];
    } else {
      sum += segment_sum<float>([&](int k) { return value[k]; });
    }
    row.next_segment();
  }
  *bias = sum;
}

/// The weights of a layer as gradient[a * step + b], the sum over samples of x[a] times y[b]; inputs and
/// outputs of the layer take the part of a or b.
struct WeightSides {
  int x, y;  ///< offsets of the matrices in shared memory
  int as, bs, step;
};
SYMSCAN_BLOCK WeightSides sides_of(const BlockLayer& now) {
  if (now.out_stride == 1) return {now.input, now.output, now.in, now.out, now.in_stride};
  return {now.output, now.input, now.out, now.in, now.out_stride};
}

SYMSCAN_BLOCK int padded_to_32(int count) {
  return (count + 31) / 32 * 32;
}
/// A permutation of every 32 numbers that takes neighbours to different swizzles.
SYMSCAN_BLOCK int far_apart(int row) {
  return (row & ~31) | ((row & 7) << 2) | ((row >> 3) & 3);
}

/// Each thread computes tiles of as x bs weights, whose b lie beside each other in memory.
template <int as, int bs, int fixed_stride, class Tiles>
SYMSCAN_BLOCK void gradient_in_tiles(const Matrices<Tiles>& m, const BlockLayer& now, float* gradient,
                                     bool add) {
  const WeightSides w = sides_of(now);
  const int a_tiles = (w.as + as - 1) / as,
            pairs = bs == 1 ? padded_to_32(w.bs) / 2 : ((w.bs + bs - 1) / bs + 1) / 2;
  m.team.phase_nosync(a_tiles * pairs * 2, [&](int index) {
    const unsigned pair = static_cast<unsigned>(index) >> 1, over = pair / static_cast<unsigned>(a_tiles);
    const int a0 = static_cast<int>(pair - over * static_cast<unsigned>(a_tiles)) * as;
    int b0 = (static_cast<int>(over) * 2 + (index & 1)) * bs;
    if constexpr (bs == 1) b0 = far_apart(b0);
    if (b0 >= w.bs) return;
    float* target = gradient + now.weight + a0 * w.step + b0;
    float sum[as][bs];
    SYMSCAN_UNROLL
    for (int a = 0; a < as; ++a) {
      SYMSCAN_UNROLL
      for (int b = 0; b < bs; ++b) sum[a][b] = 0.0f;
      if (add && a0 + a < w.as) load_samples(target + a * w.step, sum[a]);
    }
    gradient_tile(RowSegments<as, fixed_stride>(m.place(w.x + a0 * m.shape.stride()), m.shape, a0),
                  RowSegments<bs, fixed_stride>(m.place(w.y + b0 * m.shape.stride()), m.shape, b0), m.columns,
                  sum);
    SYMSCAN_UNROLL
    for (int a = 0; a < as; ++a) {
      SYMSCAN_UNROLL
      for (int b = 1; b < bs; ++b) sum[a][b] = b0 + b < w.bs ? sum[a][b] : 0.0f;  // padding stays zero
      if (a0 + a < w.as) store_samples(target + a * w.step, sum[a]);
    }
  });
}

template <class Tiles>
SYMSCAN_BLOCK void gradient_on_tensor_cores(const Matrices<Tiles>& m, const BlockLayer& now, float* gradient,
                                            bool add) {
  const int down = (now.in + TensorTile::rows - 1) / TensorTile::rows;
  const int across = (now.out + TensorTile::columns - 1) / TensorTile::columns;
  m.team.warp_phase(down * across, [&](int index) {
    const int i0 = index % down * TensorTile::rows, o0 = index / down * TensorTile::columns;
    TensorTile tile(m.team, m.shape.precision);
    tile.multiply(Factor::samples_as_depth(m.at(now.input), m.shape, i0, now.in),
                  Factor::samples_as_depth(m.at(now.output), m.shape, o0, now.out), m.columns);
    tile.each([&](int i, int o, float sum) {
      if (i0 + i >= now.in || o0 + o >= now.out) return;
      float* target = gradient + now.weight + (i0 + i) * now.in_stride + (o0 + o) * now.out_stride;
      *target = add ? *target + sum : sum;
    });
  });
}

/// `overwritten`: a barrier ends it, since the input is overwritten next.
template <class Tiles>
SYMSCAN_BLOCK_CALL void add_weight_gradient(Matrices<Tiles> m, BlockLayer now, float* gradient, bool add,
                                            bool overwritten) {
  const int weights = now.in * now.out, threads = m.team.threads();
  if (m.shape.precision != Precision::fp32 && now.in >= tensor_least && now.out >= tensor_least) {
    gradient_on_tensor_cores(m, now, gradient, add);
    return;
  }
  if (weights >= 16 * threads) {
    m.shape.stride() == common_stride ? gradient_in_tiles<4, 4, common_stride>(m, now, gradient, add)
                                      : gradient_in_tiles<4, 4, 0>(m, now, gradient, add);
  } else if (weights >= 8 * threads) {
    gradient_in_tiles<2, 4, 0>(m, now, gradient, add);
  } else if (weights >= 2 * threads) {
    gradient_in_tiles<1, 4, 0>(m, now, gradient, add);
  } else {
    gradient_in_tiles<1, 1, 0>(m, now, gradient, add);
  }
  if (overwritten) m.team.phase(0, [](int) {});
}

}  // namespace symscan::block
