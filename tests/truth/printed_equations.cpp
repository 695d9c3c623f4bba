// Reads printed equations back and puts the rows in: what is said to be exact has to hold as it is printed.
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "tests/truth/contradictions.hpp"

namespace symscan::truth {
namespace {

using Eigen::ArrayXd;
using Eigen::Index;
using Eigen::MatrixXd;

/// The value of one side of an equation in every row, and the sum of the sizes of its terms.
struct Side {
  ArrayXd value, size;
};

/// A sum of products of numbers and powers of columns: "2 t v - 0.5 t^2", "1/a + 1/b".
class EquationReader {
 public:
  EquationReader(const std::string& text, const std::vector<std::string>& columns, const MatrixXd& rows)
      : text_(text), columns_(columns), rows_(rows) {}

  std::optional<Side> side() {
    Side sum{ArrayXd::Zero(rows_.rows()), ArrayXd::Zero(rows_.rows())};
    double sign = take("-") ? -1 : 1;
    do {
      const std::optional<ArrayXd> term = product();
      if (!term) return std::nullopt;
      sum.value += sign * *term;
      sum.size += term->abs();
      sign = take(" + ") ? 1 : take(" - ") ? -1 : 0;
    } while (sign != 0);
    return sum;
  }
  bool take(const std::string& word) {
    if (text_.compare(at_, word.size(), word) != 0) return false;
    at_ += word.size();
    return true;
  }

 private:
  std::optional<ArrayXd> product() {
    ArrayXd value = ArrayXd::Ones(rows_.rows());
    if (!factor(value, 1)) return std::nullopt;
    while (true) {
      const std::size_t before = at_;
      const bool below = take("/") || take(" / ");
      if ((below || take(" ")) && factor(value, below ? -1 : 1)) continue;
      at_ = before;
      return value;
    }
  }

  /// Multiplies by a number or a column to a power.
  bool factor(ArrayXd& value, int power) {
    const int column = longest_column();
    if (column >= 0) {
      at_ += columns_[static_cast<std::size_t>(column)].size();
      if (take("^")) power *= static_cast<int>(number());
      value *= rows_.col(column).array().pow(power);
      return true;
    }
    if (at_ >= text_.size() || !std::isdigit(static_cast<unsigned char>(text_[at_]))) return false;
    value *= std::pow(number(), power);
    return true;
  }

  int longest_column() const {
    int best = -1;
    std::size_t length = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i].size() > length && text_.compare(at_, columns_[i].size(), columns_[i]) == 0) {
        best = static_cast<int>(i);
        length = columns_[i].size();
      }
    return best;
  }

  double number() {
    char* end = nullptr;
    const double value = std::strtod(text_.c_str() + at_, &end);
    at_ = static_cast<std::size_t>(end - text_.c_str());
    return value;
  }

  const std::string& text_;
  const std::vector<std::string>& columns_;
  const MatrixXd& rows_;
  std::size_t at_ = 0;
};

/// Relative size of what is left of an equation in the worst row; none: it is of another form (masses).
std::optional<double> residual_of(const std::string& equation, const std::vector<std::string>& columns,
                                  const MatrixXd& rows) {
  EquationReader reader(equation, columns, rows);
  const auto left = reader.side();
  if (!left || !reader.take(" = ")) return std::nullopt;
  const auto right = reader.side();
  if (!right) return std::nullopt;
  return ((left->value - right->value).abs() / (left->size + right->size).max(1e-300)).maxCoeff();
}

}  // namespace

std::vector<std::string> contradictions_of_equations(const DatasetFinding& finding, const MatrixXd& rows) {
  std::vector<std::string> exact, found;
  for (const ConstraintFinding& one : finding.constraints)
    if (one.exact) exact.push_back(one.equation);
  for (const LawFinding& law : finding.laws)
    if (law.exact) exact.push_back(law.equation);
  for (const std::string& equation : exact) {
    const std::optional<double> residual = residual_of(equation, finding.columns, rows);
    if (residual && !(*residual < 1e-5))
      found.push_back("exact, but off by " + std::to_string(*residual) + " in a row: " + equation);
  }
  return found;
}

}  // namespace symscan::truth
