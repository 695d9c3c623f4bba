#pragma once
#include <vector>

#include "host/analysis/label_model.hpp"
#include "host/analysis/lie_algebra.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// Coordinates z of some columns, in units of their spreads, and the space in which the points lie. A field
/// of z is an [c (c + 1)] vector, the entries of (A | b) by columns.
struct LabelFrame {
  std::vector<int> columns;       ///< [c] of the data
  Eigen::VectorXd origin, scale;  ///< [c] raw = z scale + origin; origin 0 where 0 is near
  Eigen::MatrixXd points;         ///< [n x c] z
  Eigen::MatrixXd first, second;  ///< [n x c] gradients with respect to z
  Eigen::VectorXd centre;         ///< [c] mean of z
  Eigen::MatrixXd whitening;      ///< [r x c]: w = whitening (z - centre)
  Eigen::MatrixXd outward;        ///< [c x r]: z = centre + outward w

  Eigen::Index rank() const { return whitening.rows(); }
  /// Columns: the constant fields along orthonormal directions of w. [c (c + 1) x r]
  Eigen::MatrixXd translations() const;
  /// Columns: the affine fields of u = directions^T w, as fields of z that move nothing else. `directions`
  /// [r x k], orthonormal. [c (c + 1) x k (k + 1)]
  Eigen::MatrixXd fields_of(const Eigen::MatrixXd& directions) const;
  /// (A | b) of u for a field of z. [k x (k + 1)]
  AffineField in_directions(const Eigen::VectorXd& field, const Eigen::MatrixXd& directions) const;

  struct RawField {
    Eigen::MatrixXd matrix;  ///< [D x D]
    Eigen::VectorXd shift;   ///< [D]
  };
  RawField raw(const Eigen::VectorXd& field, Eigen::Index dimension) const;
  Eigen::VectorXd from_raw(const RawField& field) const;
};

LabelFrame label_frame(const LabelModel& model, const std::vector<int>& columns);

}  // namespace symscan
