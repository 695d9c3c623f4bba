#pragma once
#include <vector>

#include "host/analysis/regressor.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// Least squares with all monomials up to a degree, in columns of mean 0 and spread 1; arguments and results
/// in the units of the data.
class PolynomialRegression {
 public:
  /// `rows` [n x D], `values` [n]: finite, n >= 1. `degree` >= 1.
  PolynomialRegression(const Eigen::MatrixXd& rows, const Eigen::VectorXd& values, int degree);
  Regressor::Estimate at(const Eigen::MatrixXd& rows) const;

  /// Monomials of D variables up to a degree, 1 included.
  static double terms(Eigen::Index dimension, int degree);

 private:
  struct Monomial {
    Eigen::Index parent;  ///< the monomial of one degree less, -1 for 1 itself
    Eigen::Index factor;  ///< the column that multiplies it, not before the parent's
  };
  Eigen::MatrixXd standard(const Eigen::MatrixXd& rows) const;
  Eigen::MatrixXd monomials(const Eigen::MatrixXd& standard_rows) const;

  Eigen::RowVectorXd offset_, inverse_scale_;  ///< of the columns; 0: constant
  std::vector<Monomial> monomials_;
  Eigen::VectorXd coefficients_;
};

}  // namespace symscan
