#include "host/analysis/radical_parts.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/analysis/characters.hpp"
#include "host/analysis/value_clusters.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd beside(const MatrixXd& a, const MatrixXd& b) {
  MatrixXd columns(a.rows(), a.cols() + b.cols());
  columns << a, b;
  return columns;
}

/// What of `space` is orthogonal to `part`, both with orthonormal columns and `part` within `space`.
MatrixXd without(const MatrixXd& space, const MatrixXd& part) {
  if (part.cols() == 0) return space;
  const MatrixXd rest = space - part * (part.transpose() * space);
  return symmetric_eigen(rest * rest.transpose()).vectors.rightCols(space.cols() - part.cols());
}

std::vector<MatrixXd> elements_of(const LieAlgebra& algebra, const MatrixXd& weights) {
  std::vector<MatrixXd> elements;
  for (Index k = 0; k < weights.cols(); ++k) elements.push_back(algebra.element(weights.col(k)));
  return elements;
}

MatrixXd linear_part(const MatrixXd& element) {
  return element.topLeftCorner(element.rows() - 1, element.cols() - 1);
}

/// Columns [m x d] that span the commutators of the columns of `a` with those of `b`.
std::optional<MatrixXd> commutators(const LieAlgebra& algebra, const MatrixXd& a, const MatrixXd& b,
                                    double tolerance) {
  const Index m = algebra.dimension();
  MatrixXd sizes = MatrixXd::Zero(m, m);
  for (Index k = 0; k < a.cols(); ++k) {
    MatrixXd ad = MatrixXd::Zero(m, m);
    for (Index i = 0; i < m; ++i) ad += a(i, k) * algebra.adjoint[static_cast<std::size_t>(i)];
    sizes += ad * b * (ad * b).transpose();
  }
  const EigenPairs pairs = symmetric_eigen(sizes);
  const std::optional<Index> count = clearly_above(pairs.values, tolerance);
  if (!count) return std::nullopt;
  return MatrixXd(pairs.vectors.rightCols(*count));
}

/// Elements [m x d] within `space` that are nilpotent: orthogonal to `space` under the trace form, as far as
/// their eigenvalues confirm it.
std::optional<MatrixXd> plainly_nilpotent(const LieAlgebra& algebra, const MatrixXd& space,
                                          double tolerance) {
  const Index m = space.rows();
  if (space.cols() == 0) return space;
  const std::vector<MatrixXd> elements = elements_of(algebra, space);
  std::vector<MatrixXd> transposed;
  for (const MatrixXd& element : elements) transposed.push_back(element.transpose());
  const MatrixXd form = stacked(transposed).transpose() * stacked(elements);
  const EigenPairs pairs = symmetric_eigen(form * form.transpose());
  constexpr double clear = 2.5;
  const std::optional<Index> others = clearly_above(pairs.values, clear * tolerance);
  if (!others || *others != (pairs.values.array() > tolerance * tolerance).count()) return std::nullopt;
  const Index count = space.cols() - *others;
  if (count == 0) return MatrixXd(MatrixXd::Zero(m, 0));
  const MatrixXd candidates = space * pairs.vectors.leftCols(count);
  const VectorXd generic = candidates * trial_weights(count, 1).normalized();
  const double largest = eigenvalues_of(algebra.element(generic)).cwiseAbs().maxCoeff();
  constexpr double share = 0.5;  // of the tolerance, for eigenvalues that are known to its cube root
  return largest < std::cbrt(share * tolerance) ? candidates : MatrixXd(MatrixXd::Zero(m, 0));
}

/// Squares of the sizes of the columns in all directions.
VectorXd sizes_of(const MatrixXd& columns) {
  return symmetric_eigenvalues(columns.transpose() * columns);
}

/// What of the columns `targets` the columns `span` do not reach.
MatrixXd residuals(const MatrixXd& span, const MatrixXd& targets) {
  const EigenPairs pairs = symmetric_eigen(span.transpose() * span);
  constexpr double dependent = 1e-12;
  const Index kept = (pairs.values.array() > dependent * pairs.values.maxCoeff()).count();
  if (pairs.values.maxCoeff() <= 0) return targets;
  const MatrixXd directions = orthonormal(span * pairs.vectors.rightCols(kept));
  return targets - directions * (directions.transpose() * targets);
}

/// Whether diagonalisable parts lie in the algebra, or their linear parts among its linear parts.
class Diagonalisability {
 public:
  /// Errors of the fields, `tolerance`, move the diagonalisable parts by `amplified` times as much.
  Diagonalisability(const LieAlgebra& algebra, const MatrixXd& radical, double tolerance, double amplified)
      : tolerance_(tolerance), amplified_(amplified) {
    std::vector<MatrixXd> linear;
    const std::vector<MatrixXd> elements = elements_of(algebra, radical);
    for (const MatrixXd& element : elements) linear.push_back(linear_part(element));
    whole_ = stacked(elements);
    linear_ = stacked(linear);
  }

