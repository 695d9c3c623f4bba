#pragma once
#include <cstddef>

#include "kernels/block/layout.hpp"

namespace symscan::layered {

/// Replicas that are worked on together. Every product is called for all places of a pool, taken or not, so
/// that the bits of a replica do not depend on how many there are.
inline constexpr int pool_places = 4;

/// A matrix of each replica of a pool in device memory, column-major as in BLAS.
template <class T>
struct BlasMatrix {
  T* first;  ///< of place 0
  int leading_dimension;
  std::size_t stride;  ///< floats from one place to the next
};

/// c = op(a) op(b) + beta c for each place; op(a) is m x k, op(b) is k x n.
struct Gemm {
  bool transpose_a, transpose_b;
  int m, n, k;
  BlasMatrix<const float> a, b;
  float beta;
  BlasMatrix<float> c;
  Precision precision;
};

}  // namespace symscan::layered
