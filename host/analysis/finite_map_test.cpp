#include "host/analysis/finite_map_test.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>

#include "host/analysis/robust_shape.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kScouts = 0.3;  ///< share of the events
constexpr Index kMostScouts = 3000, kFewEvents = 300;
constexpr double kFewestEvents = 60;
constexpr Index kMostLow = 240, kMiddle = 40, kFinePool = 160, kMostFine = 48, kAnywhere = 32;
constexpr std::size_t kMostLooked = 1500;  ///< scouts that find the most changed frequencies
/// Frequencies that are used of each level for one map; those that it moves most.
constexpr Index kUsedOfLevel[] = {12, 12, 20};
constexpr double kLeastMotion = 0.02;  ///< E |exp(i w.gx) - exp(i w.x)|^2
constexpr double kEventsPerFunction = 20;
constexpr Index kMostChanged = 6;
constexpr double kStructure = 12;  ///< |characteristic function|^2 over that of noise
constexpr double kLongest = 24;    ///< frequency in the round coordinates
constexpr double kMargin = 0.7;    ///< of delta, that noise alone may use up
constexpr double kLeaves = 1e-3;
constexpr Index kFewestBounded = 8;  ///< functions
constexpr double kNoSlope = 1e-4;    ///< relative to the largest
constexpr int kHarmonics = 12;       ///< of a periodic column

double two_pi() {
  return 2 * std::numbers::pi;
}

struct Random {
  std::mt19937_64 bits;
  double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1.0p-53; }
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(two_pi() * uniform()); }
  Index below(Index count) { return static_cast<Index>(bits() % static_cast<std::uint64_t>(count)); }
};

}  // namespace

FiniteMapTest::FiniteMapTest(const MatrixXd& points, const VectorXd& weights,
                             const FiniteMapSettings& settings, bool serial)
    : settings_(settings), weights_(weights), periodic_(static_cast<std::size_t>(points.cols()), false) {
  MatrixXd lines = points;
  for (std::size_t f = 0; f < settings_.periods.size() && f < periodic_.size(); ++f) {
    periodic_[f] = settings_.periods[f] > 0;
    if (periodic_[f]) lines.col(static_cast<Index>(f)).setZero();
  }
  const RobustFrame frame = robust_frame(lines, weights.cwiseAbs());
  centre_ = frame.centre;
  points_ = points.rowwise() - centre_.transpose();
  inverse_scale_ = frame.scale.cwiseInverse();
  inward_ = frame.inward;
  outward_ = frame.outward;
  normal_ = frame.normal;
  for (std::size_t f = 0; f < periodic_.size(); ++f) {
    if (!periodic_[f]) continue;
    normal_.col(static_cast<Index>(f)).setZero();
    inverse_scale_(static_cast<Index>(f)) = two_pi() / settings_.periods[f];
  }
  const Index rows = points.rows();
  all_.resize(static_cast<std::size_t>(rows));
  std::iota(all_.begin(), all_.end(), Index{0});
  const double effective = weights.sum() * weights.sum() / weights.squaredNorm();
  enough_ = effective >= kFewestEvents && (inward_.rows() > 0 || !settings_.periods.empty());
  if (!enough_) return;
  scouts_ = all_;
  choose_frequencies();
  const auto waves = [&] {
    const MatrixXd angles = points_ * frequencies_;
    cosines_ = angles.array().cos();
    sines_ = angles.array().sin();
  };
  // Batches from the low frequencies alone.
  std::vector<Index> low;
  for (Index k = 0; k < frequencies_.cols() && low.size() < 12; ++k) {
    if (levels_[static_cast<std::size_t>(k)] == 0) low.push_back(k);
  }
  if (serial) {
    const MatrixXd angles = points_ * frequencies_(Eigen::all, low);
    MatrixXd values(rows, 2 * angles.cols());
    values << angles.array().cos().matrix(), angles.array().sin().matrix();
    batch_ = batch_length(deviations_of_mean(values, weights_));
  }
  // Scouts: units of batch_ rows, at random.
  scouts_.clear();
  Random random{std::mt19937_64(settings_.seed + 1)};
  bool scout = false;
  for (Index row = 0; row < rows; ++row) {
    if (row % batch_ == 0) scout = random.uniform() < kScouts;
    (scout && static_cast<Index>(scouts_.size()) < kMostScouts ? scouts_ : others_).push_back(row);
  }
  for (Index i = 0; i < std::min(kFewEvents, rows); ++i)
    few_.push_back(i * rows / std::min(kFewEvents, rows));
  waves();
  keep_structured();
  enough_ = static_cast<double>(scouts_.size()) >= kFewestEvents / 6;
}

