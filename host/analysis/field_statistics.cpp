#include "host/analysis/field_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "host/analysis/distinct_rows.hpp"
#include "host/base/error.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::MatrixXf;
using Eigen::VectorXd;
using Eigen::VectorXf;

constexpr double kWindowRange = 8;         ///< |u|^2 / r at which the window has fallen to 1/e
constexpr double kDependentMotion = 1e-7;  ///< squared share of the motion that earlier fields leave
constexpr double kOffSpan = 1e-6;          ///< squared share of the motion off the span
constexpr std::size_t kMostKnots = 32, kRowsPerKnot = 20;
constexpr Index kNoiseRows = 1500, kNoiseCombinations = 12;
constexpr Index kMostKept = 60'000'000;  ///< numbers that MovedTests keeps

EventWindow gaussian_window(const MatrixXd& u) {
  const double range = kWindowRange * static_cast<double>(std::max<Index>(1, u.cols()));
  EventWindow window;
  window.values = (-u.rowwise().squaredNorm().array() / range).exp();
  window.gradients = ((-2 / range * u).array().colwise() * window.values.array()).matrix();
  return window;
}

/// The quantile function of the normal distribution, to 5e-4: Abramowitz & Stegun 26.2.23.
double normal_quantile(double p) {
  const double tail = std::min(p, 1 - p), t = std::sqrt(-2 * std::log(tail));
  const double size =
      t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  return p < 0.5 ? -size : size;
}

/// Values of a column and their scores, both ascending.
std::pair<std::vector<double>, std::vector<double>> score_knots(const VectorXd& column) {
  std::vector<double> sorted(column.begin(), column.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t count = std::clamp<std::size_t>(sorted.size() / kRowsPerKnot, 2, kMostKnots);
  std::vector<double> values, scores;
  for (std::size_t k = 0; k < count; ++k) {
    const double p = (static_cast<double>(k) + 0.5) / static_cast<double>(count);
    const auto place = static_cast<std::size_t>(p * static_cast<double>(sorted.size()));
    const double value = sorted[std::min(place, sorted.size() - 1)];
    if (!values.empty() && value <= values.back()) continue;
    values.push_back(value);
    scores.push_back(normal_quantile(p));
  }
  return {values, scores};
}

/// Mean products of the velocities that `map` [m x D] makes of the functions: [functions x functions].
MatrixXd mean_products(const FieldFunctions& fields, const VectorXd& weights, const MatrixXd& map) {
  const MatrixXd scaled = weights.cwiseSqrt().asDiagonal() * fields.values;
  MatrixXd products = scaled.transpose() * scaled;
  for (Index f = 0; f < products.cols(); ++f)
    for (Index g = 0; g < products.rows(); ++g)
      products(g, f) *= map.col(fields.columns[static_cast<std::size_t>(f)])
                            .dot(map.col(fields.columns[static_cast<std::size_t>(g)]));
  return fields.coefficients.transpose() * products * fields.coefficients;
}

/// Fields that are no combination of earlier ones, by Gram and Schmidt.
std::vector<Index> independent_in(const MatrixXd& products) {
  std::vector<Index> kept;
  MatrixXd rest = products;
  for (Index k = 0; k < products.rows(); ++k) {
    if (!(rest(k, k) > kDependentMotion * products(k, k))) continue;
    kept.push_back(k);
    const VectorXd column = rest.col(k) / std::sqrt(rest(k, k));
    rest -= column * column.transpose();
  }
  return kept;
}

/// Velocities with the same sum of products v v^T at every row: at most as many as there are columns.
std::vector<MatrixXd> speed_roots(std::vector<MatrixXd> speeds) {
  if (speeds.empty() || static_cast<Index>(speeds.size()) <= speeds.front().cols()) return speeds;
  const Index rows = speeds.front().rows(), columns = speeds.front().cols();
  std::vector<MatrixXd> roots(static_cast<std::size_t>(columns), MatrixXd::Zero(rows, columns));
  MatrixXd rest(columns, columns), here(columns, static_cast<Index>(speeds.size()));
  for (Index i = 0; i < rows; ++i) {
    for (Index k = 0; k < here.cols(); ++k) here.col(k) = speeds[static_cast<std::size_t>(k)].row(i);
    rest.noalias() = here * here.transpose();
    const double least = kOffSpan * kOffSpan * rest.diagonal().maxCoeff();
    for (Index c = 0; c < columns; ++c) {
      if (!(rest(c, c) > least)) continue;
      const VectorXd root = rest.col(c) / std::sqrt(rest(c, c));
      roots[static_cast<std::size_t>(c)].row(i) = root.transpose();
      rest -= root * root.transpose();
    }
  }
  return roots;
}

}  // namespace

