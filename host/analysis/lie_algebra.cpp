#include "host/analysis/lie_algebra.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Index dimension(const AffineField& field) {
  return field.rows();
}

MatrixXd linear(const AffineField& field) {
  return field.leftCols(dimension(field));
}

VectorXd vectorised(const MatrixXd& matrix) {
  return Eigen::Map<const VectorXd>(matrix.data(), matrix.size());
}

AffineField combined(const std::vector<AffineField>& fields, const VectorXd& weights) {
  AffineField sum = AffineField::Zero(fields.front().rows(), fields.front().cols());
  for (std::size_t i = 0; i < fields.size(); ++i) sum += weights(static_cast<Index>(i)) * fields[i];
  return sum;
}

/// Where an inner product starts from, and what it finds.
struct CompactPart {
  MatrixXd weights;  ///< [fields x compact]: combinations that are rotations
  MatrixXd metric;
  double residual = 0;
};

/// Combinations of `fields` (linear parts not zero) whose symmetric share under `metric` is below
/// `tolerance`.
CompactPart compact_under(const std::vector<AffineField>& fields, const MatrixXd& metric, double tolerance) {
  const MatrixXd root = cholesky(metric).transpose();  // v' = root v
  const MatrixXd inverse = inverse_of(root);
  std::vector<MatrixXd> whole, symmetric;
  for (const AffineField& field : fields) {
    const MatrixXd moved = root * linear(field) * inverse;
    whole.push_back(moved);
    symmetric.push_back(0.5 * (moved + moved.transpose()));
  }
  const MatrixXd a = stacked(whole), s = stacked(symmetric);
  MatrixXd gram = a.transpose() * a;
  gram.diagonal().array() += 1e-12 * gram.trace();
  const EigenPairs solver = generalised_eigen(s.transpose() * s, gram);
  Index count = 0;
  while (count < gram.rows() && solver.values(count) < tolerance * tolerance) ++count;
  CompactPart part{solver.vectors.leftCols(count), metric, 0};
  for (Index i = 0; i < count; ++i) part.residual += std::max(0.0, solver.values(i));
  if (count > 0) part.residual = std::sqrt(part.residual / static_cast<double>(count));
  return part;
}

/// The inner product nearest to `start` that the combinations keep: A^T G + G A = 0.
MatrixXd kept_metric(const std::vector<AffineField>& fields, const CompactPart& part) {
  const Index r = part.metric.rows(), unknowns = r * (r + 1) / 2;
  std::vector<MatrixXd> units;
  for (Index i = 0; i < r; ++i) {
    for (Index j = 0; j <= i; ++j) {
      MatrixXd unit = MatrixXd::Zero(r, r);
      unit(i, j) = unit(j, i) = i == j ? 1.0 : std::sqrt(0.5);
      units.push_back(unit);
    }
  }
  // In coordinates in which the start is the unit matrix, so that all directions weigh the same.
  const MatrixXd root = cholesky(part.metric).transpose(), inverse = inverse_of(root);
  MatrixXd normal = MatrixXd::Zero(unknowns, unknowns);
  for (Index c = 0; c < part.weights.cols(); ++c) {
    MatrixXd a = root * linear(combined(fields, part.weights.col(c))) * inverse;
    a /= a.norm();
    std::vector<MatrixXd> changes;
    for (const MatrixXd& unit : units) changes.push_back(a.transpose() * unit + unit * a);
    const MatrixXd columns = stacked(changes);
    normal += columns.transpose() * columns;
  }
  const EigenPairs solver = symmetric_eigen(normal);
  VectorXd start(unknowns);
  for (Index k = 0; k < unknowns; ++k) start(k) = units[static_cast<std::size_t>(k)].trace();
  VectorXd kept = VectorXd::Zero(unknowns);
  constexpr double small = 0.05;
  for (Index k = 0; k < unknowns; ++k) {
    if (k > 0 && solver.values(k) > small) break;
    kept += solver.vectors.col(k) * solver.vectors.col(k).dot(start);
  }
  MatrixXd metric = MatrixXd::Zero(r, r);
  for (Index k = 0; k < unknowns; ++k) metric += kept(k) * units[static_cast<std::size_t>(k)];
  const EigenPairs positive = symmetric_eigen(metric);
  if (positive.values(0) <= 1e-3 * positive.values(r - 1)) return part.metric;
  return root.transpose() * metric * root;
}