void FiniteMapTest::add_frequency(const VectorXd& round, int level) {
  frequencies_.conservativeResize(points_.cols(), frequencies_.cols() + 1);
  frequencies_.rightCols(1) = inward_.transpose() * round;
  for (std::size_t f = 0; f < periodic_.size(); ++f) {
    if (periodic_[f]) frequencies_(static_cast<Index>(f), frequencies_.cols() - 1) = 0;
  }
  levels_.push_back(level);
}

void FiniteMapTest::choose_frequencies() {
  const Index rank = inward_.rows();
  Random random{std::mt19937_64(settings_.seed)};
  const auto unit = [&](Index i) { return VectorXd::Unit(rank, i); };
  for (const double size : {0.7, 1.4}) {
    for (Index i = 0; i < rank; ++i) add_frequency(size * unit(i), 0);
  }
  axes_ = rank;
  std::vector<std::pair<Index, Index>> pairs;
  for (Index j = 0; j < rank; ++j) {
    for (Index i = 0; i < j; ++i) pairs.emplace_back(i, j);
  }
  for (std::size_t k = 0; k < pairs.size() && frequencies_.cols() < kMostLow; ++k) {
    std::swap(pairs[k], pairs[k + random.bits() % (pairs.size() - k)]);
    for (const double sign : {1.0, -1.0})
      add_frequency(0.8 * (unit(pairs[k].first) + sign * unit(pairs[k].second)), 0);
  }
  std::vector<Index> circles;
  for (std::size_t f = 0; f < periodic_.size(); ++f) {
    if (periodic_[f]) circles.push_back(static_cast<Index>(f));
  }
  const auto harmonic = [&](Index column, int order) {
    frequencies_(column, frequencies_.cols() - 1) =
        order * two_pi() / settings_.periods[static_cast<std::size_t>(column)];
  };
  for (const Index column : circles) {
    for (int order = 1; order <= kHarmonics; ++order) {
      add_frequency(VectorXd::Zero(rank), order <= kHarmonics / 2 ? 0 : 1);
      harmonic(column, order);
    }
  }
  // Directions in a few coordinates: those of many coordinates see nothing but noise.
  const auto direction = [&] {
    VectorXd result = VectorXd::Zero(rank);
    for (Index i = 0; i < rank; ++i) {
      if (rank <= 3 || random.uniform() * static_cast<double>(rank) < 2.5) result(i) = random.normal();
    }
    if (rank > 0 && result.isZero(0)) result(random.below(rank)) = 1;
    return rank > 0 ? VectorXd(result.normalized()) : result;
  };
  const auto mixed = [&](double shortest, double longest, Index count, int level) {
    for (Index k = 0; k < count && (rank > 0 || circles.size() > 1); ++k) {
      const double size = shortest * std::pow(longest / shortest, random.uniform());
      add_frequency(size * direction(), level);
      for (const Index column : circles) {
        if (random.uniform() < 0.5) harmonic(column, static_cast<int>(random.below(9)) - 4);
      }
    }
  };
  mixed(1, 4, kMiddle, 1);
  mixed(3, kLongest, kFinePool, 2);
  mixed(1, kLongest, kAnywhere, 3);
}

/// Of the fine frequencies those at which the scouts show structure.
void FiniteMapTest::keep_structured() {
  const VectorXd weights = weights_(scouts_);
  const VectorXd shares = weights / weights.sum();
  const double noise = shares.squaredNorm();
  const VectorXd power = (cosines_(scouts_, Eigen::all).transpose() * shares).array().square() +
                         (sines_(scouts_, Eigen::all).transpose() * shares).array().square();
  std::vector<Index> fine, kept;
  for (Index k = 0; k < power.size(); ++k) {
    if (levels_[static_cast<std::size_t>(k)] == 2 && power(k) > kStructure * noise) fine.push_back(k);
  }
  std::stable_sort(fine.begin(), fine.end(), [&](Index a, Index b) { return power(a) > power(b); });
  if (static_cast<Index>(fine.size()) > kMostFine) fine.resize(static_cast<std::size_t>(kMostFine));
  for (Index k = 0; k < power.size(); ++k) {
    if (levels_[static_cast<std::size_t>(k)] != 2 || std::find(fine.begin(), fine.end(), k) != fine.end())
      kept.push_back(k);
  }
  frequencies_ = frequencies_(Eigen::all, kept).eval();
  cosines_ = cosines_(Eigen::all, kept).eval();
  sines_ = sines_(Eigen::all, kept).eval();
  std::vector<int> levels;
  for (const Index k : kept) levels.push_back(levels_[static_cast<std::size_t>(k)]);
  levels_ = levels;
}

