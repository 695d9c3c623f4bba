// What algebras, their generators and named transformations say of each other: motions are compared by what
// they do to the rows.
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "host/analysis/candidates.hpp"
#include "host/analysis/constraints.hpp"
#include "host/base/eigen.hpp"
#include "host/findings/model_json.hpp"
#include "tests/truth/contradictions.hpp"

namespace symscan::truth {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd matrix_of(const std::vector<std::vector<double>>& rows) {
  MatrixXd matrix(static_cast<Index>(rows.size()), static_cast<Index>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i)
    matrix.row(static_cast<Index>(i)) =
        Eigen::Map<const VectorXd>(rows[i].data(), static_cast<Index>(rows[i].size())).transpose();
  return matrix;
}

/// Every so many-th row, `most` at most.
MatrixXd thinned(const MatrixXd& rows, Index most) {
  MatrixXd some(std::min(rows.rows(), most), rows.cols());
  for (Index i = 0; i < some.rows(); ++i) some.row(i) = rows.row(i * rows.rows() / some.rows());
  return some;
}

/// Some of the rows, and the motions of affine fields there.
class Motions {
 public:
  explicit Motions(const MatrixXd& rows) : some_(thinned(rows, 400)) {
    const MatrixXd centred = some_.rowwise() - some_.colwise().mean();
    spread_ = (centred.colwise().squaredNorm() / static_cast<double>(some_.rows())).cwiseSqrt();
    for (Index d = 0; d < spread_.size(); ++d)
      if (!(spread_(d) > 1e-9 * some_.col(d).cwiseAbs().maxCoeff())) spread_(d) = INFINITY;
  }

  const MatrixXd& rows() const { return some_; }
  const VectorXd& spread() const { return spread_; }
  MatrixXd raw(const MatrixXd& matrix, const VectorXd& shift) const {
    return (some_ * matrix.transpose()).rowwise() + shift.transpose();
  }
  /// In units of the columns' spreads, as one vector of norm 1; 0 where nothing moves.
  VectorXd of(const MatrixXd& matrix, const VectorXd& shift) const {
    const MatrixXd scaled = raw(matrix, shift) * spread_.cwiseInverse().asDiagonal();
    return scaled.reshaped().stableNormalized();
  }
  VectorXd of(const GeneratorFinding& generator) const {
    return of(matrix_of(generator.matrix),
              Eigen::Map<const VectorXd>(generator.shift.data(), static_cast<Index>(generator.shift.size())));
  }
  MatrixXd of(const std::vector<GeneratorFinding>& generators) const {
    MatrixXd columns(some_.size(), static_cast<Index>(generators.size()));
    for (std::size_t k = 0; k < generators.size(); ++k)
      columns.col(static_cast<Index>(k)) = of(generators[k]);
    return columns;
  }

 private:
  MatrixXd some_;
  VectorXd spread_;
};

/// Part of a motion of norm 1 outside the span of others.
double outside(const MatrixXd& span, const VectorXd& motion) {
  if (span.cols() == 0) return 1;
  return (motion - span * span.colPivHouseholderQr().solve(motion)).norm();
}

int rank_of(const MatrixXd& columns) {
  if (columns.cols() == 0) return 0;
  Eigen::ColPivHouseholderQR<MatrixXd> factors(columns);
  factors.setThreshold(1e-4);
  return static_cast<int>(factors.rank());
}

/// The rules, and what they have found broken.
class MotionRules {
 public:
  MotionRules(const DatasetFinding& finding, const MatrixXd& rows) : finding_(finding), motions_(rows) {
    if (finding.symmetry) of_set_ = motions_.of(finding.symmetry->generators);
    if (finding.distribution) of_distribution_ = motions_.of(finding.distribution->generators);
  }

