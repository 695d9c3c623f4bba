#pragma once
#include <type_traits>
#include <utility>

#include "kernels/block/layout.hpp"
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

/// A place in the shared memory of the block. On a GPU this is the 32-bit address itself, and accesses are
/// written out: from a pointer the compiler makes two or three instructions for each address, and four stores
/// of one of 128 bits.
class SharedPlace {
 public:
#if defined(__CUDA_ARCH__)
  __device__ __forceinline__ explicit SharedPlace(const float* pointer)
      : address_(static_cast<unsigned>(__cvta_generic_to_shared(pointer))) {}
  __device__ __forceinline__ void advance(int floats) {
    address_ += 4u * static_cast<unsigned>(floats);
  }
  __device__ __forceinline__ SharedPlace after(int floats) const {
    SharedPlace place = *this;
    place.advance(floats);
    return place;
  }
  /// A number of floats below 32 as flipped() takes it.
  static __device__ __forceinline__ int flip_of(int floats) {
    return 4 * floats;
  }
  /// The offset exclusive-or a flip; memory() is aligned to 32 floats.
  __device__ __forceinline__ SharedPlace flipped(int flip) const {
    SharedPlace place = *this;
    place.address_ ^= static_cast<unsigned>(flip);
    return place;
  }

  /// `count` (1, 2 or a multiple of 4) floats that begin `offset` floats from here.
  template <int offset, int count>
  __device__ __forceinline__ void load(float (&value)[count]) const {
    if constexpr (count == 1) {
      asm volatile("ld.shared.f32 %0, [%1+%2];" : "=f"(value[0]) : "r"(address_), "n"(4 * offset));
    } else if constexpr (count == 2) {
      asm volatile("ld.shared.v2.f32 {%0, %1}, [%2+%3];"
                   : "=f"(value[0]), "=f"(value[1])
                   : "r"(address_), "n"(4 * offset));
    } else {
      load4<offset>(value);
      if constexpr (count == 8) load4<offset + 4>(value + 4);
      static_assert(count == 4 || count == 8, "4 or 8 floats");
    }
  }
  template <int samples>
  __device__ __forceinline__ void store(const float (&value)[samples]) const {
    static_assert(samples == 1 || samples == 4, "4 samples or 1");
    if constexpr (samples == 1) {
      asm volatile("st.shared.f32 [%0], %1;" ::"r"(address_), "f"(value[0]) : "memory");
    } else {
      asm volatile("st.shared.v4.f32 [%0], {%1, %2, %3, %4};" ::"r"(address_), "f"(value[0]), "f"(value[1]),
                   "f"(value[2]), "f"(value[3])
                   : "memory");
    }
  }

 private:
  template <int offset>
  __device__ __forceinline__ void load4(float* value) const {
    asm volatile("ld.shared.v4.f32 {%0, %1, %2, %3}, [%4+%5];"
                 : "=f"(value[0]), "=f"(value[1]), "=f"(value[2]), "=f"(value[3])
                 : "r"(address_), "n"(4 * offset));
  }
  unsigned address_;
#else
  /// `memory`: the start of the shared memory.
  SYMSCAN_BLOCK explicit SharedPlace(const float* memory) : memory_(const_cast<float*>(memory)) {}
  SYMSCAN_BLOCK void advance(int floats) {
    offset_ += floats;
  }
  SYMSCAN_BLOCK SharedPlace after(int floats) const {
    SharedPlace place = *this;
    place.advance(floats);
    return place;
  }
  static SYMSCAN_BLOCK int flip_of(int floats) {
    return floats;
  }
  SYMSCAN_BLOCK SharedPlace flipped(int flip) const {
    SharedPlace place = *this;
    place.offset_ ^= flip;
    return place;
  }
  template <int offset, int count>
  SYMSCAN_BLOCK void load(float (&value)[count]) const {
    load_samples(memory_ + offset_ + offset, value);
  }
  template <int samples>
  SYMSCAN_BLOCK void store(const float (&value)[samples]) const {
    store_samples(memory_ + offset_, value);
  }

 private:
  float* memory_;
  int offset_ = 0;
#endif
};

