#include "host/analysis/central_law.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "host/analysis/constraint_fit.hpp"
#include "host/analysis/equation_text.hpp"
#include "host/analysis/implied_relation.hpp"
#include "host/analysis/sparse_vectors.hpp"
#include "host/base/linear_algebra.hpp"
#include "host/data/table.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Kind = DerivedColumn::Kind;

constexpr Index kLeastEvents = 40, kNullEvents = 2000;
constexpr std::size_t kMostTerms = 10, kMostMonomials = 120, kEventsPerMonomial = 10;
constexpr double kLeastNull = 1e-9;      ///< residual of a combination that rounding leaves, at least
constexpr double kMostNull = 1e-3;       ///< beyond, the table is stored too coarsely
constexpr double kNoisyNull = 1e-5;      ///< residual of exact relations with noise, as in ConstraintSettings
constexpr double kNegligible = 1e-4;     ///< share of a monomial in a sparse combination
constexpr double kSameDirection = 1e-3;  ///< sine between gradients
constexpr double kCancelled = 0.05;      ///< gradient over those of its terms, below which it is an identity
/// Roundings that an event may be off, as in ConstraintFit.
constexpr double kStoredRounding = 5, kCalculatedRounding = 32, kLeastRounding = 0.03;
constexpr double kLargestRounding = 0.05;  ///< rms residual over the spread

/// Whether the coefficients have few different sizes, as those of laws have. Enough functions of any sizes
/// come near to zero on any smooth curve.
bool has_few_sizes(const std::vector<Term>& terms) {
  constexpr int most_sizes = 4;
  constexpr double equal = 1e-9;
  std::vector<double> sizes;
  for (const Term& term : terms) sizes.push_back(std::abs(term.coefficient));
  std::sort(sizes.begin(), sizes.end());
  int different = sizes.empty() ? 0 : 1;
  for (std::size_t k = 1; k < sizes.size(); ++k)
    if (sizes[k] - sizes[k - 1] > equal * sizes[k]) ++different;
  return different <= most_sizes;
}

/// The columns with the derived ones.
struct DerivedTable {
  MatrixXd rows;
  std::vector<std::string> columns;
  std::vector<double> precision;
  std::vector<DerivedColumn> derived;
  Index features = 0;  ///< columns that are not derived

  const DerivedColumn* derived_at(int column) const {
    return column < features ? nullptr : &derived[static_cast<std::size_t>(column - features)];
  }
};

double root_mean_square_of(const MatrixXd& rows, Index column) {
  return root_mean_square(rows.col(column));
}

/// Relative rounding of a derived column. Cosines are small where their angles are not: there the rounding is
/// larger, but a typical one is what a search needs.
double precision_of(const DerivedColumn& derived, Index place, const DerivedTable& table) {
  double largest = 0;
  for (const int column : derived.columns)
    largest = std::max(largest, table.precision[static_cast<std::size_t>(column)]);
  if (derived.kind == Kind::radius || derived.kind == Kind::inverse_radius) return largest;
  const double angle = root_mean_square_of(table.rows, derived.columns[0]);
  return largest * std::max(1.0, angle / root_mean_square_of(table.rows, place));
}

DerivedTable derived_table(const MatrixXd& rows, const std::vector<std::string>& columns,
                           const std::vector<double>& precision, std::vector<DerivedColumn> derived) {
  DerivedTable table{with_derived(rows, derived), columns, precision, std::move(derived), rows.cols()};
  table.precision.resize(columns.size(), 0.0);
  for (double& relative : table.precision) relative = std::max(relative, kFloat64Precision);
  for (const DerivedColumn& own : table.derived) {
    const auto place = static_cast<Index>(table.columns.size());
    table.precision.push_back(precision_of(own, place, table));
    table.columns.push_back(own.kind == Kind::inverse_radius ? "1/" + own.name : own.name);
  }
  return table;
}

