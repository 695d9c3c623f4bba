#pragma once
#include <string>
#include <vector>

#include "host/analysis/constraints.hpp"
#include "host/analysis/derived_columns.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// A polynomial of degree two in the columns, distances r from the origin, 1/r, cosines and sines of angles
/// is constant: "px^2 + py^2 - 2/r = -1, r = sqrt(x^2 + y^2)", "p^2 - 2 cos(theta) = 1".
struct CentralLaw {
  std::string equation;
  double residual = 0;  ///< rms relative to the spread that normal data of the same covariance would have
  bool exact = false;   ///< every event obeys it within its rounding
  std::vector<DerivedColumn> derived;
  Constraint polynomial;  ///< in the columns and the derived ones

  /// Left side minus constant at one event. [D] -> 1
  double value(const Eigen::VectorXd& event) const;
  /// Its derivatives with respect to the columns. [D] -> [D]
  Eigen::VectorXd gradient(const Eigen::VectorXd& event) const;
};

/// Exact laws with a derived column that the `known` exact relations do not imply. Columns are bodies'
/// coordinates and angles by their names (see derived_columns()); without any, nothing is done. rows:
/// [events x D], finite; precision: relative rounding of each column; empty: float64.
///
/// Sparse combinations are sought in the near-null space of the monomials, fitted, rounded and judged as
/// find_constraints() does. Where cosines or distances hardly differ from polynomials over the range of the
/// data, combinations that any data obey are no laws: their derivatives cancel.
std::vector<CentralLaw> find_central_laws(const Eigen::MatrixXd& rows,
                                          const std::vector<std::string>& columns,
                                          const std::vector<double>& precision = {},
                                          const std::vector<Constraint>& known = {},
                                          WorkBudget* budget = nullptr);

}  // namespace symscan
