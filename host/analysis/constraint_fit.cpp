#include "host/analysis/constraint_fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "host/base/linear_algebra.hpp"
#include "host/data/table.hpp"

namespace symscan {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Eigen::Index kTypicalEvents = 500;
constexpr std::size_t kFarEvents = 10;
constexpr double kWidest = 4;  ///< of approximate relations of typical events, over the allowed width
constexpr double kOtherCombination =
    0.1;                     ///< of the width of a relation, that another one of its terms leaves
constexpr double kTail = 5;  ///< half of the central 90 % interval over the allowed width; outliers in widths
constexpr double kArithmetic = 1e-11;  ///< relative error of fitted coefficients that are ratios of integers
constexpr double kNegligible = 1e-12;  ///< residual over the spread that arithmetic may leave
constexpr double kGrowth = 1.5;        ///< of the residual, that makes a term necessary
/// Roundings that an event may be off: stored numbers of few digits, and calculations in float64.
constexpr double kStoredRounding = 5, kCalculatedRounding = 32;
constexpr double kLeastRounding = 0.03;  ///< of an event, over the typical one
constexpr double kLargestRounding =
    0.05;                              ///< rms residual over the spread, beyond which rounding says nothing
constexpr double kMostOutliers = 0.1;  ///< share of the events
/// Mean over spread beyond which features are centred: their squares would lose the digits of the spread. Of
/// coarsely stored numbers these are few, so they are centred earlier.
constexpr double kOffset = 300, kCoarseOffset = 20, kCoarse = 1e-12;
constexpr double kSmooth = 0.3;  ///< likeness of neighbours' residuals that are no noise
constexpr int kNeighbours = 2000, kQueries = 500, kGradients = 200;

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

/// Every so many-th row.
MatrixXd thinned(const MatrixXd& rows, Eigen::Index count) {
  if (rows.rows() <= count) return rows;
  MatrixXd some(count, rows.cols());
  for (Eigen::Index k = 0; k < count; ++k) some.row(k) = rows.row(k * rows.rows() / count);
  return some;
}

/// A round number near the mean of the features whose squares would lose their digits, else 0.
VectorXd centre_of(const MatrixXd& rows, const VectorXd& precision) {
  VectorXd centre = VectorXd::Zero(rows.cols());
  for (Eigen::Index i = 0; i < rows.cols(); ++i) {
    const double mean = rows.col(i).mean(), spread = central_half_width(rows.col(i), 0.68);
    if (spread > kConstantRounding * precision(i) * std::abs(mean) &&
        std::abs(mean) > (precision(i) < kCoarse ? kOffset : kCoarseOffset) * spread)
      centre(i) = short_number(mean, spread / 2);
  }
  return centre;
}
}  // namespace

ConstraintFit::ConstraintFit(const MatrixXd& rows, const std::vector<std::string>& columns,
                             const std::vector<double>& precision, const ConstraintSettings& settings)
    : columns_(columns),
      settings_(settings),
      precision_(VectorXd::Constant(rows.cols(), kFloat64Precision)),
      moments_(MatrixXd::Zero(1, rows.cols())) {
  for (std::size_t i = 0; i < precision.size() && i < columns.size(); ++i)
    precision_(static_cast<Eigen::Index>(i)) = std::max(precision[i], kFloat64Precision);
  centre_ = centre_of(rows, precision_);
  all_ = rows.rowwise() - centre_.transpose();
  const MatrixXd some = thinned(all_, settings.most_events);
  std::vector<Eigen::Index> fitted_events, held_out;
  for (Eigen::Index event = 0; event < some.rows(); ++event)
    (is_fitted(static_cast<std::uint64_t>(event)) ? fitted_events : held_out).push_back(event);
  fit_ = some(fitted_events, Eigen::all);
  test_ = some(held_out, Eigen::all);
  moments_ = Moments(some);
  set_units();
}

void ConstraintFit::set_units() {
  spread_ = moments_.spread;
  gradient_unit_ = spread_;
  rounding_ = (moments_.mean + centre_).cwiseAbs2() + spread_.cwiseAbs2();
  rounding_ = rounding_.cwiseSqrt().cwiseProduct(precision_).eval();
  for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
    const double middle = central_half_width(test_.col(i), 0.68);
    if (middle > 0) gradient_unit_(i) = std::min(middle, spread_(i));
    if (!varies(i)) gradient_unit_(i) = moments_.mean(i) == 0 ? 1 : std::abs(moments_.mean(i));
  }
}