VectorXd extended(const VectorXd& event, const std::vector<DerivedColumn>& derived) {
  VectorXd all(event.size() + static_cast<Index>(derived.size()));
  all.head(event.size()) = event;
  for (std::size_t k = 0; k < derived.size(); ++k)
    all(event.size() + static_cast<Index>(k)) = derived[k].value(event);
  return all;
}

/// The chain rule: derivatives with respect to the columns and the derived ones -> to the columns alone.
VectorXd chained(const VectorXd& event, const std::vector<DerivedColumn>& derived, const VectorXd& slope) {
  VectorXd result = slope.head(event.size());
  for (std::size_t k = 0; k < derived.size(); ++k) {
    const double own = slope(event.size() + static_cast<Index>(k));
    if (own != 0) derived[k].add_gradient(event, own, result);
  }
  return result;
}

/// r^2, r (1/r) and sin^2 are polynomials of other columns, whatever the data are.
bool is_redundant(const DerivedColumn* first, const DerivedColumn* second) {
  if (!first || !second || first->columns != second->columns) return false;
  if (first->kind == Kind::sine && second->kind == Kind::sine) return true;
  return first->kind == Kind::radius || second->kind == Kind::radius;
}

std::string power_of(const std::string& name, bool squared) {
  return squared ? name + "^2" : name;
}

/// "2 px^2", "x/r", "2/r^2", without the sign.
std::string term_in_words(const Term& term, const DerivedTable& table) {
  std::string above, below;
  const bool squared = term.first == term.second;
  for (const int column : {term.first, squared ? -1 : term.second}) {
    if (column < 0) continue;
    const DerivedColumn* derived = table.derived_at(column);
    const bool inverse = derived && derived->kind == Kind::inverse_radius;
    const std::string name = inverse   ? derived->name
                             : derived ? table.columns[static_cast<std::size_t>(column)]
                                       : formula_name(table.columns[static_cast<std::size_t>(column)]);
    std::string& side = inverse ? below : above;
    side += (side.empty() ? "" : inverse ? "/" : " ") + power_of(name, squared);
  }
  const std::string size = decimal_text(std::abs(term.coefficient));
  if (above.empty())
    above = size;
  else if (size != "1")
    above = size + " " + above;
  return below.empty() ? above : above + "/" + below;
}

/// The equation, then what each r is.
std::string law_in_words(const Constraint& polynomial, const DerivedTable& table) {
  std::string text;
  std::vector<std::string> definitions;
  for (const Term& term : polynomial.terms) {
    text += text.empty() ? (term.coefficient < 0 ? "-" : "") : (term.coefficient < 0 ? " - " : " + ");
    text += term_in_words(term, table);
    for (const int column : {term.first, term.second}) {
      const DerivedColumn* derived = table.derived_at(column);
      if (derived && !derived->definition.empty() &&
          std::find(definitions.begin(), definitions.end(), derived->definition) == definitions.end())
        definitions.push_back(derived->definition);
    }
  }
  text += " = " + decimal_text(polynomial.constant);
  for (const std::string& definition : definitions) text += ", " + definition;
  return text;
}

class CentralSearch : private ConstraintFit {
 public:
  CentralSearch(const MatrixXd& rows, const DerivedTable& table, const std::vector<Constraint>& known,
                const ConstraintSettings& settings)
      : ConstraintFit(table.rows, table.columns, table.precision, settings),
        rows_(rows),
        table_(table),
        known_(gradients_of(known)) {}

  std::vector<CentralLaw> run() {
    const double resolved = null_threshold();
    const std::vector<Term> library = monomials();
    if (resolved > kMostNull || library.empty()) return {};
    const RightSingular space = combinations(library);
    Index tried = 0;
    for (const double threshold : {resolved, std::max(resolved, kNoisyNull)}) {
      const Index nulls = (space.values.array() < threshold).count();
      if (nulls > tried && laws_.empty()) add_laws(library, space.vectors.rightCols(nulls));
      tried = nulls;
    }
    return std::move(laws_);
  }

