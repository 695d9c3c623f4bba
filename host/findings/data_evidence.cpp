#include "host/findings/data_evidence.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

bool is_discrete(const ColumnNature& nature) {
  return nature.is_discrete() && nature.kind != ColumnKind::constant;
}

/// Whether all columns of a relation take few values: such a relation says which values there are.
bool only_discrete(const Relation& relation, const std::vector<ColumnNature>& natures) {
  const auto discrete = [&](int column) {
    return column < 0 || is_discrete(natures[static_cast<std::size_t>(column)]);
  };
  return std::all_of(relation.terms.begin(), relation.terms.end(),
                     [&](const Term& term) { return discrete(term.first) && discrete(term.second); });
}

/// The same of a law in columns and what is derived from them: through a few values any curve can be laid.
bool only_discrete(const CentralLaw& law, const std::vector<ColumnNature>& natures) {
  const int columns = static_cast<int>(natures.size());
  const auto discrete = [&](int place) {
    if (place < 0) return true;
    if (place < columns) return is_discrete(natures[static_cast<std::size_t>(place)]);
    const std::vector<int>& sources = law.derived.at(static_cast<std::size_t>(place - columns)).columns;
    return std::all_of(sources.begin(), sources.end(),
                       [&](int column) { return is_discrete(natures[static_cast<std::size_t>(column)]); });
  };
  const std::vector<Term>& terms = law.polynomial.relation.terms;
  return std::all_of(terms.begin(), terms.end(),
                     [&](const Term& term) { return discrete(term.first) && discrete(term.second); });
}

int exact_linear_relations(const ConstraintReport& report) {
  return static_cast<int>(
      std::count_if(report.constraints.begin(), report.constraints.end(),
                    [](const Constraint& c) { return c.exact && c.relation.degree() == 1; }));
}

std::vector<RelationGradient> surface_gradients(const DataEvidence& evidence) {
  std::vector<RelationGradient> gradients;
  for (const Constraint& constraint : evidence.constraints.constraints)
    if (constraint.exact && constraint.relation.degree() > 1 &&
        !only_discrete(constraint.relation, evidence.natures))
      gradients.emplace_back([&constraint](const VectorXd& row) { return constraint.gradient_at(row); });
  for (const PowerLaw& law : evidence.power_laws)
    if (law.exact) gradients.emplace_back([&law](const VectorXd& row) { return law.gradient(row); });
  for (const ReciprocalLaw& law : evidence.reciprocal_laws)
    if (law.exact && !law.implied)
      gradients.emplace_back([&law](const VectorXd& row) { return law.gradient(row); });
  for (const CentralLaw& law : evidence.central_laws)
    if (law.exact) gradients.emplace_back([&law](const VectorXd& row) { return law.gradient(row); });
  return gradients;
}

/// The same with the relations that hold approximately; of masses only the exact ones, since peaks have
/// tails.
std::vector<RelationGradient> loose_gradients(const DataEvidence& evidence) {
  std::vector<RelationGradient> gradients = surface_gradients(evidence);
  for (const Constraint& constraint : evidence.constraints.constraints)
    if (!constraint.exact && !constraint.mass)
      gradients.emplace_back([&constraint](const VectorXd& row) { return constraint.gradient_at(row); });
  return gradients;
}

/// Rounding of the columns along each direction of the span, in units of its spread: the largest.
double rounding_of_span(const Standardised& standard, const std::vector<double>& precision) {
  VectorXd rounding = VectorXd::Zero(static_cast<Index>(standard.scale.size()));
  for (Index d = 0; d < rounding.size(); ++d) {
    const auto column = static_cast<std::size_t>(d);
    if (!(standard.rows.col(d).cwiseAbs().maxCoeff() > 0)) continue;
    const double relative = std::max(column < precision.size() ? precision[column] : 0.0, 2.3e-16);
    rounding(d) = relative * std::hypot(1.0, standard.offset[column] / standard.scale[column]);
  }
  double largest = 0;
  for (Index k = 0; k < standard.rank(); ++k)
    largest = std::max(largest, standard.span.basis.col(k).cwiseProduct(rounding).norm() /
                                    std::sqrt(standard.span.variances(k)));
  return largest;
}

/// Columns that vary continuously, standardised.
MatrixXd continuous_rows(const DataEvidence& evidence) {
  std::vector<Index> columns;
  for (std::size_t d = 0; d < evidence.natures.size(); ++d)
    if (!evidence.natures[d].is_discrete()) columns.push_back(static_cast<Index>(d));
  return evidence.standard.rows(Eigen::all, columns);
}

/// Logistic scores ln(u / (1 - u)) of the ranks u of the values; equal values have one score.
VectorXd logistic_scores(const VectorXd& values) {
  std::vector<Index> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::sort(order.begin(), order.end(), [&](Index a, Index b) { return values(a) < values(b); });
  VectorXd scores(values.size());
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    while (last < order.size() && values(order[last]) == values(order[first])) ++last;
    const double u = 0.5 * static_cast<double>(first + last) / static_cast<double>(order.size());
    for (std::size_t k = first; k < last; ++k) scores(order[k]) = std::log(u / (1 - u));
  }
  return scores;
}

