#include "host/analysis/normal_chi_squared.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace symscan {
namespace {

constexpr std::size_t kIntervals = 128;
constexpr double kStep = std::numbers::pi / 2 / kIntervals;
constexpr double kEnd = 5;  ///< of the range, in standard deviations

/// Gauss-Legendre, four points on [0, 1].
constexpr double kPlaces[] = {0.06943184420297371, 0.33000947820757187, 0.66999052179242813,
                              0.93056815579702629};
constexpr double kWeights[] = {0.17392742256872693, 0.32607257743127307, 0.32607257743127307,
                               0.17392742256872693};

std::vector<double> bin_edges(std::size_t bins) {
  std::vector<double> edges;
  for (std::size_t i = 0; i <= bins; ++i)
    edges.push_back(kEnd * (2 * static_cast<double>(i) / static_cast<double>(bins) - 1));
  return edges;
}

/// Of the standard normal distribution between two values; few bits are lost in the tails.
double normal_between(double low, double high) {
  if (low + high < 0) return normal_between(-high, -low);
  return 0.5 * (std::erfc(low / std::numbers::sqrt2) - std::erfc(high / std::numbers::sqrt2));
}

/// d P(X < x, Y < y) / d angle for correlation sin(angle): the density at (x, y) times the cosine (Plackett,
/// Biometrika 41 (1954) 351).
double slope_below(double x, double y, double sine, double cosine) {
  const double across = x == y ? 0 : (x - y) * (x - y) / (2 * cosine * cosine);
  return std::exp(-across - x * y / (1 + sine)) / (2 * std::numbers::pi);
}

/// Numbers at the corners of the bins, and their differences over each bin.
class Corners {
 public:
  Corners(std::vector<double> x, std::vector<double> y)
      : x_(std::move(x)), y_(std::move(y)), values_(x_.size() * y_.size()) {}

  void clear() { std::fill(values_.begin(), values_.end(), 0.0); }
  /// Adds `weight` times the slopes at an angle.
  void add_slopes(double angle, double weight) {
    const double sine = std::sin(angle), cosine = std::cos(angle);
    for (std::size_t i = 0; i < x_.size(); ++i)
      for (std::size_t j = 0; j < y_.size(); ++j)
        values_[i * y_.size() + j] += weight * slope_below(x_[i], y_[j], sine, cosine);
  }
  double over_bin(std::size_t i, std::size_t j) const {
    const double* low = values_.data() + i * y_.size() + j;
    const double* high = low + y_.size();
    return (high[1] - high[0]) - (low[1] - low[0]);
  }

 private:
  std::vector<double> x_, y_, values_;
};

}  // namespace

NormalChiSquared::NormalChiSquared(std::size_t columns, std::size_t rows) {
  const std::vector<double> x = bin_edges(columns), y = bin_edges(rows);
  Corners excess(x, y), slopes(x, y);  // of the probabilities over those at correlation 0
  for (std::size_t interval = 0; interval <= kIntervals; ++interval) {
    const double angle = static_cast<double>(interval) * kStep;
    slopes.clear();
    slopes.add_slopes(angle, 1);
    double chi_squared = 0, slope = 0;
    for (std::size_t i = 0; i < columns; ++i) {
      for (std::size_t j = 0; j < rows; ++j) {
        const double expected = normal_between(x[i], x[i + 1]) * normal_between(y[j], y[j + 1]);
        chi_squared += excess.over_bin(i, j) * excess.over_bin(i, j) / expected;
        slope += 2 * excess.over_bin(i, j) * slopes.over_bin(i, j) / expected;
      }
    }
    share_.push_back(chi_squared);
    slope_.push_back(slope);
    if (interval == kIntervals) break;
    for (std::size_t point = 0; point < std::size(kPlaces); ++point)
      excess.add_slopes(angle + kPlaces[point] * kStep, kWeights[point] * kStep);
  }
  const double largest = share_.back();
  for (double& value : share_) value /= largest;
  for (double& value : slope_) value /= largest;
}

/// Hermite's cubic between two angles.
double NormalChiSquared::share_at(std::size_t interval, double part) const {
  const double a = part, b = 1 - part;
  return b * b * ((1 + 2 * a) * share_[interval] + a * kStep * slope_[interval]) +
         a * a * ((1 + 2 * b) * share_[interval + 1] - b * kStep * slope_[interval + 1]);
}

double NormalChiSquared::share(double correlation) const {
  const double place = std::asin(std::clamp(correlation, 0.0, 1.0)) / kStep;
  const auto interval = std::min(static_cast<std::size_t>(place), kIntervals - 1);
  return share_at(interval, place - static_cast<double>(interval));
}

double NormalChiSquared::correlation_of(double share) const {
  if (!(share > 0)) return 0;
  if (share >= 1) return 1;
  const auto above = std::upper_bound(share_.begin(), share_.end(), share);
  const auto interval = static_cast<std::size_t>(above - share_.begin()) - 1;
  double low = 0, high = 1;
  for (int halving = 0; halving < 50; ++halving) {
    const double middle = 0.5 * (low + high);
    (share_at(interval, middle) < share ? low : high) = middle;
  }
  return std::sin((static_cast<double>(interval) + low) * kStep);
}

}  // namespace symscan
