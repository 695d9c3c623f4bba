#include "host/analysis/finite_map_test.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "host/analysis/robust_shape.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kScouts = 0.3;  ///< share of the events
constexpr Index kMostScouts = 3000, kFewEvents = 300;
constexpr std::size_t kFirstLook = 600, kMostScreening = 2000;  ///< scouts
constexpr double kClearlyBroken = 1e-9;                         ///< p-value
constexpr double kFewestEvents = 60;
constexpr double kEventsPerFunction = 20;
constexpr Index kMostChanged = 6;  ///< frequencies
constexpr double kMargin = 0.7;    ///< of delta, that noise alone may use up
constexpr double kLeaves = 1e-3;
constexpr Index kFewestBounded = 8;  ///< functions
constexpr double kNoSlope = 1e-4;    ///< relative to the largest

}  // namespace

FiniteMapTest::FiniteMapTest(const MatrixXd& points, const VectorXd& weights,
                             const FiniteMapSettings& settings)
    : settings_(settings), weights_(weights) {
  set_frame(points);
  const Index rows = points.rows();
  all_.resize(static_cast<std::size_t>(rows));
  std::iota(all_.begin(), all_.end(), Index{0});
  const double effective = weights.sum() * weights.sum() / weights.squaredNorm();
  enough_ = effective >= kFewestEvents && inward_.rows() > 0;
  hardly_varies_ = effective >= kFewestEvents && inward_.rows() == 0;
  if (!enough_) return;
  choose_frequencies();
  find_batches();
  choose_scouts();
  keep_structured();
  enough_ = static_cast<double>(scouts_.size()) >= kFewestEvents / 6;
}

void FiniteMapTest::set_frame(const MatrixXd& points) {
  const RobustFrame frame = robust_frame(points, weights_.cwiseAbs());
  centre_ = frame.centre;
  points_ = points.rowwise() - centre_.transpose();
  inward_ = frame.inward;
  outward_ = frame.outward;
  normal_ = frame.normal;
}

/// Batches from the low frequencies alone.
void FiniteMapTest::find_batches() {
  std::vector<Index> low;
  for (Index k = 0; k < frequencies_.cols() && low.size() < 12; ++k) {
    if (levels_[static_cast<std::size_t>(k)] == 0) low.push_back(k);
  }
  const Waves waves(points_ * frequencies_(Eigen::all, low));
  MatrixXd values(points_.rows(), waves.cosines.cols() + waves.sines.cols());
  values << waves.cosines, waves.sines;
  batch_ = batch_length(deviations_of_mean(values, weights_));
}

/// Units of batch_ rows, at random.
void FiniteMapTest::choose_scouts() {
  const Index rows = points_.rows();
  Random random{std::mt19937_64(settings_.seed + 1)};
  bool scout = false;
  for (Index row = 0; row < rows; ++row) {
    if (row % batch_ == 0) scout = random.uniform() < kScouts;
    (scout && static_cast<Index>(scouts_.size()) < kMostScouts ? scouts_ : others_).push_back(row);
  }
  for (Index i = 0; i < std::min(kFewEvents, rows); ++i)
    few_.push_back(i * rows / std::min(kFewEvents, rows));
}

double FiniteMapTest::displacement(const AffineMap& map) const {
  const VectorXd at_centre = map.matrix * centre_ + map.shift - centre_;
  double sum = 0;
  for (const Index row : few_) {
    const VectorXd x = points_.row(row).transpose();
    const double square = (inward_ * (map.matrix * x + at_centre - x)).squaredNorm();
    sum += std::min(square, 9.0);
  }
  return few_.empty() ? 0 : std::sqrt(sum / static_cast<double>(few_.size()));
}

bool FiniteMapTest::leaves(const AffineMap& map) const {
  if (normal_.rows() == 0) return false;
  const VectorXd at_centre = map.matrix * centre_ + map.shift - centre_;
  const MatrixXd along = normal_ * map.matrix * outward_;
  const VectorXd normal = normal_ * at_centre;
  return along.norm() > kLeaves || normal.norm() > kLeaves;
}

