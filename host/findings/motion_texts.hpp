#pragma once
#include <string>
#include <vector>

#include "host/findings/model.hpp"

// Motions in lists and sentences. A name is not said alone where the motion is something else in the units of
// the data: a "rotation" of an ellipse, a "shear" that turns.
namespace symscan {

using Motions = std::vector<GeneratorFinding>;

/// One entry for each of motions that share a verdict, for a list: "rotation in x-y (change below 0.09)",
/// "rotation in x-y: dx = 2 y, dy = -0.5 x", "shear of r: dr = x (leads 18 % of the events out)"; the
/// equation alone where the name would mislead.
std::vector<std::string> motion_entries(const Motions& motions);

/// "rotation in x-y", "3 rotations and 1 boost", "rotation in x-y at unequal scales"
std::string motions_text(const Motions& motions);

}  // namespace symscan
