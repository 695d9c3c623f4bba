#pragma once
#include <cstddef>
#include <vector>

namespace symscan {

/// Pearson's chi squared, per event, of a bivariate normal distribution of correlation rho in columns x rows
/// equal bins of [-5, 5]^2, against the same without correlation (Baak et al., arXiv:1811.11440, section 3).
/// Depends on the numbers of bins alone. share(rho) is its value over that at rho = 1; it rises from 0 to 1.
class NormalChiSquared {
 public:
  /// At least two bins each. Ten need two milliseconds; up to ten, correlations are right within 1e-4.
  NormalChiSquared(std::size_t columns, std::size_t rows);

  double share(double correlation) const;     ///< correlation: 0 to 1
  double correlation_of(double share) const;  ///< the inverse; share: 0 to 1

 private:
  double share_at(std::size_t interval, double part) const;

  std::vector<double> share_,
      slope_;  ///< at equal steps of the angle whose sine is the correlation; d / d angle
};

}  // namespace symscan
