#pragma once
#include <type_traits>
#include <utility>

#include "kernels/block/layout.hpp"
#include "kernels/block/places.hpp"
#include "kernels/elementwise.hpp"

// Register tiles of the three matrix products of a layer: what one thread computes. No barriers, no thread
// numbers. Matrices are [row][sample]. Each result is one chain of fused multiply-adds in the order of the
// depth, as on the CPU.

namespace symscan::block {

using namespace scalar;

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

/// Calls f(constant<0>), f(constant<1>), ...
template <int number>
using Constant = std::integral_constant<int, number>;
template <class F, int... numbers>
SYMSCAN_BLOCK void each_constant(std::integer_sequence<int, numbers...>, F f) {
  (f(Constant<numbers>()), ...);
}
template <int count, class F>
SYMSCAN_BLOCK void each_constant(F f) {
  each_constant(std::make_integer_sequence<int, count>(), f);
}

// Below, `fixed_stride` is the stride of the matrices if that is known when the kernel is compiled, else 0:
// then neighbouring rows have constant offsets.

/// The rows of a matrix at some samples, four by four from row 0 on.
template <int fixed_stride>
class SampleRows {
 public:
  /// `first`: row 0 at the samples, as if it had no swizzle.
  SYMSCAN_BLOCK SampleRows(SharedPlace first, const MatrixShape& shape)
      : next_(first), stride_(shape.stride()), mask_(SharedPlace::flip_of(shape.row_mask << 2)) {}
  /// The first of the next four rows; the others are a stride apart.
  SYMSCAN_BLOCK SharedPlace four() {
    const SharedPlace row = next_.flipped(swizzle_ & mask_);
    next_.advance(4 * stride());
    swizzle_ += SharedPlace::flip_of(4);
    return row;
  }
  /// Row `number` after `row`; the rows are asked for in turn.
  template <int number, int samples>
  SYMSCAN_BLOCK void load(SharedPlace& row, float (&x)[samples]) const {
    if constexpr (fixed_stride > 0) {
      row.template load<number * fixed_stride>(x);
    } else {
      row.template load<0>(x);
      row.advance(stride_);
    }
  }
  SYMSCAN_BLOCK int stride() const { return fixed_stride > 0 ? fixed_stride : stride_; }

 private:
  SharedPlace next_;
  int stride_, mask_, swizzle_ = 0;
};

/// sum[r][s] += sum_k w[k * step + r] in[k][s]. Rows beyond the last are computed from the weights' padding.
template <int rows, int samples, class Weights, int fixed_stride>
SYMSCAN_BLOCK void multiply_rows_contiguous(Weights w, int step, int depth, SampleRows<fixed_stride> in,
                                            float (&sum)[rows][samples]) {
  const auto add = [&](const float(&x)[samples]) {
    float weight[rows];
    w.template load<0>(weight);
    add_products(weight, x, sum);
    w.advance(step);
  };
  SYMSCAN_NO_UNROLL
  for (int fours = depth >> 2; fours > 0; --fours) {
    SharedPlace row = in.four();
    each_constant<4>([&](auto j) {
      float x[samples];
      in.template load<decltype(j)::value>(row, x);
      add(x);
    });
  }
  SharedPlace row = in.four();
  SYMSCAN_NO_UNROLL
  for (int left = depth & 3; left > 0; --left) {
    float x[samples];
    row.load<0>(x);
    row.advance(in.stride());
    add(x);
  }
}

/// sum[r][s] += sum_k w[k + r * step] in[k][s]. Rows beyond `last_row` are computed from that row again.
template <int rows, int samples, class Weights, int fixed_stride>
SYMSCAN_BLOCK void multiply_depth_contiguous(Weights w, int step, int last_row, int depth,
                                             SampleRows<fixed_stride> in, float (&sum)[rows][samples]) {
  Rows<rows, Weights> at(w, step, last_row);
  SYMSCAN_NO_UNROLL
  for (int fours = depth >> 2; fours > 0; --fours) {
    float weight[rows][4];
    SYMSCAN_UNROLL
    for (int r = 0; r < rows; ++r) at.row[r].template load<0>(weight[r]);
    at.advance(4);
    SharedPlace row = in.four();
    each_constant<4>([&](auto j) {
      float x[samples], one[rows];
      in.template load<decltype(j)::value>(row, x);
      SYMSCAN_UNROLL
      for (int r = 0; r < rows; ++r) one[r] = weight[r][decltype(j)::value];
      add_products(one, x, sum);
    });
  }
  SharedPlace row = in.four();
  SYMSCAN_NO_UNROLL
  for (int left = depth & 3; left > 0; --left) {
    float weight[rows], x[samples];
    SYMSCAN_UNROLL
    for (int r = 0; r < rows; ++r) {
      float one[1];
      at.row[r].template load<0>(one);
      weight[r] = one[0];
    }
    at.advance(1);
    row.load<0>(x);
    add_products(weight, x, sum);
    row.advance(in.stride());
  }
}

/// The starts of `count` rows of one swizzle, whose samples are read in segments of 16. Rows beyond the
/// matrix's last are read too: there is memory behind it (layout.cpp).
template <int count, int fixed_stride>
struct RowSegments {
  SharedPlace row;
  int stride;
  int flip;             ///< the swizzle, and the second segment of 32 samples
  bool second = false;  ///< at that

