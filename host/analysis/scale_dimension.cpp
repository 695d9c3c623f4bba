#include "host/analysis/scale_dimension.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>
#include <utility>

#include "host/analysis/distinct_rows.hpp"
#include "host/analysis/scale_dimension_calibration.hpp"
#include "host/analysis/scale_dimension_features.hpp"
#include "host/analysis/scale_dimension_strata.hpp"
#include "host/base/error.hpp"
#include "host/base/statistics.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kLeastPoints = 50;
constexpr Index kThinning = 4;        ///< every level has a fourth of the points of the one before
constexpr Index kLeastThinned = 64;   ///< points of the last level, at least
constexpr double kAboveRounding = 3;  ///< nearest neighbours are that many cells of the grid away, or farther
/// What the posterior leaves out, of the logarithm of the dimension: a share for every dimension, and more
/// the higher the dimension is.
constexpr double kMissing = 0.005, kMissingPerLog = 0.02;

/// Step of the grid to which a column is rounded: a tenth of the gaps between its values are smaller. 0 where
/// few values repeat, and for fewer than 20 values, which name classes.
double grid_step(VectorXd values) {
  std::sort(values.begin(), values.end());
  const double same = 1e-9 * (values(values.size() - 1) - values(0));
  std::vector<double> gaps;
  for (Index i = 1; i < values.size(); ++i) {
    const double gap = values(i) - values(i - 1);
    if (gap > same) gaps.push_back(gap);
  }
  if (gaps.size() < 20 || 10 * gaps.size() > 9 * static_cast<std::size_t>(values.size())) return 0;
  const auto tenth = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 10);
  std::nth_element(gaps.begin(), tenth, gaps.end());
  return *tenth;
}

/// `points` is [points x features], with repeats: of a column on a grid only they are left.
double grid_diagonal(const MatrixXd& points) {
  constexpr Index enough = 20000;
  const Index stride = std::max<Index>(points.rows() / enough, 1), rows = points.rows() / stride;
  double squares = 0;
  for (Index f = 0; f < points.cols(); ++f) {
    VectorXd values(rows);
    for (Index i = 0; i < rows; ++i) values(i) = points(i * stride, f);
    squares += std::pow(grid_step(std::move(values)), 2);
  }
  return std::sqrt(squares);
}

/// Points thinned to blocks of one size; everything is averaged over the blocks.
struct Level {
  Index points = 0;
  ScaleFeatures features{};
  std::array<double, kScaleOrders.size()> distances{};
  double nearest = 0;         ///< median distance to the nearest neighbour
  NeighbourTable neighbours;  ///< of the last block
};

Level level_of(const MatrixXd& points, Index size) {
  Level result;
  result.points = size;
  const Index blocks = std::min<Index>(points.cols() / size, kThinning);
  std::array<double, kScaleFeatureCount> sums{};
  for (Index block = 0; block < blocks; ++block) {
    const MatrixXd chosen = points.middleCols(block * size, size);
    result.neighbours = find_neighbours(chosen, kScaleNeighbours);
    const auto features = as_array(scale_features(chosen, result.neighbours));
    const double share = 1 / static_cast<double>(blocks);
    for (std::size_t f = 0; f < sums.size(); ++f) sums[f] += features[f] * share;
    const auto& logs = result.neighbours.log_distances;
    const auto middle = [&](Index row) { return upper_median({logs.row(row).begin(), logs.row(row).end()}); };
    result.nearest += std::exp(middle(0)) * share;
    for (std::size_t k = 0; k < kScaleOrders.size(); ++k)
      result.distances[k] += std::exp(middle(2 * kScaleOrders[k] - 1)) * share;
  }
  std::copy_n(sums.begin(), kScaleOrders.size(), result.features.log_gride.begin());
  result.features.mean_cosine = sums[5];
  result.features.log_inverse_square = sums[6];
  result.features.spread = sums[7];
  return result;
}

/// Levels whose neighbours are well above the grid, that of most points first; at least one.
std::vector<Level> levels_of(const MatrixXd& points, double rounding) {
  std::vector<Level> result;
  for (Index size = points.cols(); true; size /= kThinning) {
    Level level = level_of(points, size);
    const bool last = size / kThinning < kLeastThinned;
    if (level.nearest >= kAboveRounding * rounding || (last && result.empty()))
      result.push_back(std::move(level));
    if (last) return result;
  }
}

bool is_complete(const ScaleFeatures& features) {
  const auto all = as_array(features);
  return std::all_of(all.begin(), all.end(), [](double value) { return std::isfinite(value); });
}

std::vector<ScaleDimension> scales_of(const std::vector<Level>& levels, double columns,
                                      const std::array<double, kReferenceKinds>& kinds) {
  std::vector<ScaleDimension> result;
  for (const Level& level : levels) {
    for (std::size_t k = &level == &levels.front() ? 0 : 2; k < kScaleOrders.size(); ++k) {
      const double raw = std::exp(level.features.log_gride[k]);
      if (!std::isfinite(raw)) continue;
      const auto points = static_cast<double>(level.points);
      const CalibratedGride one = calibrate_gride(raw, k, points, columns, kinds);
      result.push_back({level.distances[k], raw, one.value, one.error, kScaleOrders[k],
                        static_cast<std::size_t>(level.points)});
    }
  }
  const auto nearer = [](const ScaleDimension& a, const ScaleDimension& b) {
    return a.distance < b.distance;
  };
  std::stable_sort(result.begin(), result.end(), nearer);
  return result;
}

