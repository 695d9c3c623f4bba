#include "host/analysis/constraint_fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "host/base/linear_algebra.hpp"
#include "host/data/table.hpp"

namespace symscan {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kTail = 5;            ///< half of the central 95 % interval over the allowed width
constexpr double kArithmetic = 1e-11;  ///< relative error of fitted coefficients
constexpr double kGrowth = 1.5;        ///< of the residual, that makes a term necessary

/// Whether an event belongs to the half that relations are fitted on (splitmix64 of its place).
bool is_fitted(std::uint64_t event) {
  std::uint64_t x = (event + 1) * 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return ((x ^ (x >> 31)) & 1) == 0;
}
/// Smallest root mean square that a unit combination of the monomials has, in units of their natural spreads,
/// and its coefficients for the monomials as they are.
struct Combination {
  double residual = 0;
  VectorXd contributions, coefficients;
};

Combination smallest_combination(const MatrixXd& rows, const std::vector<Term>& terms,
                                 const Moments& moments) {
  MatrixXd values(rows.rows(), static_cast<Eigen::Index>(terms.size()));
  for (std::size_t k = 0; k < terms.size(); ++k)
    values.col(static_cast<Eigen::Index>(k)) = monomial(rows, terms[k]);
  values.rowwise() -= values.colwise().mean().eval();
  const double root_n = std::sqrt(static_cast<double>(rows.rows()));
  VectorXd spread(values.cols());
  for (std::size_t k = 0; k < terms.size(); ++k) {
    const double natural = natural_spread({{{1.0, terms[k].first, terms[k].second}}, 0.0}, moments);
    spread(static_cast<Eigen::Index>(k)) = natural > 0 ? natural : 1;
  }
  values = values * spread.cwiseInverse().asDiagonal();
  const RightSingular svd = right_singular(values);
  const Eigen::Index last = values.cols() - 1;
  const VectorXd vector = svd.vectors.col(last);
  return {svd.values(last) / root_n, vector.cwiseAbs(), vector.cwiseQuotient(spread)};
}
}  // namespace

ConstraintFit::ConstraintFit(const MatrixXd& rows, const std::vector<std::string>& columns,
                             const std::vector<double>& precision, const ConstraintSettings& settings)
    : columns_(columns), settings_(settings), moments_(rows) {
  precision_ = VectorXd::Constant(rows.cols(), kFloat64Precision);
  for (std::size_t i = 0; i < precision.size() && i < columns.size(); ++i)
    precision_(static_cast<Eigen::Index>(i)) = std::max(precision[i], kFloat64Precision);
  std::vector<Eigen::Index> fitted_events, held_out;
  for (Eigen::Index event = 0; event < rows.rows(); ++event)
    (is_fitted(static_cast<std::uint64_t>(event)) ? fitted_events : held_out).push_back(event);
  fit_ = rows(fitted_events, Eigen::all);
  test_ = rows(held_out, Eigen::all);
}

/// Fits the coefficients and leaves out, one by one, the terms that are not needed.
Relation ConstraintFit::fitted(std::vector<Term> terms) const {
  Combination best = smallest_combination(fit_, terms, moments_);
  while (terms.size() > 1) {
    Eigen::Index weakest = 0;
    best.contributions.minCoeff(&weakest);
    std::vector<Term> fewer = terms;
    fewer.erase(fewer.begin() + weakest);
    const Combination next = smallest_combination(fit_, fewer, moments_);
    if (next.residual > std::max(kGrowth * best.residual, 1e-9)) break;
    terms = std::move(fewer);
    best = next;
  }
  for (std::size_t k = 0; k < terms.size(); ++k)
    terms[k].coefficient = best.coefficients(static_cast<Eigen::Index>(k));
  return {std::move(terms), 0};
}

double ConstraintFit::scale_of(const Relation& relation) const {
  const bool single = relation.terms.size() == 1 && relation.terms[0].second < 0;
  return single ? std::abs(relation.constant) : natural_spread(relation, moments_);
}