  /// Nothing if that cannot be told from errors.
  std::optional<RadicalParts::Kind> kind_of(const std::vector<MatrixXd>& parts) const {
    if (parts.empty()) return RadicalParts::Kind{};
    std::vector<MatrixXd> whole, linear;
    for (const MatrixXd& part : parts) {
      const MatrixXd scaled = part / part.norm();
      whole.push_back(scaled);
      linear.push_back(linear_part(scaled));
    }
    const auto outside = clear_rank(residuals(whole_, stacked(whole)));
    const auto sheared = clear_rank(residuals(linear_, stacked(linear)));
    if (!outside || !sheared || *sheared > *outside) return std::nullopt;
    return RadicalParts::Kind{static_cast<int>(parts.size()) - *outside, *outside - *sheared, *sheared};
  }

 private:
  std::optional<int> clear_rank(const MatrixXd& columns) const {
    const VectorXd sizes = sizes_of(columns);
    const double sure = amplified_ * tolerance_;
    const std::optional<Index> count = clearly_above(sizes, tolerance_);
    if (!count || *count != (sizes.array() > sure * sure).count()) return std::nullopt;
    return static_cast<int>(*count);
  }

  MatrixXd whole_, linear_;
  double tolerance_, amplified_;
};

/// The elements whose eigenvalues are not all zero, sorted into rotations, scalings and spirals. `torus`: [m
/// x t] such elements and perhaps nilpotent ones, which are returned.
std::optional<MatrixXd> sort_torus(const LieAlgebra& algebra, const MatrixXd& radical, const MatrixXd& torus,
                                   double tolerance, RadicalParts& parts) {
  const std::optional<Characters> characters = characters_of(elements_of(algebra, torus), tolerance);
  if (!characters) return std::nullopt;
  const auto root = characters->multiplicities.cwiseSqrt().asDiagonal();
  const MatrixXd real = root * characters->values.real(), imaginary = root * characters->values.imag();
  const MatrixXd whole = real.transpose() * real + imaginary.transpose() * imaginary;
  const EigenPairs sizes = symmetric_eigen(whole);
  const double coarse = 5 * tolerance, least = coarse * coarse;
  const Index nilpotent = (sizes.values.array() < least).count(), rest = torus.cols() - nilpotent;
  if (rest > 0) {
    const MatrixXd kept = sizes.vectors.rightCols(rest);
    // Values: the share of the real parts.
    const EigenPairs shares =
        generalised_eigen(kept.transpose() * real.transpose() * real * kept, kept.transpose() * whole * kept);
    std::vector<MatrixXd> rotations, scalings, spirals;
    for (Index k = 0; k < rest; ++k) {
      const double share = shares.values(k);
      auto& kind = share < least ? rotations : share > 1 - least ? scalings : spirals;
      kind.push_back(characters->diagonalisable(kept * shares.vectors.col(k)));
    }
    const Diagonalisability inside(algebra, radical, coarse, characters->amplification);
    const auto turning = inside.kind_of(rotations), stretching = inside.kind_of(scalings);
    const auto winding = inside.kind_of(spirals);
    if (!turning || !stretching || !winding) return std::nullopt;
    parts.rotations = *turning;
    parts.scalings = *stretching;
    parts.spirals = *winding;
  }
  return torus * sizes.vectors.leftCols(nilpotent);
}

/// Whether the nilpotent elements could be sorted. `moved`: dimension of what the whole algebra's commutators
/// with the radical span.
bool sort_nilradical(const LieAlgebra& algebra, const MatrixXd& nilradical, Index moved, double tolerance,
                     RadicalParts& parts) {
  std::vector<MatrixXd> linear;
  for (const MatrixXd& element : elements_of(algebra, nilradical)) linear.push_back(linear_part(element));
  const std::optional<Index> shears = clearly_above(sizes_of(stacked(linear)), tolerance);
  const auto inner = commutators(algebra, nilradical, nilradical, tolerance);
  if (!shears || !inner) return false;
  parts.shears = static_cast<int>(*shears);
  parts.translations = static_cast<int>(nilradical.cols() - *shears);
  parts.nilradical_abelian = inner->cols() == 0;
  parts.acted_on = moved > inner->cols();
  // Two elements at least generate a nilpotent algebra that is not abelian.
  return inner->cols() == 0 || inner->cols() + 2 <= nilradical.cols();
}

}  // namespace

std::optional<RadicalParts> radical_parts(const LieAlgebra& algebra, const MatrixXd& radical,
                                          double tolerance) {
  RadicalParts parts;
  if (radical.cols() == 0) return parts;
  const Index m = algebra.dimension();
  const double coarse = 5 * tolerance;
  const auto moved = commutators(algebra, MatrixXd::Identity(m, m), radical, coarse);
  if (!moved || moved->cols() > radical.cols()) return std::nullopt;
  MatrixXd torus = without(radical, *moved);
  const std::optional<MatrixXd> plain = plainly_nilpotent(algebra, torus, 2 * tolerance);
  if (!plain) return std::nullopt;
  torus = without(torus, *plain);
  MatrixXd nilradical = beside(*moved, *plain);
  if (torus.cols() > 0) {
    const std::optional<MatrixXd> more = sort_torus(algebra, radical, torus, tolerance, parts);
    if (!more) return std::nullopt;
    nilradical = beside(nilradical, *more);
  }
  if (nilradical.cols() == 0) return parts;
  if (!sort_nilradical(algebra, nilradical, moved->cols(), coarse, parts)) return std::nullopt;
  return parts;
}

}  // namespace symscan
