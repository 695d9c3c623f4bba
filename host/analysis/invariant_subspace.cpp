// The affine fields that keep a distribution: FlowInvarianceTest::invariant_subspace.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "host/analysis/distinct_rows.hpp"
#include "host/analysis/flow_sample.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kThinDirection = 1e-9;  ///< of an eigenvalue of squared motions, relative to the largest
constexpr double kLeaves = 1e-6;         ///< squared share of the motion off the subspace
constexpr double kEventsPerFunction = 8, kUnitsPerFunction = 4;
constexpr Index kNoiseEvents = 1500, kNoiseFields = 12;
constexpr Index kFewestFunctions = 64, kMostFourier = 32;
constexpr Index kSerialColumns = 24;
constexpr int kMiddleDegree = 4;
constexpr Index kBothWaysBelow = 5000;  ///< events
/// Of the variance of a direction, relative to the largest: where the fields that an estimated one is mixed
/// with make most of the variance, their means are no smaller than its noise.
constexpr double kLeastVariance = 0.02;

/// Every column is a field, as the entries of an affine map [r x r + 1] by columns.
using Fields = MatrixXd;

MatrixXd affine_map(const MatrixXd& matrix, const VectorXd& shift) {
  MatrixXd map(matrix.rows(), matrix.cols() + 1);
  map << matrix, shift;
  return map;
}

/// u and a coordinate that is always 1.
MatrixXd with_one(const MatrixXd& points) {
  MatrixXd result(points.rows(), points.cols() + 1);
  result << points, VectorXd::Ones(points.rows());
  return result;
}

/// One half of the events with test functions of its own.
struct Half {
  MatrixXd points;   ///< [n x r]
  VectorXd weights;  ///< [n]
  TestFunctions functions;

  Half(const MatrixXd& u, const VectorXd& w, const EventWindow& window, const TestFunctions::Choice& choice)
      : points(u), weights(w), functions(u, choice, window) {}
  MatrixXd along(const VectorXd& field) const {
    const MatrixXd map = field.reshaped(points.cols(), points.cols() + 1);
    return functions.along(with_one(points) * map.transpose());
  }
  /// E[v.grad phi] for the field of each entry of an affine map: [functions x r (r + 1)].
  MatrixXd response() const {
    const Index columns = points.cols();
    const MatrixXd weighted =
        (with_one(points).array().colwise() * (weights / weights.sum()).array()).matrix();
    MatrixXd result(functions.count(), columns * (columns + 1));
    for (Index f = 0; f < columns; ++f) {
      MatrixXd unit = MatrixXd::Zero(points.rows(), columns);
      unit.col(f).setOnes();
      const MatrixXd means = functions.along(unit).transpose() * weighted;
      for (Index l = 0; l <= columns; ++l) result.col(l * columns + f) = means.col(l);
    }
    return result;
  }
};

/// Rows of the two halves: units of `batch` consecutive rows, divided at random.
std::pair<std::vector<Index>, std::vector<Index>> halves_of(Index rows, Index batch, std::uint64_t seed) {
  std::vector<Index> units(static_cast<std::size_t>((rows + batch - 1) / batch));
  std::iota(units.begin(), units.end(), Index{0});
  std::mt19937_64 random(seed);
  for (std::size_t i = units.size(); i > 1; --i) std::swap(units[i - 1], units[random() % i]);
  return halves_of_units(std::move(units), rows, batch);
}

/// Columns: combinations that are orthonormal in the positive semidefinite `metric`; thin directions left
/// out.
MatrixXd orthonormal_in(const MatrixXd& metric) {
  if (metric.size() == 0) return metric;
  const EigenPairs pairs = symmetric_eigen(metric);
  const double largest = pairs.values.maxCoeff();
  const Index count = largest > 0 ? (pairs.values.array() > kThinDirection * largest).count() : 0;
  return pairs.vectors.rightCols(count) * pairs.values.tail(count).cwiseSqrt().cwiseInverse().asDiagonal();
}

/// Covariance of E[v.grad phi] of few events, averaged over fields: [functions x functions].
MatrixXd noise_of(const Half& half, const Fields& fields) {
  const Index stride = std::max<Index>(1, half.points.rows() / kNoiseEvents);
  std::vector<Index> rows;
  for (Index i = 0; i < half.points.rows(); i += stride) rows.push_back(i);
  const VectorXd weights = half.weights.cwiseAbs();
  MatrixXd noise = MatrixXd::Zero(half.functions.count(), half.functions.count());
  const Index step = std::max<Index>(1, fields.cols() / kNoiseFields);
  for (Index c = 0; c < fields.cols(); c += step) {
    const MatrixXd along = half.along(fields.col(c));
    noise += weighted_mean(along(rows, Eigen::all), weights(rows), 1).covariance;
  }
  return noise;
}