/// Whether the left side is the constant for every event.
bool ConstraintFit::holds_exactly(const MatrixXd& rows, const Relation& relation) const {
  const VectorXd residual = (left_side(rows, relation).array() - relation.constant).matrix();
  const VectorXd rounding = rounding_of(rows, relation, precision_);
  const double typical = root_mean_square(rounding);
  const bool single = relation.terms.size() == 1 && relation.terms[0].second < 0;
  const double rms = root_mean_square(residual);
  if (single) return rms <= kConstantRounding * typical;
  const double scale = scale_of(relation);
  if (rms <= settings_.exact * scale) return true;
  const VectorXd floor = (rounding.array().square() + 1e-6 * typical * typical).sqrt().matrix();
  return rms < 0.1 * scale && root_mean_square(residual.cwiseQuotient(floor)) < kWithinRounding;
}

/// Coefficients and constant as short as the residual allows.
Relation ConstraintFit::rounded(Relation relation) const {
  VectorXd left = left_side(fit_, relation);
  relation.constant = left.mean();
  const bool exact = holds_exactly(fit_, relation);
  const double noise = spread_around(left, exact);
  const double rounding = root_mean_square(rounding_of(fit_, relation, precision_));
  Relation best = relation;
  for (const double share : {0.3, 0.1, 0.03, 0.01}) {
    Relation candidate = relation;
    std::vector<double> coefficients, tolerances;
    for (const Term& term : relation.terms) {
      const VectorXd own = monomial(fit_, term);
      const double spread = root_mean_square((own.array() - own.mean()).matrix());
      coefficients.push_back(term.coefficient);
      tolerances.push_back(
          std::max(share * std::max(noise, exact ? rounding : 0.0) / std::max(spread, 1e-300),
                   kArithmetic * std::abs(term.coefficient)));
    }
    if (relation.terms.size() == 1) tolerances[0] = 0;
    const std::vector<double> small = short_coefficients(coefficients, tolerances);
    if (std::any_of(small.begin(), small.end(), [](double c) { return c == 0; })) continue;
    for (std::size_t k = 0; k < small.size(); ++k) candidate.terms[k].coefficient = small[k];
    best = candidate;
    const double factor = natural_spread(candidate, moments_) / natural_spread(relation, moments_);
    const double after = spread_around(left_side(fit_, candidate), exact) / std::max(factor, 1e-300);
    if (after <= 1.1 * noise + (exact ? rounding : 0.0)) break;
  }
  left = left_side(fit_, best);
  best.constant = short_number(median(left), uncertainty(left, best, exact));
  return best;
}

/// How far the constant may be rounded. Rounding errors that differ between events average out; a constant
/// feature has the same error in all of them.
double ConstraintFit::uncertainty(const VectorXd& left, const Relation& relation, bool exact) const {
  const double width = central_half_width(left, 0.68);
  if (!exact) return 0.1 * width;
  const double rounding = median(rounding_of(fit_, relation, precision_));
  return width > 0.1 * rounding ? width / 2 : rounding;
}

double ConstraintFit::spread_around(const VectorXd& left, bool exact) {
  return exact ? root_mean_square((left.array() - left.mean()).matrix()) : central_half_width(left, 0.68);
}

/// The constraint that the events which were not fitted confirm, if they do.
std::optional<FoundConstraint> ConstraintFit::judged(const Relation& unrounded) const {
  const Relation relation = rounded(unrounded);
  const double scale = scale_of(relation);
  const VectorXd left = left_side(test_, relation);
  const VectorXd residual = (left.array() - relation.constant).matrix();
  FoundConstraint found{relation, {}};
  Constraint& constraint = found.constraint;
  constraint.exact = holds_exactly(test_, relation);
  constraint.width = central_half_width(left, 0.68);
  if (!constraint.exact) {
    const double allowed = settings_.approximate * scale;
    if (!(constraint.width < allowed) || !(central_half_width(left, 0.95) < kTail * allowed))
      return std::nullopt;
  }
  found.spread = constraint.exact ? root_mean_square(residual) : constraint.width;
  constraint.residual = scale > 0 ? found.spread / scale : 0;
  constraint.degree = relation.degree();
  constraint.terms = relation.terms;
  constraint.constant = relation.constant;
  constraint.unit = unit_of(relation, columns_);
  const bool percent = relation.terms.size() == 1 && constraint.degree == 1;
  constraint.equation = described(equation_text(relation, columns_, constraint.unit),
                                  equation_text(relation, columns_, ""), constraint, percent);
  return found;
}