  std::vector<std::string> apply(const MatrixXd& rows) {
    if (finding_.symmetry) {
      check_symmetry(*finding_.symmetry);
      check_constraints(rows);
    } else {
      const std::string rotations = finding_.rotations.value_or("none");
      complain_if(rotations != "none", "rotations without a symmetry: " + rotations);
    }
    if (finding_.distribution) check_distribution(*finding_.distribution);
    for (const CandidateFinding& candidate : finding_.candidates)
      if (candidate.continuous) check_candidate(candidate);
    return std::move(found_);
  }

 private:
  void complain_if(bool wrong, const std::string& text) {
    if (wrong) found_.push_back(text);
  }

  bool exact() const {
    return finding_.symmetry ? finding_.symmetry->evidence == Evidence::constraints
                             : finding_.dimension && finding_.dimension->fills_its_span;
  }
  /// Part of a motion that an estimate may put outside a span.
  double estimated(double of_exact, double of_neighbours) const { return exact() ? of_exact : of_neighbours; }

  void check_symmetry(const SymmetryFinding& symmetry) {
    const auto count = static_cast<int>(symmetry.generators.size());
    complain_if(symmetry.found != count, "the number of generators is not that of their list");
    complain_if(symmetry.found == 0, "a symmetry without generators");
    complain_if(rank_of(of_set_) != count, "generators of the set that depend on each other");
    complain_if(finding_.dimension->fills_its_span, "data that fill their span, with a symmetry of the set");
    complain_if(finding_.rotations != symmetry.rotations, "two names of the rotations");
    complain_if(!std::is_sorted(symmetry.eigenvalues.begin(), symmetry.eigenvalues.end()),
                "eigenvalues are not ascending");
    check_names(symmetry);
    const bool turns = std::any_of(symmetry.generators.begin(), symmetry.generators.end(), [](const auto& g) {
      return g.kind == FieldKind::rotation && g.density.verdict == DensityVerdict::invariant;
    });
    complain_if(turns && symmetry.rotations == "none", "a rotation keeps all, and there are no rotations");
  }

  void check_names(const SymmetryFinding& symmetry) {
    const auto whole = dimension_of_algebra(symmetry.algebra);
    complain_if(whole != symmetry.found, "the algebra " + symmetry.algebra + " has not " +
                                             std::to_string(symmetry.found) + " dimensions");
    if (symmetry.rotations == "unknown") return;
    const auto rotations = dimension_of_algebra(symmetry.rotations);
    complain_if(!rotations || *rotations > symmetry.found || !is_compact_algebra(symmetry.rotations),
                "the rotations " + symmetry.rotations + " are no part of " + symmetry.algebra);
    const int d = finding_.dimension->value.value_or(0);
    complain_if(
        rotations && *rotations > d * (d + 1) / 2,
        "the rotations " + symmetry.rotations + " are too many for " + std::to_string(d) + " dimensions");
  }

  /// A motion of the set keeps every exact relation.
  void check_constraints(const MatrixXd& rows) {
    const double most = estimated(1e-3, 0.05);
    for (const Constraint& constraint : find_constraints(thinned(rows, 1000), finding_.columns).constraints) {
      if (!constraint.exact) continue;
      for (const GeneratorFinding& generator : finding_.symmetry->generators) {
        const double away = share_away(constraint, generator);
        complain_if(!(away < most),
                    generator.name + " leaves " + constraint.equation + " by " + std::to_string(away));
      }
    }
  }

  double share_away(const Constraint& constraint, const GeneratorFinding& generator) const {
    const MatrixXd moved = motions_.raw(
        matrix_of(generator.matrix),
        Eigen::Map<const VectorXd>(generator.shift.data(), static_cast<Index>(generator.shift.size())));
    VectorXd scale = motions_.spread();
    for (double& value : scale)
      if (!std::isfinite(value)) value = 1;
    double away = 0, all = 0;
    for (Index i = 0; i < moved.rows(); ++i) {
      const VectorXd gradient = constraint.gradient_at(motions_.rows().row(i)).cwiseProduct(scale),
                     motion = moved.row(i).transpose().cwiseQuotient(scale);
      away += std::pow(gradient.dot(motion), 2);
      all += gradient.squaredNorm() * motion.squaredNorm();
    }
    return all > 0 ? std::sqrt(away / all) : 0;
  }