double FiniteMapTest::displacement(const AffineMap& map) const {
  const VectorXd at_centre = map.matrix * centre_ + map.shift - centre_;
  double sum = 0;
  for (const Index row : few_) {
    const VectorXd x = points_.row(row).transpose();
    VectorXd moved = map.matrix * x + at_centre - x;
    double square = 0;
    for (std::size_t f = 0; f < periodic_.size(); ++f) {
      if (!periodic_[f]) continue;
      const double turn = moved(static_cast<Index>(f)) / settings_.periods[f];
      square += std::pow(two_pi() * (turn - std::round(turn)), 2);
      moved(static_cast<Index>(f)) = 0;
    }
    square += (inward_ * moved).squaredNorm();
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

FiniteMapTest::Family FiniteMapTest::moved(const AffineMap& map) const {
  const MatrixXd x = points_(few_, Eigen::all);
  const VectorXd at_centre = map.matrix * centre_ + map.shift - centre_;
  const MatrixXd motion = (x * map.matrix.transpose() - x).rowwise() + at_centre.transpose();
  const VectorXd motions = 2 - 2 * (motion * frequencies_).array().cos().colwise().mean().transpose();
  Family family;
  for (int level = 0; level < 3; ++level) {
    std::vector<Index> of_level;
    for (Index k = 0; k < motions.size(); ++k) {
      if (levels_[static_cast<std::size_t>(k)] == level && motions(k) > kLeastMotion) of_level.push_back(k);
    }
    // The axes first: they see a change of the means best.
    std::stable_sort(of_level.begin(), of_level.end(), [&](Index a, Index b) {
      return (a < axes_) != (b < axes_) ? a < axes_ : motions(a) > motions(b);
    });
    of_level.resize(std::min(of_level.size(), static_cast<std::size_t>(kUsedOfLevel[level])));
    family.frequencies.insert(family.frequencies.end(), of_level.begin(), of_level.end());
    if (level == 0) {
      family.first = std::count_if(family.frequencies.begin(), family.frequencies.end(),
                                   [&](Index k) { return k < axes_; });
    }
    const auto size = static_cast<Index>(family.frequencies.size());
    family.sizes.push_back(size);
  }
  return family;
}

std::vector<Index> FiniteMapTest::most_changed(const AffineMap& map) const {
  std::vector<Index> rows = scouts_;
  rows.resize(std::min(rows.size(), kMostLooked));
  const VectorXd weights = weights_(rows);
  const VectorXd shares = weights / weights.sum();
  const VectorXd at_centre = map.matrix * centre_ + map.shift - centre_;
  const MatrixXd x = points_(rows, Eigen::all);
  const MatrixXd image = (x * map.matrix.transpose()).rowwise() + at_centre.transpose();
  const MatrixXd angles = image * frequencies_;
  const MatrixXd real = angles.array().cos().matrix() - cosines_(rows, Eigen::all),
                 imaginary = angles.array().sin().matrix() - sines_(rows, Eigen::all);
  VectorXd score(frequencies_.cols());
  for (Index k = 0; k < score.size(); ++k) {
    const double noise = real.col(k).squaredNorm() + imaginary.col(k).squaredNorm();
    const double mean = std::pow(real.col(k).dot(shares), 2) + std::pow(imaginary.col(k).dot(shares), 2);
    score(k) = noise > 1e-6 * static_cast<double>(rows.size()) ? mean / noise : 0;
  }
  std::vector<Index> order(static_cast<std::size_t>(score.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return score(a) > score(b); });
  order.resize(std::min(order.size(), static_cast<std::size_t>(kMostChanged)));
  std::erase_if(order, [&](Index k) { return score(k) <= 0; });
  return order;
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
  const MatrixXd angles =
      ((x * (map.matrix.transpose() * waves)).rowwise() + (at_centre.transpose() * waves)).eval();
  MatrixXd before(events, 2 * count), after(events, 2 * count);
  for (Index k = 0; k < count; ++k) {
    const Index at = frequencies[static_cast<std::size_t>(k)];
    if (whole) {
      before.col(2 * k) = cosines_.col(at);
      before.col(2 * k + 1) = sines_.col(at);
    } else {
      before.col(2 * k) = cosines_(rows, at);
      before.col(2 * k + 1) = sines_(rows, at);
    }
    after.col(2 * k) = angles.col(k).array().cos();
    after.col(2 * k + 1) = angles.col(k).array().sin();
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

FiniteMapTest::Differences FiniteMapTest::Differences::free(Index frequencies) const {
  const Index functions = 2 * frequencies;
  Differences result{means.first(functions), spread.topLeftCorner(functions, functions), {}};
  if (slopes.cols() == 0) return result;
  MatrixXd units = slopes.topRows(functions);
  const double largest = units.colwise().norm().maxCoeff();
  if (!(largest > 0) || units.cols() >= functions) return result;
  for (Index q = 0; q < units.cols(); ++q) {
    if (units.col(q).norm() > kNoSlope * largest) units.col(q).normalize();
  }
  const RightSingular singular = right_singular(units);
  const Index rank = (singular.values.array() > kNoSlope * singular.values(0)).count();
  const MatrixXd free = null_space(orthonormal(units * singular.vectors.leftCols(rank)).transpose());
  return {result.means.along(free), free.transpose() * result.spread * free, {}};
}

double FiniteMapTest::screen(const AffineMap& map, const std::vector<AffineMap>& neighbours) const {
  Family family = moved(map);
  family.frequencies.resize(static_cast<std::size_t>(family.sizes[1]));
  if (family.frequencies.empty()) return 1;
  const auto most = static_cast<double>(scouts_.size()) / kEventsPerFunction / 2;
  family.frequencies.resize(
      std::min(family.frequencies.size(), static_cast<std::size_t>(std::max(2.0, most))));
  const auto count = static_cast<Index>(family.frequencies.size());
  return test_zero_mean(differences(map, neighbours, scouts_, family.frequencies).free(count).means).p_value;
}

FiniteMapResult FiniteMapTest::test(const AffineMap& map, const std::vector<AffineMap>& neighbours) const {
  FiniteMapResult result;
  result.effect_limit = std::numeric_limits<double>::infinity();
  Family family = moved(map);
  const double total = weights_.sum();
  const double units = total * total / weights_.squaredNorm() / static_cast<double>(batch_);
  const auto most = static_cast<Index>(units / kEventsPerFunction / 2);
  std::vector<double> p_values;
  // Low and middle frequencies: all events.
  const std::vector<Index> plain(family.frequencies.begin(), family.frequencies.begin() + family.sizes[1]);
  std::vector<Index> sizes;
  for (const Index size :
       {Index{4}, family.sizes[0], (family.sizes[0] + family.sizes[1]) / 2, family.sizes[1]}) {
    if (size > 0 && size <= std::min(most, family.sizes[1]) && (sizes.empty() || size > sizes.back()))
      sizes.push_back(size);
  }
  const Differences low = differences(map, neighbours, all_, plain);
  double axes_limit = 0;
  if (family.first > 0 && family.first <= most) {
    const Differences axes = low.free(family.first);
    p_values.push_back(test_zero_mean(axes.means).p_value);
    axes_limit = length_of(axes.means, axes.spread).limit;
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
  // Fine ones and those most changed: the events that did not choose them.
  const auto judge_others = [&](const std::vector<Index>& used) {
    const Differences some = differences(map, neighbours, others_, used);
    p_values.push_back(test_zero_mean(some.free(static_cast<Index>(used.size())).means).p_value);
  };
  if (family.sizes[2] > family.sizes[1] && most > family.sizes[1])
    judge_others({family.frequencies.begin() + family.sizes[1],
                  family.frequencies.begin() + std::min(family.sizes[2], most)});
  const std::vector<Index> changed = most_changed(map);
  if (!changed.empty() && most > kMostChanged) judge_others(changed);
  if (!p_values.empty())
    result.p_value = std::min(
        1.0, *std::min_element(p_values.begin(), p_values.end()) * static_cast<double>(p_values.size()));
  return result;
}

}  // namespace symscan
