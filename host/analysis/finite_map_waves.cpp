// Frequencies of the functions that judge finite maps: which there are, and which one map is judged by.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "host/analysis/finite_map_test.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kMostLow = 240, kMiddle = 40, kFinePool = 160, kMostFine = 48, kAnywhere = 32;
constexpr std::size_t kMostLooked = 1500;  ///< scouts that find the most changed frequencies
/// Frequencies that are used of each level for one map; those that it moves most.
constexpr Index kUsedOfLevel[] = {12, 12, 20};
constexpr double kLeastMotion = 0.02;  ///< E |exp(i w.gx) - exp(i w.x)|^2
constexpr double kStructure = 12;      ///< |characteristic function|^2 over that of noise
constexpr double kLongest = 24;        ///< frequency in the round coordinates

}  // namespace

FiniteMapTest::Waves::Waves(const MatrixXd& angles) : cosines(angles), sines(angles) {
  const double* from = angles.data();
  double *cosine = cosines.data(), *sine = sines.data();
  for (Index i = 0; i < angles.size(); ++i) {
    cosine[i] = std::cos(from[i]);
    sine[i] = std::sin(from[i]);
  }
}

double FiniteMapTest::Random::normal() {
  return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform());
}

void FiniteMapTest::add_frequency(const VectorXd& round, int level) {
  frequencies_.conservativeResize(points_.cols(), frequencies_.cols() + 1);
  frequencies_.rightCols(1) = inward_.transpose() * round;
  levels_.push_back(level);
}

/// Along coordinates and pairs of them, then at random.
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
  add_random(random, 1, 4, kMiddle, 1);
  add_random(random, 3, kLongest, kFinePool, 2);
  add_random(random, 1, kLongest, kAnywhere, 3);
}

/// Directions in a few coordinates: those of many coordinates see nothing but noise.
void FiniteMapTest::add_random(Random& random, double shortest, double longest, Index count, int level) {
  const Index rank = inward_.rows();
  for (Index k = 0; k < count && rank > 0; ++k) {
    const double size = shortest * std::pow(longest / shortest, random.uniform());
    VectorXd direction = VectorXd::Zero(rank);
    for (Index i = 0; i < rank; ++i) {
      if (rank <= 3 || random.uniform() * static_cast<double>(rank) < 2.5) direction(i) = random.normal();
    }
    if (direction.isZero(0)) direction(random.below(rank)) = 1;
    add_frequency(size * direction.normalized(), level);
  }
}

/// Of the fine frequencies those at which the scouts show structure.
void FiniteMapTest::keep_structured() {
  const VectorXd weights = weights_(scouts_);
  const VectorXd shares = weights / weights.sum();
  const double noise = shares.squaredNorm();
  std::vector<Index> fine, kept;
  for (Index k = 0; k < frequencies_.cols(); ++k) {
    if (levels_[static_cast<std::size_t>(k)] == 2) fine.push_back(k);
  }
  const Waves waves(points_(scouts_, Eigen::all) * frequencies_(Eigen::all, fine));
  VectorXd power = VectorXd::Zero(frequencies_.cols());
  power(fine) = (waves.cosines.transpose() * shares).array().square() +
                (waves.sines.transpose() * shares).array().square();
  std::erase_if(fine, [&](Index k) { return !(power(k) > kStructure * noise); });
  std::stable_sort(fine.begin(), fine.end(), [&](Index a, Index b) { return power(a) > power(b); });
  if (static_cast<Index>(fine.size()) > kMostFine) fine.resize(static_cast<std::size_t>(kMostFine));
  std::vector<int> levels;
  for (Index k = 0; k < frequencies_.cols(); ++k) {
    const int level = levels_[static_cast<std::size_t>(k)];
    if (level == 2 && std::find(fine.begin(), fine.end(), k) == fine.end()) continue;
    kept.push_back(k);
    levels.push_back(level);
  }
  levels_ = levels;
  frequencies_ = frequencies_(Eigen::all, kept).eval();
  waves_ = Waves(points_ * frequencies_);
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

std::vector<Index> FiniteMapTest::most_changed(const AffineMap& map, Index most) const {
  std::vector<Index> rows = scouts_;
  rows.resize(std::min(rows.size(), kMostLooked));
  const VectorXd weights = weights_(rows);
  const VectorXd shares = weights / weights.sum();
  const VectorXd at_centre = map.matrix * centre_ + map.shift - centre_;
  const MatrixXd x = points_(rows, Eigen::all);
  const MatrixXd image = (x * map.matrix.transpose()).rowwise() + at_centre.transpose();
  const Waves after(image * frequencies_);
  const MatrixXd real = after.cosines - waves_.cosines(rows, Eigen::all),
                 imaginary = after.sines - waves_.sines(rows, Eigen::all);
  VectorXd score(frequencies_.cols());
  for (Index k = 0; k < score.size(); ++k) {
    const double noise = real.col(k).squaredNorm() + imaginary.col(k).squaredNorm();
    const double mean = std::pow(real.col(k).dot(shares), 2) + std::pow(imaginary.col(k).dot(shares), 2);
    score(k) = noise > 1e-6 * static_cast<double>(rows.size()) ? mean / noise : 0;
  }
  std::vector<Index> order(static_cast<std::size_t>(score.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return score(a) > score(b); });
  order.resize(std::min(order.size(), static_cast<std::size_t>(most)));
  std::erase_if(order, [&](Index k) { return score(k) <= 0; });
  return order;
}

}  // namespace symscan