/// Fields as the motions that they cause, output coordinates in units of their own spread.
class Motions {
 public:
  explicit Motions(const MatrixXd& covariance)
      : inverse_deviation_(covariance.diagonal().cwiseSqrt().cwiseInverse()), root_(cholesky(covariance)) {}

  /// [r x (r + 1)]: the last column is the motion of the shift.
  MatrixXd of(const AffineField& field) const {
    const Index r = dimension(field);
    MatrixXd motion(r, r + 1);
    motion << inverse_deviation_.asDiagonal() * linear(field) * root_,
        inverse_deviation_.asDiagonal() * field.col(r);
    return motion;
  }

 private:
  VectorXd inverse_deviation_;
  MatrixXd root_;
};

/// Moves the translations, fields whose linear part causes little of their motion, to `translations`; returns
/// the rest.
std::vector<AffineField> without_translations(const std::vector<AffineField>& fields, const Motions& motions,
                                              std::vector<AffineField>& translations) {
  const Index r = dimension(fields.front());
  std::vector<MatrixXd> whole, turning;
  for (const AffineField& field : fields) {
    whole.push_back(motions.of(field));
    turning.push_back(whole.back());
    turning.back().col(r).setZero();
  }
  const MatrixXd w = stacked(whole), t = stacked(turning);
  MatrixXd gram = w.transpose() * w;
  gram.diagonal().array() += 1e-12 * gram.trace();
  const EigenPairs solver = generalised_eigen(t.transpose() * t, gram);
  constexpr double constant = 0.2;  // share of the motion (amplitude)
  std::vector<AffineField> rest;
  for (Index k = 0; k < static_cast<Index>(fields.size()); ++k) {
    AffineField field = combined(fields, solver.vectors.col(k));
    if (rest.empty() && solver.values(k) < constant * constant) {
      field.leftCols(r).setZero();
      translations.push_back(std::move(field));
    } else {
      rest.push_back(std::move(field));
    }
  }
  return rest;
}

/// The largest compact part that a metric shows. Beside shears the metric of the rotations is not unique: the
/// plain ones go first, others must be clearly better.
CompactPart best_compact_part(const std::vector<AffineField>& fields, const MatrixXd& covariance) {
  constexpr double coarse = 0.4, fine = 0.12, clearly = 0.5;
  const Index r = covariance.rows();
  CompactPart best;
  const MatrixXd standardised = covariance.diagonal().cwiseSqrt().cwiseAbs2().cwiseInverse().asDiagonal();
  for (const MatrixXd& start : {MatrixXd(MatrixXd::Identity(r, r)), standardised, inverse_of(covariance)}) {
    CompactPart refined = compact_under(fields, start, coarse);
    if (refined.weights.cols() > 0) refined = compact_under(fields, kept_metric(fields, refined), fine);
    for (const CompactPart& part : {compact_under(fields, start, fine), refined}) {
      const bool better =
          part.weights.cols() > best.weights.cols() ||
          (part.weights.cols() == best.weights.cols() && part.residual < clearly * best.residual);
      if (best.metric.size() == 0 || better) best = part;
    }
  }
  return best;
}

/// The fields of the compact part, made antisymmetric in its metric.
std::vector<AffineField> exact_rotations(const std::vector<AffineField>& fields, const CompactPart& part) {
  std::vector<AffineField> rotations;
  const MatrixXd upper = cholesky(part.metric).transpose(), lower = inverse_of(upper);
  for (Index c = 0; c < part.weights.cols(); ++c) {
    AffineField field = combined(fields, part.weights.col(c));
    const MatrixXd moved = upper * linear(field) * lower;
    field.leftCols(dimension(field)) = lower * (0.5 * (moved - moved.transpose())) * upper;
    rotations.push_back(field);
  }
  return rotations;
}

