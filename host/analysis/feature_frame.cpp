#include "host/analysis/feature_frame.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "host/analysis/equation_text.hpp"
#include "host/base/linear_algebra.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Rows of `rows` (out of `allowed`) that span its row space, the earlier of equally good ones first; empty
/// if they do not reach `rank`.
std::vector<Index> independent_rows(const MatrixXd& rows, const std::vector<Index>& allowed, Index rank) {
  std::vector<Index> chosen;
  MatrixXd left = rows;
  while (static_cast<Index>(chosen.size()) < rank) {
    Index best = -1;
    double largest = 0;
    for (const Index row : allowed) {
      if (best >= 0 && left.row(row).norm() < 1.25 * largest) continue;
      best = row;
      largest = left.row(row).norm();
    }
    if (best < 0 || largest < 0.05) return {};
    const VectorXd direction = left.row(best).normalized();
    left -= (left * direction) * direction.transpose();
    chosen.push_back(best);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

/// The text in parentheses: which particle a feature like "px(mu-)" belongs to.
std::string particle_of(const std::string& column) {
  const auto open = column.rfind('(');
  return open == std::string::npos ? "" : column.substr(open);
}

constexpr int few_digits = 3, most_digits = 7;  ///< of coefficients

/// The coefficient of a feature as add_term() writes it: 1 within `unit_error`.
double printed(double coefficient, double unit_error, int digits) {
  const double size = std::abs(coefficient);
  return std::copysign(
      std::abs(size - 1.0) < unit_error ? 1.0 : std::strtod(rounded(size, digits).c_str(), nullptr),
      coefficient);
}

/// Digits with which a shift is written to a hundredth of `unit`.
int digits_of_shift(double shift, double unit) {
  const double digits = std::ceil(std::log10(std::abs(shift) / unit)) + 2;
  return static_cast<int>(std::clamp(digits, 3.0, 12.0));
}

void add_term(std::string& sum, double coefficient, const std::string& feature, double unit_error,
              int digits) {
  const double size = std::abs(coefficient);
  std::string term = feature;
  const bool unit = std::abs(size - 1.0) < unit_error && !feature.empty();
  if (feature.empty()) {
    term = rounded(size, digits);
  } else if (!unit) {
    term = rounded(size, digits) + " " + feature;
  }
  if (sum.empty()) {
    sum = (coefficient < 0 ? "-" : "") + term;
  } else {
    sum += (coefficient < 0 ? " - " : " + ") + term;
  }
}

std::string joined(const std::vector<std::string>& words, const char* separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

}  // namespace

FeatureFrame::FeatureFrame(const DataSpan& span, std::vector<std::string> columns,
                           const std::vector<double>& offset, const std::vector<double>& scale)
    : columns_(std::move(columns)) {
  const Index features = span.basis.rows(), rank = span.rank();
  const Eigen::Map<const VectorXd> factor(scale.data(), features), origin(offset.data(), features);
  to_raw_ = factor.asDiagonal() * span.basis;
  const MatrixXd weighted = span.basis * span.variances.cwiseSqrt().asDiagonal();
  constexpr double fixed = 1e-3;  // of the feature that varies most: constant but for rounding
  const double most = features > 0 ? weighted.rowwise().norm().maxCoeff() : 0.0;
  for (Index d = 0; d < features; ++d)
    if (weighted.row(d).norm() < fixed * most) to_raw_.row(d).setZero();
  raw_mean_ = origin + factor.cwiseProduct(span.mean);
  deviation_ = (to_raw_ * span.variances.asDiagonal() * to_raw_.transpose()).diagonal().cwiseSqrt();
  std::vector<Index> all(static_cast<std::size_t>(features));
  for (Index d = 0; d < features; ++d) all[static_cast<std::size_t>(d)] = d;
  independent_ = independent_rows(weighted, all, rank);
  if (static_cast<Index>(independent_.size()) < rank) {
    // Nearly dependent features: by pivoted elimination whatever the size.
    const std::vector<Index> order = pivot_columns(span.basis.transpose());
    independent_.assign(order.begin(), order.begin() + rank);
    std::sort(independent_.begin(), independent_.end());
  }
  to_v_.resize(rank, rank);
  for (Index k = 0; k < rank; ++k) to_v_.row(k) = to_raw_.row(independent_[static_cast<std::size_t>(k)]);
  covariance_ = to_v_ * span.variances.asDiagonal() * to_v_.transpose();
  sizes_ = covariance_.diagonal().cwiseSqrt();
}

AffineField FeatureFrame::from_span(const AffineField& field) const {
  const Index r = to_v_.rows();
  AffineField result(r, r + 1);
  result << to_v_ * field.leftCols(r) * inverse_of(to_v_), to_v_ * field.col(r);
  return result;
}

AffineField FeatureFrame::to_span(const AffineField& field) const {
  const Index r = to_v_.rows();
  const MatrixXd inverse = inverse_of(to_v_);
  AffineField result(r, r + 1);
  result << inverse * field.leftCols(r) * to_v_, inverse * field.col(r);
  return result;
}

MatrixXd FeatureFrame::second_moments() const {
  const Index r = to_v_.rows();
  MatrixXd second = MatrixXd::Zero(r + 1, r + 1);
  second.topLeftCorner(r, r) = covariance_;
  second(r, r) = 1;
  return second;
}

FeatureFrame::RawField FeatureFrame::raw_field(const AffineField& field) const {
  const Index features = to_raw_.rows(), r = to_v_.rows();
  const MatrixXd inverse = inverse_of(to_v_);
  // d raw = to_raw (A_u u + b_u), with u = inverse of some r features' rows.
  const MatrixXd linear = inverse * field.leftCols(r) * to_v_;
  const VectorXd shift = inverse * field.col(r);
  RawField raw{MatrixXd::Zero(features, features), VectorXd::Zero(features)};
  for (Index d = 0; d < features; ++d) {
    std::vector<Index> inputs = independent_;
    const std::string particle = particle_of(columns_[static_cast<std::size_t>(d)]);
    if (!particle.empty()) {
      std::vector<Index> own;
      for (Index e = 0; e < features; ++e)
        if (particle_of(columns_[static_cast<std::size_t>(e)]) == particle) own.push_back(e);
      MatrixXd directions = to_raw_;
      for (Index e = 0; e < features; ++e)
        if (deviation_(e) > 0) directions.row(e) /= deviation_(e);
      const auto found = independent_rows(directions, own, r);
      if (!found.empty()) inputs = found;
    }
    MatrixXd rows(r, r);
    for (Index k = 0; k < r; ++k) rows.row(k) = to_raw_.row(inputs[static_cast<std::size_t>(k)]);
    const VectorXd coefficients = solve_square(rows.transpose(), (to_raw_.row(d) * linear).transpose());
    raw.shift(d) = to_raw_.row(d).dot(shift);
    for (Index k = 0; k < r; ++k) {
      const Index e = inputs[static_cast<std::size_t>(k)];
      raw.matrix(d, e) = coefficients(k);
      raw.shift(d) -= coefficients(k) * raw_mean_(e);
    }
  }
  return raw;
}

std::string FeatureFrame::equation(const RawField& field, double cut,
                                   const std::vector<Index>& unsaid) const {
  const double unit_error = 1.2 * cut;
  const Index features = to_raw_.rows();
  // Sizes in standard deviations of what moves.
  double largest = 0;
  const auto size = [&](Index d, Index e) {
    return deviation_(d) > 0 ? std::abs(field.matrix(d, e)) * deviation_(e) / deviation_(d) : 0.0;
  };
  const VectorXd at_mean = field.matrix * raw_mean_ + field.shift;
  for (Index d = 0; d < features; ++d) {
    for (Index e = 0; e < features; ++e) largest = std::max(largest, size(d, e));
    if (deviation_(d) > 0) largest = std::max(largest, std::abs(at_mean(d)) / deviation_(d));
  }
  std::vector<std::string> lines;
  for (Index d = 0; d < features; ++d) {
    if (std::find(unsaid.begin(), unsaid.end(), d) != unsaid.end()) continue;
    // At the mean the motion is what it was: a centre far from zero does not move by the rounding.
    const auto kept_shift = [&](int digits) {
      double shift = field.shift(d);
      for (Index e = 0; e < features; ++e) {
        const double own = field.matrix(d, e);
        shift += (size(d, e) <= cut * largest ? own : own - printed(own, unit_error, digits)) * raw_mean_(e);
      }
      return shift;
    };
    const auto is_seen = [&](double shift) {
      return deviation_(d) > 0 && std::abs(shift) / deviation_(d) > cut * largest;
    };
    // Where there is no shift, more digits rather than one that makes up for the rounding.
    int digits = few_digits;
    while (digits < most_digits && is_seen(kept_shift(digits))) ++digits;
    if (is_seen(kept_shift(digits))) digits = few_digits;
    std::string sum;
    for (Index e = 0; e < features; ++e)
      if (size(d, e) > cut * largest)
        add_term(sum, field.matrix(d, e), formula_name(columns_[static_cast<std::size_t>(e)]), unit_error,
                 digits);
    if (const double shift = kept_shift(digits); is_seen(shift))
      add_term(sum, shift, "", unit_error, digits_of_shift(shift, deviation_(d)));
    if (!sum.empty())
      lines.push_back("d" + formula_name(columns_[static_cast<std::size_t>(d)]) + " = " + sum);
  }
  return joined(lines, ", ");
}

std::string FeatureFrame::name(const AffineField& field, FieldKind kind) const {
  const Index r = to_v_.rows();
  const MatrixXd a = sizes_.cwiseInverse().asDiagonal() * field.leftCols(r) * sizes_.asDiagonal();
  const VectorXd b = sizes_.cwiseInverse().asDiagonal() * field.col(r);
  const bool turns = kind == FieldKind::rotation || kind == FieldKind::boost || kind == FieldKind::screw ||
                     kind == FieldKind::spiral;
  const double largest =
      turns ? a.cwiseAbs().maxCoeff() : std::max(a.cwiseAbs().maxCoeff(), b.cwiseAbs().maxCoeff());
  constexpr double visible = 0.2;
  const auto feature = [&](Index k) {
    return formula_name(columns_[static_cast<std::size_t>(independent_[static_cast<std::size_t>(k)])]);
  };
  std::vector<std::string> words;
  if (turns) {
    // What turns is the geometric mean of both entries, in whatever units.
    const auto turn = [&](Index i, Index j) { return std::sqrt(std::abs(a(i, j) * a(j, i))); };
    double most = 0;
    for (Index i = 0; i < r; ++i)
      for (Index j = i + 1; j < r; ++j) most = std::max(most, turn(i, j));
    for (Index i = 0; i < r; ++i)
      for (Index j = i + 1; j < r; ++j)
        if (most > 0 && turn(i, j) > visible * most) words.push_back(feature(i) + "-" + feature(j));
    std::string text = to_string(kind);
    if (!words.empty()) text += " in " + joined(words, ", ");
    std::vector<std::string> along;
    for (Index i = 0; i < r && kind == FieldKind::screw; ++i)
      if (a.row(i).cwiseAbs().maxCoeff() < visible * largest && std::abs(b(i)) > 0.05 * largest)
        along.push_back(feature(i));
    return along.empty() ? text : text + " along " + joined(along, ", ");
  }
  for (Index i = 0; i < r; ++i)
    if (a.row(i).cwiseAbs().maxCoeff() > visible * largest || std::abs(b(i)) > visible * largest)
      words.push_back(feature(i));
  return (kind == FieldKind::translation ? "translation along " : to_string(kind) + " of ") +
         joined(words, ", ");
}

}  // namespace symscan