/// A place in device memory that is read only: a weight of Tier::cached.
class DevicePlace {
 public:
  SYMSCAN_BLOCK explicit DevicePlace(const float* pointer) : pointer_(pointer) {}
  SYMSCAN_BLOCK void advance(int floats) { pointer_ += floats; }
  SYMSCAN_BLOCK DevicePlace after(int floats) const { return DevicePlace(pointer_ + floats); }

  template <int offset, int count>
  SYMSCAN_BLOCK void load(float (&value)[count]) const {
#if defined(__CUDA_ARCH__)
    if constexpr (count == 1) {
      asm volatile("ld.global.f32 %0, [%1+%2];" : "=f"(value[0]) : "l"(pointer_), "n"(4 * offset));
    } else if constexpr (count == 2) {
      asm volatile("ld.global.v2.f32 {%0, %1}, [%2+%3];"
                   : "=f"(value[0]), "=f"(value[1])
                   : "l"(pointer_), "n"(4 * offset));
    } else {
      load4<offset>(value);
      if constexpr (count == 8) load4<offset + 4>(value + 4);
      static_assert(count == 4 || count == 8, "4 or 8 floats");
    }
#else
    load_samples(pointer_ + offset, value);
#endif
  }

 private:
#if defined(__CUDA_ARCH__)
  template <int offset>
  __device__ __forceinline__ void load4(float* value) const {
    asm volatile("ld.global.v4.f32 {%0, %1, %2, %3}, [%4+%5];"
                 : "=f"(value[0]), "=f"(value[1]), "=f"(value[2]), "=f"(value[3])
                 : "l"(pointer_), "n"(4 * offset));
  }
#endif
  const float* pointer_;
};

/// `count` rows that are `step` floats apart; those beyond the last are the last again.
template <int count, class Place = SharedPlace>
struct Rows {
  Place row[count];

  SYMSCAN_BLOCK Rows(Place first, int step, int last) : Rows(first, Each<count>()) {
    SYMSCAN_UNROLL
    for (int r = 1; r < count; ++r) row[r].advance((r < last ? r : last) * step);
  }
  SYMSCAN_BLOCK void advance(int floats) {
    SYMSCAN_UNROLL
    for (int r = 0; r < count; ++r) row[r].advance(floats);
  }

 private:
  template <int n>
  using Each = std::make_integer_sequence<int, n>;
  template <int... each>
  SYMSCAN_BLOCK Rows(Place first, std::integer_sequence<int, each...>) : row{((void)each, first)...} {}
};

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

/// The starts of `count` rows of one swizzle, whose samples are read in groups of 16. Rows beyond the
/// matrix's last are read too: there is memory behind it (layout.cpp).
template <int count, int fixed_stride>
struct RowGroups {
  SharedPlace row;
  int stride;
  int flip;             ///< the swizzle, and the second group of 32 samples
  bool second = false;  ///< at that

  SYMSCAN_BLOCK RowGroups(SharedPlace first, const MatrixShape& shape, int first_row)
      : row(first), stride(shape.stride()), flip(SharedPlace::flip_of(shape.swizzle(first_row))) {}
  /// Four samples of each row, `sample` = 0, 4, 8 or 12 of the group.
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
  SYMSCAN_BLOCK void next_group() {
    if (second) row.advance(2 * sum_group);
    second = !second;
    flip ^= SharedPlace::flip_of(sum_group);
  }
};

/// sum[a][b] += sum_s x[a][s] y[b][s] over `columns` samples (a multiple of 16).
template <int as, int bs, int fixed_stride>
SYMSCAN_BLOCK void gradient_tile(RowGroups<as, fixed_stride> x_rows, RowGroups<bs, fixed_stride> y_rows,
                                 int columns, float (&sum)[as][bs]) {
  SYMSCAN_NO_UNROLL
  for (int groups = columns / sum_group; groups > 0; --groups) {
    SYMSCAN_UNROLL
    for (int sample = 0; sample < sum_group; sample += 4) {
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
    x_rows.next_group();
    y_rows.next_group();
  }
}

SYMSCAN_BLOCK void load_group(const RowGroups<1, 0>& row, float (&value)[sum_group]) {
  SYMSCAN_UNROLL
  for (int k = 0; k < sum_group; k += 4) {
    float four[1][4];
    row.load(k, four);
    SYMSCAN_UNROLL
    for (int i = 0; i < 4; ++i) value[k + i] = four[0][i];
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
