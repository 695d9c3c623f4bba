#pragma once
#include <string>

namespace symscan {

/// What an affine vector field does, from the eigenvalues of its linear part.
enum class FieldKind { rotation, translation, scaling, shear, boost, other };
std::string to_string(FieldKind kind);

}  // namespace symscan