 private:
  /// Residual up to which rounding may hide a law.
  double null_threshold() const {
    double largest = 0;
    for (int i = 0; i < static_cast<int>(columns_.size()); ++i)
      if (varies(i)) largest = std::max(largest, rounding_(i) / spread_(i));
    return std::max(kLeastNull, 10 * largest);
  }

  /// Squares, products, then the columns themselves; without products if those were too many.
  std::vector<Term> monomials() const {
    std::vector<int> varying;
    for (int i = 0; i < static_cast<int>(columns_.size()); ++i)
      if (varies(i)) varying.push_back(i);
    std::vector<Term> squares, products, linear;
    for (std::size_t a = 0; a < varying.size(); ++a) {
      linear.push_back({1.0, varying[a], -1});
      for (std::size_t b = a; b < varying.size(); ++b) {
        if (is_redundant(table_.derived_at(varying[a]), table_.derived_at(varying[b]))) continue;
        (a == b ? squares : products).push_back({1.0, varying[a], varying[b]});
      }
    }
    const std::size_t most =
        std::min(kMostMonomials, static_cast<std::size_t>(all_.rows()) / kEventsPerMonomial);
    std::vector<Term> all = squares;
    if (squares.size() + products.size() + linear.size() <= most)
      all.insert(all.end(), products.begin(), products.end());
    all.insert(all.end(), linear.begin(), linear.end());
    if (all.size() > most) all.clear();
    return all;
  }

  /// Singular values of the monomials, each in units of its spread.
  RightSingular combinations(const std::vector<Term>& library) const {
    const Index events = std::min(kNullEvents, fit_.rows());
    MatrixXd some(events, fit_.cols());
    for (Index k = 0; k < events; ++k) some.row(k) = fit_.row(k * fit_.rows() / events);
    MatrixXd values(events, static_cast<Index>(library.size()));
    for (std::size_t k = 0; k < library.size(); ++k) {
      auto column = values.col(static_cast<Index>(k));
      column = monomial(some, library[k]);
      column.array() -= column.mean();
      const double spread = root_mean_square(column);
      if (spread > 0) column /= spread;
    }
    values /= std::sqrt(static_cast<double>(events));
    return right_singular(values);
  }

  bool has_derived(const std::vector<Term>& terms) const {
    return std::any_of(terms.begin(), terms.end(), [&](const Term& term) {
      return std::max(term.first, term.second) >= table_.features;
    });
  }

  /// Sparse combinations with a derived column; those of few terms first, of them linear ones.
  std::vector<Relation> candidates(const std::vector<Term>& library, const MatrixXd& nulls) const {
    std::vector<Relation> found;
    for (const std::vector<int>& support : sparse_supports(nulls, kNegligible)) {
      if (support.size() > kMostTerms) continue;
      Relation relation;
      for (const int k : support) relation.terms.push_back(library[static_cast<std::size_t>(k)]);
      if (has_derived(relation.terms)) found.push_back(std::move(relation));
    }
    std::stable_sort(found.begin(), found.end(), [](const Relation& a, const Relation& b) {
      return std::make_pair(a.terms.size(), a.degree()) < std::make_pair(b.terms.size(), b.degree());
    });
    return found;
  }

  void add_laws(const std::vector<Term>& library, const MatrixXd& nulls) {
    for (Relation& candidate : candidates(library, nulls)) {
      const Relation relation = fitted(std::move(candidate.terms), fit_);
      if (!is_said(relation) && !is_identity(relation)) add_law(relation);
    }
  }

  VectorXd gradient_of(const Relation& relation, const VectorXd& event) const {
    return chained(event, table_.derived, gradient(extended(event, table_.derived) - centre_, relation));
  }

  bool is_said(const Relation& relation) const {
    return is_implied(
        rows_, [&](const VectorXd& event) { return gradient_of(relation, event); }, known_, kSameDirection);
  }

