#pragma once
#include <optional>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// Local dimension: E_x sum_k lambda_k / (1 + lambda_k), lambda_k the eigenvalues of J^T J / tau with J the
/// decoder's Jacobian. Directions along which a point moves the reconstruction by more than the decoder's
/// noise sqrt(tau) count 1, others 0. `jacobians`: [D x L] each, prepared units.
double local_dimension(const std::vector<Eigen::MatrixXd>& jacobians, double tau);

/// Rate slope -2 dR / d ln(beta) at each beta (central differences, one-sided at the ends; empty for fewer
/// than two): the number of dimensions that the rate R (total KL, nats) pays for. `beta` ascending.
std::vector<double> rate_slope(const std::vector<double>& beta, const std::vector<double>& rate);

/// Where a curve over beta stays near one whole number.
struct Plateau {
  double value = 0;         ///< mean over the plateau
  double from = 0, to = 0;  ///< betas
  int dimension = 0;        ///< the whole number
};
/// The longest run (in ln beta) of neighbours whose values lie within `tolerance` of the same whole number
/// above 0; a single point counts as a run of length 0, the one nearest to its whole number wins then.
/// Empty if there is none.
std::optional<Plateau> find_plateau(const std::vector<double>& beta, const std::vector<double>& values,
                                    double tolerance = 0.2);

}  // namespace symscan
