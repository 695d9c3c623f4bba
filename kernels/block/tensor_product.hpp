#pragma once
#include "kernels/block/layout.hpp"
#include "kernels/block/product.hpp"

// One warp's tile of a product on the tensor cores: 16 x 32 results, operands rounded to tf32 or bf16 (to
// nearest), sums in float32. On the host the same tile in plain loops, with the same rounding of the
// operands; the order of the sums is the hardware's own, so that bits may differ.

namespace symscan::block {

/// Layers with a side below this are left to float32.
inline constexpr int tensor_least = 16;

/// Element (row, k) of an operand is base[row * row_step + k * depth_step]; rows from `rows` on count as 0.
struct Operand {
  const float* base;
  int row_step, depth_step, rows;
};

/// To 10 (tf32) or 7 (bf16) bits of mantissa, to nearest; ties away from zero (tf32) or to even (bf16), as
/// the conversion instructions do.
SYMSCAN_BLOCK float round_operand(Precision precision, float value) {
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

  static __device__ __forceinline__ float element(const Operand& m, int row, int k, int depth) {
    return row < m.rows && k < depth ? m.base[row * m.row_step + k * m.depth_step] : 0.0f;
  }
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
  __device__ __forceinline__ void multiply(const Operand& a, const Operand& b, int depth) {
    const int g = lane / 4, t = lane % 4;
    __syncwarp();  // mma wants the whole warp at once
    if (precision == Precision::tf32) {
      for (int k = 0; k < depth; k += 8) {
        const std::uint32_t a0 = tf32(element(a, g, k + t, depth)),
                            a1 = tf32(element(a, g + 8, k + t, depth)),
                            a2 = tf32(element(a, g, k + t + 4, depth)),
                            a3 = tf32(element(a, g + 8, k + t + 4, depth));
#pragma unroll
        for (int part = 0; part < parts; ++part) {
          const std::uint32_t b0 = tf32(element(b, part * 8 + g, k + t, depth)),
                              b1 = tf32(element(b, part * 8 + g, k + t + 4, depth));
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
      const auto pair = [&](const Operand& m, int row, int at) {
        return bf16(element(m, row, k + at, depth), element(m, row, k + at + 1, depth));
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

  void multiply(const Operand& a, const Operand& b, int depth) {
    for (int r = 0; r < rows && r < a.rows; ++r) {
      for (int k = 0; k < depth; ++k) {
        const float left = round_operand(precision, a.base[r * a.row_step + k * a.depth_step]);
        for (int c = 0; c < columns && c < b.rows; ++c) {
          sum[r][c] += left * round_operand(precision, b.base[c * b.row_step + k * b.depth_step]);
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
