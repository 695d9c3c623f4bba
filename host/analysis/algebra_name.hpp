#pragma once
#include <string>
#include <vector>

#include "host/analysis/lie_algebra.hpp"

namespace symscan {

/// The compact Lie algebra spanned by the linear parts of `compact`, e.g. "so(3)", "so(2)+so(2)", "so(4)",
/// "so(3)+so(2)"; "" when empty. From the Killing form (centre) and the commutant of the adjoint
/// representation (simple ideals); ideals are named by dimension and the dimension of the space they move.
std::string name_compact_algebra(const std::vector<AffineField>& compact);

}  // namespace symscan
