#pragma once
#include "kernels/simd.hpp"

// The matrix product behind every layer: a block of rows and vectors is held in registers while the depth
// runs. Each result is one chain of multiply-adds in order of depth, so that the block's shape and the
// vector's width do not show in the bits.

namespace symscan::SYMSCAN_ISA {

inline constexpr int block_vectors = SYMSCAN_LANES == 16 ? 4 : 2;
inline constexpr int block_rows = 6;

/// out[r][v] = (bias[r] or 0 or out[r][v]) + sum_k w[k * inner + r * outer] * in[k * in_stride + v], for
/// `rows` r and `vectors` vectors v. All sums run over k in order.
/// `finish(sum, r, v)` is what is stored of a sum; r and v * lanes count from the block's corner.
template <int rows, int vectors, class Finish>
SYMSCAN_INLINE void accumulate_block(const float* w, std::size_t inner, std::size_t outer, int depth,
                                     const float* in, std::size_t in_stride, const float* bias, bool add,
                                     float* out, std::size_t out_stride, const Finish& finish) {
  Vec sum[rows][vectors];
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) {
      sum[r][v] = add ? load(out + r * out_stride + v * lanes) : broadcast(bias != nullptr ? bias[r] : 0.0f);
    }
  }
  for (int k = 0; k < depth; ++k) {
    Vec x[vectors];
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) x[v] = load(in + v * lanes);
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
      const Vec weight = broadcast(w[r * outer]);
#pragma GCC unroll 8
      for (int v = 0; v < vectors; ++v) sum[r][v] = fma(weight, x[v], sum[r][v]);
    }
    w += inner;
    in += in_stride;
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) store(out + r * out_stride + v * lanes, finish(sum[r][v], r, v));
  }
}

struct MatrixProduct {
  const float* w;
  std::size_t inner, outer;
  int depth;
  const float* in;
  std::size_t in_stride;
  const float* bias;
  bool add;
  float* out;
  std::size_t out_stride;
};

/// The numbers begin, begin + 1, ..., end - 1.
struct Range {
  int begin, end;
};

/// Some of the results of a product; columns begin and end at multiples of lane_padding.
struct Part {
  Range rows, columns;
};

template <int vectors, class Finish>
static void accumulate_rows(const MatrixProduct& p, Range rows, int column, const Finish& finish) {
  int r = rows.begin;
  const auto block = [&]<int count>() {
    accumulate_block<count, vectors>(
        p.w + r * p.outer, p.inner, p.outer, p.depth, p.in + column, p.in_stride,
        p.bias != nullptr ? p.bias + r : nullptr, p.add, p.out + r * p.out_stride + column, p.out_stride,
        [&](Vec sum, int row, int vector) { return finish(sum, r + row, column + vector * lanes); });
    r += count;
  };
  while (rows.end - r >= block_rows) block.template operator()<block_rows>();
  switch (rows.end - r) {
    case 5:
      block.template operator()<5>();
      break;
    case 4:
      block.template operator()<4>();
      break;
    case 3:
      block.template operator()<3>();
      break;
    case 2:
      block.template operator()<2>();
      break;
    case 1:
      block.template operator()<1>();
      break;
    default:
      break;
  }
}

/// `part` of the product. Columns are the outer loop, so that the block of `in` that all rows read stays in
/// the first-level cache. `finish(sum, row, column)` is what is stored of the sums in row `row` from `column`
/// on.
template <class Finish>
static void multiply(const MatrixProduct& p, Part part, const Finish& finish) {
  int column = part.columns.begin;
  for (; column + block_vectors * lanes <= part.columns.end; column += block_vectors * lanes) {
    accumulate_rows<block_vectors>(p, part.rows, column, finish);
  }
  if constexpr (block_vectors == 4) {
    if (column + 2 * lanes <= part.columns.end) {
      accumulate_rows<2>(p, part.rows, column, finish);
      column += 2 * lanes;
    }
  }
  for (; column < part.columns.end; column += lanes) accumulate_rows<1>(p, part.rows, column, finish);
}

static void multiply(const MatrixProduct& p, Part part) {
  multiply(p, part, [](Vec sum, int, int) { return sum; });
}

}  // namespace symscan::SYMSCAN_ISA
