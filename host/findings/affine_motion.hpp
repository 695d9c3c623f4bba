#pragma once
#include <string>
#include <vector>

#include "host/analysis/field_dictionary.hpp"

namespace symscan {

/// dx/dt = matrix x + shift as a vector field of the columns. matrix: [C x C] by rows, shift: [C].
VectorField affine_motion(const std::vector<std::vector<double>>& matrix, const std::vector<double>& shift,
                          const std::vector<std::string>& columns);

}  // namespace symscan
