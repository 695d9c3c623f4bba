#include "host/analysis/test_functions.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <utility>

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kDampingRange = 6;
constexpr int kHighestOfPairs = 4;
constexpr double kLongestFrequency = 2;

/// C(dimension + degree - 1, degree), stopped when above `most`.
Index monomials_of_degree(Index dimension, int degree, Index most) {
  Index count = 1;
  for (int k = 1; k <= degree; ++k) {
    count = count * (dimension + k - 1) / k;
    if (count > most) return most + 1;
  }
  return count;
}

/// Enough for bounds; more for high degrees, whose largest values would otherwise decide their means.
int damping_power(int degree) {
  return degree <= 2 ? 1 : degree;
}

}  // namespace

TestFunctions::TestFunctions(const MatrixXd& points, const Choice& choice, EventWindow window)
    : points_(points), window_(std::move(window)) {
  const double range = kDampingRange * static_cast<double>(std::max<Index>(1, points.cols()));
  damping_ = (1 + points.rowwise().squaredNorm().array() / range).inverse();
  add_monomials(choice.most, choice.highest_degree);
  add_fourier(std::min(choice.fourier, choice.most - values_.cols()), choice.seed);
}

void TestFunctions::add_monomials(Index most, int highest_degree) {
  degree_ends_ = {0};
  bool complete = true;
  for (int degree = 1; degree <= highest_degree && points_.cols() > 0; ++degree) {
    const Index room = std::max<Index>(most - static_cast<Index>(monomials_.size()), 0);
    const Index whole = monomials_of_degree(points_.cols(), degree, room),
                pairs = points_.cols() * points_.cols();
    // Both odd and even degrees in part rather than one degree as a whole.
    const bool better_in_part = degree == 3 && whole + pairs > room && 2 * pairs <= room;
    complete = complete && (degree == 1 || (whole <= room && !better_in_part));
    if (!complete && (degree > kHighestOfPairs || pairs > room)) break;
    add_degree(degree, complete);
    degree_ends_.push_back(static_cast<Index>(monomials_.size()));
  }
  values_.resize(points_.rows(), static_cast<Index>(monomials_.size()));
  for (Index k = 0; k < values_.cols(); ++k) {
    const Monomial& monomial = monomials_[static_cast<std::size_t>(k)];
    values_.col(k) = points_.col(monomial.factor);
    if (monomial.parent >= 0) values_.col(k).array() *= values_.col(monomial.parent).array();
  }
}

void TestFunctions::add_degree(int degree, bool complete) {
  const Index dimension = points_.cols();
  const auto end = static_cast<Index>(monomials_.size());
  for (Index parent = degree == 1 ? -1 : degree_ends_[static_cast<std::size_t>(degree) - 2];
       parent < (degree == 1 ? 0 : end); ++parent) {
    // A copy: the vector grows.
    const Monomial before =
        parent < 0 ? Monomial{-1, 0, 0, true} : monomials_[static_cast<std::size_t>(parent)];
    if (!complete && !before.power) continue;
    for (Index factor = complete ? before.factor : 0; factor < dimension; ++factor)
      monomials_.push_back(
          {parent, factor, degree, before.power && (degree == 1 || factor == before.factor)});
  }
}

void TestFunctions::add_fourier(Index most, std::uint64_t seed) {
  const Index features = points_.cols() > 0 ? std::max<Index>(most, 0) : 0;
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1.0p-53; };
  // The sum of twelve uniform numbers: normal enough, and the same with every library.
  const auto normal = [&] {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  };
  frequencies_.resize(points_.cols(), features);
  VectorXd phases(features);
  const double size =
      std::min(1.0, kLongestFrequency / std::sqrt(static_cast<double>(std::max<Index>(1, points_.cols()))));
  for (Index k = 0; k < features; ++k) {
    for (Index f = 0; f < points_.cols(); ++f) frequencies_(f, k) = size * normal();
    phases(k) = 2 * std::numbers::pi * uniform();
  }
  const MatrixXd angles = (points_ * frequencies_).rowwise() + phases.transpose();
  cosines_ = angles.array().cos();
  sines_ = angles.array().sin();
}

Index TestFunctions::up_to_degree(int degree) const {
  return degree_ends_[static_cast<std::size_t>(std::clamp(degree, 0, highest_degree()))];
}

MatrixXd TestFunctions::values() const {
  MatrixXd result = plain_values();
  if (!window_.empty()) result.array().colwise() *= window_.values.array();
  return result;
}

MatrixXd TestFunctions::along(const MatrixXd& velocities) const {
  MatrixXd result = plain_along(velocities);
  if (window_.empty()) return result;
  const VectorXd change = window_.gradients.cwiseProduct(velocities).rowwise().sum();
  result.array().colwise() *= window_.values.array();
  result.array() += plain_values().array().colwise() * change.array();
  return result;
}

MatrixXd TestFunctions::plain_values() const {
  MatrixXd result(points_.rows(), count());
  VectorXd damping = VectorXd::Ones(points_.rows());
  int power = 0;
  for (Index k = 0; k < values_.cols(); ++k) {
    for (; power < damping_power(monomials_[static_cast<std::size_t>(k)].degree); ++power)
      damping.array() *= damping_.array();
    result.col(k) = values_.col(k).cwiseProduct(damping);
  }
  result.rightCols(cosines_.cols()) = cosines_.array().colwise() * damping_.array();
  return result;
}

MatrixXd TestFunctions::plain_along(const MatrixXd& velocities) const {
  MatrixXd result(points_.rows(), count());
  // Of the monomials without damping, by the product rule.
  for (Index k = 0; k < values_.cols(); ++k) {
    const Monomial& monomial = monomials_[static_cast<std::size_t>(k)];
    const auto velocity = velocities.col(monomial.factor).array();
    if (monomial.parent < 0) {
      result.col(k) = velocity;
    } else {
      result.col(k) = result.col(monomial.parent).array() * points_.col(monomial.factor).array() +
                      values_.col(monomial.parent).array() * velocity;
    }
  }
  const double range = kDampingRange * static_cast<double>(std::max<Index>(1, points_.cols()));
  // v.grad s, and that of powers of s.
  const VectorXd slope =
      -2 / range * damping_.array().square() * points_.cwiseProduct(velocities).rowwise().sum().array();
  VectorXd damping = VectorXd::Ones(points_.rows()), change = VectorXd::Zero(points_.rows());
  int power = 0;
  for (Index k = 0; k < values_.cols(); ++k) {
    for (; power < damping_power(monomials_[static_cast<std::size_t>(k)].degree); ++power) {
      change = (power + 1) * damping.array() * slope.array();
      damping.array() *= damping_.array();
    }
    result.col(k) = result.col(k).array() * damping.array() + values_.col(k).array() * change.array();
  }
  const MatrixXd turning = velocities * frequencies_;
  for (Index k = 0; k < cosines_.cols(); ++k) {
    result.col(values_.cols() + k) = cosines_.col(k).array() * slope.array() -
                                     sines_.col(k).array() * turning.col(k).array() * damping_.array();
  }
  return result;
}

}  // namespace symscan
