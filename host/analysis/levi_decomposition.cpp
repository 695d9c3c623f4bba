#include "host/analysis/levi_decomposition.hpp"

#include <algorithm>
#include <cmath>

#include "host/analysis/value_clusters.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The fields in coordinates in which the data are round, each of norm 1.
std::vector<AffineField> in_round_coordinates(const std::vector<AffineField>& fields,
                                              const MatrixXd& second) {
  const Index r = fields.front().rows();
  const VectorXd mean = second.topRightCorner(r, 1) / second(r, r);
  MatrixXd covariance = second.topLeftCorner(r, r) / second(r, r) - mean * mean.transpose();
  covariance.diagonal().array() += 1e-12 * covariance.trace() / static_cast<double>(r);
  const MatrixXd root = cholesky(covariance), inverse = inverse_of(root);  // v = root w + mean
  std::vector<AffineField> round;
  for (const AffineField& field : fields) {
    AffineField moved(r, r + 1);
    moved << inverse * field.leftCols(r) * root, inverse * (field.leftCols(r) * mean + field.col(r));
    const double size = moved.norm();
    round.push_back(size > 0 ? AffineField(moved / size) : moved);
  }
  return round;
}

/// Orthonormal columns: the combinations of the fields that are not smaller than `smallest`.
MatrixXd orthonormal_span(const std::vector<AffineField>& fields, double smallest) {
  const MatrixXd columns = stacked(fields);
  if (columns.cols() > columns.rows()) {  // more fields than there are affine maps
    const EigenPairs pairs = symmetric_eigen(columns * columns.transpose());
    const Index kept = (pairs.values.array() > smallest * smallest * pairs.values.maxCoeff()).count();
    return pairs.vectors.rightCols(kept);
  }
  const RightSingular parts = right_singular(columns);
  const Index kept = (parts.values.array() > smallest * parts.values(0)).count();
  return orthonormal(columns * parts.vectors.leftCols(kept));
}

/// Adjoint representation on the columns of `quotient`, modulo what is orthogonal to them.
std::vector<MatrixXd> adjoint_on(const std::vector<MatrixXd>& adjoint, const MatrixXd& quotient) {
  std::vector<MatrixXd> reduced;
  for (const MatrixXd& each : adjoint) reduced.push_back(quotient.transpose() * each * quotient);
  std::vector<MatrixXd> combined;
  for (Index k = 0; k < quotient.cols(); ++k) {
    combined.push_back(MatrixXd::Zero(quotient.cols(), quotient.cols()));
    for (Index i = 0; i < quotient.rows(); ++i)
      combined.back() += quotient(i, k) * reduced[static_cast<std::size_t>(i)];
  }
  return combined;
}

/// Orthonormal columns that span the commutators.
std::optional<MatrixXd> derived_algebra(const LieAlgebra& algebra, double tolerance) {
  const Index m = algebra.dimension();
  MatrixXd sizes = MatrixXd::Zero(m, m);
  for (const MatrixXd& each : algebra.adjoint) sizes += each * each.transpose();
  const EigenPairs pairs = symmetric_eigen(sizes);
  // Basis elements have norm 1: commutators below the tolerance are none, whatever the others are.
  const double least = tolerance * std::max(1.0, std::sqrt(pairs.values.maxCoeff()));
  const std::optional<Index> count = clearly_above(pairs.values, least);
  if (!count) return std::nullopt;
  return MatrixXd(pairs.vectors.rightCols(*count));
}

}  // namespace

MatrixXd LieAlgebra::element(const VectorXd& weights) const {
  MatrixXd sum = MatrixXd::Zero(basis.front().rows(), basis.front().cols());
  for (std::size_t i = 0; i < basis.size(); ++i) sum += weights(static_cast<Index>(i)) * basis[i];
  return sum;
}

LieAlgebra lie_algebra_of(const std::vector<AffineField>& fields, const MatrixXd& second, double smallest) {
  LieAlgebra algebra;
  const Index r = fields.front().rows();
  const MatrixXd columns = orthonormal_span(in_round_coordinates(fields, second), smallest);
  std::vector<AffineField> round;
  for (Index i = 0; i < columns.cols(); ++i) {
    round.push_back(columns.col(i).reshaped(r, r + 1));
    algebra.basis.push_back(MatrixXd::Zero(r + 1, r + 1));
    algebra.basis.back().topRows(r) = round.back();
  }
  algebra.closure = closure_residual(round, MatrixXd::Identity(r + 1, r + 1));
  algebra.adjoint.assign(round.size(), MatrixXd::Zero(columns.cols(), columns.cols()));
  for (std::size_t i = 0; i < round.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const VectorXd inside = columns.transpose() * commutator(round[i], round[j]).reshaped();
      algebra.adjoint[i].col(static_cast<Index>(j)) = inside;
      algebra.adjoint[j].col(static_cast<Index>(i)) = -inside;
    }
  }
  return algebra;
}

MatrixXd killing_form(const std::vector<MatrixXd>& adjoint) {
  std::vector<MatrixXd> transposed;
  for (const MatrixXd& each : adjoint) transposed.push_back(each.transpose());
  const MatrixXd killing = stacked(transposed).transpose() * stacked(adjoint);
  return 0.5 * (killing + killing.transpose());
}

std::optional<LeviDecomposition> levi_decomposition(const LieAlgebra& algebra, double tolerance) {
  const Index m = algebra.dimension();
  LeviDecomposition parts;
  const std::optional<MatrixXd> derived = derived_algebra(algebra, tolerance);
  if (!derived) return std::nullopt;
  const MatrixXd seen = killing_form(algebra.adjoint) * *derived;
  Index semisimple = 0;
  parts.radical = MatrixXd::Identity(m, m);
  if (derived->cols() > 0) {
    double size = 0;  // no value of the Killing form is larger
    for (const MatrixXd& each : algebra.adjoint) size = std::max(size, each.squaredNorm());
    const EigenPairs pairs = symmetric_eigen(seen * seen.transpose());
    const std::optional<Index> count = clearly_above(pairs.values, tolerance * size);
    if (!count) return std::nullopt;
    semisimple = *count;
    parts.radical = pairs.vectors.leftCols(m - semisimple);
    parts.quotient = pairs.vectors.rightCols(semisimple);
  }
  if (semisimple == 0) {
    parts.quotient = parts.lifted = MatrixXd::Zero(m, 0);
    return parts;
  }
  parts.adjoint = adjoint_on(algebra.adjoint, parts.quotient);
  const MatrixXd inside = *derived * (seen.transpose() * parts.quotient);
  parts.lifted = inside * inverse_of(parts.quotient.transpose() * inside);
  return parts;
}

}  // namespace symscan
