#include "host/analysis/variety.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Orthonormal columns that span the columns of `gradients` (each of norm 1 or 0).
MatrixXd span_of(const MatrixXd& gradients) {
  constexpr double independent = 1e-6;
  MatrixXd basis(gradients.rows(), 0), left = gradients;
  while (left.cols() > 0) {
    Index best = 0;
    const double largest = left.colwise().norm().maxCoeff(&best);
    if (!(largest > independent) || basis.cols() == basis.rows()) break;
    VectorXd direction = left.col(best).normalized();
    direction -= basis * (basis.transpose() * direction);
    direction.normalize();
    basis.conservativeResize(Eigen::NoChange, basis.cols() + 1);
    basis.col(basis.cols() - 1) = direction;
    left -= direction * (direction.transpose() * left);
  }
  return basis;
}

MatrixXd normals_at(const Standardised& data, const VectorXd& raw_row,
                    const std::vector<RelationGradient>& gradients) {
  constexpr double inside =
      1e-5;  // share of a gradient within the span below which it is a linear relation's
  const Eigen::Map<const VectorXd> scale(data.scale.data(), static_cast<Index>(data.scale.size()));
  const VectorXd size = data.span.variances.cwiseSqrt();
  MatrixXd columns(data.rank(), 0);
  for (const RelationGradient& gradient : gradients) {
    const VectorXd standard = scale.cwiseProduct(gradient(raw_row));
    const VectorXd projected = data.span.basis.transpose() * standard;
    if (!projected.allFinite() || !(projected.norm() > inside * standard.norm())) continue;
    columns.conservativeResize(Eigen::NoChange, columns.cols() + 1);
    columns.col(columns.cols() - 1) = size.cwiseProduct(projected).normalized();
  }
  return span_of(columns);
}

}  // namespace

Variety variety_of(const Standardised& data, const MatrixXd& raw,
                   const std::vector<RelationGradient>& gradients, Index most_rows) {
  const Index count = std::min(most_rows, raw.rows());
  std::vector<MatrixXd> all;
  std::map<Index, Index> ranks;
  for (Index i = 0; i < count; ++i) {
    all.push_back(normals_at(data, raw.row(i * raw.rows() / count), gradients));
    ++ranks[all.back().cols()];
  }
  Index codimension = 0;
  for (const auto& [rank, rows] : ranks)
    if (rows >= ranks[codimension]) codimension = rank;
  Variety variety;
  variety.dimension = data.rank() - codimension;
  std::vector<Index> kept;
  for (Index i = 0; i < count; ++i) {
    if (all[static_cast<std::size_t>(i)].cols() != codimension) continue;
    kept.push_back(i * raw.rows() / count);
    variety.normals.normals.push_back(std::move(all[static_cast<std::size_t>(i)]));
  }
  variety.normals.points = data.whitened(kept, Eigen::all);
  return variety;
}

VarietyAlgebra algebra_of(const Variety& variety, double rounding) {
  constexpr double least_tolerance = 1e-7, most_tolerance = 1e-3, wide_gap = 20;
  VarietyAlgebra algebra;
  if (variety.normals.points.cols() > most_algebra_rank) return algebra;
  TangentSpectrum spectrum = tangent_spectrum(variety.normals);
  const double tolerance = std::clamp(30 * rounding, least_tolerance, most_tolerance);
  const auto count = (spectrum.residuals.array() < tolerance).count();
  algebra.fields.assign(spectrum.fields.begin(), spectrum.fields.begin() + count);
  algebra.clear = count == spectrum.residuals.size() ||
                  spectrum.residuals(count) > wide_gap * (count > 0 ? spectrum.residuals(count - 1) : 0.0);
  algebra.residuals = std::move(spectrum.residuals);
  return algebra;
}

}  // namespace symscan
