#include "host/analysis/discrete_group.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <random>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Matrices = std::vector<MatrixXd>;

constexpr double kSame = 1e-6;
constexpr double kContained =
    0.03;  ///< fitted generators have errors; other components are much farther away
constexpr double kBracketOutside = 0.02;  ///< generators that were fitted close up to their error
constexpr std::size_t kMostDimensions = 64;
constexpr int kStarts = 6, kSteps = 100, kPatience = 30;

/// Of the determinant, by complex eigenvalues.
double determinant_sign(const MatrixXd& matrix) {
  const Eigen::VectorXcd values = eigenvalues_of(matrix);
  std::complex<double> product = 1;
  for (const std::complex<double>& value : values) {
    if (std::abs(value) > 0) product *= value / std::abs(value);
  }
  return product.real();
}

}  // namespace

bool same_matrix(const MatrixXd& a, const MatrixXd& b) {
  return (a - b).norm() < kSame * (1 + a.norm());
}

Matrices group_closure(const Matrices& generators, std::size_t most, const SameElement& same) {
  if (generators.empty()) return {};
  const Index size = generators.front().rows();
  Matrices elements = {MatrixXd::Identity(size, size)};
  // A number for quick comparison; elements that are the same by a subgroup have no such number.
  const bool plain = same.target<bool (*)(const MatrixXd&, const MatrixXd&)>() != nullptr;
  VectorXd left(size), right(size);
  for (Index i = 0; i < size; ++i) {
    left(i) = std::cos(1.0 + 0.7 * static_cast<double>(i));
    right(i) = std::sin(2.0 + 1.3 * static_cast<double>(i));
  }
  const auto mark = [&](const MatrixXd& m) { return left.dot(m * right); };
  std::vector<double> marks = {mark(elements.front())};
  for (std::size_t next = 0; next < elements.size(); ++next) {
    for (const MatrixXd& generator : generators) {
      const MatrixXd product = generator * elements[next];
      const double number = mark(product);
      bool known = false;
      for (std::size_t k = 0; k < elements.size() && !known; ++k) {
        if (plain && std::fabs(marks[k] - number) > 1e-4) continue;
        known = same(elements[k], product);
      }
      if (known) continue;
      if (elements.size() >= most) return {};
      elements.push_back(product);
      marks.push_back(number);
    }
  }
  return elements;
}

std::vector<std::size_t> independent_generators(const Matrices& generators, std::size_t most,
                                                const SameElement& same) {
  std::vector<std::size_t> kept;
  Matrices chosen, elements;
  for (std::size_t k = 0; k < generators.size(); ++k) {
    if (elements.empty()) elements = {MatrixXd::Identity(generators[k].rows(), generators[k].cols())};
    if (std::any_of(elements.begin(), elements.end(),
                    [&](const MatrixXd& element) { return same(element, generators[k]); }))
      continue;
    kept.push_back(k);
    chosen.push_back(generators[k]);
    Matrices larger = group_closure(chosen, most, same);
    if (!larger.empty()) elements = std::move(larger);
  }
  return kept;
}

ConnectedGroup::ConnectedGroup(Matrices generators) : generators_(std::move(generators)) {
  std::erase_if(generators_, [](const MatrixXd& g) { return !(g.norm() > 0); });
  for (MatrixXd& generator : generators_) generator /= generator.norm();
  // Closed under brackets, as the tangents of the group are.
  for (std::size_t b = 1; b < generators_.size() && generators_.size() < kMostDimensions; ++b) {
    for (std::size_t a = 0; a < b && generators_.size() < kMostDimensions; ++a) {
      MatrixXd bracket = generators_[a] * generators_[b] - generators_[b] * generators_[a];
      if (bracket.norm() < kSame) continue;
      bracket /= bracket.norm();
      MatrixXd span(bracket.size(), static_cast<Index>(generators_.size()));
      for (std::size_t k = 0; k < generators_.size(); ++k)
        span.col(static_cast<Index>(k)) = generators_[k].reshaped();
      const VectorXd coefficients = least_squares(span, {bracket.reshaped()}).front();
      if ((span * coefficients - bracket.reshaped()).norm() > kBracketOutside) generators_.push_back(bracket);
    }
  }
}

bool ConnectedGroup::contains(const MatrixXd& matrix) const {
  if (generators_.empty()) return same_matrix(matrix, MatrixXd::Identity(matrix.rows(), matrix.cols()));
  if (exhausted() || !(determinant_sign(matrix) > 0)) return false;
  // What all generators keep, their group keeps.
  MatrixXd stacked(matrix.rows() * static_cast<Index>(generators_.size()), matrix.cols());
  for (std::size_t k = 0; k < generators_.size(); ++k)
    stacked.middleRows(static_cast<Index>(k) * matrix.rows(), matrix.rows()) = generators_[k];
  const MatrixXd kept = null_space(stacked.transpose() * stacked);
  if ((matrix * kept - kept).norm() > kContained * (1 + matrix.norm())) return false;
  std::mt19937_64 random(1);
  for (int start = 0; start < kStarts; ++start) {
    // From near the unit, then from anywhere; the unit itself may be a saddle.
    VectorXd t(static_cast<Index>(generators_.size()));
    for (double& value : t)
      value = (start < 2 ? 0.3 : 3.0) * (static_cast<double>(random() >> 11) * 0x1.0p-53 - 0.5);
    if (reaches(matrix, element(t))) return true;
  }
  return false;
}

MatrixXd ConnectedGroup::element(const VectorXd& t) const {
  MatrixXd sum = MatrixXd::Zero(generators_.front().rows(), generators_.front().cols());
  for (Index i = 0; i < t.size(); ++i) sum += t(i) * generators_[static_cast<std::size_t>(i)];
  return exponential_of(sum);
}

/// By Gauss-Newton steps from the element `g`.
bool ConnectedGroup::reaches(const MatrixXd& matrix, MatrixXd g) const {
  const auto count = static_cast<Index>(generators_.size());
  double last = std::numeric_limits<double>::infinity();
  const auto size = static_cast<double>(matrix.rows()), all = static_cast<double>(count);
  const double cost = 30 * size * size * size + all * size * size * (size + all) + all * all * all / 3;
  for (int step = 0; step < kSteps; ++step) {
    operations_ += cost;
    if (exhausted()) return false;
    const MatrixXd rest = matrix - g;
    if (rest.norm() < kContained * (1 + matrix.norm())) return true;
    if (step > kPatience && step % 8 == 0 && rest.norm() > 0.98 * last) return false;
    if (step % 8 == 0) last = rest.norm();
    MatrixXd columns(matrix.size(), count);
    for (Index i = 0; i < count; ++i)
      columns.col(i) = (generators_[static_cast<std::size_t>(i)] * g).reshaped();
    const MatrixXd normal =
        columns.transpose() * columns + 1e-9 * columns.squaredNorm() * MatrixXd::Identity(count, count);
    VectorXd delta = solve_positive(normal, columns.transpose() * rest.reshaped());
    if (delta.norm() > 1) delta.normalize();
    if (!delta.allFinite()) return false;
    g = element(delta) * g;
  }
  return false;
}

}  // namespace symscan
