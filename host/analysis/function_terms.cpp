#include "host/analysis/function_terms.hpp"

#include <algorithm>
#include <cmath>

#include "host/analysis/derived_columns.hpp"
#include "host/analysis/equation_text.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Factor = FunctionTerm::Factor;

constexpr double kLargestExponent = 30;  ///< of exp(x)
constexpr double kNarrow = 0.02;         ///< range over size below which a logarithm is nearly linear

double angle_of(const VectorXd& row, const std::vector<int>& columns) {
  return columns.size() > 1 ? row(columns[0]) - row(columns[1]) : row(columns[0]);
}

double factor_value(const FunctionTerm& term, const VectorXd& row) {
  switch (term.factor) {
    case Factor::none:
      return 1;
    case Factor::exponential:
      return std::exp(row(term.of[0]) / term.unit);
    case Factor::logarithm:
      return std::log(row(term.of[0]));
    case Factor::cosine:
      return std::cos(angle_of(row, term.of));
    case Factor::sine:
      return std::sin(angle_of(row, term.of));
    case Factor::radius:
      return radius_of(row, term.of);
    case Factor::inverse_radius:
      return 1 / radius_of(row, term.of);
  }
  return 1;
}

/// Adds `times` the derivatives of the factor.
void add_factor_gradient(const FunctionTerm& term, const VectorXd& row, double times, VectorXd& slope) {
  if (term.factor == Factor::none) return;
  if (term.factor == Factor::radius || term.factor == Factor::inverse_radius) {
    add_radius_gradient(row, term.of, term.factor == Factor::inverse_radius, times, slope);
    return;
  }
  double derivative = 0;
  if (term.factor == Factor::exponential) derivative = std::exp(row(term.of[0]) / term.unit) / term.unit;
  if (term.factor == Factor::logarithm) derivative = 1 / row(term.of[0]);
  if (term.factor == Factor::cosine) derivative = -std::sin(angle_of(row, term.of));
  if (term.factor == Factor::sine) derivative = std::cos(angle_of(row, term.of));
  slope(term.of[0]) += times * derivative;
  if (term.of.size() > 1) slope(term.of[1]) -= times * derivative;
}

double whole_power(double base, int exponent) {
  double product = 1;
  for (int i = 0; i < exponent; ++i) product *= base;
  return product;
}

double powers_value(const FunctionTerm& term, const VectorXd& row) {
  double product = 1;
  for (std::size_t i = 0; i < term.powers.size(); ++i)
    product *= whole_power(row(static_cast<Index>(i)), term.powers[i]);
  return product;
}

std::string powers_text(const std::vector<int>& powers, const std::vector<std::string>& columns) {
  std::string text;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    if (powers[i] == 0) continue;
    text += (text.empty() ? "" : " ") + formula_name(columns[i]);
    if (powers[i] > 1) text += "^" + std::to_string(powers[i]);
  }
  return text.empty() ? "1" : text;
}

/// Grows the dictionary of one table.
class Builder {
 public:
  Builder(const MatrixXd& rows, const std::vector<std::string>& columns, const TermChoice& choice)
      : rows_(rows), columns_(columns), choice_(choice), low_(rows.cols()), high_(rows.cols()) {
    for (Index i = 0; i < rows.cols(); ++i) {
      low_(i) = rows.rows() ? rows.col(i).minCoeff() : 0;
      high_(i) = rows.rows() ? rows.col(i).maxCoeff() : 0;
      if (low_(i) < high_(i)) varying_.push_back(static_cast<int>(i));
    }
  }

  std::vector<FunctionTerm> terms() {
    add_factors();
    std::vector<FunctionTerm> factors = std::move(terms_);
    terms_.clear();
    if (choice_.constant) terms_.push_back(monomial(zero()));
    std::vector<std::vector<int>> powers{zero()};
    for (int degree = 1; degree <= choice_.degree && !varying_.empty(); ++degree) {
      powers = one_degree_more(powers);
      if (degree > 1 && terms_.size() + powers.size() + factors.size() > choice_.most) break;
      for (const std::vector<int>& own : powers) terms_.push_back(monomial(own));
    }
    terms_.insert(terms_.end(), factors.begin(), factors.end());
    if (terms_.size() > choice_.most) terms_.resize(choice_.most);
    return std::move(terms_);
  }

 private:
  std::vector<int> zero() const { return std::vector<int>(columns_.size(), 0); }

  FunctionTerm monomial(const std::vector<int>& powers) const {
    FunctionTerm term;
    term.powers = powers;
    term.text = powers_text(powers, columns_);
    return term;
  }

  /// x^2, x y, y^2 from x, y: each product is made once, from its part without its last column.
  std::vector<std::vector<int>> one_degree_more(const std::vector<std::vector<int>>& powers) const {
    std::vector<std::vector<int>> more;
    for (const std::vector<int>& own : powers) {
      for (const int column : varying_) {
        const auto place = static_cast<std::size_t>(column);
        if (std::any_of(own.begin() + static_cast<std::ptrdiff_t>(place) + 1, own.end(),
                        [](int power) { return power > 0; }))
          continue;
        more.push_back(own);
        ++more.back()[place];
        if (more.size() > choice_.most) return more;
      }
    }
    return more;
  }

