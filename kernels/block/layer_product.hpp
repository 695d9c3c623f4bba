#pragma once
#include "kernels/block/team.hpp"
#include "kernels/block/tensor_product.hpp"

// The products of a layer as phases of a block: which tile each thread (or warp) computes.

namespace symscan::block {

/// What all matrices of a block have in common.
template <class Team>
struct Matrices {
  Team team;
  int stride, columns;
  Activation activation;
  Precision precision;

  SYMSCAN_BLOCK float* at(int offset) const { return team.memory() + offset; }
};

/// What a layer's product is followed by.
enum class After { activation, slope, nothing };

/// out[r][s] = after(bias[r] + sum_k w[k * inner + r * outer] in[k][s]). Offsets are in shared memory.
struct Product {
  int w, inner, outer, bias;  ///< bias -1: zero
  int rows, depth, in, out;
  After after;
  int value, derivative;  ///< After::slope: where the activation's value and derivative lie
};

template <Activation activation, int width, class Team>
SYMSCAN_BLOCK void activate_samples(const Matrices<Team>& m, const Product& p, int offset) {
  float value[width], derivative[width];
  load_samples(m.at(p.out) + offset, value);
  SYMSCAN_UNROLL
  for (int v = 0; v < width; ++v) value[v] = activate<activation>(value[v], derivative[v]);
  store_samples(m.at(p.out) + offset, value);
  if constexpr (stores_derivative(activation)) store_samples(m.at(p.derivative) + offset, derivative);
}

/// The activation on `width` stored sums that start at `offset`. One copy: the functions are long, and code
/// that does not fit the instruction cache is slow.
template <int width, class Team>
SYMSCAN_BLOCK_CALL void activate_stored(Matrices<Team> m, Product p, int offset) {
  switch (m.activation) {
    case Activation::tanh:
      return activate_samples<Activation::tanh, width>(m, p, offset);
    case Activation::relu:
      return activate_samples<Activation::relu, width>(m, p, offset);
    case Activation::gelu:
      return activate_samples<Activation::gelu, width>(m, p, offset);
    case Activation::silu:
      return activate_samples<Activation::silu, width>(m, p, offset);
    case Activation::linear:
      return;
  }
}

/// Stores sums, times the activation's slope if asked for: the slope's place may be the result's.
template <int width, class Team>
SYMSCAN_BLOCK void store_product(const Matrices<Team>& m, const Product& p, int offset, float (&sum)[width]) {
  if (p.after == After::slope) {
    float slope[width];
    load_samples(m.at(p.derivative >= 0 ? p.derivative : p.value) + offset, slope);
    SYMSCAN_UNROLL
    for (int v = 0; v < width; ++v) {
      sum[v] *= p.derivative >= 0 ? slope[v] : slope_at_run_time(m.activation, slope[v]);
    }
  }
  store_samples(m.at(p.out) + offset, sum);
}

template <int rows, int width, class Team>
SYMSCAN_BLOCK void multiply_in_tiles(const Matrices<Team>& m, const Product& p) {
  const int across = m.columns / width;
  m.team.phase((p.rows + rows - 1) / rows * across, [&](int i) {
    const int s = i % across * width, r0 = i / across * rows;
    float sum[rows][width];
    SYMSCAN_UNROLL
    for (int r = 0; r < rows; ++r) {
      const float bias = p.bias >= 0 && r0 + r < p.rows ? m.at(p.bias)[r0 + r] : 0.0f;
      SYMSCAN_UNROLL
      for (int v = 0; v < width; ++v) sum[r][v] = bias;
    }
    multiply_tile(m.at(p.w) + r0 * p.outer, p.inner, p.outer, p.rows - 1 - r0, p.depth, m.at(p.in) + s,
                  m.stride, sum);
    SYMSCAN_UNROLL
    for (int r = 0; r < rows; ++r) {
      if (r0 + r < p.rows) store_product(m, p, (r0 + r) * m.stride + s, sum[r]);
    }
    if (p.after != After::activation) return;
    SYMSCAN_NO_UNROLL
    for (int r = r0; r < r0 + rows && r < p.rows; ++r) activate_stored<width>(m, p, r * m.stride + s);
  });
}

template <class Team>
SYMSCAN_BLOCK void multiply_on_tensor_cores(const Matrices<Team>& m, const Product& p) {
  const int across = (m.columns + TensorTile::columns - 1) / TensorTile::columns;
  m.team.warp_phase((p.rows + TensorTile::rows - 1) / TensorTile::rows * across, [&](int i) {
    const int s0 = i % across * TensorTile::columns, r0 = i / across * TensorTile::rows;
    TensorTile tile(m.team, m.precision);
    tile.multiply({m.at(p.w) + r0 * p.outer, p.outer, p.inner, p.rows - r0},
                  {m.at(p.in) + s0, 1, m.stride, m.columns - s0}, p.depth);
    tile.each([&](int r, int s, float sum) {
      if (r0 + r >= p.rows || s0 + s >= m.columns) return;
      float one[1] = {sum + (p.bias >= 0 ? m.at(p.bias)[r0 + r] : 0.0f)};
      store_product(m, p, (r0 + r) * m.stride + s0 + s, one);
    });
  });
  if (p.after != After::activation) return;
  const int across_4 = m.columns / 4;
  m.team.phase(p.rows * across_4,
               [&](int i) { activate_stored<4>(m, p, i / across_4 * m.stride + i % across_4 * 4); });
}

/// The largest register tile that gives every thread one.
template <class Team>
SYMSCAN_BLOCK_CALL void multiply_layer(Matrices<Team> m, Product p) {
  if (m.precision != Precision::fp32 && p.rows >= tensor_least && p.depth >= tensor_least) {
    multiply_on_tensor_cores(m, p);
    return;
  }
  const int outputs = p.rows * m.columns;
  if (outputs >= 32 * m.team.threads()) {
    multiply_in_tiles<8, 4>(m, p);
  } else if (outputs >= 16 * m.team.threads()) {
    multiply_in_tiles<4, 4>(m, p);
  } else if (outputs >= 4 * m.team.threads()) {
    multiply_in_tiles<1, 4>(m, p);
  } else {
    multiply_in_tiles<1, 1>(m, p);
  }
}

template <class Team>
SYMSCAN_BLOCK void bias_gradient(const Matrices<Team>& m, const BlockLayer& now, float* gradient, bool add,
                                 int o) {
  const float* row = m.at(now.output) + o * m.stride;
  float* bias = gradient + now.bias + o;
  float sum = add ? *bias : 0.0f;
  if (now.out_stride == 1) {
    for (int s = 0; s < m.columns; s += 4) {
      const Four four = load4(row + s);
      sum = (((four.x + sum) + four.y) + four.z) + four.w;
    }
  } else {
    for (int s = 0; s < m.columns; s += sum_group) {
      sum += group_sum<float>([&](int k) { return row[s + k]; });
    }
  }
  *bias = sum;
}

/// Each thread's rows are interleaved with its neighbours', so that neighbours read different banks.
template <int inputs, int outputs, class Team>
SYMSCAN_BLOCK void gradient_in_tiles(const Matrices<Team>& m, const BlockLayer& now, int in, float* gradient,
                                     bool add) {
  const int in_step = (now.in + inputs - 1) / inputs, out_step = (now.out + outputs - 1) / outputs;
  const int tiles = in_step * out_step;
  m.team.phase(tiles + now.out, [&](int index) {
    if (index >= tiles) {
      bias_gradient(m, now, gradient, add, index - tiles);
      return;
    }
    const int i0 = index % in_step, o0 = index / in_step;
    float* target = gradient + now.weight;
    float sum[inputs][outputs];
    const auto each = [&](auto f) {
      SYMSCAN_UNROLL
      for (int i = 0; i < inputs; ++i) {
        SYMSCAN_UNROLL
        for (int o = 0; o < outputs; ++o) {
          const int row = i0 + i * in_step, column = o0 + o * out_step;
          if (row < now.in && column < now.out) {
            f(sum[i][o], target[row * now.in_stride + column * now.out_stride]);
          } else {
            sum[i][o] = 0.0f;
          }
        }
      }
    };
    each([&](float& chain, const float& stored) { chain = add ? stored : 0.0f; });
    gradient_tile(m.at(in) + i0 * m.stride, in_step, now.in - 1 - i0, m.at(now.output) + o0 * m.stride,
                  out_step, now.out - 1 - o0, m.stride, m.columns, sum);
    each([&](const float& chain, float& stored) { stored = chain; });
  });
}

template <class Team>
SYMSCAN_BLOCK void gradient_on_tensor_cores(const Matrices<Team>& m, const BlockLayer& now, int in,
                                            float* gradient, bool add) {
  m.team.phase_nosync(now.out, [&](int o) { bias_gradient(m, now, gradient, add, o); });
  const int down = (now.in + TensorTile::rows - 1) / TensorTile::rows;
  const int across = (now.out + TensorTile::columns - 1) / TensorTile::columns;
  m.team.warp_phase(down * across, [&](int index) {
    const int i0 = index % down * TensorTile::rows, o0 = index / down * TensorTile::columns;
    TensorTile tile(m.team, m.precision);
    tile.multiply({m.at(in) + i0 * m.stride, m.stride, 1, now.in - i0},
                  {m.at(now.output) + o0 * m.stride, m.stride, 1, now.out - o0}, m.columns);
    tile.each([&](int i, int o, float sum) {
      if (i0 + i >= now.in || o0 + o >= now.out) return;
      float* target = gradient + now.weight + (i0 + i) * now.in_stride + (o0 + o) * now.out_stride;
      *target = add ? *target + sum : sum;
    });
  });
}

template <class Team>
SYMSCAN_BLOCK_CALL void add_weight_gradient(Matrices<Team> m, BlockLayer now, int in, float* gradient,
                                            bool add) {
  const int weights = now.in * now.out;
  if (m.precision != Precision::fp32 && now.in >= tensor_least && now.out >= tensor_least) {
    gradient_on_tensor_cores(m, now, in, gradient, add);
  } else if (weights >= 4 * m.team.threads()) {
    gradient_in_tiles<4, 4>(m, now, in, gradient, add);
  } else if (weights >= 2 * m.team.threads()) {
    gradient_in_tiles<2, 2>(m, now, in, gradient, add);
  } else {
    gradient_in_tiles<1, 1>(m, now, in, gradient, add);
  }
}

}  // namespace symscan::block