bool ConstraintFit::varies(int column) const {
  return spread_(column) > kConstantRounding * rounding_(column);
}

/// Fits the coefficients and leaves out, one by one, the terms that are not needed.
Relation ConstraintFit::fitted(std::vector<Term> terms, const MatrixXd& rows) const {
  Combination best = smallest_combination(rows, terms, moments_);
  while (terms.size() > 1) {
    Eigen::Index weakest = 0;
    best.contributions.minCoeff(&weakest);
    std::vector<Term> fewer = terms;
    fewer.erase(fewer.begin() + weakest);
    const Combination next = smallest_combination(rows, fewer, moments_);
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
  if (!single) return natural_spread(relation, moments_);
  // Of the column as it is: a centre that one far event moves is no size.
  return std::abs(relation.constant + relation.terms[0].coefficient * centre_(relation.terms[0].first));
}

/// How far each event may be off if nothing but rounding is between the features and an exact relation.
VectorXd ConstraintFit::tolerance_of(const MatrixXd& rows, const Relation& relation) const {
  const VectorXd stored = rounding_of(rows, relation, precision_, centre_);
  const double least = kLeastRounding * typical_size(stored);
  if (relation.terms.size() == 1 && relation.terms[0].second < 0)
    return VectorXd::Constant(rows.rows(), kConstantRounding * root_mean_square(stored));
  const VectorXd float64 = VectorXd::Constant(precision_.size(), kFloat64Precision);
  const VectorXd calculated = rounding_of(rows, relation, float64, centre_);
  return (kStoredRounding * stored + kCalculatedRounding * calculated).array() + kStoredRounding * least;
}

bool ConstraintFit::within_rounding(const MatrixXd& rows, const Relation& relation) const {
  const VectorXd residual = (left_side(rows, relation).array() - relation.constant).matrix();
  const bool single = relation.terms.size() == 1 && relation.terms[0].second < 0;
  const double arithmetic = single ? 0 : kNegligible * scale_of(relation);
  if ((residual.cwiseAbs().array() > tolerance_of(rows, relation).array() + arithmetic).any()) return false;
  return single || root_mean_square(residual) < kLargestRounding * scale_of(relation);
}

bool ConstraintFit::nearly_within_rounding(const MatrixXd& rows, const Relation& relation) const {
  const VectorXd residual = (left_side(rows, relation).array() - relation.constant).matrix();
  const bool single = relation.terms.size() == 1 && relation.terms[0].second < 0;
  return !single && residual.cwiseAbs().maxCoeff() <= settings_.exact * scale_of(relation);
}

/// Whether the left side is the constant for every event of the table.
bool ConstraintFit::holds_exactly(const Relation& relation) const {
  if (within_rounding(test_, relation) && within_rounding(all_, relation)) return true;
  return nearly_within_rounding(test_, relation) && nearly_within_rounding(all_, relation) &&
         !leaves_a_smooth_residual(relation, kSmooth);
}

/// What the terms contribute to some events, less the medians, without the few events that are farthest in
/// one of them. [events x terms]
MatrixXd ConstraintFit::typical_contributions(const Relation& relation) const {
  const MatrixXd rows = thinned(test_, kTypicalEvents);
  const auto terms = static_cast<Eigen::Index>(relation.terms.size());
  MatrixXd contributions(rows.rows(), terms);
  VectorXd distance = VectorXd::Zero(rows.rows());
  for (Eigen::Index k = 0; k < terms; ++k) {
    const Term& term = relation.terms[static_cast<std::size_t>(k)];
    VectorXd own = term.coefficient * monomial(rows, term);
    own.array() -= median(own);
    contributions.col(k) = own;
    const double width = central_half_width(own, 0.68), size = width > 0 ? width : root_mean_square(own);
    if (size > 0) distance = distance.cwiseMax(own.cwiseAbs() / size);
  }
  std::vector<Eigen::Index> order(static_cast<std::size_t>(rows.rows()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return distance(a) < distance(b); });
  order.resize(order.size() - std::min(kFarEvents, order.size() / 20));
  std::sort(order.begin(), order.end());
  return contributions(order, Eigen::all);
}

/// Whether typical events determine the relation. As many far events as there are terms lie on some surface
/// of these terms: a circle and one point obey x^2 + 1e8/r^2 = 1e8 within rounding, and (r - 1) (r - 1000) =
/// 0. Without them another combination of the terms varies less, or one more of them does not vary.
bool ConstraintFit::is_of_typical_events(const Relation& relation) const {
  if (relation.terms.size() < 2) return true;
  MatrixXd contributions = typical_contributions(relation);
  const auto events = static_cast<double>(contributions.rows()),
             terms = static_cast<double>(contributions.cols());
  if (contributions.rows() < 2 * contributions.cols()) return true;
  contributions.rowwise() -= contributions.colwise().mean().eval();
  const VectorXd spreads = right_singular(contributions).values / std::sqrt(events);  // descending
  const double width = root_mean_square(contributions.rowwise().sum());
  // One far event makes the spreads that widths are compared with large.
  const double spread = contributions.norm() / std::sqrt(events);
  if (central_half_width(contributions.rowwise().sum(), 0.68) > kWidest * settings_.approximate * spread)
    return false;
  const double rounding = kNegligible * spreads(0), least = spreads(spreads.size() - 1);
  if (width > rounding && least < kOtherCombination * width / std::sqrt(terms)) return false;
  return spreads(spreads.size() - 2) > std::max(width, rounding);
}

/// Of typical events, each feature in units of `unit`.
double ConstraintFit::gradient_length(const Relation& relation, const VectorXd& unit) const {
  VectorXd lengths(std::min<Eigen::Index>(kGradients, test_.rows()));
  for (Eigen::Index k = 0; k < lengths.size(); ++k)
    lengths(k) = gradient(test_.row(k * test_.rows() / lengths.size()), relation).cwiseProduct(unit).norm();
  return median(lengths);
}

bool ConstraintFit::leaves_a_smooth_residual(const Relation& relation, double least_likeness) const {
  std::vector<int> used;
  for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
    if (std::any_of(relation.terms.begin(), relation.terms.end(),
                    [i](const Term& term) { return term.first == i || term.second == i; }))
      used.push_back(i);
  }
  const MatrixXd rows = thinned(test_, kNeighbours);
  const MatrixXd points =
      (MatrixXd(rows(Eigen::all, used)) * gradient_unit_(used).cwiseInverse().asDiagonal()).transpose();
  VectorXd residual = left_side(rows, relation);
  const double width = central_half_width(residual, 0.68);
  residual.array() -= median(residual);
  const double nearest = 3 * width / std::max(gradient_length(relation, gradient_unit_), 1e-300);
  const Eigen::Index queries = std::min<Eigen::Index>(kQueries, rows.rows());
  int alike = 0;
  for (Eigen::Index k = 0; k < queries; ++k) {
    const Eigen::Index event = k * rows.rows() / queries;
    Eigen::ArrayXd distance = (points.colwise() - points.col(event)).colwise().squaredNorm().transpose();
    distance = (distance > nearest * nearest).select(distance, std::numeric_limits<double>::infinity());
    Eigen::Index neighbour = 0;
    distance.minCoeff(&neighbour);
    alike += residual(event) * residual(neighbour) > 0 ? 1 : -1;
  }
  return alike > least_likeness * static_cast<double>(queries);
}

