#include "host/analysis/robust_shape.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/base/linear_algebra.hpp"
#include "host/base/statistics.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kEnoughEvents = 5000;
constexpr double kConstantColumn = 1e-6;  ///< spread over magnitude: rounding of float32
constexpr double kThinDirection = 1e-9;   ///< share of the largest eigenvalue of a squared shape
constexpr double kShrinkage = 0.02;
constexpr int kTylerSteps = 30;

double median_of(const VectorXd& values) {
  return upper_median({values.data(), values.data() + values.size()});
}

VectorXd column_medians(const MatrixXd& points) {
  VectorXd result(points.cols());
  for (Index f = 0; f < points.cols(); ++f) result(f) = median_of(points.col(f));
  return result;
}

/// Median absolute deviations; means where more than half of the values are equal.
VectorXd column_spreads(const MatrixXd& centred, const VectorXd& centre) {
  VectorXd result(centred.cols());
  for (Index f = 0; f < centred.cols(); ++f) {
    const VectorXd sizes = centred.col(f).cwiseAbs();
    const double magnitude = std::fabs(centre(f)) + sizes.mean(), median = median_of(sizes);
    result(f) = median > kConstantColumn * magnitude ? median : sizes.mean();
    if (!(result(f) > kConstantColumn * magnitude)) result(f) = 0;
  }
  const double largest = centred.cols() > 0 ? result.maxCoeff() : 0;
  return (result.array() > 0).select(result, largest > 0 ? largest : 1.0);
}

/// The mean of the outer products of the rows, each divided by its square in the metric `inverse`; trace r.
MatrixXd shape_step(const MatrixXd& rows, const VectorXd& weights, const MatrixXd& inverse) {
  const VectorXd squares = (rows * inverse).cwiseProduct(rows).rowwise().sum();
  const VectorXd factors = (squares.array() > 0).select(weights.cwiseQuotient(squares.cwiseMax(1e-300)), 0.0);
  const MatrixXd shape = rows.transpose() * factors.asDiagonal() * rows;
  const double trace = shape.trace();
  if (!(trace > 0)) return MatrixXd::Identity(rows.cols(), rows.cols());
  return shape * (static_cast<double>(rows.cols()) / trace);
}

MatrixXd tyler_shape(const MatrixXd& rows, const VectorXd& weights) {
  const MatrixXd identity = MatrixXd::Identity(rows.cols(), rows.cols());
  MatrixXd shape = identity;
  for (int step = 0; step < kTylerSteps; ++step) {
    const MatrixXd next =
        (1 - kShrinkage) * shape_step(rows, weights, inverse_of(shape)) + kShrinkage * identity;
    const double change = (next - shape).norm();
    shape = next;
    if (change < 1e-4) break;
  }
  return shape;
}

MatrixXd symmetric_power(const MatrixXd& matrix, double power) {
  const EigenPairs pairs = symmetric_eigen(matrix);
  const VectorXd powers = pairs.values.array().pow(power);
  return pairs.vectors * powers.asDiagonal() * pairs.vectors.transpose();
}

/// So many rows, evenly spread.
MatrixXd every_so_many(const MatrixXd& rows, Index most) {
  if (rows.rows() <= most) return rows;
  MatrixXd result(most, rows.cols());
  for (Index i = 0; i < most; ++i) result.row(i) = rows.row(i * rows.rows() / most);
  return result;
}

/// [points.rows() x D] in units of `scale`, from `origin`. Rounding of constant columns is no direction.
MatrixXd scaled_rows(const MatrixXd& points, const VectorXd& origin, const VectorXd& scale) {
  const MatrixXd centred = points.rowwise() - origin.transpose();
  MatrixXd scaled = centred * scale.cwiseInverse().asDiagonal();
  for (Index f = 0; f < points.cols(); ++f) {
    const double size = centred.col(f).cwiseAbs().maxCoeff();
    if (!(size > kConstantColumn * std::fabs(origin(f)))) scaled.col(f).setZero();
  }
  return scaled;
}