/// Logistic scores of each column, then every direction of their span scaled to one spread.
MatrixXd evened(const MatrixXd& rows) {
  MatrixXd scores(rows.rows(), rows.cols());
  for (Index d = 0; d < rows.cols(); ++d) scores.col(d) = logistic_scores(rows.col(d));
  return standardise(scores, 0).whitened;
}

int rank_of(const MatrixXd& rows) {
  if (rows.cols() == 0) return 0;
  const MatrixXd centred = rows.rowwise() - rows.colwise().mean();
  const MatrixXd products = rows.rows() < rows.cols() ? MatrixXd(centred * centred.transpose())
                                                      : MatrixXd(centred.transpose() * centred);
  const VectorXd values = symmetric_eigenvalues(products / static_cast<double>(rows.rows()));
  return static_cast<int>((values.array() > 1e-12 * std::max(values.maxCoeff(), 1e-300)).count());
}

bool at_atom(const ColumnNature& nature, double value) {
  return std::any_of(nature.atoms.begin(), nature.atoms.end(),
                     [&](const Atom& atom) { return atom.value == value; });
}

/// How many continuous columns sit at a repeated value in at least 99 of 100 rows; the others have more.
int columns_at_atoms(const MatrixXd& raw, const std::vector<ColumnNature>& natures) {
  constexpr double nearly_all = 0.99;
  std::vector<Index> rows_with(natures.size() + 1, 0);
  for (Index i = 0; i < raw.rows(); ++i) {
    std::size_t count = 0;
    for (std::size_t d = 0; d < natures.size(); ++d)
      if (!natures[d].is_discrete() && at_atom(natures[d], raw(i, static_cast<Index>(d)))) ++count;
    ++rows_with[count];
  }
  auto at_least = static_cast<double>(raw.rows());
  int columns = 0;
  for (std::size_t count = 0; count < natures.size(); ++count) {
    at_least -= static_cast<double>(rows_with[count]);
    if (at_least < nearly_all * static_cast<double>(raw.rows())) break;
    ++columns;
  }
  return columns;
}

void find_relations(const DatasetPoints& points, const std::vector<std::string>& columns, WorkBudget& budget,
                    DataEvidence& evidence) {
  ConstraintSettings settings;
  settings.budget = &budget;
  evidence.constraints = find_constraints(points.raw, columns, points.precision, settings);
  const std::vector<Constraint>& known = evidence.constraints.constraints;
  evidence.power_laws = find_power_laws(points.raw, columns, points.precision, known, &budget);
  evidence.reciprocal_laws = find_reciprocal_laws(points.raw, columns, points.precision, known, &budget);
  evidence.central_laws = find_central_laws(points.raw, columns, points.precision, known, &budget);
  std::erase_if(evidence.central_laws,
                [&](const CentralLaw& law) { return only_discrete(law, evidence.natures); });
}

/// Rows at which normals are looked at: fewer where each takes long.
Index surface_rows(const DataEvidence& evidence, std::size_t gradients) {
  constexpr double most_operations = 2e10, most = 2000, fewest = 100;
  const auto count = static_cast<double>(gradients),
             features = static_cast<double>(evidence.standard.rows.cols()),
             rank = static_cast<double>(evidence.standard.rank());
  const double each = count * rank * (features + count);
  return static_cast<Index>(std::clamp(most_operations / std::max(each, 1.0), fewest, most));
}

/// Points whose neighbours are looked for: fewer where there are many columns.
std::size_t neighbour_points(Index columns) {
  constexpr double most_operations = 5e9, most = 5000, fewest = 500;
  return static_cast<std::size_t>(std::clamp(
      std::sqrt(most_operations / static_cast<double>(std::max<Index>(1, columns))), fewest, most));
}

void find_neighbours_of(const MatrixXd& continuous, int rank, WorkBudget& budget, DataEvidence& evidence) {
  const MatrixXd& rows = evidence.standard.rows;
  ScaleSettings settings;
  settings.max_points = neighbour_points(rows.cols());
  const auto points =
      static_cast<double>(std::min<Index>(rows.rows(), static_cast<Index>(settings.max_points)));
  const auto features = static_cast<double>(rows.cols()), all = static_cast<double>(rows.rows());
  const double inner = std::min(all, features);
  // Once plainly, once calibrated, and of scores.
  const double operations = 3 * points * points * (features + 5) + 1000 * all * features +
                            operations_of_product(inner, std::max(all, features), inner) +
                            operations_of_eigen(inner);
  evidence.neighbours_left_out = !budget.affords(parts::neighbours, operations);
  if (evidence.neighbours_left_out) return;
  NeighbourSettings plain;
  plain.max_points = settings.max_points;
  evidence.plain_neighbours = neighbour_dimension(rows, plain);
  if (rank == 0) return;
  evidence.neighbours = dimension_by_neighbours(continuous, settings);
  const bool low = evidence.neighbours && evidence.neighbours->value < 0.9 * rank;
  if (low && !evidence.has_exact_surface())
    evidence.even_neighbours = dimension_by_neighbours(evened(continuous), settings);
}

