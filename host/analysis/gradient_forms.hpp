#pragma once
#include <cstddef>
#include <vector>

#include "host/analysis/label_model.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// How far one field is from keeping f: v.grad f with the gradients of two fits.
struct FieldResidual {
  /// Root mean square of v.grad f of one fit, over that of a field of the same speed in any direction: about
  /// 1 for a field that has nothing to do with f. Holds the error of the gradient: an upper limit.
  double size = 0;
  /// Root of E[(v.grad f_1) (v.grad f_2)] in the same units, negative where the mean is: errors of the fits
  /// are independent and cancel.
  double common = 0;
  /// Of v.grad f_1 and v.grad f_2: near 0 where they are errors, near 1 where they are f's.
  double correlation = 0;
};

/// The quadratic forms of (v.grad f)^2 over affine fields v(z) = A z + b, as vectors of the entries of (A |
/// b) by columns, [c (c + 1)]. Rows of large gradients are damped, so that none decides alone.
struct GradientForms {
  Eigen::MatrixXd first, second;  ///< E[(v.g_1)^2], E[(v.g_2)^2]
  Eigen::MatrixXd common;         ///< E[(v.g_1)(v.g_2)], symmetric part
  Eigen::MatrixXd speed;          ///< E[|v|^2 |g|^2] / r, both in whitened coordinates

  Eigen::MatrixXd mean() const { return 0.25 * (first + second) + 0.5 * common; }
  FieldResidual residual(const Eigen::VectorXd& field) const;
  /// Of the fields that the columns of `fields` span, as combinations of these.
  GradientForms among(const Eigen::MatrixXd& fields) const;
};

/// `points` [n x c] z, or [n x 0] for constant fields alone; `first`, `second`: [n x c] gradients there;
/// `whitening` [r x c]: of the points.
GradientForms gradient_forms(const Eigen::MatrixXd& points, const Eigen::MatrixXd& first,
                             const Eigen::MatrixXd& second, const Eigen::MatrixXd& whitening);

/// Fields by ascending E[(v.g)^2] at unit speed.
struct GradientSpectrum {
  Eigen::MatrixXd fields;  ///< columns
  std::vector<FieldResidual> residuals;
  /// How many of the first keep f: see accepted_fields.
  std::size_t accepted = 0;
  /// How many of the others may, for all that the gradients tell.
  std::size_t undecided = 0;
};
GradientSpectrum gradient_spectrum(const GradientForms& forms, const LabelModel& model);

/// Is v.grad f 0 but for errors of the gradients? For exact models: rounding. Others: small, and not the same
/// in both fits, or below what the fit leaves unexplained.
bool explained_by_error(const FieldResidual& residual, const LabelModel& model);

/// How many of the fields keep f. They are small, their v.grad f is what errors of the gradients explain, and
/// the next field's is well above. Where the two fits share an error (they cannot follow f), fields that keep
/// f correlate too: these are accepted if they are below what the fit leaves unexplained and stand apart by
/// an order of magnitude.
std::size_t accepted_fields(const std::vector<FieldResidual>& residuals, const LabelModel& model);

}  // namespace symscan
