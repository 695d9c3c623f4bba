#pragma once
#include <cstdint>

#include "host/analysis/field_dictionary.hpp"
#include "host/analysis/field_tangents.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// Where a thin set breaks a symmetry: |N^T v| / |v| at every row of the set, [n], 0 (tangent) to 1; 0 where
/// the field vanishes.
Eigen::VectorXd residual_along_set(const ThinSet& set, const VectorField& field);

/// Where in the space of the columns a distribution breaks a symmetry.
struct LocalImbalance {
  Eigen::MatrixXd centres;  ///< [c x D] units of the columns, spread as the rows are
  Eigen::VectorXd
      z;  ///< [c] E[v.grad bump] over its standard error; of normal distribution if v keeps the law
  double width = 0;    ///< of the bumps, in robust standard deviations
  double p_value = 1;  ///< of the largest |z| (Bonferroni)
};

/// z of E[v.grad bump_c] for Gaussian bumps at centres chosen by farthest-point sampling of random rows. Rows
/// are taken as independent. Fewer than 40 rows: no centres. Throws DataError for values that are not finite.
LocalImbalance imbalance_along_data(const Eigen::MatrixXd& rows, const VectorField& field,
                                    Eigen::Index centres = 24, std::uint64_t seed = 20040101u);

}  // namespace symscan