NormalScores normal_scores(const MatrixXd& rows) {
  NormalScores scores{MatrixXd::Zero(rows.rows(), rows.cols()), MatrixXd::Zero(rows.rows(), rows.cols())};
  for (Index c = 0; c < rows.cols() && rows.rows() > 0; ++c) {
    const auto [values, targets] = score_knots(rows.col(c));
    if (values.size() < 2) {
      // Few values other than the most frequent one: the column as it is.
      const double size = (rows.col(c).array() - values.front()).abs().maxCoeff();
      if (!(size > 0)) continue;
      scores.values.col(c) = (rows.col(c).array() - values.front()) / size;
      scores.slopes.col(c).setConstant(1 / size);
      continue;
    }
    for (Index i = 0; i < rows.rows(); ++i) {
      const auto above = std::upper_bound(values.begin() + 1, values.end() - 1, rows(i, c));
      const auto k = static_cast<std::size_t>(above - values.begin());
      const double slope = (targets[k] - targets[k - 1]) / (values[k] - values[k - 1]);
      scores.values(i, c) = targets[k - 1] + slope * (rows(i, c) - values[k - 1]);
      scores.slopes(i, c) = slope;
    }
  }
  return scores;
}

RoundRows round_rows(const MatrixXd& rows, std::size_t most, std::uint64_t seed) {
  if (!rows.allFinite()) throw DataError("a search for vector fields needs rows whose values are all finite");
  RoundRows result;
  DistinctEvents events = distinct_events(rows, {}, most, seed, EqualRows::one_event);
  result.rows = std::move(events.points);
  result.weights = std::move(events.weights);
  if (result.rows.rows() == 0 || rows.cols() == 0) return result;
  result.frame = robust_frame(result.rows, result.weights);
  const MatrixXd plain =
      (result.rows.rowwise() - result.frame.centre.transpose()) * result.frame.inward.transpose();
  const double width = static_cast<double>(std::max<Index>(1, plain.cols()));
  result.nearness = result.weights.array() * gaussian_window(plain).values.array().square() /
                    (1 + plain.rowwise().squaredNorm().array() / width);
  result.nearness /= std::max(result.nearness.sum(), 1e-300);
  NormalScores scores = normal_scores(result.rows);
  const RobustFrame round = robust_frame(scores.values, result.weights);
  result.coordinates = (scores.values.rowwise() - round.centre.transpose()) * round.inward.transpose();
  result.slopes = std::move(scores.slopes);
  result.inward = round.inward;
  result.window = gaussian_window(result.coordinates);
  return result;
}

MovedTests::MovedTests(const RoundRows& all, std::vector<Index> rows, const TestFunctions::Choice& choice)
    : part(std::move(rows)),
      slopes(all.slopes(part, Eigen::all)),
      weights(all.weights(part)),
      inward_(all.inward),
      tests_(all.coordinates(part, Eigen::all), choice, all.window.at(part)) {}