FiniteMapTest::Differences FiniteMapTest::differences(const AffineMap& map,
                                                      const std::vector<AffineMap>& neighbours,
                                                      const std::vector<Index>& rows,
                                                      const std::vector<Index>& frequencies) const {
  const auto count = static_cast<Index>(frequencies.size()), events = static_cast<Index>(rows.size());
  const bool whole = rows.size() == all_.size();
  const MatrixXd x = whole ? points_ : MatrixXd(points_(rows, Eigen::all));
  const VectorXd weights = whole ? weights_ : VectorXd(weights_(rows));
  const VectorXd at_centre = map.matrix * centre_ + map.shift - centre_;
  const MatrixXd waves = frequencies_(Eigen::all, frequencies);
  const Waves moved((x * (map.matrix.transpose() * waves)).rowwise() + at_centre.transpose() * waves);
  MatrixXd before(events, 2 * count), after(events, 2 * count);
  for (Index k = 0; k < count; ++k) {
    const Index at = frequencies[static_cast<std::size_t>(k)];
    if (whole) {
      before.col(2 * k) = waves_.cosines.col(at);
      before.col(2 * k + 1) = waves_.sines.col(at);
    } else {
      before.col(2 * k) = waves_.cosines(rows, at);
      before.col(2 * k + 1) = waves_.sines(rows, at);
    }
    after.col(2 * k) = moved.cosines.col(k);
    after.col(2 * k + 1) = moved.sines.col(k);
  }
  Differences result;
  result.means = weighted_mean(after - before, weights, batch_);
  const VectorXd sizes = weights.cwiseAbs().cwiseSqrt();
  const MatrixXd centred = before.rowwise() - (before.transpose() * weights / weights.sum()).transpose();
  const MatrixXd scaled = sizes.asDiagonal() * centred;
  MatrixXd spread = MatrixXd::Zero(2 * count, 2 * count);
  spread.selfadjointView<Eigen::Lower>().rankUpdate(scaled.transpose());
  spread.triangularView<Eigen::StrictlyUpper>() = spread.transpose();
  result.spread = spread / weights.cwiseAbs().sum();
  if (neighbours.empty()) return result;
  MatrixXd extended(events, x.cols() + 1);
  extended << x, VectorXd::Ones(events);
  result.slopes =
      slopes_of(neighbours, waves, after.transpose() * ((weights / weights.sum()).asDiagonal() * extended));
  return result;
}

/// d E[phi] = E[grad phi(g x) . (dM x + ds)] for each neighbour; `moments` [functions x D + 1]: E[phi(g x)
/// x^T] and E[phi(g x)].
MatrixXd FiniteMapTest::slopes_of(const std::vector<AffineMap>& neighbours, const MatrixXd& waves,
                                  const MatrixXd& moments) const {
  MatrixXd slopes(moments.rows(), static_cast<Index>(neighbours.size()));
  for (std::size_t q = 0; q < neighbours.size(); ++q) {
    const VectorXd constant = neighbours[q].matrix * centre_ + neighbours[q].shift;
    for (Index k = 0; k < waves.cols(); ++k) {
      VectorXd row(waves.rows() + 1);
      row << neighbours[q].matrix.transpose() * waves.col(k), constant.dot(waves.col(k));
      slopes(2 * k, static_cast<Index>(q)) = -moments.row(2 * k + 1).dot(row);
      slopes(2 * k + 1, static_cast<Index>(q)) = moments.row(2 * k).dot(row);
    }
  }
  return slopes;
}

MatrixXd FiniteMapTest::Differences::unreached(Index functions) const {
  if (slopes.cols() == 0) return MatrixXd::Identity(functions, functions);
  MatrixXd units = slopes.topRows(functions);
  const double largest = units.colwise().norm().maxCoeff();
  if (!(largest > 0) || units.cols() >= functions) return MatrixXd::Identity(functions, functions);
  for (Index q = 0; q < units.cols(); ++q) {
    if (units.col(q).norm() > kNoSlope * largest) units.col(q).normalize();
  }
  const RightSingular singular = right_singular(units);
  const Index rank = (singular.values.array() > kNoSlope * singular.values(0)).count();
  return null_space(orthonormal(units * singular.vectors.leftCols(rank)).transpose());
}

FiniteMapTest::Differences FiniteMapTest::Differences::free(Index frequencies) const {
  const Index functions = 2 * frequencies;
  const MatrixXd kept = unreached(functions);
  const MatrixXd block = spread.topLeftCorner(functions, functions);
  return {means.first(functions).along(kept), kept.transpose() * block * kept, {}};
}