  SYMSCAN_BLOCK RowSegments(SharedPlace first, const MatrixShape& shape, int first_row)
      : row(first), stride(shape.stride()), flip(SharedPlace::flip_of(shape.swizzle(first_row))) {}
  /// Four samples of each row, `sample` = 0, 4, 8 or 12 of the segment.
  SYMSCAN_BLOCK void load(int sample, float (&value)[count][4]) const {
    SharedPlace place = row.flipped(flip ^ SharedPlace::flip_of(sample));
    each_constant<count>([&](auto r) {
      constexpr int number = decltype(r)::value;
      if constexpr (fixed_stride > 0) {
        place.template load<number * fixed_stride>(value[number]);
      } else {
        place.template load<0>(value[number]);
        place.advance(stride);
      }
    });
  }
  SYMSCAN_BLOCK void next_segment() {
    if (second) row.advance(2 * segment_samples);
    second = !second;
    flip ^= SharedPlace::flip_of(segment_samples);
  }
};

/// sum[a][b] += sum_s x[a][s] y[b][s] over `columns` samples (a multiple of 16).
template <int as, int bs, int fixed_stride>
SYMSCAN_BLOCK void gradient_tile(RowSegments<as, fixed_stride> x_rows, RowSegments<bs, fixed_stride> y_rows,
                                 int columns, float (&sum)[as][bs]) {
  SYMSCAN_NO_UNROLL
  for (int segments = columns / segment_samples; segments > 0; --segments) {
    SYMSCAN_UNROLL
    for (int sample = 0; sample < segment_samples; sample += 4) {
      float x[as][4], y[bs][4];
      x_rows.load(sample, x);
      y_rows.load(sample, y);
      SYMSCAN_UNROLL
      for (int b = 0; b < bs; ++b) {
        SYMSCAN_UNROLL
        for (int a = 0; a < as; ++a) {
          SYMSCAN_UNROLL
          for (int s = 0; s < 4; ++s) sum[a][b] = fma(x[a][s], y[b][s], sum[a][b]);
        }
      }
    }
    x_rows.next_segment();
    y_rows.next_segment();
  }
}

SYMSCAN_BLOCK void load_segment(const RowSegments<1, 0>& row, float (&value)[segment_samples]) {
  SYMSCAN_UNROLL
  for (int k = 0; k < segment_samples; k += 4) {
    float four[1][4];
    row.load(k, four);
    SYMSCAN_UNROLL
    for (int i = 0; i < 4; ++i) value[k + i] = four[0][i];
  }
}

}  // namespace symscan::block