const MatrixXf& MovedTests::along_column(Index column) const {
  const auto known = along_.find(column);
  if (known != along_.end()) return known->second;
  const Index each = weights.size() * count();
  if ((static_cast<Index>(along_.size()) + 1) * each > kMostKept) along_.clear();
  const MatrixXd velocities = inward_.col(column).transpose().replicate(weights.size(), 1);
  return along_.emplace(column, tests_.along(velocities).cast<float>()).first->second;
}

FieldMeans::FieldMeans(const MovedTests& tests, const FieldFunctions& fields)
    : tests_(&tests), values_(fields.values(tests.part, Eigen::all)), coefficients_(fields.coefficients) {
  const std::set<int> moving(fields.columns.begin(), fields.columns.end());
  columns_.assign(moving.begin(), moving.end());
  for (Index f = 0; f < values_.cols(); ++f) {
    const int column = fields.columns[static_cast<std::size_t>(f)];
    places_.push_back(static_cast<int>(std::distance(moving.begin(), moving.find(column))));
    values_.col(f).array() *= tests.slopes.col(column).array();
  }
  response_ = response_at(tests.weights / tests.weights.sum());
}

MatrixXd FieldMeans::velocities(const VectorXd& combination) const {
  const VectorXd sums = coefficients_ * combination;
  MatrixXd result = MatrixXd::Zero(values_.rows(), static_cast<Index>(columns_.size()));
  for (Index f = 0; f < sums.size(); ++f)
    if (sums(f) != 0) result.col(places_[static_cast<std::size_t>(f)]) += sums(f) * values_.col(f);
  return result;
}

MatrixXd FieldMeans::response_at(const VectorXd& shares) const {
  MatrixXd of_functions(tests_->count(), values_.cols());
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::vector<Index> own;
    for (std::size_t f = 0; f < places_.size(); ++f)
      if (places_[f] == static_cast<int>(c)) own.push_back(static_cast<Index>(f));
    const MatrixXd shared = shares.asDiagonal() * values_(Eigen::all, own);
    of_functions(Eigen::all, own) = tests_->along_column(columns_[c]).cast<double>().transpose() * shared;
  }
  return of_functions * coefficients_;
}

/// v.grad phi, divided by `size`.
MatrixXf FieldMeans::along(const MatrixXd& speeds, double size) const {
  const MatrixXf scaled = (speeds / size).cast<float>();
  MatrixXf result = MatrixXf::Zero(speeds.rows(), tests_->count());
  for (std::size_t c = 0; c < columns_.size(); ++c)
    result.array() +=
        tests_->along_column(columns_[c]).array().colwise() * scaled.col(static_cast<Index>(c)).array();
  return result;
}

MeanVector FieldMeans::means(const VectorXd& combination, Index batch) const {
  // In float: the means are not judged in directions that its rounding reaches.
  const MatrixXd speeds = velocities(combination);
  const double size = std::max(speeds.cwiseAbs().maxCoeff(), std::numeric_limits<double>::min());
  MatrixXf deviations = along(speeds, size);
  const VectorXd& weights = tests_->weights;
  if (batch > 1) {
    MeanVector result = weighted_mean(deviations.cast<double>(), weights, batch);
    result.mean *= size;
    result.covariance *= size * size;
    return result;
  }
  MeanVector result{response_ * combination, {}, std::pow(weights.sum(), 2) / weights.squaredNorm()};
  deviations.rowwise() -= (result.mean / size).cast<float>().transpose();
  deviations.array().colwise() *= (weights / weights.norm()).cast<float>().array();
  MatrixXf products = MatrixXf::Zero(deviations.cols(), deviations.cols());
  products.selfadjointView<Eigen::Lower>().rankUpdate(deviations.transpose());
  products.triangularView<Eigen::StrictlyUpper>() = products.transpose();
  result.covariance = products.cast<double>() * (size * size / std::max(result.units - 1, 1.0));
  return result;
}