/// The longest run of scales with one whole dimension. It reaches over a factor of 3, and the smallest scale
/// has a dimension that is higher by a half of it or more.
std::optional<DimensionPlateau> plateau_of(const std::vector<ScaleDimension>& scales) {
  constexpr double off = 0.2, mean_off = 0.12, least_reach = 3, excess = 1.5;
  std::optional<DimensionPlateau> best;
  for (std::size_t begin = 1; begin < scales.size(); ++begin) {
    const double whole = std::max(1.0, std::round(scales[begin].value));
    std::size_t end = begin;
    double sum = 0;
    for (; end < scales.size() && std::abs(scales[end].value - whole) <= off; ++end) sum += scales[end].value;
    const auto count = static_cast<double>(end - begin);
    if (count < 3 || std::abs(sum / count - whole) > mean_off) continue;
    const double from = scales[begin].distance, to = scales[end - 1].distance;
    const double below = scales.front().value;
    if (to < least_reach * from || below < excess * whole) continue;
    if (!best || to / from > best->to / best->from)
      best = DimensionPlateau{static_cast<int>(whole), from, to, below};
  }
  return best;
}

struct Interval {
  double value, low, high;
};

Interval interval_of(const Calibration& calibration, double columns) {
  const double most = std::log(columns), value = std::min(calibration.log_value, most);
  const double width = 1.96 * std::hypot(calibration.error, kMissing + kMissingPerLog * value);
  // Exactly the number of columns at most, whatever exp rounds to.
  const auto dimension = [&](double log) { return log >= most ? columns : std::exp(log); };
  return {dimension(value), std::exp(std::max(0.0, value - width)), dimension(value + width)};
}

/// Where the features are not complete: the scale of most neighbours of the last level, with a wide interval.
Interval interval_of(const ScaleDimension& scale, double columns) {
  const double width = std::max(2 * scale.error, 0.3 * scale.value);
  return {scale.value, std::max(1.0, scale.value - width), std::min(columns, scale.value + width)};
}

Interval interval_of(const std::vector<ScaleDimension>& scales, const DimensionPlateau& plateau) {
  double sum = 0, count = 0, error = 0;
  for (const ScaleDimension& scale : scales) {
    if (scale.distance < plateau.from || scale.distance > plateau.to) continue;
    sum += scale.value;
    error = std::max(error, scale.error);
    ++count;
  }
  const double value = sum / count;
  return {value, std::max(1.0, value - 2 * error), value + 2 * error};
}

/// Strata that contradict each other: their intervals are apart. Otherwise one, that of all points.
std::vector<DimensionStratum> strata_of(const MatrixXd& points, const NeighbourTable& neighbours,
                                        const Interval& all) {
  std::vector<DimensionStratum> one = {{all.value, all.low, all.high, 1}};
  if (neighbours.indices.cols() != points.cols() || points.cols() < 200) return one;
  const auto groups = split_by_dimension(points, neighbours);
  if (groups.size() < 2) return one;
  std::vector<DimensionStratum> result;
  const auto columns = static_cast<double>(points.rows());
  for (const auto& rows : groups) {
    const Level level = level_of(points(Eigen::all, rows), static_cast<Index>(rows.size()));
    if (!is_complete(level.features)) return one;
    const auto count = static_cast<double>(rows.size());
    const Interval interval = interval_of(calibrate(level.features, count, columns), columns);
    const double share = count / static_cast<double>(points.cols());
    result.push_back({interval.value, interval.low, interval.high, share});
  }
  const auto lower = [](const DimensionStratum& a, const DimensionStratum& b) { return a.value < b.value; };
  std::sort(result.begin(), result.end(), lower);
  for (std::size_t i = 1; i < result.size(); ++i)
    if (result[i].low <= result[i - 1].high) return one;
  return result;
}

/// Everything but the counts; `points` is [features x points]. False where no distances define a dimension.
bool measure(const MatrixXd& points, DimensionByNeighbours& result) {
  const auto columns = static_cast<double>(points.rows());
  const std::vector<Level> levels = levels_of(points, result.rounding);
  const Level& base = levels.front();
  Calibration calibration{0, 0, {0.2, 0.2, 0.2, 0.2, 0.2}};
  const bool complete = is_complete(base.features);
  if (complete) calibration = calibrate(base.features, static_cast<double>(base.points), columns);
  result.scales = scales_of(levels, columns, calibration.kinds);
  if (result.scales.empty()) return false;
  result.plateau = plateau_of(result.scales);
  const Interval interval = result.plateau ? interval_of(result.scales, *result.plateau)
                            : complete     ? interval_of(calibration, columns)
                                           : interval_of(result.scales.back(), columns);
  result.value = interval.value;
  result.low = interval.low;
  result.high = interval.high;
  result.strata = strata_of(points, base.neighbours, interval);
  return true;
}

}  // namespace

std::optional<DimensionByNeighbours> dimension_by_neighbours(const MatrixXd& points,
                                                             const ScaleSettings& settings) {
  if (settings.max_points < kLeastPoints)
    throw std::invalid_argument("dimension_by_neighbours: max_points < 50");
  if (!points.allFinite()) throw DataError("neighbour distances need points whose values are all finite");
  std::vector<Index> rows = distinct_rows(points);
  DimensionByNeighbours result{};
  result.duplicates = static_cast<std::size_t>(points.rows()) - rows.size();
  result.points = std::min(rows.size(), settings.max_points);
  if (rows.size() == 1 && result.duplicates > 0) {
    result.strata = {{0, 0, 0, 1}};
    return result;
  }
  if (result.points < kLeastPoints) return std::nullopt;
  shuffle_to_front(rows, result.points, settings.seed);
  rows.resize(result.points);
  result.rounding = grid_diagonal(points);
  if (!measure(points(rows, Eigen::all).transpose(), result)) return std::nullopt;
  return result;
}

}  // namespace symscan
