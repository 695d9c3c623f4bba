#pragma once
#include <string>
#include <utility>
#include <vector>

#include "host/analysis/constraints.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// prod |x_i|^a_i = constant, among features that never change their sign: "T^2 = a^3", "p V = 8.314 n T".
struct PowerLaw {
  std::vector<std::pair<int, double>> factors;  ///< column and exponent, the columns ascending
  double constant = 1;
  double residual = 0;  ///< rms of ln(prod |x_i|^a_i / constant), relative to its spread if the features were
                        ///< independent
  double width = 0;     ///< half of the central 68 % interval of that logarithm: the relative width
  bool exact = false;   ///< every event obeys it within its rounding
  std::string equation;

  /// ln of the left side over the constant at one event. [D] -> 1
  double value(const Eigen::VectorXd& event) const;
  /// Its derivatives a_i / x_i with respect to the features. [D] -> [D]
  Eigen::VectorXd gradient(const Eigen::VectorXd& event) const;
};

/// sum a_i / x_i = constant: "1/f - 1/a - 1/b = 0".
struct ReciprocalLaw {
  std::vector<std::pair<int, double>> terms;  ///< column and coefficient, the columns ascending
  double constant = 0;
  double residual = 0;  ///< rms relative to the spread if the features were independent
  bool exact = false;
  std::string equation;
  bool implied = false;  ///< the known relations imply it: another form of what they say

  double value(const Eigen::VectorXd& event) const;
  Eigen::VectorXd gradient(const Eigen::VectorXd& event) const;
};

/// Power laws whose exponents are in proportion to whole numbers up to 6, that hold for every event and that
/// the `known` exact relations do not imply: those of linear relations among logarithms, judged as
/// find_constraints() judges exact relations. rows: [events x features], finite; precision: relative rounding
/// of each column; empty: float64.
std::vector<PowerLaw> find_power_laws(const Eigen::MatrixXd& rows, const std::vector<std::string>& columns,
                                      const std::vector<double>& precision = {},
                                      const std::vector<Constraint>& known = {},
                                      WorkBudget* budget = nullptr);

/// Exact linear relations among the reciprocals of features that never change their sign.
std::vector<ReciprocalLaw> find_reciprocal_laws(const Eigen::MatrixXd& rows,
                                                const std::vector<std::string>& columns,
                                                const std::vector<double>& precision = {},
                                                const std::vector<Constraint>& known = {},
                                                WorkBudget* budget = nullptr);

}  // namespace symscan
