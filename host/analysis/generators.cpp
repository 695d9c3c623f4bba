#include "host/analysis/generators.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/linear_algebra.hpp"

namespace symscan {

Eigen::MatrixXd DataSpan::coordinates(const Eigen::MatrixXd& points) const {
  return (points.rowwise() - mean.transpose()) * basis;
}

namespace {

/// Principal variances and directions of centred rows, ascending. Fewer rows than columns span no more
/// directions than there are rows: then these are found among the rows, and the others are left out.
EigenPairs principal_axes(const Eigen::MatrixXd& centred) {
  const auto rows = static_cast<double>(std::max<Eigen::Index>(1, centred.rows()));
  if (centred.rows() >= centred.cols()) return symmetric_eigen(centred.transpose() * centred / rows);
  EigenPairs axes = symmetric_eigen(centred * centred.transpose() / rows);
  axes.vectors = (centred.transpose() * axes.vectors).eval();
  axes.vectors.colwise().normalize();
  return axes;
}

}  // namespace

DataSpan data_span(const Eigen::MatrixXd& points, double cut, Eigen::Index most) {
  DataSpan span;
  span.mean = points.colwise().mean();
  const EigenPairs solver = principal_axes(points.rowwise() - span.mean.transpose());
  const Eigen::Index directions = solver.values.size();
  const double largest = directions > 0 ? solver.values(directions - 1) : 0;
  Eigen::Index rank = 0, above = 0;
  if (largest > 0) above = (solver.values.array() > cut * largest).count();
  rank = std::min(above, most);
  span.left_out = static_cast<int>(above - rank);
  span.basis = solver.vectors.rightCols(rank).rowwise().reverse();
  span.variances = solver.values.tail(rank).reverse();
  for (Eigen::Index k = 0; k < rank; ++k) {  // a sign that does not depend on the solver
    Eigen::Index at = 0;
    span.basis.col(k).cwiseAbs().maxCoeff(&at);
    if (span.basis(at, k) < 0) span.basis.col(k) *= -1;
  }
  return span;
}

GeneratorSums::GeneratorSums(const DataSpan& span, const Eigen::MatrixXd& reconstruction,
                             const std::vector<Eigen::MatrixXd>& jacobians, double tau, int blocks)
    : rank_(span.rank()) {
  const Eigen::Index r = rank_, points = r > 0 ? reconstruction.rows() : 0, s = r + 1;
  blocks = static_cast<int>(std::clamp<Eigen::Index>(blocks, 1, std::max<Eigen::Index>(1, points)));
  const Eigen::MatrixXd u = span.coordinates(reconstruction);
  for (int block = 0; block < blocks; ++block) {
    Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(r * s, r * s), second = Eigen::MatrixXd::Zero(s, s);
    double trace = 0, count = 0, floor = 0;
    Eigen::VectorXd extended(s);
    for (Eigen::Index p = points * block / blocks; p < points * (block + 1) / blocks; ++p) {
      const Eigen::MatrixXd t = span.basis.transpose() * jacobians[static_cast<std::size_t>(p)];
      Eigen::MatrixXd inverse = t * t.transpose();
      inverse.diagonal().array() += tau;
      const Eigen::MatrixXd projector = tau * solve_positive(inverse, Eigen::MatrixXd::Identity(r, r));
      const EigenPairs directions = symmetric_eigen(projector);
      const Eigen::VectorXd& shares = directions.values;
      const Eigen::VectorXd sharp = shares.unaryExpr([](double share) {
        const double sharpened = share * share / (share * share + (1.0 - share) * (1.0 - share));
        return sharpened * sharpened;
      });
      const Eigen::MatrixXd squared =
          directions.vectors * sharp.asDiagonal() * directions.vectors.transpose();
      extended << u.row(p).transpose(), 1.0;
      const Eigen::MatrixXd outer = extended * extended.transpose();
      // Field (A | b) column-major: entry (a, i) is at i * r + a.
      for (Eigen::Index i = 0; i < s; ++i) {
        for (Eigen::Index j = 0; j <= i; ++j) normal.block(i * r, j * r, r, r) += outer(i, j) * squared;
      }
      second += outer;
      trace += projector.trace();
      count += 1;
      const Eigen::Index tangent = (shares.array() < 0.5).count();
      if (tangent > 0) floor += sharp.head(tangent).mean();
    }
    for (Eigen::Index i = 0; i < s; ++i) {
      for (Eigen::Index j = i + 1; j < s; ++j)
        normal.block(i * r, j * r, r, r) = normal.block(j * r, i * r, r, r).transpose();
    }
    normal_.push_back(std::move(normal));
    second_.push_back(std::move(second));
    trace_.push_back(trace);
    count_.push_back(count);
    floor_.push_back(floor);
  }
}

namespace {

/// u~ = root * w with E w w^T = 1: in w every field's motion is its Frobenius norm.
Eigen::MatrixXd motion_root(const Eigen::MatrixXd& second) {
  Eigen::MatrixXd regular = second;
  regular.diagonal().array() += 1e-9 * second.trace() / static_cast<double>(second.rows());
  return cholesky(regular);
}

Eigen::MatrixXd whitened(const Eigen::MatrixXd& normal, const Eigen::MatrixXd& root, Eigen::Index r) {
  // vec(X root^-1): the field in w is X' = X root, X = X' root^-1; block (i, j) mixes with root^-1.
  const Eigen::Index s = root.rows();
  const Eigen::MatrixXd inverse = inverse_of(root);
  Eigen::MatrixXd half = Eigen::MatrixXd::Zero(r * s, r * s), full = half;
  for (Eigen::Index i = 0; i < s; ++i) {
    for (Eigen::Index k = 0; k <= i; ++k) {
      if (inverse(i, k) != 0) half.middleRows(i * r, r) += inverse(i, k) * normal.middleRows(k * r, r);
    }
  }
  for (Eigen::Index i = 0; i < s; ++i) {
    for (Eigen::Index k = 0; k <= i; ++k) {
      if (inverse(i, k) != 0) full.middleCols(i * r, r) += inverse(i, k) * half.middleCols(k * r, r);
    }
  }
  return full;
}

}  // namespace

GeneratorSpectrum GeneratorSums::solve() const {
  const Eigen::Index r = rank_, s = r + 1;
  GeneratorSpectrum spectrum;
  if (r == 0) return spectrum;
  Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(r * s, r * s), second = Eigen::MatrixXd::Zero(s, s);
  double trace = 0, count = 0, floor = 0;
  for (std::size_t block = 0; block < normal_.size(); ++block) {
    floor += floor_[block];
    normal += normal_[block];
    second += second_[block];
    trace += trace_[block];
    count += count_[block];
  }
  const Eigen::MatrixXd root = motion_root(second / count);
  const EigenPairs solver = symmetric_eigen(whitened(normal / count, root, r));
  spectrum.eigenvalues = solver.values.cwiseMax(0.0);
  spectrum.fields.resize(r * s, r * s);
  const Eigen::MatrixXd inverse = inverse_of(root);
  for (Eigen::Index k = 0; k < r * s; ++k) {
    const Eigen::Map<const Eigen::MatrixXd> whitened_field(solver.vectors.col(k).data(), r, s);
    const Eigen::MatrixXd field = whitened_field * inverse;
    spectrum.fields.col(k) = Eigen::Map<const Eigen::VectorXd>(field.data(), r * s);
  }
  spectrum.normal_directions = trace / count;
  spectrum.floor = floor / count;
  return spectrum;
}

Eigen::VectorXd GeneratorSums::eigenvalues(const std::vector<double>& weights) const {
  const Eigen::Index r = rank_, s = r + 1;
  Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(r * s, r * s), second = Eigen::MatrixXd::Zero(s, s);
  double count = 0;
  for (std::size_t block = 0; block < normal_.size(); ++block) {
    normal += weights[block] * normal_[block];
    second += weights[block] * second_[block];
    count += weights[block] * count_[block];
  }
  const Eigen::MatrixXd root = motion_root(second / count);
  return symmetric_eigenvalues(whitened(normal / count, root, r)).cwiseMax(0.0);
}

double GeneratorSums::residual(const Eigen::MatrixXd& field) const {
  const Eigen::Map<const Eigen::VectorXd> vector(field.data(), field.size());
  double normal = 0, motion = 0;
  for (std::size_t block = 0; block < normal_.size(); ++block) {
    normal += vector.dot(normal_[block] * vector);
    motion += (field * second_[block] * field.transpose()).trace();
  }
  return motion > 0 ? normal / motion : 0.0;
}

GeneratorGap find_gap(const Eigen::VectorXd& eigenvalues, double excess_normal) {
  constexpr double most_below = 0.05, least_above = 0.005, least_ratio = 8, floor = 1e-4, least_normal = 0.25;
  GeneratorGap gap;
  if (excess_normal < least_normal) return gap;
  for (Eigen::Index k = 0; k + 1 < eigenvalues.size(); ++k) {
    if (eigenvalues(k) > most_below) break;
    const double ratio = eigenvalues(k + 1) / std::max(eigenvalues(k), floor);
    if (eigenvalues(k + 1) < least_above || ratio < least_ratio || ratio <= gap.ratio) continue;
    gap = {static_cast<int>(k) + 1, ratio};
  }
  return gap;
}

double normal_directions_of_full_set(const DataSpan& span, double tau) {
  double sum = 0;
  for (const double variance : span.variances) sum += variance > 0 ? std::min(1.0, tau / variance) : 1.0;
  return sum;
}

}  // namespace symscan
