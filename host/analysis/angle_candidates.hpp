#pragma once
#include <string>
#include <vector>

#include "host/analysis/angle_columns.hpp"
#include "host/analysis/candidates.hpp"

namespace symscan {

/// parse_candidate() for a table with angles: beside columns, a text may name an angle.
///   translation(phi)      phi -> phi + t: turns its cosine into its sine
///   reflection(phi)       phi -> -phi
///   permutation(phi,psi)  exchanges two angles
std::vector<Candidate> parse_candidate(const std::string& text, const std::vector<std::string>& columns,
                                       const std::vector<Angle>& angles);

/// natural_candidates() of the other columns, and for at most eight angles the shift and the reflection of
/// each. Each gives exactly one candidate.
std::vector<std::string> natural_candidates(const std::vector<std::string>& columns,
                                            const std::vector<Angle>& angles);

/// Shifts that people look for, as flows: of each angle, of all of them together, of two together and against
/// each other (of at most six).
std::vector<Candidate> angle_shifts(const std::vector<std::string>& columns,
                                    const std::vector<Angle>& angles);

}  // namespace symscan
