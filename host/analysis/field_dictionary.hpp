#pragma once
#include <string>
#include <vector>

#include "host/analysis/function_terms.hpp"
#include "host/base/eigen.hpp"
#include "host/data/expression.hpp"

namespace symscan {

/// A vector field dx/dt = v(x) on the rows of a table: a sum of coefficient * function * d/d(column).
struct VectorField {
  struct Part {
    int column;
    double coefficient;
    FunctionTerm term;                     ///< the function where `formula` is empty; its text else
    std::vector<Expression> formula = {};  ///< none or one
  };
  std::vector<Part> parts;

  /// [n x D] in the units of the columns. Throws DataError where a function is not finite.
  Eigen::MatrixXd velocities(const Eigen::MatrixXd& rows) const;
  /// "dx = -y, dy = x": the columns that move, numbers of at most `digits` digits.
  std::string equation(const std::vector<std::string>& columns, int digits = 4) const;
  /// 0: shifts, 1: affine, 2: quadratic; 3 where a function is no polynomial.
  int degree() const;
};

/// sum coefficients(k) fields[k]; equal parts are joined and parts of coefficient 0 left out.
VectorField combined(const std::vector<VectorField>& fields, const Eigen::VectorXd& coefficients);

/// Fields among whose combinations symmetries are sought, those of lower degree first.
struct FieldDictionary {
  std::string name;
  std::vector<VectorField> fields;
  /// Indices of the fields that are combined with each other: all of them, or those of each pair of columns.
  std::vector<std::vector<int>> blocks;
};

/// "affine", "quadratic": all polynomials to this degree in every component (above 6 columns quadratic is as
/// pairs is: in the plane of two columns). "pairs": for each two columns a and b, fields that move these
/// alone and have the coefficients 1, a, b, a^2, a b, b^2, exp of both, log of those that are positive, cos
/// and sin of those that are angles (by name, or `angle_columns`). rows: [n x D], for what is positive and in
/// range. Throws DataError for any other name.
FieldDictionary field_dictionary(const std::string& name, const Eigen::MatrixXd& rows,
                                 const std::vector<std::string>& columns,
                                 const std::vector<int>& angle_columns = {});

/// Of a user's fields; each is one member.
FieldDictionary field_dictionary(const std::vector<FieldText>& fields,
                                 const std::vector<std::string>& columns);

/// The functions of several fields at the rows, each once: field k has in the column of function f the
/// velocity values.col(f) * coefficients(f, k).
struct FieldFunctions {
  Eigen::MatrixXd values;        ///< [n x functions]
  std::vector<int> columns;      ///< [functions]
  Eigen::MatrixXd coefficients;  ///< [functions x fields]
  /// Velocities [n x D] of sum weights(k) field k.
  Eigen::MatrixXd velocities(const Eigen::VectorXd& weights, Eigen::Index dimension) const;
};
/// Throws DataError where a function is not finite.
FieldFunctions field_functions(const std::vector<VectorField>& fields, const Eigen::MatrixXd& rows);

}  // namespace symscan
