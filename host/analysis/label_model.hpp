#pragma once
#include <cstdint>
#include <string>

#include "host/analysis/regressor.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// A function y = f(x) fitted twice, to the two halves of the rows, so that the errors of the two gradients
/// are independent but for what the family of functions cannot follow.
struct LabelModel {
  std::string how;           ///< "polynomial of degree 2, exact", "network, explains 99.9 % of the variance"
  double unexplained = 1;    ///< share of the variance of y in rows that a fit did not see
  bool exact = false;        ///< what is left is rounding
  bool logarithmic = false;  ///< f is ln |y|
  Eigen::MatrixXd rows;      ///< [m x D] where the gradients are taken
  Eigen::VectorXd values;    ///< [m] of f, mean of both fits
  Eigen::MatrixXd first, second;  ///< [m x D] gradients of both fits
};

struct LabelModelSettings {
  Eigen::Index most_rows = 20'000;  ///< more are thinned at random
  Eigen::Index most_gradients = 8'000;
  std::uint64_t seed = 20220421u;
  RegressorSettings network;  ///< its seed is not used
};

/// The simplest model that no other one beats in rows that it did not see: products of powers (ln |y| linear
/// in ln |x|), polynomials of degree 1 to 4, a network. The network is not tried where one is exact.
/// `rows` [n x D], `values` [n]: finite, n >= 40, D >= 1.
LabelModel fit_labels(const Eigen::MatrixXd& rows, const Eigen::VectorXd& values,
                      const LabelModelSettings& settings = {});

}  // namespace symscan
