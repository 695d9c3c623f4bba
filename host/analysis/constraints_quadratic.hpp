#pragma once
#include <functional>
#include <vector>

#include "host/analysis/relation.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// Combinations of terms that hardly vary.
struct NearNullSpace {
  std::vector<Term> library;
  Eigen::MatrixXd basis;      ///< [library x k] contributions: coefficient times natural spread of the term
  Eigen::VectorXd variances;  ///< [k] ascending

  /// Those of standard deviation below `threshold`.
  NearNullSpace below(double threshold) const;
};

/// Monomials up to degree two of so many features.
int quadratic_monomials(int features);

/// Near-null vectors of the covariance of the features of `active`, each in units of its spread. `rows`:
/// [events x features]. Those of standard deviation below `threshold`.
NearNullSpace linear_null_space(const Eigen::MatrixXd& rows, const std::vector<int>& active,
                                double threshold);

/// Near-null vectors of the covariance of all monomials up to degree two, in units of what normal data of
/// the same covariance have: there the monomials w_a, w_a w_b and w_a^2 / sqrt(2) of whitened features w
/// are uncorrelated with variance 1. `threshold` is given the smallest standard deviation of the whitened
/// features' correlation. At most so many vectors, those of the smallest variance.
NearNullSpace quadratic_null_space(const Eigen::MatrixXd& rows, const std::vector<int>& kept,
                                   const std::function<double(double)>& threshold, int most = 1 << 20);

/// The rows that come nearest to one combination: repeatedly, the combination of smallest variance is sought
/// among the rows kept, and of all rows the share `kept_share` that obeys it best is kept (concentration
/// steps of least trimmed squares, Rousseeuw & Van Driessen 2006, doi:10.1007/s10618-005-0024-4).
Eigen::MatrixXd concentrated_rows(
    const Eigen::MatrixXd& rows, double kept_share,
    const std::function<Relation(const Eigen::MatrixXd& rows)>& smallest_combination);

/// The first vector of the space as a relation, without its constant. `moments` are those of the rows.
Relation first_relation(const NearNullSpace& space, const Moments& moments);

}  // namespace symscan
