#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace symscan {

/// The correlation coefficient phi_k of Baak, Koopman, Snoek and Klous (arXiv:1811.11440), as their package
/// phik defines it for two interval variables: Pearson's chi squared of the table of counts is that of a
/// bivariate normal distribution of this correlation, after a pedestal of (n - 1)(m - 1) for the noise of n x
/// m bins. It is 0 for independent variables, 1 where one gives the bin of the other, and sees any
/// dependence; it has no sign.

/// Equal bins over the range of a variable, as phik has them by default.
inline constexpr std::size_t phi_k_bins = 10;

/// A variable in its bins. Bins without a value are left out, as in phik.
struct BinnedVariable {
  std::vector<std::uint8_t> bin;  ///< of each value, from 0
  std::size_t bins = 0;           ///< with a value; 1: constant; 0: no values, or one that is not finite
};
BinnedVariable bin_values(std::span<const double> values);

/// None if one of the variables has fewer than two bins. The variables have equally many values.
std::optional<double> phi_k(const BinnedVariable& x, const BinnedVariable& y);

/// phi_k of a table of counts, [columns][rows]; neither columns nor rows of zeros, 2 to phi_k_bins of each.
double phi_k_of_table(std::span<const std::size_t> counts, std::size_t columns, std::size_t rows);

}  // namespace symscan