  /// Whether the derivatives of the terms cancel.
  bool is_identity(const Relation& relation) const {
    constexpr Index most_events = 48;
    const VectorXd unit = gradient_unit_.head(table_.features);
    const Index events = std::min(most_events, rows_.rows());
    VectorXd left(events);
    for (Index k = 0; k < events; ++k) {
      const VectorXd event = rows_.row(k * rows_.rows() / events);
      double parts = 0;
      for (const Term& term : relation.terms)
        parts += gradient_of({{term}, 0}, event).cwiseProduct(unit).squaredNorm();
      left(k) = gradient_of(relation, event).cwiseProduct(unit).norm() / std::sqrt(std::max(parts, 1e-300));
    }
    return median(left) < kCancelled;
  }

  void add_law(const Relation& relation) {
    const std::optional<FoundConstraint> found = judged(relation);
    if (!found) return;
    const Constraint& polynomial = found->constraint;
    CentralLaw law{"", polynomial.residual, true, table_.derived, polynomial};
    if (!has_derived(polynomial.terms) || !has_few_sizes(polynomial.terms)) return;
    if (!polynomial.exact && !within_rounding_of_columns(law)) return;
    law.equation = law_in_words(polynomial, table_);
    known_.push_back([law](const VectorXd& event) { return law.gradient(event); });
    laws_.push_back(std::move(law));
  }

  /// Whether no event is further off than the rounding of the columns explains, derived ones by the chain
  /// rule.
  bool within_rounding_of_columns(const CentralLaw& law) const {
    VectorXd residual(rows_.rows()), stored(rows_.rows()), calculated(rows_.rows());
    const VectorXd precision = precision_.head(table_.features);
    for (Index i = 0; i < rows_.rows(); ++i) {
      const VectorXd event = rows_.row(i), all = extended(event, law.derived);
      const VectorXd change = law.gradient(event).cwiseProduct(event);
      residual(i) = std::abs(law.polynomial.value(all));
      stored(i) = change.cwiseProduct(precision).norm();
      const VectorXd parts = law.polynomial.gradient_at(all).cwiseProduct(all);
      calculated(i) = kFloat64Precision * std::max(parts.norm(), change.norm());
    }
    const double scale = natural_spread(law.polynomial.relation, moments_);
    if (!(root_mean_square(residual) < kLargestRounding * scale)) return false;
    const double least = kStoredRounding * kLeastRounding * typical_size(stored);
    const VectorXd allowed = kStoredRounding * stored + kCalculatedRounding * calculated;
    return (residual.array() <= allowed.array() + least).all();
  }

  const MatrixXd& rows_;
  const DerivedTable& table_;
  std::vector<GradientAt> known_;
  std::vector<CentralLaw> laws_;
};

}  // namespace

double CentralLaw::value(const VectorXd& event) const {
  return polynomial.value(extended(event, derived));
}

VectorXd CentralLaw::gradient(const VectorXd& event) const {
  return chained(event, derived, polynomial.gradient_at(extended(event, derived)));
}

std::vector<CentralLaw> find_central_laws(const MatrixXd& rows, const std::vector<std::string>& columns,
                                          const std::vector<double>& precision,
                                          const std::vector<Constraint>& known, WorkBudget* budget) {
  if (rows.rows() < kLeastEvents) return {};
  std::vector<DerivedColumn> derived = derived_columns(rows, columns);
  if (derived.empty()) return {};
  const auto most = static_cast<double>(kMostMonomials);
  const double operations = 500.0 * static_cast<double>(rows.size()) +
                            operations_of_product(most, kNullEvents, most) +
                            sparse_operations(most, most / 4);
  if (budget != nullptr && !budget->affords(parts::central_laws, operations)) return {};
  const DerivedTable table = derived_table(rows, columns, precision, std::move(derived));
  const ConstraintSettings settings;
  return CentralSearch(rows, table, known, settings).run();
}

}  // namespace symscan