/// The largest limit of one frequency alone, among the first. Functions in units of their widths: else what
/// the neighbours take from wide ones would appear in narrow ones.
double FiniteMapTest::Differences::largest_limit(Index frequencies) const {
  const Index functions = 2 * frequencies;
  const VectorXd squares = spread.diagonal().head(functions);
  const VectorXd widths = (squares.array() > 0).select(squares, 1.0).cwiseSqrt().cwiseInverse();
  const MatrixXd unit = widths.asDiagonal();
  const MatrixXd block = unit * spread.topLeftCorner(functions, functions) * unit;
  Differences scaled{means.first(functions).along(unit), block, {}};
  if (slopes.cols() > 0) scaled.slopes = unit * slopes.topRows(functions);
  const MatrixXd kept = scaled.unreached(functions);
  const MatrixXd projection = kept * kept.transpose();
  double largest = 0;
  for (Index k = 0; k < functions; k += 2) {
    const MeanVector one = scaled.means.along(projection.middleCols(k, 2));
    largest = std::max(largest, length_of(one, block.block(k, k, 2, 2)).limit);
  }
  return largest;
}

double FiniteMapTest::screen(const AffineMap& map, const std::vector<AffineMap>& neighbours) const {
  const Family family = moved(map);
  double p_value = 1;
  // Most maps need no long look.
  for (const std::size_t looked : {kFirstLook, kMostScreening}) {
    std::vector<Index> rows = scouts_;
    rows.resize(std::min(rows.size(), looked));
    const auto most =
        static_cast<std::size_t>(std::max(2.0, static_cast<double>(rows.size()) / kEventsPerFunction / 2));
    std::vector<Index> used = family.frequencies;
    used.resize(std::min(static_cast<std::size_t>(family.sizes[1]), most));
    if (used.empty()) return 1;
    const Differences changes = differences(map, neighbours, rows, used);
    p_value = test_zero_mean(changes.free(static_cast<Index>(used.size())).means).p_value;
    if (p_value < kClearlyBroken || looked >= scouts_.size()) break;
  }
  return p_value;
}

/// Low and middle frequencies: all events.
void FiniteMapTest::bound(const Family& family, const Differences& low, Index most, FiniteMapResult& result,
                          std::vector<double>& p_values) const {
  std::vector<Index> sizes;
  for (const Index size :
       {Index{4}, family.sizes[0], (family.sizes[0] + family.sizes[1]) / 2, family.sizes[1]}) {
    if (size > 0 && size <= std::min(most, family.sizes[1]) && (sizes.empty() || size > sizes.back()))
      sizes.push_back(size);
  }
  double axes_limit = 0;
  if (family.first > 0 && family.first <= most) {
    const Differences axes = low.free(family.first);
    p_values.push_back(test_zero_mean(axes.means).p_value);
    axes_limit = length_of(axes.means, axes.spread).limit;
    result.axis_limit = low.largest_limit(family.first);
  }
  for (const Index size : sizes) {
    const Differences some = low.free(size);
    if (size == sizes.back() || size == family.sizes[0])
      p_values.push_back(test_zero_mean(some.means).p_value);
    const Length length = length_of(some.means, some.spread);
    if (result.functions >= kFewestBounded && length.expected_limit > kMargin * settings_.delta) continue;
    result.effect = length.length;
    result.effect_limit = length.limit;
    result.functions = some.means.functions();
  }
  // A change that the axes alone show would drown in the noise of many functions.
  result.effect_limit = std::max(result.effect_limit, axes_limit);
}

FiniteMapResult FiniteMapTest::test(const AffineMap& map, const std::vector<AffineMap>& neighbours) const {
  FiniteMapResult result;
  result.effect_limit = std::numeric_limits<double>::infinity();
  const Family family = moved(map);
  const double total = weights_.sum();
  const double units = total * total / weights_.squaredNorm() / static_cast<double>(batch_);
  const auto most = static_cast<Index>(units / kEventsPerFunction / 2);
  std::vector<double> p_values;
  const std::vector<Index> plain(family.frequencies.begin(), family.frequencies.begin() + family.sizes[1]);
  bound(family, differences(map, neighbours, all_, plain), most, result, p_values);
  // Fine ones and those most changed: the events that did not choose them.
  const auto judge_others = [&](const std::vector<Index>& used) {
    const Differences some = differences(map, neighbours, others_, used);
    p_values.push_back(test_zero_mean(some.free(static_cast<Index>(used.size())).means).p_value);
  };
  if (family.sizes[2] > family.sizes[1] && most > family.sizes[1])
    judge_others({family.frequencies.begin() + family.sizes[1],
                  family.frequencies.begin() + std::min(family.sizes[2], most)});
  const std::vector<Index> changed = most_changed(map, kMostChanged);
  if (!changed.empty() && most > kMostChanged) judge_others(changed);
  if (!p_values.empty())
    result.p_value = std::min(
        1.0, *std::min_element(p_values.begin(), p_values.end()) * static_cast<double>(p_values.size()));
  return result;
}

}  // namespace symscan