/// Orthonormal columns that span what is orthogonal to the columns of `taken`.
MatrixXd complement(const MatrixXd& taken) {
  if (taken.cols() == 0) return MatrixXd::Identity(taken.rows(), taken.rows());
  if (taken.cols() >= taken.rows()) return MatrixXd(taken.rows(), 0);
  const MatrixXd basis = orthonormal(taken);
  const EigenPairs pairs = symmetric_eigen(basis * basis.transpose());
  return pairs.vectors.leftCols(taken.rows() - taken.cols());
}

/// Combinations by ascending change of the means: orthonormal columns.
MatrixXd ordered_combinations(const MatrixXd& changes) {
  return symmetric_eigen(changes.transpose() * changes).vectors;
}

/// Test functions that are judged together, and what the ordering half says about them.
struct Family {
  MatrixXd whitening;  ///< [k x functions of the family]
  MatrixXd changes;    ///< whitened means of every field: [k x q]
};

std::vector<Family> families_of(const Half& half, const MatrixXd& noise, const MatrixXd& changes) {
  std::vector<Index> sizes;
  for (const Index size : {half.functions.up_to_degree(kMiddleDegree), half.functions.count()}) {
    // Most of few functions lie where the error of an estimated field reaches.
    if (sizes.empty() ? size > changes.cols() : size > sizes.back()) sizes.push_back(size);
  }
  std::vector<Family> families;
  for (const Index size : sizes) {
    const MatrixXd whitening = whitening_rows(noise.topLeftCorner(size, size));
    families.push_back({whitening, whitening * changes.topRows(size)});
  }
  return families;
}

/// The combinations that `ordering` finds least changing, up to the first that is broken.
struct Accepted {
  std::vector<double> p_values;
  bool complete = true;  ///< false: the next was not broken, too few functions were left to judge it
};

Accepted accepted_by(const Half& ordering, const Half& testing, const Fields& fields, Index batch,
                     double level) {
  const std::vector<Family> families =
      families_of(ordering, noise_of(ordering, fields), ordering.response() * fields);
  Accepted accepted;
  accepted.complete = !families.empty();
  if (families.empty()) return accepted;
  const MatrixXd order = ordered_combinations(families.back().changes);
  for (Index c = 0; c < fields.cols(); ++c) {
    const MeanVector means = weighted_mean(testing.along(fields * order.col(c)), testing.weights, batch);
    double smallest = 1;
    Index judged = 0;
    for (const Family& family : families) {
      const MatrixXd unreached = complement(family.changes * order.rightCols(fields.cols() - 1 - c));
      if (unreached.cols() == 0) continue;
      const MeanVector rest = means.first(family.whitening.cols())
                                  .along(family.whitening.transpose() * unreached)
                                  .principal(kLeastVariance);
      smallest = std::min(smallest, test_zero_mean(rest).p_value);
      ++judged;
    }
    const double p_value = std::min(1.0, smallest * static_cast<double>(judged));
    accepted.complete = judged > 0;
    if (judged == 0 || p_value < level) break;
    accepted.p_values.push_back(p_value);
  }
  return accepted;
}

}  // namespace

/// The fields that move the points within their subspace, and how to get them from the given ones.
struct FlowInvarianceTest::MovingFields {
  MatrixXd combinations;  ///< [given x q]
  MatrixXd fields;        ///< [r (r + 1) x q], orthonormal in the mean square of the round velocities
};

FlowInvarianceTest::MovingFields FlowInvarianceTest::moving_fields(const std::vector<Field>& given) const {
  const Sample& sample = *sample_;
  const RobustFrame& frame = sample.frame;
  const MatrixXd extended = with_one(sample.coordinates);
  const MatrixXd moments = extended.transpose() * sample.nearness.asDiagonal() * extended;
  const MatrixXd root = cholesky(moments + 1e-12 * MatrixXd::Identity(moments.rows(), moments.cols()));
  const auto count = static_cast<Index>(given.size());
  const Index columns = sample.dimension, inner = extended.cols();
  // Columns: motions of the given fields in units of the columns' spreads, their parts off the subspace, and
  // the fields in round coordinates, each divided by its speed.
  MatrixXd motions(columns * inner, count), leavings(frame.normal.rows() * inner, count),
      round((inner - 1) * inner, count);
  VectorXd scales = VectorXd::Zero(count);
  for (Index c = 0; c < count; ++c) {
    const Field& field = given[static_cast<std::size_t>(c)];
    const Sample::RoundField mapped = sample.round_field(field.matrix, field.shift);
    if (mapped.moves) scales(c) = 1 / mapped.speed;
    const MatrixXd motion =
        affine_map(field.matrix * frame.outward, field.matrix * frame.centre + field.shift) * scales(c);
    motions.col(c) = (frame.scale.cwiseInverse().asDiagonal() * motion * root).reshaped();
    leavings.col(c) = (frame.normal * motion * root).reshaped();
    round.col(c) = (frame.inward * motion).reshaped();
  }
  MatrixXd basis = orthonormal_in(motions.transpose() * motions);
  if (basis.cols() > 0 && leavings.rows() > 0) {
    const MatrixXd off = leavings * basis;
    const EigenPairs pairs = symmetric_eigen(off.transpose() * off);
    basis = (basis * pairs.vectors.leftCols((pairs.values.array() < kLeaves).count())).eval();
  }
  MatrixXd velocities(round.rows(), basis.cols());
  for (Index c = 0; c < basis.cols(); ++c)
    velocities.col(c) = ((round * basis.col(c)).reshaped(inner - 1, inner) * root).reshaped();
  basis = (basis * orthonormal_in(velocities.transpose() * velocities)).eval();
  return {scales.asDiagonal() * basis, round * basis};
}