  void add(std::vector<int> powers, Factor factor, std::vector<int> of, const std::string& text,
           const std::string& definition = "") {
    const std::string times = powers_text(powers, columns_);
    terms_.push_back(
        {std::move(powers), factor, std::move(of), 1, times == "1" ? text : times + " " + text, definition});
  }

  std::string name(int column) const { return formula_name(columns_[static_cast<std::size_t>(column)]); }

  void add_factors() {
    const std::vector<DerivedColumn> derived = derived_columns(rows_, columns_);
    for (const int column : varying_) {
      if (choice_.exponentials && low_(column) >= -kLargestExponent && high_(column) <= kLargestExponent)
        add(zero(), Factor::exponential, {column}, "exp(" + name(column) + ")");
    }
    for (const int column : varying_) {
      if (choice_.logarithms && low_(column) > 0 && high_(column) - low_(column) > kNarrow * high_(column))
        add(zero(), Factor::logarithm, {column}, "log(" + name(column) + ")");
    }
    for (const DerivedColumn& column : derived) {
      if (choice_.radii && column.kind == DerivedColumn::Kind::inverse_radius)
        add(zero(), Factor::inverse_radius, column.columns, "1/" + column.name, column.definition);
    }
    const std::vector<int> angles = angles_among(derived);
    if (choice_.angles) {
      for (const int column : angles) {
        add(zero(), Factor::cosine, {column}, "cos(" + name(column) + ")");
        add(zero(), Factor::sine, {column}, "sin(" + name(column) + ")");
      }
    }
    if (choice_.angle_differences) add_differences(angles);
  }

  std::vector<int> angles_among(const std::vector<DerivedColumn>& derived) const {
    std::vector<int> angles;
    for (const int column : varying_) {
      const bool chosen = std::find(choice_.angle_columns.begin(), choice_.angle_columns.end(), column) !=
                          choice_.angle_columns.end();
      const bool named = std::any_of(derived.begin(), derived.end(), [column](const DerivedColumn& own) {
        return own.kind == DerivedColumn::Kind::cosine && own.columns[0] == column;
      });
      if (chosen || named) angles.push_back(column);
    }
    return angles;
  }

  void add_differences(const std::vector<int>& angles) {
    std::vector<int> others;
    for (const int column : varying_) {
      if (std::find(angles.begin(), angles.end(), column) == angles.end()) others.push_back(column);
    }
    for (std::size_t i = 0; i < angles.size(); ++i) {
      for (std::size_t k = i + 1; k < angles.size(); ++k) {
        const std::vector<int> of{angles[i], angles[k]};
        const std::string between = "(" + name(angles[i]) + " - " + name(angles[k]) + ")";
        add_both(zero(), of, between);
        for (const int first : others) {
          for (const int second : others) {
            if (second < first || terms_.size() > choice_.most) continue;
            std::vector<int> powers = zero();
            ++powers[static_cast<std::size_t>(first)];
            ++powers[static_cast<std::size_t>(second)];
            add_both(powers, of, between);
          }
        }
      }
    }
  }

  void add_both(const std::vector<int>& powers, const std::vector<int>& of, const std::string& between) {
    add(powers, Factor::cosine, of, "cos" + between);
    add(powers, Factor::sine, of, "sin" + between);
  }

  const MatrixXd& rows_;
  const std::vector<std::string>& columns_;
  const TermChoice& choice_;
  VectorXd low_, high_;
  std::vector<int> varying_;
  std::vector<FunctionTerm> terms_;
};

}  // namespace

double FunctionTerm::value(const VectorXd& row) const {
  return powers_value(*this, row) * factor_value(*this, row);
}

VectorXd FunctionTerm::gradient(const VectorXd& row) const {
  VectorXd slope = VectorXd::Zero(row.size());
  const double factor_here = factor_value(*this, row);
  for (std::size_t i = 0; i < powers.size(); ++i) {
    if (powers[i] == 0) continue;
    double product = powers[i] * factor_here;
    for (std::size_t k = 0; k < powers.size(); ++k)
      product *= whole_power(row(static_cast<Index>(k)), powers[k] - (k == i ? 1 : 0));
    slope(static_cast<Index>(i)) += product;
  }
  add_factor_gradient(*this, row, powers_value(*this, row), slope);
  return slope;
}

std::vector<FunctionTerm> function_terms(const MatrixXd& rows, const std::vector<std::string>& columns,
                                         const TermChoice& choice) {
  return Builder(rows, columns, choice).terms();
}

MatrixXd values_of(const std::vector<FunctionTerm>& terms, const MatrixXd& rows) {
  MatrixXd values(rows.rows(), static_cast<Index>(terms.size()));
  VectorXd row;
  for (Index n = 0; n < rows.rows(); ++n) {
    row = rows.row(n);
    for (std::size_t k = 0; k < terms.size(); ++k) values(n, static_cast<Index>(k)) = terms[k].value(row);
  }
  return values;
}

}  // namespace symscan
