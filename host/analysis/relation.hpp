#pragma once
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// One term of a polynomial relation: coefficient * x_first, or coefficient * x_first * x_second.
struct Term {
  double coefficient = 0;
  int first = 0;
  int second = -1;  ///< -1: the term is linear
};

/// sum of terms = constant.
struct Relation {
  std::vector<Term> terms;
  double constant = 0;

  int degree() const;
};

/// Moments of the data that a relation's natural size is measured with. Of many columns the covariances are
/// computed when they are asked for: most are never needed.
class Moments {
 public:
  explicit Moments(const Eigen::MatrixXd& rows);

  Eigen::VectorXd mean;    ///< [D]
  Eigen::VectorXd spread;  ///< [D] standard deviations
  /// [columns x columns]
  Eigen::MatrixXd covariance(const std::vector<int>& columns) const;

 private:
  Eigen::MatrixXd all_;      ///< [D x D]; empty where there are many columns
  Eigen::MatrixXd centred_;  ///< [events x D]; only where there are many columns
};

/// Values of a term without its coefficient. [events]
Eigen::VectorXd monomial(const Eigen::MatrixXd& rows, const Term& term);

/// The left side, without the constant. [events]
Eigen::VectorXd left_side(const Eigen::MatrixXd& rows, const Relation& relation);

/// Derivatives of the left side with respect to the features at one event. [D]
Eigen::VectorXd gradient(const Eigen::VectorXd& event, const Relation& relation);

/// The same relation among y = x - centre: left and right side stay equal for the same events. Terms that
/// cancel up to arithmetic are left out. [D]
Relation recentred(const Relation& relation, const Eigen::VectorXd& centre);

/// Change of the left side when every feature x + centre is off by its rounding, added in quadrature.
/// `precision` [D] is the relative rounding of each column. [events]
Eigen::VectorXd rounding_of(const Eigen::MatrixXd& rows, const Relation& relation,
                            const Eigen::VectorXd& precision, const Eigen::VectorXd& centre);

/// Standard deviation that the left side would have if nothing but the moments tied the features together.
/// Linear: independent features, sqrt(sum a_i^2 Var x_i). Quadratic: normal features of the same mean and
/// covariance, sqrt(2 tr(A S A S) + g^T S g) with the gradient g at the mean; so neither a shift nor a
/// correlation of the features makes a relation look precise.
double natural_spread(const Relation& relation, const Moments& moments);

/// Half the width of the interval that holds the central `fraction` of the values.
double central_half_width(const Eigen::VectorXd& values, double fraction);
double median(const Eigen::VectorXd& values);
/// Exact for equal values, unlike their sum over their number.
double mean_of(const Eigen::VectorXd& values);
double root_mean_square(const Eigen::VectorXd& values);
/// Of sizes: their root mean square, but no more than ten times the median, which a few large ones do not
/// move.
double typical_size(const Eigen::VectorXd& sizes);

}  // namespace symscan