/// What is left of the fields: the complement of the compact part in the measure of motion.
std::vector<AffineField> complement(const std::vector<AffineField>& fields, const CompactPart& part,
                                    const Motions& motions) {
  std::vector<MatrixXd> moved;
  for (const AffineField& field : fields) moved.push_back(motions.of(field));
  const MatrixXd columns = stacked(moved);
  const MatrixXd inner = columns.transpose() * columns;
  const MatrixXd kernel = part.weights.cols() == 0 ? MatrixXd(MatrixXd::Identity(inner.rows(), inner.rows()))
                                                   : null_space(part.weights.transpose() * inner);
  std::vector<AffineField> others;
  for (Index k = 0; k < kernel.cols(); ++k) others.push_back(combined(fields, kernel.col(k)));
  return others;
}

}  // namespace

MatrixXd stacked(const std::vector<MatrixXd>& matrices) {
  MatrixXd columns(matrices.empty() ? 0 : matrices.front().size(), static_cast<Index>(matrices.size()));
  for (std::size_t i = 0; i < matrices.size(); ++i)
    columns.col(static_cast<Index>(i)) = matrices[i].reshaped();
  return columns;
}

AffineField commutator(const AffineField& x, const AffineField& y) {
  return linear(x) * y - linear(y) * x;
}

double closure_residual(const std::vector<AffineField>& fields, const MatrixXd& second) {
  if (fields.size() < 2) return 0;
  MatrixXd regular = second;
  regular.diagonal().array() += 1e-12 * second.trace();
  const MatrixXd root = cholesky(regular);
  // Output coordinates are measured by their own spread.
  const Index r = dimension(fields.front());
  const VectorXd size = regular.diagonal().head(r).cwiseSqrt().cwiseInverse();
  const auto measured = [&](const AffineField& field) -> MatrixXd {
    return size.asDiagonal() * field * root;
  };
  std::vector<MatrixXd> basis;
  for (const AffineField& field : fields) basis.push_back(measured(field));
  const MatrixXd columns = stacked(basis);
  std::vector<VectorXd> commutators;
  double outside = 0, inside = 0, sizes = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      commutators.push_back(vectorised(measured(commutator(fields[i], fields[j]))));
      inside += commutators.back().squaredNorm();
      sizes += basis[i].squaredNorm() * basis[j].squaredNorm();
    }
  }
  const std::vector<VectorXd> coefficients = least_squares(columns, commutators);
  for (std::size_t k = 0; k < commutators.size(); ++k)
    outside += (commutators[k] - columns * coefficients[k]).squaredNorm();
  constexpr double commuting = 0.05;
  const double scale = inside > commuting * commuting * sizes ? inside : sizes;
  return scale > 0 ? std::sqrt(outside / scale) : 0;
}

AlgebraParts split_algebra(const std::vector<AffineField>& fields, const MatrixXd& covariance) {
  AlgebraParts parts;
  if (fields.empty()) return parts;
  const Motions motions(covariance);
  const std::vector<AffineField> rest = without_translations(fields, motions, parts.translations);
  if (rest.empty()) return parts;
  const CompactPart best = best_compact_part(rest, covariance);
  parts.compact_residual = best.residual;
  parts.compact = exact_rotations(rest, best);
  if (best.weights.cols() < static_cast<Index>(rest.size())) parts.others = complement(rest, best, motions);
  return parts;
}

