#pragma once
#include <string>

#include "host/findings/answers.hpp"

// The part of a short answer that is about motions and finite maps.
namespace symscan {

/// Of noisy data: whether the dimension holds above a distance only, see DimensionFinding.
bool above_a_scale(const DatasetFinding& finding);

/// Sets `set`, `distribution`, the lists of motions, `not_broken` and `finite`.
void add_symmetry_answer(const DatasetFinding& finding, Answer& answer);

/// The sentence on the symmetry of set and distribution; empty where no feature varies.
std::string answer_on_symmetry(const DatasetFinding& finding);

}  // namespace symscan
