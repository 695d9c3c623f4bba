#include "host/analysis/gradient_forms.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kThin = 1e-12;  ///< share of the largest speed below which a combination moves nothing
constexpr double kRounding = 1e-6, kTimesRounding = 100;
constexpr double kLargest = 0.075;  ///< FieldResidual::size of a field that keeps f
constexpr double kUncorrelated = 0.3, kApart = 2;
constexpr double kCorrelated = 0.8, kFarApart = 8;
/// See accepted_fields: of fields whose v.grad f is alike in both fits, all of which may be f's.
constexpr double kTimesUnexplained = 4, kLargestCorrelated = 0.05;
constexpr double kNoiseOfCommon = 0.2;  ///< of the mean product of independent errors, relative to their size
constexpr double kPerhapsBelow = 0.6;   ///< correlation

double signed_root(double value) {
  return value < 0 ? -std::sqrt(-value) : std::sqrt(value);
}

/// 1 / (m + |g|^2), m the median of |g|^2.
VectorXd damping(const VectorXd& squares) {
  std::vector<double> sorted(squares.begin(), squares.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  const double median = std::max(*middle, 1e-12 * squares.mean());
  return median > 0 ? VectorXd((squares.array() + median).inverse()) : VectorXd::Zero(squares.size());
}

/// Of the products of points and gradients: v.g = products * entries of the field.
MatrixXd products_of(const MatrixXd& extended, const MatrixXd& gradients, const VectorXd& weights) {
  const Index c = gradients.cols();
  MatrixXd products(gradients.rows(), c * extended.cols());
  for (Index j = 0; j < extended.cols(); ++j) {
    for (Index a = 0; a < c; ++a)
      products.col(j * c + a) = gradients.col(a).cwiseProduct(extended.col(j)).cwiseProduct(weights);
  }
  return products;
}

bool is_rounding(const FieldResidual& residual, const LabelModel& model) {
  return residual.size < kRounding + kTimesRounding * std::sqrt(model.unexplained);
}

/// FieldResidual::size that the fit leaves open.
double unresolved_size(const LabelModel& model) {
  return std::min(kLargestCorrelated, kTimesUnexplained * std::sqrt(model.unexplained));
}

}  // namespace

FieldResidual GradientForms::residual(const VectorXd& field) const {
  const double motion = field.dot(speed * field);
  if (!(motion > 0)) return {};
  const double one = std::max(0.0, field.dot(first * field)), two = std::max(0.0, field.dot(second * field));
  const double both = field.dot(common * field);
  FieldResidual result;
  result.size = std::sqrt(0.5 * (one + two) / motion);
  result.common = signed_root(both / motion);
  result.correlation = one > 0 && two > 0 ? both / std::sqrt(one * two) : 0;
  return result;
}

GradientForms GradientForms::among(const MatrixXd& fields) const {
  return {fields.transpose() * first * fields, fields.transpose() * second * fields,
          fields.transpose() * common * fields, fields.transpose() * speed * fields};
}

GradientForms gradient_forms(const MatrixXd& points, const MatrixXd& first, const MatrixXd& second,
                             const MatrixXd& whitening) {
  const Index n = first.rows(), c = first.cols(), r = std::max<Index>(1, whitening.rows());
  const Index inner = points.cols() + 1;
  MatrixXd extended(n, inner);
  extended << points, VectorXd::Ones(n);
  // Gradients in whitened coordinates w = whitening z are the columns' of z mapped by its pseudoinverse.
  const MatrixXd gram = whitening * whitening.transpose();
  const MatrixXd outward =
      whitening.rows() > 0 ? MatrixXd(whitening.transpose() * inverse_of(gram)) : MatrixXd::Zero(c, 1);
  const VectorXd squares = (0.5 * (first + second) * outward).rowwise().squaredNorm();
  const VectorXd weights = damping(squares) / static_cast<double>(n);
  const VectorXd roots = weights.cwiseSqrt();
  GradientForms forms;
  const MatrixXd one = products_of(extended, first, roots), two = products_of(extended, second, roots);
  forms.first = one.transpose() * one;
  forms.second = two.transpose() * two;
  const MatrixXd mixed = one.transpose() * two;
  forms.common = 0.5 * (mixed + mixed.transpose());
  const MatrixXd moments =
      extended.transpose() * weights.cwiseProduct(squares).asDiagonal() * extended / static_cast<double>(r);
  const MatrixXd metric = whitening.transpose() * whitening;
  forms.speed.resize(c * inner, c * inner);
  for (Index j = 0; j < inner; ++j) {
    for (Index k = 0; k < inner; ++k) forms.speed.block(j * c, k * c, c, c) = moments(j, k) * metric;
  }
  return forms;
}

GradientSpectrum gradient_spectrum(const GradientForms& forms, const LabelModel& model) {
  GradientSpectrum spectrum;
  spectrum.fields.resize(forms.speed.rows(), 0);
  if (forms.speed.rows() == 0) return spectrum;
  const EigenPairs speeds = symmetric_eigen(forms.speed);
  const double largest = speeds.values.maxCoeff();
  const Index moving = largest > 0 ? (speeds.values.array() > kThin * largest).count() : 0;
  if (moving == 0) return spectrum;
  const MatrixXd unit =
      speeds.vectors.rightCols(moving) * speeds.values.tail(moving).cwiseSqrt().cwiseInverse().asDiagonal();
  const MatrixXd mean = unit.transpose() * forms.mean() * unit;
  spectrum.fields = unit * symmetric_eigen(0.5 * (mean + mean.transpose())).vectors;
  for (Index k = 0; k < moving; ++k) spectrum.residuals.push_back(forms.residual(spectrum.fields.col(k)));
  spectrum.accepted = accepted_fields(spectrum.residuals, model);
  for (std::size_t k = spectrum.accepted; !model.exact && k < spectrum.residuals.size(); ++k) {
    const FieldResidual& residual = spectrum.residuals[k];
    if (residual.size < kLargest && residual.correlation < kPerhapsBelow) ++spectrum.undecided;
  }
  return spectrum;
}

bool explained_by_error(const FieldResidual& residual, const LabelModel& model) {
  if (model.exact) return is_rounding(residual, model);
  const double unresolved = unresolved_size(model);
  return residual.size < kLargest && (residual.correlation < kUncorrelated ||
                                      (residual.correlation < kCorrelated && residual.size < unresolved));
}

std::size_t accepted_fields(const std::vector<FieldResidual>& residuals, const LabelModel& model) {
  const double unresolved = unresolved_size(model);
  double size = 0, below = 0, correlation = -1;
  std::size_t accepted = 0;
  for (std::size_t k = 0; k < residuals.size(); ++k) {
    const FieldResidual& residual = residuals[k];
    if (model.exact) {
      if (!is_rounding(residual, model)) break;
      accepted = k + 1;
      continue;
    }
    size = std::max(size, residual.size);
    if (size > kLargest) break;
    below = std::max({below, residual.common, kNoiseOfCommon * residual.size});
    correlation = std::max(correlation, residual.correlation);
    const double above = k + 1 < residuals.size() ? residuals[k + 1].common : 0;
    if ((correlation < kUncorrelated && above > kApart * below) ||
        (correlation < kCorrelated && size < unresolved && above > kFarApart * below))
      accepted = k + 1;
  }
  return accepted;
}

}  // namespace symscan
