#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/findings/density_model.hpp"

// Phrases that several sentences on findings share.
namespace symscan {

inline constexpr std::size_t most_listed = 8, longest_equation = 200;
/// Share of the events above which it is said that a motion leads them out of the data.
inline constexpr double least_told_leaves = 0.02;
/// How the note begins on rows that are no independent draws.
inline constexpr const char correlated_rows[] = "Rows are correlated with those near them";

/// The first ones, and how many more there are.
std::string listed(const std::vector<std::string>& words);

/// At most longest_equation bytes, cut between the components where a first one fits.
std::string shortened_equation(const std::string& equation);

/// "p = 0.43, low-order change below 0.05", "p = 1.2e-09, change 0.83"
std::string test_text(const DensityFinding& density);

}  // namespace symscan