/// Coefficients and constant as short as the residual allows.
Relation ConstraintFit::rounded(Relation relation) const {
  VectorXd left = left_side(fit_, relation);
  relation.constant = mean_of(left);
  const bool exact = within_rounding(fit_, relation) || nearly_within_rounding(fit_, relation);
  const auto spread_around = [exact](const VectorXd& values) {
    return exact ? root_mean_square((values.array() - mean_of(values)).matrix())
                 : central_half_width(values, 0.68);
  };
  const double noise = spread_around(left);
  const double rounding = root_mean_square(rounding_of(fit_, relation, precision_, centre_));
  Relation best = relation;
  for (const double share : {0.3, 0.1, 0.03, 0.01, 0.0}) {
    Relation candidate = relation;
    std::vector<double> coefficients, tolerances;
    for (const Term& term : relation.terms) {
      const VectorXd own = monomial(fit_, term);
      const double spread = root_mean_square((own.array() - own.mean()).matrix());
      coefficients.push_back(term.coefficient);
      tolerances.push_back(std::max(share * std::max(noise, rounding) / std::max(spread, 1e-300),
                                    (share > 0 ? kArithmetic : 0) * std::abs(term.coefficient)));
    }
    if (relation.terms.size() == 1) tolerances[0] = 0;
    const std::vector<double> small = short_coefficients(coefficients, tolerances);
    if (std::any_of(small.begin(), small.end(), [](double c) { return c == 0; })) continue;
    for (std::size_t k = 0; k < small.size(); ++k) candidate.terms[k].coefficient = small[k];
    best = candidate;
    const double factor = natural_spread(candidate, moments_) / natural_spread(relation, moments_);
    const double after = spread_around(left_side(fit_, candidate)) / std::max(factor, 1e-300);
    if (after <= 1.1 * noise + rounding) break;
  }
  left = left_side(fit_, best);
  best.constant = short_number(median(left), uncertainty(left, best, exact));
  return best;
}