FlowInvarianceTest::Subspace FlowInvarianceTest::invariant_subspace(const std::vector<Field>& given) const {
  const Sample& sample = *sample_;
  for (const Field& field : given) sample.check(field.matrix, field.shift);
  Subspace found{MatrixXd(static_cast<Index>(given.size()), 0), {}};
  if (given.empty()) return found;
  found.complete = sample.enough_events();
  if (!found.complete) return found;
  const MovingFields moving = moving_fields(given);
  const Index q = moving.fields.cols();
  if (q == 0) return found;

  const MatrixXd values = sample.functions->values();
  const Index batch = batch_length(
      deviations_of_mean(values.leftCols(std::min(values.cols(), kSerialColumns)), sample.weights));
  const double units = weighted_mean(values.leftCols(1), sample.weights, batch).units / 2;
  TestFunctions::Choice choice;
  choice.most = std::min(kFewestFunctions + 3 * q / 2,
                         static_cast<Index>(units / (batch > 1 ? kUnitsPerFunction : kEventsPerFunction)));
  choice.fourier = kMostFourier;
  choice.seed = sample.settings.seed;
  const auto [first_rows, second_rows] = halves_of(sample.weights.size(), batch, sample.settings.seed + 1);
  const auto half_of = [&](const std::vector<Index>& rows) {
    return Half(sample.coordinates(rows, Eigen::all), sample.weights(rows), sample.window.at(rows), choice);
  };
  const Half first = half_of(first_rows), second = half_of(second_rows);
  found.complete = first.weights.sum() > 0 && second.weights.sum() > 0;
  if (!found.complete) return found;

  const bool both_ways = sample.weights.size() < kBothWaysBelow;
  const double level = sample.settings.broken_below / static_cast<double>(both_ways ? 2 * q : q);
  Accepted accepted = accepted_by(first, second, moving.fields, batch, level);
  std::vector<double>& p_values = accepted.p_values;
  if (both_ways && (!p_values.empty() || !accepted.complete)) {
    const Accepted others = accepted_by(second, first, moving.fields, batch, level);
    // The first that either half breaks ends the search.
    if (others.p_values.size() < p_values.size()) accepted.complete = others.complete;
    if (others.p_values.size() == p_values.size()) accepted.complete |= others.complete;
    p_values.resize(std::min(p_values.size(), others.p_values.size()));
    for (std::size_t k = 0; k < p_values.size(); ++k)
      p_values[k] = std::min(1.0, 2 * std::min(p_values[k], others.p_values[k]));
  }
  found.complete = accepted.complete;
  if (p_values.empty()) return found;

  const double share = first.weights.sum() / sample.weights.sum();
  const MatrixXd response = share * first.response() + (1 - share) * second.response();
  const MatrixXd changes = whitening_rows(noise_of(first, moving.fields)) * response * moving.fields;
  found.combinations =
      moving.combinations * ordered_combinations(changes).leftCols(static_cast<Index>(p_values.size()));
  found.combinations.colwise().normalize();
  for (Index k = 0; k < found.combinations.cols(); ++k)
    found.tests.push_back(
        test_found(given, found.combinations.col(k), p_values[static_cast<std::size_t>(k)]));
  return found;
}

FlowInvariance FlowInvarianceTest::test_found(const std::vector<Field>& given, const VectorXd& combination,
                                              double p_value) const {
  Field field{MatrixXd::Zero(sample_->dimension, sample_->dimension), VectorXd::Zero(sample_->dimension)};
  for (Index c = 0; c < combination.size(); ++c) {
    field.matrix += combination(c) * given[static_cast<std::size_t>(c)].matrix;
    field.shift += combination(c) * given[static_cast<std::size_t>(c)].shift;
  }
  FlowInvariance result = measured(field.matrix, field.shift, true);
  result.p_value = p_value;
  result.verdict = verdict_of(result, sample_->settings.broken_below);
  return result;
}

}  // namespace symscan
