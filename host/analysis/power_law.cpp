#include "host/analysis/power_law.hpp"

#include <algorithm>
#include <cmath>

#include "host/analysis/constraint_fit.hpp"
#include "host/analysis/constraints_quadratic.hpp"
#include "host/analysis/equation_text.hpp"
#include "host/analysis/implied_relation.hpp"
#include "host/analysis/relation.hpp"
#include "host/analysis/sparse_vectors.hpp"
#include "host/base/linear_algebra.hpp"
#include "host/data/table_limits.hpp"

namespace symscan {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kLeastEvents = 40, kMostFactors = 8;
constexpr double kNearNull = 1e-5;       ///< relative residual of combinations that are tried
constexpr double kLargestExponent = 6;   ///< in lowest terms
constexpr double kSameDirection = 1e-5;  ///< sine between gradients
constexpr double kNarrow =
    0.02;  ///< range over size below which logarithms and reciprocals are nearly linear

/// Features of one sign, with a spread that makes logarithms and reciprocals differ from the features.
struct OneSided {
  std::vector<int> columns;
  std::vector<std::string> names;  ///< "x", or "|x|" of negative features
  std::vector<double> precision;
  MatrixXd sizes;  ///< [events x columns], positive
};

OneSided one_sided(const MatrixXd& rows, const std::vector<std::string>& columns,
                   const std::vector<double>& precision) {
  OneSided chosen;
  for (Eigen::Index i = 0; i < rows.cols(); ++i) {
    const VectorXd column = rows.col(i);
    const double low = column.minCoeff(), high = column.maxCoeff();
    if (!(low > 0 || high < 0) || !(high - low > kNarrow * std::max(-low, high))) continue;
    if (std::min(std::abs(low), std::abs(high)) < smallest_value) continue;  // 1/x is beyond the limits of x
    const auto place = static_cast<std::size_t>(i);
    chosen.columns.push_back(static_cast<int>(i));
    const std::string name = formula_name(columns[place]);
    chosen.names.push_back(low > 0 ? name : "|" + name + "|");
    chosen.precision.push_back(place < precision.size() ? precision[place] : 0);
  }
  chosen.sizes = MatrixXd(rows(Eigen::all, chosen.columns)).cwiseAbs();
  return chosen;
}

/// Logarithms from 1 on, so that their rounding, an absolute one, is relative to their size as that of
/// features is. Factors of the features, which this changes, do not matter to exponents.
MatrixXd logarithms_from_one(const MatrixXd& logarithms) {
  return (logarithms.rowwise() - logarithms.colwise().minCoeff()).array() + 1;
}

std::vector<double> rounding_of_logarithms(const OneSided& chosen, const MatrixXd& logarithms) {
  std::vector<double> result;
  for (std::size_t i = 0; i < chosen.precision.size(); ++i) {
    const double largest = logarithms.col(static_cast<Eigen::Index>(i)).cwiseAbs().maxCoeff();
    result.push_back(std::max(chosen.precision[i], kFloat64Precision * (1 + largest)));
  }
  return result;
}

/// Exact sparse linear relations among the columns of `values`, the shortest first. None if the budget does
/// not afford the search, which is listed as `part`.
std::vector<FoundConstraint> exact_linear_relations(const MatrixXd& values,
                                                    const std::vector<std::string>& names,
                                                    const std::vector<double>& precision, WorkBudget& budget,
                                                    const char* part) {
  const auto events = static_cast<double>(values.rows()), size = static_cast<double>(values.cols());
  double operations =
      500 * events * size + operations_of_product(size, events / 2, size) + operations_of_eigen(size);
  // Fewer events than columns leave combinations that they cannot exclude.
  if (events / 2 <= size) operations += sparse_operations(size, size - events / 2 + 1);
  if (!budget.affords(part, operations)) return {};
  const ConstraintSettings settings;
  const ConstraintFit fit(values, names, precision, settings);
  std::vector<int> all;
  for (int i = 0; i < static_cast<int>(names.size()); ++i) all.push_back(i);
  const NearNullSpace space = linear_null_space(fit.fitted_rows(), all, kNearNull);
  std::vector<FoundConstraint> found;
  if (space.basis.cols() == 0) return found;
  const MatrixXd basis = orthonormal(space.basis);
  if (events / 2 > size && !budget.affords(part, sparse_operations(basis))) return found;
  for (const std::vector<int>& support : sparse_supports(basis, 1e-4)) {
    if (static_cast<int>(support.size()) > kMostFactors) continue;
    std::vector<Term> terms;
    for (const int k : support) terms.push_back(space.library[static_cast<std::size_t>(k)]);
    auto judged = fit.judged(fit.fitted(std::move(terms), fit.fitted_rows()));
    if (judged && judged->constraint.exact && judged->constraint.terms.size() > 1)
      found.push_back(std::move(*judged));
  }
  std::stable_sort(found.begin(), found.end(), [](const FoundConstraint& a, const FoundConstraint& b) {
    return a.relation.terms.size() < b.relation.terms.size();
  });
  return found;
}

/// Exponents as small integers, if they are in simple proportions.
bool are_simple(const std::vector<Term>& terms) {
  return std::all_of(terms.begin(), terms.end(), [](const Term& term) {
    return term.coefficient == std::round(term.coefficient) && std::abs(term.coefficient) <= kLargestExponent;
  });
}

std::string power_text(const std::string& name, double exponent) {
  return exponent == 1 ? name : name + "^" + decimal_text(exponent);
}

/// "p V = 8.314 n T", "T^2 = a^3": positive exponents on both sides.
std::string power_law_text(const PowerLaw& law, const std::vector<std::string>& names,
                           const std::vector<int>& columns) {
  std::string left, right;
  for (const auto& [column, exponent] : law.factors) {
    const auto place = std::find(columns.begin(), columns.end(), column) - columns.begin();
    std::string& side = exponent > 0 ? left : right;
    side +=
        (side.empty() ? "" : " ") + power_text(names[static_cast<std::size_t>(place)], std::abs(exponent));
  }
  const std::string constant = decimal_text(law.constant);
  if (right.empty()) return left + " = " + constant;
  return left + " = " + (constant == "1" ? "" : constant + " ") + right;
}

/// e^ln_constant, rounded as far as the width of the logarithm allows.
double constant_of(const VectorXd& logarithms) {
  const double width = central_half_width(logarithms, 0.68), constant = std::exp(median(logarithms));
  return short_number(constant, constant * std::max(0.5 * width, 1e-13));
}

PowerLaw power_law_of(const FoundConstraint& found, const OneSided& chosen, const MatrixXd& logarithms) {
  PowerLaw law;
  law.exact = true;
  const VectorXd left = left_side(logarithms, {found.constraint.terms, 0.0});
  for (const Term& term : found.constraint.terms)
    law.factors.emplace_back(chosen.columns[static_cast<std::size_t>(term.first)], term.coefficient);
  law.constant = constant_of(left);
  const VectorXd rest = (left.array() - std::log(law.constant)).matrix();
  law.residual = root_mean_square(rest) / natural_spread({found.constraint.terms, 0.0}, Moments(logarithms));
  law.width = central_half_width(rest, 0.68);
  law.equation = power_law_text(law, chosen.names, chosen.columns);
  return law;
}

ReciprocalLaw reciprocal_law_of(const FoundConstraint& found, const OneSided& chosen, const MatrixXd& rows) {
  ReciprocalLaw law;
  law.exact = true;
  law.residual = found.constraint.residual;
  std::string left, right;
  for (const Term& term : found.constraint.terms) {
    const int column = chosen.columns[static_cast<std::size_t>(term.first)];
    const double sign = rows(0, column) > 0 ? 1 : -1;
    law.terms.emplace_back(column, sign * term.coefficient);
    std::string& side = term.coefficient > 0 ? left : right;
    side += (side.empty() ? "" : " + ") + decimal_text(std::abs(term.coefficient)) + "/" +
            chosen.names[static_cast<std::size_t>(term.first)];
  }
  law.constant = found.constraint.constant;
  const std::string constant = decimal_text(std::abs(law.constant));
  if (law.constant < 0) left += (left.empty() ? "" : " + ") + constant;
  if (law.constant > 0 || right.empty())
    right += (right.empty() ? "" : " + ") + (law.constant > 0 ? constant : "0");
  law.equation = left + " = " + right;
  return law;
}

}  // namespace

