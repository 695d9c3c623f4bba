#pragma once
#include <Eigen/Core>
#include <cstddef>

namespace symscan {

/// Memory for Eigen's matrices. They give theirs back before they ask for more (DenseStorage::resize() of
/// Eigen 3.4), and where there is no more, they still point to it and give it back once again. Therefore what
/// a thread gave back last is kept until it was given other memory, and left alone if it was not: then a
/// matrix still has it. Throws std::bad_alloc.
void* matrix_memory(std::size_t bytes);
void give_back_matrix_memory(void* memory) noexcept;

}  // namespace symscan

namespace Eigen::internal {

template <>
inline void* conditional_aligned_malloc<true>(std::size_t size) {
  return symscan::matrix_memory(size);
}

template <>
inline void conditional_aligned_free<true>(void* memory) {
  symscan::give_back_matrix_memory(memory);
}

}  // namespace Eigen::internal
