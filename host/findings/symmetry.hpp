#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "host/findings/group_analysis.hpp"
#include "host/findings/model.hpp"

namespace symscan {

/// The group that shows the symmetry best: of the number of generators that most groups speak for (each
/// with the logarithm of its gap, times its seeds), the one with the widest gap, of several seeds if there is
/// one. Null when no group has one.
const GroupAnalysis* best_group(const std::vector<GroupAnalysis>& groups);

/// Why the generators are not called a symmetry: most draws see fewer, or their commutators leave them.
/// Empty if they are.
std::string doubt_about(const SymmetryFinding& symmetry);

/// Where `count` generators are in doubt: the fewer that stand apart most clearly from the others of them
/// (eigenvalue ratio of at least 3), 0 if none do.
int fewer_generators(const Eigen::VectorXd& eigenvalues, int count);

/// What a search for symmetry came to.
struct SymmetrySearch {
  std::optional<SymmetryFinding> symmetry;
  std::string doubt;  ///< a sentence: why motions that are nearly tangent are not called a symmetry; or empty
};

/// Looks at the group for `count` generators, or for the fewer of them that hold where these are in doubt.
SymmetrySearch find_symmetry(const Subject& subject, const Group& group, int count);

/// The first values of a spectrum, as many as analysis.json keeps.
std::vector<double> shown_values(const Eigen::VectorXd& values);

}  // namespace symscan