double PowerLaw::value(const VectorXd& event) const {
  double sum = -std::log(constant);
  for (const auto& [column, exponent] : factors) sum += exponent * std::log(std::abs(event(column)));
  return sum;
}

VectorXd PowerLaw::gradient(const VectorXd& event) const {
  VectorXd slope = VectorXd::Zero(event.size());
  for (const auto& [column, exponent] : factors) slope(column) += exponent / event(column);
  return slope;
}

double ReciprocalLaw::value(const VectorXd& event) const {
  double sum = -constant;
  for (const auto& [column, coefficient] : terms) sum += coefficient / event(column);
  return sum;
}

VectorXd ReciprocalLaw::gradient(const VectorXd& event) const {
  VectorXd slope = VectorXd::Zero(event.size());
  for (const auto& [column, coefficient] : terms)
    slope(column) -= coefficient / (event(column) * event(column));
  return slope;
}

std::vector<PowerLaw> find_power_laws(const MatrixXd& rows, const std::vector<std::string>& columns,
                                      const std::vector<double>& precision,
                                      const std::vector<Constraint>& known, WorkBudget* budget) {
  std::vector<PowerLaw> laws;
  if (rows.rows() < kLeastEvents) return laws;
  const OneSided chosen = one_sided(rows, columns, precision);
  if (chosen.columns.size() < 2) return laws;
  const MatrixXd logarithms = chosen.sizes.array().log().matrix();
  auto gradients = gradients_of(known);
  WorkBudget without_end;
  for (const FoundConstraint& found : exact_linear_relations(
           logarithms_from_one(logarithms), chosen.names, rounding_of_logarithms(chosen, logarithms),
           budget != nullptr ? *budget : without_end, parts::products)) {
    if (!are_simple(found.constraint.terms)) continue;
    PowerLaw law = power_law_of(found, chosen, logarithms);
    const auto own = [&law](const VectorXd& event) { return law.gradient(event); };
    if (is_implied(rows, own, gradients, kSameDirection)) continue;
    gradients.push_back([law](const VectorXd& event) { return law.gradient(event); });
    laws.push_back(std::move(law));
  }
  return laws;
}

