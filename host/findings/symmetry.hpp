#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/analysis/candidates.hpp"
#include "host/analysis/feature_frame.hpp"
#include "host/analysis/two_sample.hpp"
#include "host/findings/findings.hpp"
#include "host/findings/group_analysis.hpp"

namespace symscan {

/// Does the distribution, not only the manifold, stay the same?
struct DensityTest {
  double p_value = 1;       ///< two-sample test; small: the distribution changes
  double bound_change = 0;  ///< nats per point by which the model's negative log-likelihood bound grows
  double bound_error = 0;   ///< standard error of bound_change
  bool nothing_moves = false;
};

/// One generator of the manifold's symmetry, in the form that is shown.
struct Generator {
  FieldKind kind = FieldKind::other;
  std::string name, equation;
  FeatureFrame::RawField raw;
  double residual = 0;       ///< share of its motion that leaves the learned manifold
  bool approximate = false;  ///< residual well above what the soft projector gives an exact symmetry
  DensityTest density;
};

struct SymmetryFindings {
  int group = -1;
  GroupFindings details;
  int count = 0;
  double confidence = 0;  ///< share of bootstrap draws over seeds and points with at least as many
  std::string
      algebra;  ///< of the generators that are not approximate: "so(3)", "so(2) + 1 translation", "none"
  std::string rotations;  ///< its compact part alone, "none" if there is none
  double closure_residual = 0;
  double subspace_angle = 0;  ///< degrees: largest angle between a seed's generators and all seeds' mean
  std::vector<Generator> generators;
  std::vector<std::string> notes;
};

/// Why the generators are not called a symmetry: most draws see fewer, or their commutators leave them.
/// Empty if they are.
std::string doubt_about(const SymmetryFindings& findings);

/// Where `count` generators are in doubt: the fewer that stand apart most clearly from the others of them
/// (eigenvalue ratio of at least 3), 0 if none do.
int fewer_generators(const Eigen::VectorXd& eigenvalues, int count);

/// The group that shows the symmetry best: of the number of generators that most groups speak for (each
/// with the logarithm of its gap), the one with the widest gap. Null when no group has one.
const GroupFindings* best_group(const std::vector<GroupFindings>& groups);

SymmetryFindings find_symmetry(const RunResults& results, Ledger& ledger, const Group& group,
                               const DatasetPoints& points, const DataSpan& span, int count,
                               const FindingsOptions& options);

/// A transformation that was named: is it a symmetry of the manifold, and of the distribution?
struct CandidateFindings {
  std::string name;
  bool continuous = false;
  double manifold_residual = 0;  ///< share of the motion that leaves the learned manifold
  DensityTest density;
  std::string verdict;
};
std::vector<CandidateFindings> test_candidates(const RunResults& results, Ledger& ledger, const Group& group,
                                               const DatasetPoints& points, const DataSpan& span,
                                               const std::vector<std::string>& names,
                                               const FindingsOptions& options);

/// p-value below which a distribution counts as changed: one invariant transformation in a hundred is called
/// broken by chance.
inline constexpr double broken_below = 0.01;

}  // namespace symscan
