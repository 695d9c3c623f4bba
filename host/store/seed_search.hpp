#pragma once
#include <vector>

#include "host/store/run_results.hpp"

/// Seeds "auto". Every group first trains a set of three seeds. Then, for each problem (optima.hpp), groups
/// whose lowest loss is within a tenth of the problem's train another set, until the class of the lowest loss
/// has been met three times or all sets are trained. What is trained next depends on the results of whole
/// sets alone, so an interrupted or distributed run trains the same replicas.
namespace symscan {

/// Trainings that must end in the class of the lowest loss before it is believed to be the lowest.
inline constexpr std::size_t enough_meetings = 3;

/// Replicas of a sweep with seeds "auto" to be trained next, ascending; empty: the search is over.
std::vector<int> next_replicas(const RunResults& results);

}  // namespace symscan