/// How far the constant may be rounded. Rounding errors that differ between events average out; a constant
/// feature has the same error in all of them.
double ConstraintFit::uncertainty(const VectorXd& left, const Relation& relation, bool exact) const {
  const double width = central_half_width(left, 0.68);
  const double rounding = median(rounding_of(fit_, relation, precision_, centre_));
  if (!exact) return std::max(0.1 * width, rounding);
  return width > 0.1 * rounding ? width / 2 : rounding;
}

/// Events further off than rounding (partial) or five widths (approximate) explains.
void ConstraintFit::count_outliers(FoundConstraint& found) const {
  Constraint& constraint = found.constraint;
  const VectorXd residual =
      (left_side(all_, found.relation).array() - found.relation.constant).abs().matrix();
  const auto beyond = (residual.array() > tolerance_of(all_, found.relation).array()).count();
  const auto most = static_cast<Eigen::Index>(kMostOutliers * static_cast<double>(all_.rows()));
  found.partial = !constraint.exact && beyond <= most;
  constraint.outliers = constraint.exact ? 0
                        : found.partial
                            ? static_cast<int>(beyond)
                            : static_cast<int>((residual.array() > kTail * constraint.width).count());
}

/// The constraint that the events which were not fitted confirm, if they do.
std::optional<FoundConstraint> ConstraintFit::judged(const Relation& unrounded) const {
  const Relation relation = rounded(unrounded);
  return is_of_typical_events(relation) ? confirmed(relation) : std::nullopt;
}

std::optional<FoundConstraint> ConstraintFit::confirmed(const Relation& relation) const {
  const double scale = scale_of(relation);
  const VectorXd left = left_side(test_, relation);
  FoundConstraint found{relation, {}};
  Constraint& constraint = found.constraint;
  constraint.width = central_half_width(left, 0.68);
  constraint.exact = holds_exactly(relation);
  if (!constraint.exact) {
    const double allowed = settings_.approximate * scale;
    if (!(constraint.width < allowed) || !(central_half_width(left, 0.9) < kTail * allowed))
      return std::nullopt;
  }
  count_outliers(found);
  found.spread =
      constraint.exact ? root_mean_square((left.array() - relation.constant).matrix()) : constraint.width;
  constraint.residual = scale > 0 ? found.spread / scale : 0;
  describe(found);
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
  Relation relation = recentred(mass_squared(particles), centre_);
  const double offset = relation.constant;
  const VectorXd square = left_side(fit_, relation).array() - offset,
                 tested = left_side(test_, relation).array() - offset;
  relation.constant = mean_of(square) + offset;
  FoundConstraint found{relation, {}};
  Constraint& constraint = found.constraint;
  constraint.exact = holds_exactly(relation);
  if (constraint.exact != exact) return std::nullopt;
  if (exact && particles.size() == 1) return confirmed(rounded(relation));
  constraint.mass = true;
  found.spread = exact ? root_mean_square((tested.array() - mean_of(square)).matrix())
                       : central_half_width(tested, 0.68);
  const auto root = [](double x) { return std::copysign(std::sqrt(std::abs(x)), x); };
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
  found.relation.constant = constraint.constant * constraint.constant + offset;
  std::string names;
  for (const FourMomentum& p : particles) names += (names.empty() ? "" : " ") + p.particle;
  describe_mass(found, names);
  return found;
}

}  // namespace symscan
