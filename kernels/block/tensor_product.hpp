#pragma once
#include "kernels/block/layout.hpp"
#include "kernels/block/product.hpp"

// One warp's tile of a product on the tensor cores: 16 x 32 results, factors rounded to tf32 or bf16 (to
// nearest), sums in float32. On the host the same tile in plain loops, with the same rounding of the
// factors; the order of the sums is the hardware's own, so that bits may differ.

namespace symscan::block {

/// Layers with a side below this are left to float32.
inline constexpr int tensor_least = 16;

/// A factor of a product: element (row, k), row counted from `first`; rows from `last` on count as 0.
struct Factor {
  const float* base;
  int row_step, depth_step, first, last;
  MatrixShape shape;  ///< of a matrix of samples
  enum class Kind { weights, samples_as_rows, samples_as_depth } kind;

  static SYMSCAN_BLOCK Factor weights(const float* base, int row_step, int depth_step, int first, int last) {
    return {base, row_step, depth_step, first, last, {}, Kind::weights};
  }
  static SYMSCAN_BLOCK Factor samples_as_rows(const float* base, const MatrixShape& shape, int first,
                                              int last) {
    return {base, 0, 0, first, last, shape, Kind::samples_as_rows};
  }
  static SYMSCAN_BLOCK Factor samples_as_depth(const float* base, const MatrixShape& shape, int first,
                                               int last) {
    return {base, 0, 0, first, last, shape, Kind::samples_as_depth};
  }
  SYMSCAN_BLOCK float element(int row, int k, int depth) const {
    row += first;
    if (row >= last || k >= depth) return 0.0f;
    return base[kind == Kind::weights           ? row * row_step + k * depth_step
                : kind == Kind::samples_as_rows ? shape.at(k, row)
                                                : shape.at(row, k)];
  }
};

/// To 10 (tf32) or 7 (bf16) bits of mantissa, to nearest; ties away from zero (tf32) or to even (bf16), as
/// the conversion instructions do.
SYMSCAN_BLOCK float round_factor(Precision precision, float value) {
  const auto word = static_cast<std::uint32_t>(bits(value));
  if ((word & 0x7F800000u) == 0x7F800000u) return value;
  if (precision == Precision::tf32) return from_bits(static_cast<std::int32_t>((word + 0x1000u) & ~0x1FFFu));
  return from_bits(static_cast<std::int32_t>((word + 0x7FFFu + ((word >> 16) & 1u)) & ~0xFFFFu));
}

#if defined(__CUDACC__)

struct TensorTile {
  static constexpr int rows = 16, columns = 32;
  static constexpr int parts = columns / 8;

  Precision precision;
  int lane;
  float sum[parts][4] = {};

  template <class Team>
  __device__ __forceinline__ TensorTile(const Team&, Precision p)
      : precision(p), lane(static_cast<int>(threadIdx.x % 32)) {}

  static __device__ __forceinline__ std::uint32_t tf32(float value) {
    std::uint32_t word;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(word) : "f"(value));
    return word;
  }
  /// Two bf16 in a word, `low` in the lower half.
  static __device__ __forceinline__ std::uint32_t bf16(float low, float high) {
    std::uint32_t word;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(word) : "f"(high), "f"(low));
    return word;
  }

  /// sum += A B with A(r, k) = a(r, k), B(k, c) = b(c, k). Fragment layouts: PTX ISA, mma.m16n8k8 (tf32) and
  /// mma.m16n8k16 (bf16).
  __device__ __forceinline__ void multiply(const Factor& a, const Factor& b, int depth) {
    const int g = lane / 4, t = lane % 4;
    __syncwarp();  // mma wants the whole warp at once
    if (precision == Precision::tf32) {
      for (int k = 0; k < depth; k += 8) {
        const std::uint32_t a0 = tf32(a.element(g, k + t, depth)), a1 = tf32(a.element(g + 8, k + t, depth)),
                            a2 = tf32(a.element(g, k + t + 4, depth)),
                            a3 = tf32(a.element(g + 8, k + t + 4, depth));
#pragma unroll
        for (int part = 0; part < parts; ++part) {
          const std::uint32_t b0 = tf32(b.element(part * 8 + g, k + t, depth)),
                              b1 = tf32(b.element(part * 8 + g, k + t + 4, depth));
          float* c = sum[part];
          asm volatile(
              "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
              "{%0,%1,%2,%3};"
              : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
              : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
        }
      }
      return;
    }
    for (int k = 0; k < depth; k += 16) {
      const auto pair = [&](const Factor& m, int row, int at) {
        return bf16(m.element(row, k + at, depth), m.element(row, k + at + 1, depth));
      };
      const std::uint32_t a0 = pair(a, g, 2 * t), a1 = pair(a, g + 8, 2 * t), a2 = pair(a, g, 2 * t + 8),
                          a3 = pair(a, g + 8, 2 * t + 8);
#pragma unroll
      for (int part = 0; part < parts; ++part) {
        const std::uint32_t b0 = pair(b, part * 8 + g, 2 * t), b1 = pair(b, part * 8 + g, 2 * t + 8);
        float* c = sum[part];
        asm volatile(
            "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
            "{%0,%1,%2,%3};"
            : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
            : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
      }
    }
  }

  /// f(row, column, result) for the results that this thread holds.
  template <class F>
  __device__ __forceinline__ void each(F f) const {
    const int g = lane / 4, t = lane % 4;
#pragma unroll
    for (int part = 0; part < parts; ++part) {
#pragma unroll
      for (int i = 0; i < 4; ++i) f(g + i / 2 * 8, part * 8 + 2 * t + i % 2, sum[part][i]);
    }
  }
};

#else

struct TensorTile {
  static constexpr int rows = 16, columns = 32;

  Precision precision;
  float sum[rows][columns] = {};

  template <class Team>
  TensorTile(const Team&, Precision p) : precision(p) {}

  void multiply(const Factor& a, const Factor& b, int depth) {
    for (int r = 0; r < rows; ++r) {
      for (int k = 0; k < depth; ++k) {
        const float left = round_factor(precision, a.element(r, k, depth));
        for (int c = 0; c < columns; ++c) {
          sum[r][c] += left * round_factor(precision, b.element(c, k, depth));
        }
      }
    }
  }
  template <class F>
  void each(F f) const {
    for (int r = 0; r < rows; ++r) {
      for (int c = 0; c < columns; ++c) f(r, c, sum[r][c]);
    }
  }
};

#endif

}  // namespace symscan::block
