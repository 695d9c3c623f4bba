#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <span>
#include <utility>
#include <vector>

namespace symscan::python {

namespace nb = nanobind;

using Rows = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Column = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

/// The values of an array, where they lie.
template <class Array>
std::span<const double> values_of(const Array& array) {
  return {array.data(), array.size()};
}

/// A NumPy array that owns the values: nothing is copied.
template <std::size_t dimensions>
nb::ndarray<nb::numpy, double> to_numpy(std::vector<double> values,
                                        const std::array<std::size_t, dimensions>& shape) {
  auto* kept = new std::vector<double>(std::move(values));
  const nb::capsule owner(kept,
                          [](void* memory) noexcept { delete static_cast<std::vector<double>*>(memory); });
  return nb::ndarray<nb::numpy, double>(kept->data(), dimensions, shape.data(), owner);
}

}  // namespace symscan::python