/// Whether it is exact, curved and of several columns.
bool ties_columns(const Constraint& constraint) {
  const std::vector<Term>& terms = constraint.relation.terms;
  return constraint.exact && constraint.relation.degree() == 2 &&
         std::any_of(terms.begin(), terms.end(), [&](const Term& term) {
           return term.first != terms.front().first || (term.second >= 0 && term.second != term.first);
         });
}

/// See DataEvidence. 0 where linear relations tie the columns, or there are too few rows to tell.
std::uint64_t combinations_missing(const MatrixXd& raw, const DataEvidence& evidence) {
  constexpr double rows_of_each = 20;
  double combinations = 1;
  Index varying = 0;
  for (const ColumnNature& nature : evidence.natures) {
    combinations *= std::max(1, nature.distinct);
    varying += nature.distinct > 1 ? 1 : 0;
  }
  if (evidence.standard.rank() < varying || static_cast<double>(raw.rows()) < rows_of_each * combinations)
    return 0;
  return static_cast<std::uint64_t>(combinations) -
         std::min<std::uint64_t>(static_cast<std::uint64_t>(combinations), distinct_rows(raw).size());
}

}  // namespace

DataEvidence data_evidence(const DatasetPoints& points, const std::vector<std::string>& columns) {
  WorkBudget without_end;
  return data_evidence(points, columns, without_end);
}

DataEvidence data_evidence(const DatasetPoints& points, const std::vector<std::string>& columns,
                           WorkBudget& budget) {
  DataEvidence evidence;
  budget.spend(parts::columns, 300.0 * static_cast<double>(points.raw.size()));
  evidence.natures = column_natures(points.raw, points.precision);
  evidence.equal_rows = equal_rows_of(evidence.natures, points.raw.rows());
  find_relations(points, columns, budget, evidence);
  const auto rows = static_cast<double>(points.raw.rows()), features = static_cast<double>(points.raw.cols());
  const double most_rank = std::min(rows, features);
  budget.spend(parts::span,
               operations_of_product(rows, features, 2 * most_rank) + operations_of_eigen(most_rank));
  evidence.standard = standardise(points.raw, exact_linear_relations(evidence.constraints));
  evidence.rounding = rounding_of_span(evidence.standard, points.precision);
  const std::vector<RelationGradient> exact = surface_gradients(evidence),
                                      loose_ones = loose_gradients(evidence);
  evidence.variety = variety_of(evidence.standard, points.raw, exact, surface_rows(evidence, exact.size()));
  // Without approximate relations it is the same variety.
  Variety loose = loose_ones.size() > exact.size() ? variety_of(evidence.standard, points.raw, loose_ones,
                                                                surface_rows(evidence, loose_ones.size()))
                                                   : evidence.variety;
  evidence.loose_dimension = static_cast<int>(loose.dimension);
  const auto& all = evidence.constraints.constraints;
  if (std::none_of(all.begin(), all.end(),
                   [](const Constraint& c) { return !c.exact && c.relation.degree() == 1; }))
    evidence.loose_normals = std::move(loose.normals);
  const MatrixXd continuous = continuous_rows(evidence);
  const int rank = static_cast<int>(evidence.standard.rank());
  const int continuous_rank =
      continuous.cols() == evidence.standard.rows.cols() ? rank : std::min(rank, rank_of(continuous));
  evidence.discrete = rank - continuous_rank;
  // Faces of a cube; unions of planes that a relation cuts out are counted by that.
  if (!evidence.has_exact_surface())
    evidence.always_at_atoms = columns_at_atoms(points.raw, evidence.natures);
  if (evidence.discrete == rank) {
    evidence.combinations_missing = combinations_missing(points.raw, evidence);
    evidence.discrete_tied = std::any_of(all.begin(), all.end(), ties_columns);
  }
  find_neighbours_of(continuous, continuous_rank, budget, evidence);
  return evidence;
}

std::optional<NeighbourFinding> neighbour_finding(const DataEvidence& evidence) {
  const auto& plain = evidence.plain_neighbours;
  if (!plain) return std::nullopt;
  NeighbourFinding finding;
  finding.two_nn = {plain->two_nn, plain->two_nn_error};
  finding.levina_bickel = {plain->levina_bickel, plain->levina_bickel_error};
  finding.points = plain->points;
  finding.duplicates = plain->duplicates;
  if (!evidence.neighbours) return finding;
  finding.value = evidence.neighbours->value;
  finding.low = evidence.neighbours->low;
  finding.high = evidence.neighbours->high;
  for (const ScaleDimension& scale : evidence.neighbours->scales)
    finding.scales.push_back({scale.distance, scale.value, scale.error});
  for (const auto& stratum : evidence.neighbours->strata)
    finding.strata.push_back({static_cast<int>(std::lround(stratum.value)), stratum.share});
  return finding;
}

}  // namespace symscan