std::vector<ReciprocalLaw> find_reciprocal_laws(const MatrixXd& rows, const std::vector<std::string>& columns,
                                                const std::vector<double>& precision,
                                                const std::vector<Constraint>& known, WorkBudget* budget) {
  std::vector<ReciprocalLaw> laws;
  if (rows.rows() < kLeastEvents) return laws;
  const OneSided chosen = one_sided(rows, columns, precision);
  if (chosen.columns.size() < 2) return laws;
  const auto gradients = gradients_of(known);
  std::vector<GradientAt> linear, said;
  for (const Constraint& constraint : known) {
    if (constraint.exact && constraint.degree == 1)
      linear.push_back([&constraint](const VectorXd& event) { return constraint.gradient_at(event); });
  }
  WorkBudget without_end;
  for (const FoundConstraint& found :
       exact_linear_relations(chosen.sizes.cwiseInverse(), chosen.names, chosen.precision,
                              budget != nullptr ? *budget : without_end, parts::reciprocals)) {
    ReciprocalLaw law = reciprocal_law_of(found, chosen, rows);
    const auto own = [&law](const VectorXd& event) { return law.gradient(event); };
    // x = y needs no reciprocals.
    if (is_implied(rows, own, linear, kSameDirection) || is_implied(rows, own, said, kSameDirection))
      continue;
    law.implied = is_implied(rows, own, gradients, kSameDirection);
    said.push_back([law](const VectorXd& event) { return law.gradient(event); });
    laws.push_back(std::move(law));
  }
  return laws;
}

}  // namespace symscan