/// E^2 - px^2 - py^2 - pz^2 of the sum of the momenta.
Relation ConstraintFit::mass_squared(const std::vector<FourMomentum>& particles) {
  Relation relation;
  for (std::size_t i = 0; i < particles.size(); ++i) {
    for (std::size_t j = i; j < particles.size(); ++j) {
      const double factor = i == j ? 1 : 2;
      relation.terms.push_back({factor, particles[i].e, particles[j].e});
      relation.terms.push_back({-factor, particles[i].px, particles[j].px});
      relation.terms.push_back({-factor, particles[i].py, particles[j].py});
      relation.terms.push_back({-factor, particles[i].pz, particles[j].pz});
    }
  }
  return relation;
}

/// The mass of the sum of the momenta; unless it is a single particle's and exact, said of m itself.
std::optional<FoundConstraint> ConstraintFit::judged_mass(const std::vector<FourMomentum>& particles,
                                                          bool exact) const {
  Relation relation = mass_squared(particles);
  relation.constant = left_side(fit_, relation).mean();
  std::string name;
  for (const FourMomentum& p : particles) name += (name.empty() ? "" : " ") + p.particle;
  const VectorXd square = left_side(fit_, relation), tested = left_side(test_, relation);
  FoundConstraint found{relation, {}};
  Constraint& constraint = found.constraint;
  constraint.exact = holds_exactly(fit_, relation) && holds_exactly(test_, relation);
  if (constraint.exact != exact) return std::nullopt;
  if (exact && particles.size() == 1) return judged(relation);
  constraint.degree = 2;
  constraint.mass = true;
  constraint.terms = relation.terms;
  constraint.unit = "GeV";
  const auto root = [](double x) { return std::copysign(std::sqrt(std::abs(x)), x); };
  found.spread = exact ? root_mean_square((tested.array() - relation.constant).matrix())
                       : central_half_width(tested, 0.68);
  const VectorXd mass = square.unaryExpr(root), tested_mass = tested.unaryExpr(root);
  constraint.width = central_half_width(tested_mass, 0.68);
  constraint.constant = median(mass);
  if (!(constraint.constant > 0)) return std::nullopt;
  constraint.constant =
      short_number(constraint.constant, uncertainty(square, relation, exact) / (2 * constraint.constant));
  if (!(constraint.constant > 0)) return std::nullopt;
  constraint.residual = constraint.width / constraint.constant;
  if (!exact &&
      (!(constraint.residual < settings_.approximate) ||
       !(central_half_width(tested_mass, 0.95) < kTail * settings_.approximate * constraint.constant)))
    return std::nullopt;
  const std::string equation = "m(" + name + ") = " + decimal_text(constraint.constant);
  constraint.equation = described(equation + " GeV", equation + " GeV", constraint, true);
  return found;
}

std::string ConstraintFit::described(const std::string& with_unit, const std::string& without_unit,
                                     const Constraint& constraint, bool percent) {
  if (constraint.exact) return with_unit;
  const double width = percent ? 100 * constraint.residual : constraint.width;
  const std::string size = decimal_text(short_number(width, 0.05 * width));
  if (percent) return with_unit + " within " + size + " %";
  return without_unit + " within " + size + (constraint.unit.empty() ? "" : " " + constraint.unit);
}

}  // namespace symscan
