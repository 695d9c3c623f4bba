#pragma once
#include "kernels/layered/sums.hpp"

/// Kernels and products of Tier::layered on the host.
namespace symscan::emulated {

/// The calls of a kernel may not depend on their order: every other one goes backwards.
template <class Kernel>
void for_each(const Kernel& kernel, int columns, int rows) {
  static thread_local bool backwards = false;
  backwards = !backwards;
  const auto turn = [](int i, int n) { return backwards ? n - 1 - i : i; };
  for (int place = 0; place < layered::pool_places; ++place) {
    for (int row = 0; row < rows; ++row) {
      for (int column = 0; column < columns; ++column) {
        kernel(turn(place, layered::pool_places), turn(row, rows), turn(column, columns));
      }
    }
  }
}

void multiply(const layered::Gemm& gemm);

}  // namespace symscan::emulated
