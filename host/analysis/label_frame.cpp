#include "host/analysis/label_frame.hpp"

#include <cmath>

#include "host/analysis/generators.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kNearOrigin = 5;   ///< spreads from the mean to 0 for which 0 stays the origin
constexpr double kThinnest = 1e-6;  ///< share of the largest variance of a direction that is kept

}  // namespace

LabelFrame label_frame(const LabelModel& model, const std::vector<int>& columns) {
  LabelFrame frame;
  frame.columns = columns;
  const auto c = static_cast<Index>(columns.size());
  frame.origin = VectorXd::Zero(c);
  frame.scale = VectorXd::Ones(c);
  frame.points = model.rows(Eigen::all, columns);
  for (Index a = 0; a < c; ++a) {
    const double mean = frame.points.col(a).mean();
    const double spread = std::sqrt((frame.points.col(a).array() - mean).square().mean());
    frame.scale(a) = spread > 0 ? spread : 1;
    if (std::abs(mean) > kNearOrigin * spread) frame.origin(a) = mean;
  }
  frame.points =
      ((frame.points.rowwise() - frame.origin.transpose()) * frame.scale.cwiseInverse().asDiagonal()).eval();
  frame.first = MatrixXd(model.first(Eigen::all, columns)) * frame.scale.asDiagonal();
  frame.second = MatrixXd(model.second(Eigen::all, columns)) * frame.scale.asDiagonal();
  const DataSpan span = data_span(frame.points, kThinnest);
  const VectorXd size = span.variances.cwiseSqrt();
  frame.centre = span.mean;
  frame.whitening = size.cwiseInverse().asDiagonal() * span.basis.transpose();
  frame.outward = span.basis * size.asDiagonal();
  return frame;
}

MatrixXd LabelFrame::translations() const {
  const Index c = centre.size();
  MatrixXd fields = MatrixXd::Zero(c * (c + 1), rank());
  fields.bottomRows(c) = outward;
  return fields;
}

MatrixXd LabelFrame::fields_of(const MatrixXd& directions) const {
  const Index c = centre.size(), k = directions.cols();
  const MatrixXd out = outward * directions, in = directions.transpose() * whitening;
  MatrixXd fields(c * (c + 1), k * (k + 1));
  for (Index j = 0; j <= k; ++j) {
    for (Index a = 0; a < k; ++a) {
      MatrixXd field = MatrixXd::Zero(c, c + 1);
      if (j < k) {
        field.leftCols(c) = out.col(a) * in.row(j);
        field.col(c) = -field.leftCols(c) * centre;
      } else {
        field.col(c) = out.col(a);
      }
      fields.col(j * k + a) = field.reshaped();
    }
  }
  return fields;
}

AffineField LabelFrame::in_directions(const VectorXd& field, const MatrixXd& directions) const {
  const Index c = centre.size(), k = directions.cols();
  const MatrixXd affine = field.reshaped(c, c + 1);
  const MatrixXd out = outward * directions, in = directions.transpose() * whitening;
  AffineField result(k, k + 1);
  result << in * affine.leftCols(c) * out, in * (affine.leftCols(c) * centre + affine.col(c));
  return result;
}

LabelFrame::RawField LabelFrame::raw(const VectorXd& field, Index dimension) const {
  const Index c = centre.size();
  const MatrixXd affine = field.reshaped(c, c + 1);
  const MatrixXd matrix = scale.asDiagonal() * affine.leftCols(c) * scale.cwiseInverse().asDiagonal();
  const VectorXd shift = scale.cwiseProduct(affine.col(c)) - matrix * origin;
  RawField result{MatrixXd::Zero(dimension, dimension), VectorXd::Zero(dimension)};
  result.matrix(columns, columns) = matrix;
  result.shift(columns) = shift;
  return result;
}

VectorXd LabelFrame::from_raw(const RawField& field) const {
  const Index c = centre.size();
  const MatrixXd matrix = field.matrix(columns, columns);
  const VectorXd shift = field.shift(columns);
  MatrixXd affine(c, c + 1);
  affine << scale.cwiseInverse().asDiagonal() * matrix * scale.asDiagonal(),
      scale.cwiseInverse().cwiseProduct(matrix * origin + shift);
  return affine.reshaped();
}

}  // namespace symscan