  void check_distribution(const DistributionFinding& distribution) {
    const auto count = static_cast<int>(distribution.generators.size());
    const int rank = finding_.linear_rank,
              motions = finding_.symmetry ? finding_.symmetry->found : rank * (rank + 1);
    complain_if(distribution.searched != motions, "the distribution was searched among other motions");
    complain_if(count > rank * (rank - 1) / 2,
                "the distribution keeps more motions than rotations there are");
    complain_if(dimension_of_algebra(distribution.algebra) != count,
                "the algebra of the distribution, " + distribution.algebra + ", has not " +
                    std::to_string(count) + " dimensions");
    // The affine motions that keep a probability distribution form a compact group.
    complain_if(!is_compact_algebra(distribution.algebra),
                "the algebra of the distribution, " + distribution.algebra + ", is not compact");
    complain_if(rank_of(of_distribution_) != count,
                "generators of the distribution that depend on each other");
    for (const GeneratorFinding& generator : distribution.generators) {
      complain_if(generator.density.verdict == DensityVerdict::broken,
                  generator.name + " is among those kept, and broken");
      complain_if(finding_.symmetry && outside(of_set_, motions_.of(generator)) > estimated(1e-3, 0.2),
                  generator.name + " keeps the distribution and not the set");
    }
    if (!finding_.symmetry) return;
    for (const GeneratorFinding& generator : finding_.symmetry->generators)
      complain_if(generator.density.verdict == DensityVerdict::broken &&
                      outside(of_distribution_, motions_.of(generator)) < 1e-3,
                  generator.name + " is broken, and a sum of motions that are kept");
  }

  void check_candidate(const CandidateFinding& candidate) {
    const Candidate known = parse_candidate(candidate.name, finding_.columns).front();
    const VectorXd motion = motions_.of(known.matrix, known.shift);
    const std::string said = candidate.name + " is called \"" + to_string(candidate.verdict) + "\"";
    const bool moves = motion.norm() > 0;
    complain_if(moves == (candidate.verdict == Verdict::nothing_moves), said + ", and moves the rows or not");
    if (!moves) return;
    if (finding_.symmetry) {
      const double off = outside(of_set_, motion);
      complain_if(off < 1e-3 && candidate.verdict == Verdict::no_symmetry,
                  said + ", and is a motion of the set");
      complain_if(off > estimated(1e-2, 0.3) && keeps_manifold(candidate),
                  said + ", and is no motion of the set");
    } else {
      complain_if(finding_.rotations && !finding_.dimension->fills_its_span && keeps_manifold(candidate),
                  said + ", and the set has no motions");
    }
    check_same_motion(candidate, motion, said);
  }

  void check_same_motion(const CandidateFinding& candidate, const VectorXd& motion, const std::string& said) {
    const bool kept = candidate.verdict == Verdict::symmetry || candidate.verdict == Verdict::no_change_seen;
    complain_if(!kept && outside(of_distribution_, motion) < estimated(1e-3, 0.02),
                said + ", and is a sum of motions that the distribution keeps");
    if (!finding_.symmetry) return;
    for (const GeneratorFinding& generator : finding_.symmetry->generators) {
      if (std::abs(motions_.of(generator).dot(motion)) < 1 - 1e-6) continue;
      const DensityVerdict verdict = generator.density.verdict;
      complain_if((verdict == DensityVerdict::broken && kept) ||
                      (verdict == DensityVerdict::invariant && candidate.verdict != Verdict::symmetry),
                  said + ", and the generator " + generator.name + " is judged otherwise");
    }
  }

  const DatasetFinding& finding_;
  Motions motions_;
  MatrixXd of_set_, of_distribution_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> contradictions_of_motions(const DatasetFinding& finding, const MatrixXd& rows) {
  if (!finding.dimension) return {};
  return MotionRules(finding, rows).apply(rows);
}

}  // namespace symscan::truth
