#include "host/analysis/tangent_fields.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// L with E (v,1)(v,1)^T = L L^T: in L^-1 (v,1) the motion of a field is its norm.
MatrixXd motion_root(const MatrixXd& points) {
  MatrixXd extended(points.rows(), points.cols() + 1);
  extended << points, VectorXd::Ones(points.rows());
  MatrixXd second = extended.transpose() * extended / static_cast<double>(points.rows());
  second.diagonal().array() += 1e-14 * second.trace() / static_cast<double>(second.rows());
  return cholesky(second);
}

}  // namespace

TangentSpectrum tangent_spectrum(const Normals& normals) {
  const Index r = normals.points.cols(), s = r + 1, events = normals.points.rows();
  TangentSpectrum spectrum;
  if (r == 0 || events == 0) return spectrum;
  const MatrixXd root = motion_root(normals.points), inverse = inverse_of(root);
  Index rows = 0;
  for (const MatrixXd& normal : normals.normals) rows += normal.cols();
  MatrixXd system = MatrixXd::Zero(std::max(rows, r * s), r * s);
  VectorXd extended(s);
  Index row = 0;
  for (Index i = 0; i < events; ++i) {
    extended << normals.points.row(i).transpose(), 1.0;
    const VectorXd w = inverse * extended;
    const MatrixXd& normal = normals.normals[static_cast<std::size_t>(i)];
    // Field (A | b) column-major: entry (a, j) is at j * r + a.
    for (Index k = 0; k < normal.cols(); ++k, ++row)
      for (Index j = 0; j < s; ++j) system.row(row).segment(j * r, r) = w(j) * normal.col(k).transpose();
  }
  const RightSingular svd = right_singular(system);
  spectrum.residuals = svd.values.reverse() / std::sqrt(static_cast<double>(events));
  for (Index k = r * s - 1; k >= 0; --k) {
    const VectorXd vector = svd.vectors.col(k);
    spectrum.fields.push_back(Eigen::Map<const MatrixXd>(vector.data(), r, s) * inverse);
  }
  return spectrum;
}

double tangent_residual(const Normals& normals, const AffineField& field) {
  const Index r = normals.points.cols();
  double leaving = 0, motion = 0;
  for (Index i = 0; i < normals.points.rows(); ++i) {
    const VectorXd v = field.leftCols(r) * normals.points.row(i).transpose() + field.col(r);
    leaving += (normals.normals[static_cast<std::size_t>(i)].transpose() * v).squaredNorm();
    motion += v.squaredNorm();
  }
  return motion > 0 ? std::sqrt(leaving / motion) : 0.0;
}

}  // namespace symscan
