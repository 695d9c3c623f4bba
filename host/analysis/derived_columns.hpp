#pragma once
#include <string>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

/// Distance of the columns from 0.
double radius_of(const Eigen::VectorXd& row, const std::vector<int>& columns);
/// Adds `factor` times the derivatives of the radius, or of its reciprocal. slope: [D]
void add_radius_gradient(const Eigen::VectorXd& row, const std::vector<int>& columns, bool inverse,
                         double factor, Eigen::VectorXd& slope);

/// A function of the columns that laws of mechanics contain: the distance of a body from the origin and its
/// reciprocal, cosine and sine of an angle.
struct DerivedColumn {
  enum class Kind { radius, inverse_radius, cosine, sine };
  Kind kind = Kind::radius;
  std::vector<int> columns;  ///< the coordinates, or the angle
  std::string name;          ///< "r" (of inverse_radius too), "cos(theta)"
  std::string definition;    ///< "r = sqrt(x^2 + y^2)"; empty for an angle's

  double value(const Eigen::VectorXd& event) const;
  /// Adds `factor` times the derivatives with respect to the columns. slope: [D]
  void add_gradient(const Eigen::VectorXd& event, double factor, Eigen::VectorXd& slope) const;
};

/// Those of bodies with coordinates called x, y, z; qx, qy; rx, ry; q1, q2, q3; x1, y1; x(a), y(a) and the
/// like, and of angles called theta, phi, psi, angle or q. Left out are functions that hardly vary or that
/// linear functions of the columns come near to.
std::vector<DerivedColumn> derived_columns(const Eigen::MatrixXd& rows,
                                           const std::vector<std::string>& columns);

/// The columns, then the derived ones. [events x (D + derived)]
Eigen::MatrixXd with_derived(const Eigen::MatrixXd& rows, const std::vector<DerivedColumn>& derived);

}  // namespace symscan