std::vector<AffineField> sparse_basis(std::vector<AffineField> fields, const VectorXd& scale) {
  if (fields.empty()) return fields;
  const Index r = dimension(fields.front());
  VectorXd input(r + 1);
  input << scale, 1.0;
  std::vector<MatrixXd> measured;
  for (const AffineField& field : fields)
    measured.push_back(scale.cwiseInverse().asDiagonal() * field * input.asDiagonal());
  MatrixXd rows = stacked(measured).transpose();
  // Orthonormal rows first: the pivots then do not depend on the basis that was given.
  rows = orthonormal(rows.transpose()).transpose();
  std::vector<bool> used(fields.size(), false);
  std::vector<std::pair<Index, Index>> pivots;  // entry, row
  for (std::size_t step = 0; step < fields.size(); ++step) {
    // The entry that is largest over all rows not used yet: its column's norm there.
    Index best = 0;
    double largest = -1;
    for (Index entry = 0; entry < rows.cols(); ++entry) {
      double norm = 0;
      for (Index row = 0; row < rows.rows(); ++row)
        if (!used[static_cast<std::size_t>(row)]) norm += rows(row, entry) * rows(row, entry);
      if (norm > 1.02 * largest) {
        largest = norm;
        best = entry;
      }
    }
    Index row = -1;
    for (Index k = 0; k < rows.rows(); ++k)
      if (!used[static_cast<std::size_t>(k)] &&
          (row < 0 || std::abs(rows(k, best)) > std::abs(rows(row, best))))
        row = k;
    used[static_cast<std::size_t>(row)] = true;
    pivots.emplace_back(best, row);
    rows.row(row) /= rows(row, best);
    for (Index k = 0; k < rows.rows(); ++k)
      if (k != row) rows.row(k) -= rows(k, best) * rows.row(row).eval();
    // Rows still free stay orthonormal enough: only the choice of pivots depends on their sizes.
    for (Index k = 0; k < rows.rows(); ++k)
      if (!used[static_cast<std::size_t>(k)]) rows.row(k).normalize();
  }
  std::sort(pivots.begin(), pivots.end());
  std::vector<AffineField> basis;
  for (const auto& [entry, row] : pivots) {
    const VectorXd values = rows.row(row);
    MatrixXd field = Eigen::Map<const MatrixXd>(values.data(), r, r + 1);
    field = scale.asDiagonal() * field * input.cwiseInverse().asDiagonal();
    basis.push_back(field);
  }
  return basis;
}

namespace {

/// Whether a v + b vanishes somewhere; if not, the motion goes along the kernel of a.
bool has_fixed_point(const MatrixXd& a, const VectorXd& b) {
  constexpr double small = 0.05;
  const EigenPairs left = symmetric_eigen(a * a.transpose());
  const double largest = std::sqrt(std::max(left.values(a.rows() - 1), 0.0));
  double outside = 0;
  for (Index k = 0; k < a.rows(); ++k)
    if (left.values(k) < small * small * largest * largest)
      outside += std::pow(left.vectors.col(k).dot(b), 2);
  return std::sqrt(outside) < small * largest;
}

/// Whether all eigenvalues that turn have the same real part, and one that is not 0.
bool one_scale(const Eigen::VectorXcd& values) {
  double low = 1e300, high = -1e300;
  for (const auto& value : values) {
    if (std::abs(value.imag()) < 1e-6 * values.cwiseAbs().maxCoeff()) continue;
    low = std::min(low, value.real());
    high = std::max(high, value.real());
  }
  const double largest = values.cwiseAbs().maxCoeff();
  return high - low < 0.05 * largest && std::abs(low) > 0.02 * largest;
}

}  // namespace

FieldKind kind_of(const AffineField& field, const VectorXd& scale, double error) {
  const Index r = dimension(field);
  const MatrixXd a = scale.cwiseInverse().asDiagonal() * linear(field) * scale.asDiagonal();
  const double shift = (scale.cwiseInverse().asDiagonal() * field.col(r)).norm();
  const double size = a.norm();
  constexpr double small = 0.05;
  if (size < std::min(small, 10 * error) * shift) return FieldKind::translation;
  const Eigen::VectorXcd values = eigenvalues_of(a);
  // The eigenvalues of a nilpotent matrix with errors are of the order of a root of these.
  if (values.cwiseAbs().maxCoeff() < std::sqrt(error) * size) return FieldKind::shear;
  double most_imaginary = 0, most_positive = 0, most_negative = 0;
  for (Index k = 0; k < r; ++k) {
    most_imaginary = std::max(most_imaginary, std::abs(values(k).imag()));
    most_positive = std::max(most_positive, values(k).real());
    most_negative = std::max(most_negative, -values(k).real());
  }
  const double real = std::max(most_positive, most_negative),
               opposite = std::min(most_positive, most_negative);
  if (most_imaginary > real && real < small * most_imaginary)
    return has_fixed_point(a, scale.cwiseInverse().cwiseProduct(field.col(r))) ? FieldKind::rotation
                                                                               : FieldKind::screw;
  if (most_imaginary > small * real) return one_scale(values) ? FieldKind::spiral : FieldKind::other;
  if (opposite < small * real) return FieldKind::scaling;
  return opposite > 0.7 * real ? FieldKind::boost : FieldKind::other;
}

}  // namespace symscan
