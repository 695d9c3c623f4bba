#pragma once
#include <string>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// A function of the columns of a table that a user wrote: numbers, column names, + - * / ^, parentheses, exp
/// log sin cos tan sqrt abs. `^` binds tighter than a sign and groups to the right: -x^2 = -(x^2), 2^3^2 =
/// 2^9. A name is the longest column name that stands there, "px(mu-)" too; one that reads as a number is a
/// number.
class Expression {
 public:
  /// Throws DataError with one sentence that says what is wrong and at which character (from 1). At most
  /// 2000 characters and 50 nested parentheses.
  static Expression parse(const std::string& text, const std::vector<std::string>& columns);

  /// A condition: comparisons < <= > >= == != of functions, joined by && || ! (or: and, or, not) and
  /// parentheses; `a < x < b` is refused. Its values are 0 and 1; a comparison with a NaN is 0. Throws as
  /// parse().
  static Expression parse_condition(const std::string& text, const std::vector<std::string>& columns);

  /// [n] for rows [n x D]; not finite where the function is not defined.
  Eigen::VectorXd values(const Eigen::MatrixXd& rows) const;
  /// In the same notation, with no more parentheses than needed; not of conditions.
  std::string text(const std::vector<std::string>& columns) const;
  /// 0 or more indices, ascending.
  std::vector<int> columns_used() const;

 private:
  enum class Operation {
    number,
    column,
    add,
    subtract,
    multiply,
    divide,
    power,
    negate,
    function,
    less,
    less_equal,
    greater,
    greater_equal,
    equal,
    unequal,
    both,
    either,
    inverse
  };
  struct Step {
    Operation operation;
    double number = 0;
    int index = 0;  ///< of the column or the function
  };
  using Comparison = bool (*)(double, double);
  /// nullptr for other operations.
  static Comparison comparison(Operation operation);
  /// -1 if there is none.
  static int function_named(const std::string& name);
  std::vector<Step> steps_;  ///< in postfix order
  friend class ExpressionParser;
};

/// A vector field that a user wrote as a derivation: "x*d/dy - y*d/dx", "(x^2 + 1)*d/dx + exp(y)*d/dy".
struct FieldText {
  struct Component {
    int column;
    Expression velocity;
  };
  std::vector<Component> components;  ///< by ascending column, one for each that is named
  std::string text;
};

/// Every term has exactly one factor d/dNAME; NAME is a column. Throws as Expression::parse does. Where a
/// table has the columns "d" and "dx" besides "x", "d/dx" is the derivation.
FieldText parse_field(const std::string& text, const std::vector<std::string>& columns);

/// One field per line; what follows # and blank lines are left out. Errors say the line.
std::vector<FieldText> parse_fields(const std::string& text, const std::vector<std::string>& columns);

}  // namespace symscan