MatrixXd FieldMeans::noise(const MatrixXd& combinations) const {
  const VectorXd& weights = tests_->weights;
  const Index stride = std::max<Index>(1, weights.size() / kNoiseRows);
  std::vector<Index> rows;
  for (Index i = 0; i < weights.size(); i += stride) rows.push_back(i);
  const Index step = std::max<Index>(1, combinations.cols() / kNoiseCombinations);
  std::vector<MatrixXd> speeds;
  std::vector<Index> used;
  for (Index c = 0; c < combinations.cols(); c += step) {
    used.push_back(c);
    speeds.push_back(velocities(combinations.col(c))(rows, Eigen::all));
  }
  VectorXd shares = VectorXd::Zero(weights.size());
  shares(rows) = weights(rows) / weights(rows).sum();
  MatrixXd noise = MatrixXd::Zero(tests_->count(), tests_->count());
  for (const MatrixXd& root : speed_roots(std::move(speeds))) {
    MatrixXd moved = MatrixXd::Zero(root.rows(), noise.cols());
    for (std::size_t c = 0; c < columns_.size(); ++c)
      moved.array() += tests_->along_column(columns_[c])(rows, Eigen::all).cast<double>().array().colwise() *
                       (root.col(static_cast<Index>(c)).array() * shares(rows).array());
    noise.selfadjointView<Eigen::Lower>().rankUpdate(moved.transpose());
  }
  noise.triangularView<Eigen::StrictlyUpper>() = noise.transpose();
  // The means are taken away: sum s^2 (v - m) (v - m)^T.
  const MatrixXd chosen = combinations(Eigen::all, used), means = response_at(shares) * chosen,
                 squares = response_at(shares.cwiseAbs2()) * chosen;
  noise += shares.squaredNorm() * means * means.transpose() - means * squares.transpose() -
           squares * means.transpose();
  const double units = 1 / shares.squaredNorm(), whole = weights.squaredNorm() / std::pow(weights.sum(), 2);
  return noise * (whole * units * units / std::max(units - 1, 1.0) / static_cast<double>(used.size()));
}

IndependentFields independent_fields(const RoundRows& data, const FieldFunctions& fields) {
  IndependentFields result;
  const MatrixXd in_spreads = data.frame.scale.cwiseInverse().asDiagonal();
  const MatrixXd products = mean_products(fields, data.nearness, in_spreads);
  result.fields = independent_in(products);
  result.motion = mean_products(fields, data.nearness, data.frame.inward)(result.fields, result.fields);
  result.leaving = mean_products(fields, data.nearness, data.frame.normal)(result.fields, result.fields);
  const VectorXd sizes = products.diagonal()(result.fields).cwiseSqrt().cwiseInverse();
  MatrixXd stays = sizes.asDiagonal();
  if (data.frame.normal.rows() > 0 && stays.cols() > 0) {
    const EigenPairs pairs = symmetric_eigen(sizes.asDiagonal() * result.leaving * sizes.asDiagonal());
    stays = (stays * pairs.vectors.leftCols((pairs.values.array() < kOffSpan).count())).eval();
  }
  if (stays.cols() == 0) {
    result.basis = stays;
    return result;
  }
  const EigenPairs pairs = symmetric_eigen(stays.transpose() * result.motion * stays);
  const Index count = (pairs.values.array() > kDependentMotion * pairs.values.maxCoeff()).count();
  result.basis = stays * pairs.vectors.rightCols(count) *
                 pairs.values.tail(count).cwiseSqrt().cwiseInverse().asDiagonal();
  return result;
}

std::pair<std::vector<Index>, std::vector<Index>> random_halves(Index rows, Index batch, std::uint64_t seed) {
  std::vector<Index> units(static_cast<std::size_t>((rows + batch - 1) / batch));
  std::iota(units.begin(), units.end(), Index{0});
  shuffle_to_front(units, units.size(), seed);
  return halves_of_units(std::move(units), rows, batch);
}

}  // namespace symscan
