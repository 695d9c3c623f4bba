#pragma once
#include <vector>

#include "host/analysis/conserved_space.hpp"
#include "host/analysis/trajectory_laws.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// Laws of few terms and short numbers that span the columns of `space` [terms x k] up to exact relations
/// among the terms, the simplest first. Each is judged again on all trajectories. Fewer than k if no sparse
/// ones are found.
std::vector<TrajectoryLaw> readable_laws(const std::vector<FunctionTerm>& terms, const TermSample& sample,
                                         const Eigen::MatrixXd& space);

/// Puts functionally independent laws first, marks the others and drops those that depend on laws of lower
/// degree. Returns the generic rank of the gradients of the laws in `space`.
int order_by_independence(std::vector<TrajectoryLaw>& laws, const TermSample& sample,
                          const std::vector<FunctionTerm>& terms, const Eigen::MatrixXd& space);

}  // namespace symscan
