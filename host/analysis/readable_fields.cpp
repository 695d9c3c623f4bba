#include "host/analysis/readable_fields.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/analysis/lie_algebra.hpp"
#include "host/analysis/sparse_vectors.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kNegligible[] = {0.1, 0.25, 0.4};  ///< entries of sparse fields, relative: of fits
constexpr double kNegligibleExact = 1e-3;
constexpr double kNearSimple = 0.1, kNearSimpleExact = 1e-4;
constexpr double kAsGood = 1.25;      ///< FieldResidual::size relative to that of the fields given
constexpr double kIndependent = 0.2;  ///< share of a field's speed that must be new
constexpr double kRoundingSize = 1e-9;

/// Fields taken so far, orthonormal in the speed.
class Taken {
 public:
  explicit Taken(const MatrixXd& speed) : speed_(speed), basis_(speed.rows(), 0) {}
  /// False if the field is nearly a combination of those taken.
  bool take(const VectorXd& field) {
    VectorXd rest = field;
    for (int twice = 0; twice < 2; ++twice) rest -= basis_ * (basis_.transpose() * (speed_ * rest));
    const double whole = field.dot(speed_ * field), left = rest.dot(speed_ * rest);
    if (!(left > kIndependent * kIndependent * whole)) return false;
    basis_.conservativeResize(Eigen::NoChange, basis_.cols() + 1);
    basis_.rightCols(1) = rest / std::sqrt(left);
    return true;
  }

 private:
  const MatrixXd& speed_;
  MatrixXd basis_;
};

/// The combination of unit fields with this support that keeps f best.
VectorXd best_with(const std::vector<int>& support, const GradientForms& forms) {
  const MatrixXd mean = forms.mean()(support, support);
  MatrixXd speed = forms.speed(support, support);
  speed.diagonal().array() += 1e-12 * speed.trace();
  VectorXd field = VectorXd::Zero(forms.speed.rows());
  field(support) = generalised_eigen(mean, speed).vectors.col(0);
  return field;
}

/// The simplest number near the value.
double simple(double value, double near) {
  for (const double number : {0.0, 1.0, 2.0, 0.5, 3.0, 1.0 / 3, 1.5, 2.0 / 3}) {
    if (std::abs(std::abs(value) - number) <= near * std::max(1.0, number))
      return std::copysign(number, value);
  }
  return value;
}

/// The field with simple proportions of its entries in the units of the data.
VectorXd simplified(const VectorXd& field, const LabelFrame& frame, bool exact) {
  const double near = exact ? kNearSimpleExact : kNearSimple;
  const Index dimension = frame.columns.back() + 1;
  LabelFrame::RawField raw = frame.raw(field, dimension);
  const MatrixXd affine = field.reshaped(frame.centre.size(), frame.centre.size() + 1);
  // Shifts are compared in units of the columns.
  const double turn = affine.leftCols(frame.centre.size()).cwiseAbs().maxCoeff();
  const double shift = affine.rightCols(1).cwiseAbs().maxCoeff();
  const double largest = raw.matrix.cwiseAbs().maxCoeff();
  if (turn > near * shift && largest > 0) {
    Index row = 0, column = 0;
    raw.matrix.cwiseAbs().maxCoeff(&row, &column);
    const double unit = raw.matrix(row, column);
    raw.matrix = (raw.matrix / unit).unaryExpr([&](double value) { return simple(value, near); });
    raw.shift /= unit;
    for (std::size_t a = 0; a < frame.columns.size(); ++a) {
      double& value = raw.shift(frame.columns[a]);
      if (std::abs(value) <= near * frame.scale(static_cast<Index>(a))) value = 0;
    }
  } else if (raw.shift.cwiseAbs().maxCoeff() > 0) {
    Index row = 0;
    raw.shift.cwiseAbs().maxCoeff(&row);
    raw.matrix.setZero();
    raw.shift =
        (raw.shift / raw.shift(row)).unaryExpr([&](double value) { return simple(value, near); }).eval();
  }
  return frame.from_raw(raw);
}

/// The largest entry in the units of the data is 1, of the matrix if there is one.
VectorXd scaled(const VectorXd& field, const LabelFrame& frame) {
  const LabelFrame::RawField raw = frame.raw(field, frame.columns.back() + 1);
  const Index c = frame.centre.size();
  const bool moves = field.head(c * c).norm() > 1e-9 * field.norm();
  const VectorXd entries = moves ? VectorXd(raw.matrix.reshaped()) : raw.shift;
  Index at = 0;
  entries.cwiseAbs().maxCoeff(&at);
  return entries(at) != 0 ? VectorXd(field / entries(at)) : field;
}

/// The size of the worst of the fields.
double worst_of(const MatrixXd& fields, const GradientForms& forms) {
  double worst = kRoundingSize;
  for (Index k = 0; k < fields.cols(); ++k) worst = std::max(worst, forms.residual(fields.col(k)).size);
  return worst;
}

/// The field of a support, simplified where that is as good; none if neither is.
std::optional<VectorXd> candidate(const std::vector<int>& support, const LabelFrame& frame,
                                  const GradientForms& forms, const LabelModel& model, double most) {
  const VectorXd best = best_with(support, forms);
  const auto good = [&](const VectorXd& field) {
    const FieldResidual residual = forms.residual(field);
    return residual.size <= most || (model.exact && explained_by_error(residual, model));
  };
  const VectorXd simple_field = simplified(best, frame, model.exact);
  if (good(simple_field)) return simple_field;
  if (good(best)) return scaled(best, frame);
  return std::nullopt;
}

}  // namespace

std::vector<VectorXd> readable_fields(const MatrixXd& fields, const LabelFrame& frame,
                                      const GradientForms& forms, const LabelModel& model) {
  std::vector<VectorXd> chosen;
  const auto count = static_cast<std::size_t>(fields.cols());
  if (count == 0) return chosen;
  const double most = kAsGood * worst_of(fields, forms);
  const MatrixXd basis = orthonormal(fields);
  std::vector<double> negligible = {kNegligibleExact};
  if (!model.exact) negligible.assign(std::begin(kNegligible), std::end(kNegligible));
  Taken taken(forms.speed);
  for (const double least : negligible) {
    for (const std::vector<int>& support : sparse_supports(basis, least)) {
      if (chosen.size() == count) break;
      const auto field = candidate(support, frame, forms, model, most);
      if (field && taken.take(*field)) chosen.push_back(*field);
    }
  }
  for (Index k = 0; k < fields.cols() && chosen.size() < count; ++k) {
    if (taken.take(fields.col(k))) chosen.push_back(scaled(fields.col(k), frame));
  }
  return chosen;
}

}  // namespace symscan
