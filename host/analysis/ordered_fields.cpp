#include "host/analysis/ordered_fields.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kCompleteDegree = 4;
constexpr double kLeastShare = 0.02;  ///< see FlowInvarianceTest: of the variance of a direction

/// An orthonormal frame whose last j columns span the last j columns of `vectors` [k x q]. [k x k]
MatrixXd frame_from_last(const MatrixXd& vectors) {
  const Index rows = vectors.rows(), taken = std::min(rows, vectors.cols());
  if (taken == 0) return MatrixXd::Identity(rows, rows);
  const MatrixXd spanned = orthonormal(vectors.rowwise().reverse().leftCols(taken));
  MatrixXd frame(rows, rows);
  frame << symmetric_eigen(spanned * spanned.transpose()).vectors.leftCols(rows - taken),
      spanned.rowwise().reverse();
  return frame;
}

}  // namespace

OrderedFields::OrderedFields(const FieldMeans& ordering, const FieldMeans& testing, const MatrixXd& basis,
                             const MatrixXd& noise)
    : testing_(testing), basis_(basis) {
  const MatrixXd response = ordering.response() * basis;
  const auto white = whitening_rows(noise);
  const MatrixXd changes = white * response;
  const EigenPairs pairs = symmetric_eigen(changes.transpose() * changes);
  order_ = pairs.vectors;
  changes_ = (pairs.values.array() - static_cast<double>(white.rows())).cwiseMax(0.0).sqrt();
  typical_ = std::max(changes_(changes_.size() / 2), 1e-300);
  Index before = basis.cols();  // Most of few functions lie where the error of an estimate reaches.
  for (const Index size : {ordering.tests().up_to_degree(kCompleteDegree), ordering.tests().count()}) {
    if (size <= before) continue;
    const MatrixXd own = size == noise.rows() ? white : whitening_rows(noise.topLeftCorner(size, size));
    families_.push_back({size, own.transpose() * frame_from_last(own * response.topRows(size) * order_)});
    before = size;
  }
}

Accepted OrderedFields::tested(Index place, Index batch) const {
  Accepted result;
  double judged = 0, smallest = 1;
  const MeanVector means = testing_.means(basis_ * order_.col(place), batch);
  for (const Family& family : families_) {
    const Index unreached = family.directions.cols() - (basis_.cols() - 1 - place);
    if (unreached <= 0) continue;
    const MeanVector rest =
        means.first(family.tests).along(family.directions.leftCols(unreached)).principal(kLeastShare);
    smallest = std::min(smallest, test_zero_mean(rest).p_value);
    const Index size = rest.functions();
    result.change = length_of(rest, MatrixXd::Identity(size, size)).limit / typical_;
    ++judged;
  }
  result.p_value = judged == 0 ? 0 : std::min(1.0, smallest * judged);
  return result;
}

double OrderedFields::change(Index place) const {
  return place < changes_.size() ? changes_(place) / typical_ : 1;
}

}  // namespace symscan
