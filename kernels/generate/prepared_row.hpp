#pragma once
#include <cstddef>

#include "kernels/philox.hpp"

namespace symscan {

/// A row that converts what is assigned to it as host/data does when a built-in dataset is made and prepared:
/// rounded to float32, then (value - offset) / scale in float64, then float32 again. Constant columns have
/// scale 1. A value beyond float32 becomes infinite.
struct PreparedRow {
  const double *offset, *scale;  ///< [columns]
  float* values;                 ///< [columns]

  /// The nearest float32 number.
  SYMSCAN_HOST_DEVICE static double as_float32(double value) {
#if defined(__CUDA_ARCH__)
    return static_cast<double>(static_cast<float>(value));
#else
    // Where GCC 12 vectorises, it drops a conversion to float and back; volatile keeps it.
    const volatile float single = static_cast<float>(value);
    return static_cast<double>(single);
#endif
  }

  struct Element {
    const double offset, scale;
    float& value;
    SYMSCAN_HOST_DEVICE void operator=(double raw) const {
      value = static_cast<float>((as_float32(raw) - offset) / scale);
    }
  };

  SYMSCAN_HOST_DEVICE Element operator[](std::size_t column) const {
    return {offset[column], scale[column], values[column]};
  }
};

}  // namespace symscan
