#include "host/analysis/standardised.hpp"

#include <algorithm>
#include <cmath>

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double resolved = 1e-13;  ///< share of the largest variance that float64 resolves
/// Spread over magnitude below which a column is constant but for rounding.
constexpr double constant_spread = 4e-15;

}  // namespace

AffineField Standardised::to_span(const AffineField& field) const {
  const VectorXd size = span.variances.cwiseSqrt();
  AffineField result(rank(), rank() + 1);
  result << size.asDiagonal() * field.leftCols(rank()) * size.cwiseInverse().asDiagonal(),
      size.cwiseProduct(field.col(rank()));
  return result;
}

AffineField Standardised::to_whitened(const AffineField& field) const {
  const VectorXd size = span.variances.cwiseSqrt();
  AffineField result(rank(), rank() + 1);
  result << size.cwiseInverse().asDiagonal() * field.leftCols(rank()) * size.asDiagonal(),
      size.cwiseInverse().cwiseProduct(field.col(rank()));
  return result;
}

Standardised standardise(const MatrixXd& raw, int linear_relations) {
  Standardised result;
  const Index features = raw.cols();
  result.rows.resize(raw.rows(), features);
  for (Index d = 0; d < features; ++d) {
    const double mean = raw.col(d).mean();
    const VectorXd centred = raw.col(d).array() - mean;
    const double spread = std::sqrt(centred.squaredNorm() / static_cast<double>(raw.rows()));
    const bool constant = !(spread > constant_spread * std::abs(mean));
    result.offset.push_back(mean);
    result.scale.push_back(constant ? 1.0 : spread);
    result.rows.col(d) = constant ? VectorXd::Zero(raw.rows()) : VectorXd(centred / spread);
  }
  result.span = data_span(result.rows, resolved, std::max<Index>(0, features - linear_relations));
  result.whitened =
      result.span.coordinates(result.rows) * result.span.variances.cwiseSqrt().cwiseInverse().asDiagonal();
  return result;
}

}  // namespace symscan
