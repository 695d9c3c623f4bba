#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// A function of the columns of one row: a product of powers of columns and at most one more factor.
struct FunctionTerm {
  enum class Factor { none, exponential, logarithm, cosine, sine, radius, inverse_radius };
  std::vector<int> powers;  ///< [D] exponents >= 0
  Factor factor = Factor::none;
  /// Columns of the factor: one; two for a cosine or sine of their difference; the coordinates of a radius.
  std::vector<int> of = {};
  double unit = 1;              ///< exp(x / unit): keeps the values within range; 1 where not stated
  std::string text;             ///< "x^2 y", "exp(x)", "cos(q)", "1/r"; "1" for the constant
  std::string definition = {};  ///< "r = sqrt(x^2 + y^2)"; empty where the text says all

  double value(const Eigen::VectorXd& row) const;
  /// d value / d column, [D]
  Eigen::VectorXd gradient(const Eigen::VectorXd& row) const;
};

struct TermChoice {
  int degree = 2;  ///< of the polynomials, the constant included if `constant`
  bool constant = false;
  bool exponentials = false;  ///< exp of columns whose exp stays finite and readable: |x| < 30 or so
  bool logarithms = false;    ///< log of positive columns
  bool angles = false;        ///< cos and sin of columns that are angles, by name or by `angle_columns`
  bool radii = false;         ///< 1/r of bodies with coordinates, see derived_columns()
  std::vector<int> angle_columns = {};
  /// Terms; lower degrees first: a degree that does not fit as a whole is left out.
  std::size_t most = 400;
  /// Cosine and sine of the differences of two angles, alone and times the squares and products of the
  /// columns that are not angles.
  bool angle_differences = false;
};
/// The dictionary for a table. rows: [n x D], for what is positive, finite, an angle. Polynomials first, by
/// degree; constant columns are in no term but the constant, and a factor that hardly differs from a linear
/// function of its column over the rows is left out.
std::vector<FunctionTerm> function_terms(const Eigen::MatrixXd& rows, const std::vector<std::string>& columns,
                                         const TermChoice& choice);

/// [n x terms]
Eigen::MatrixXd values_of(const std::vector<FunctionTerm>& terms, const Eigen::MatrixXd& rows);

}  // namespace symscan
