#include "kernels/emulated/layered.hpp"

#include <vector>

#include "kernels/block/tensor_product.hpp"

namespace symscan::emulated {
namespace {

/// A factor, rounded as the precision asks, without transposition: [columns][rows].
std::vector<float> rounded(const layered::BlasMatrix<const float>& factor, int place, bool transposed,
                           int rows, int columns, Precision precision) {
  const float* first = factor.first + static_cast<std::size_t>(place) * factor.stride;
  const auto leading = static_cast<std::size_t>(factor.leading_dimension);
  std::vector<float> matrix;
  matrix.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  for (int column = 0; column < columns; ++column) {
    for (int row = 0; row < rows; ++row) {
      const float value = transposed ? first[row * leading + column] : first[column * leading + row];
      matrix.push_back(precision == Precision::fp32 ? value : block::round_factor(precision, value));
    }
  }
  return matrix;
}

}  // namespace

void multiply(const layered::Gemm& gemm) {
  for (int place = 0; place < layered::pool_places; ++place) {
    const auto a = rounded(gemm.a, place, gemm.transpose_a, gemm.m, gemm.k, gemm.precision);
    const auto b = rounded(gemm.b, place, gemm.transpose_b, gemm.k, gemm.n, gemm.precision);
    float* c = gemm.c.first + static_cast<std::size_t>(place) * gemm.c.stride;
    for (int column = 0; column < gemm.n; ++column, c += gemm.c.leading_dimension) {
      for (int row = 0; row < gemm.m; ++row) c[row] = gemm.beta == 0.0f ? 0.0f : gemm.beta * c[row];
      for (int k = 0; k < gemm.k; ++k) {
        const float* from = &a[static_cast<std::size_t>(k) * static_cast<std::size_t>(gemm.m)];
        const float factor = b[static_cast<std::size_t>(column) * static_cast<std::size_t>(gemm.k) + k];
        for (int row = 0; row < gemm.m; ++row) c[row] = __builtin_fmaf(from[row], factor, c[row]);
      }
    }
  }
}

}  // namespace symscan::emulated