/// Eigenvectors of the signs of the rows, and how many of the last of them span the rows.
struct Signs {
  Signs(const MatrixXd& scaled, const VectorXd& weights)
      : pairs(symmetric_eigen(shape_step(scaled, weights, MatrixXd::Identity(scaled.cols(), scaled.cols())))),
        rank(scaled.isZero(0) ? 0
                              : (pairs.values.array() > kThinDirection * pairs.values.maxCoeff()).count()) {}
  EigenPairs pairs;
  Index rank;
};

/// Medians of columns that obey a linear relation need not obey it (those of three numbers whose sum is 0,
/// say): the point of the rows' affine span that is nearest to the medians, in units of `scale`.
VectorXd centre_in_span(const MatrixXd& points, const VectorXd& weights, const VectorXd& medians,
                        const VectorXd& scale) {
  const VectorXd inverse = scale.cwiseInverse();
  Index nearest = 0;
  ((points.rowwise() - medians.transpose()) * inverse.asDiagonal())
      .rowwise()
      .squaredNorm()
      .minCoeff(&nearest);
  const VectorXd row = points.row(nearest).transpose();
  const Signs signs(scaled_rows(points, row, scale), weights);
  if (signs.rank == points.cols() || signs.rank == 0) return medians;
  const MatrixXd inside = signs.pairs.vectors.rightCols(signs.rank);
  const VectorXd apart = inverse.cwiseProduct(medians - row);
  return row + scale.cwiseProduct(inside * (inside.transpose() * apart));
}

}  // namespace

RobustFrame robust_frame(const MatrixXd& points, const VectorXd& weights) {
  RobustFrame frame;
  const VectorXd medians = column_medians(points);
  frame.scale = column_spreads(points.rowwise() - medians.transpose(), medians);
  frame.centre = centre_in_span(points, weights, medians, frame.scale);
  const MatrixXd centred = points.rowwise() - frame.centre.transpose();
  const Index columns = points.cols();
  const MatrixXd scaled = scaled_rows(points, frame.centre, frame.scale);
  const Signs found(scaled, weights);
  const EigenPairs& signs = found.pairs;
  const Index rank = found.rank;
  const MatrixXd inside = signs.vectors.rightCols(rank);
  frame.normal = signs.vectors.leftCols(columns - rank).transpose() * frame.scale.cwiseInverse().asDiagonal();
  frame.inward.resize(0, columns);
  frame.outward.resize(columns, 0);
  if (rank == 0) return frame;

  const VectorXd widths = signs.values.tail(rank).cwiseSqrt();
  const MatrixXd rough = every_so_many(scaled * inside * widths.cwiseInverse().asDiagonal(), kEnoughEvents);
  const MatrixXd shape = tyler_shape(rough, every_so_many(weights, kEnoughEvents).col(0));
  const MatrixXd squared = widths.asDiagonal() * shape * widths.asDiagonal();
  const MatrixXd root = inside * symmetric_power(squared, 0.5) * inside.transpose(),
                 inverse_root = inside * symmetric_power(squared, -0.5) * inside.transpose();
  // Symmetric on the whole space; an orthonormal basis of the subspace reads it in r coordinates.
  frame.inward = inside.transpose() * inverse_root * frame.scale.cwiseInverse().asDiagonal();
  frame.outward = frame.scale.asDiagonal() * root * inside;
  if (rank == columns) {
    frame.inward = inverse_root * frame.scale.cwiseInverse().asDiagonal();
    frame.outward = frame.scale.asDiagonal() * root;
  }
  const MatrixXd sample = every_so_many(centred, kEnoughEvents) * frame.inward.transpose();
  const double median = median_of(sample.rowwise().squaredNorm());
  const double size = median > 0 ? std::sqrt(median / static_cast<double>(rank)) : 1;
  frame.inward /= size;
  frame.outward *= size;
  return frame;
}

}  // namespace symscan
