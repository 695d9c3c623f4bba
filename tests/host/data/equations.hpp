#pragma once
#include <cctype>
#include <complex>
#include <stdexcept>
#include <string>
#include <vector>

namespace symscan::test {

/// An equation among columns as DatasetFacts states it: sums, products by juxtaposition, powers, numbers and
/// parentheses, with a unit (GeV, GeV^2) at the end.
class Equation {
 public:
  using Number = std::complex<double>;

  Equation(std::string text, std::vector<std::string> columns)
      : text_(std::move(text)), columns_(std::move(columns)) {}

  /// Left minus right hand side.
  Number difference(const std::vector<Number>& row) const {
    Reader reader{*this, row, 0};
    const Number left = reader.sum();
    reader.expect('=');
    const Number right = reader.sum();
    const std::string unit = text_.substr(reader.at);
    if (!unit.empty() && unit != "GeV" && unit != "GeV^2") {
      throw std::invalid_argument("cannot read '" + unit + "' of " + text_);
    }
    return left - right;
  }

  double value(const std::vector<double>& row) const { return difference({row.begin(), row.end()}).real(); }

  /// Derivatives by complex steps, which lose no digits.
  std::vector<double> gradient(const std::vector<double>& row) const {
    std::vector<double> result;
    for (std::size_t column = 0; column < row.size(); ++column) {
      std::vector<Number> moved(row.begin(), row.end());
      moved[column] += Number(0.0, 1e-100);
      result.push_back(difference(moved).imag() * 1e100);
    }
    return result;
  }

 private:
  struct Reader {
    const Equation& equation;
    const std::vector<Number>& row;
    std::size_t at;

    char next() {
      while (at < equation.text_.size() && equation.text_[at] == ' ') ++at;
      return at < equation.text_.size() ? equation.text_[at] : '\0';
    }
    bool take(char wanted) {
      if (next() != wanted) return false;
      ++at;
      return true;
    }
    void expect(char wanted) {
      if (!take(wanted))
        throw std::invalid_argument("no " + std::string(1, wanted) + " in " + equation.text_);
    }
    Number sum() {
      const bool negative = take('-');
      Number total = negative ? -product() : product();
      for (;;) {
        if (take('+')) {
          total += product();
        } else if (take('-')) {
          total -= product();
        } else {
          return total;
        }
      }
    }
    Number product() {
      Number total = 0.0;
      if (!factor(total)) throw std::invalid_argument("a term is missing in " + equation.text_);
      for (Number one; factor(one);) total *= one;
      return total;
    }
    bool factor(Number& value) {
      const std::size_t column = column_here();
      if (column < row.size()) {
        value = row[column];
        at += equation.columns_[column].size();
      } else if (std::isdigit(static_cast<unsigned char>(next()))) {
        std::size_t used = 0;
        value = std::stod(equation.text_.substr(at), &used);
        at += used;
      } else if (take('(')) {
        value = sum();
        expect(')');
      } else {
        return false;
      }
      if (take('^')) {
        expect('2');
        value *= value;
      }
      return true;
    }
    /// The longest column name that starts here ("p1'" before "p1"); row.size() if there is none.
    std::size_t column_here() {
      next();
      std::size_t best = row.size(), length = 0;
      for (std::size_t column = 0; column < row.size(); ++column) {
        const std::string& name = equation.columns_[column];
        if (name.size() > length && equation.text_.compare(at, name.size(), name) == 0) {
          best = column;
          length = name.size();
        }
      }
      return best;
    }
  };

  std::string text_;
  std::vector<std::string> columns_;
};

}  // namespace symscan::test
