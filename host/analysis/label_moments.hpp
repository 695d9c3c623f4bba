#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/analysis/flow_invariance.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// Motions of x that keep the joint law of (x, y).
struct LabelMoments {
  struct Motion {
    FlowInvarianceTest::Field field;  ///< [D x D], [D]
    FlowInvariance test;
  };
  std::vector<Motion> motions;
  std::string algebra = "none";
};

/// Affine fields that move x alone and keep the joint law of x and y: E[v.grad_x phi(x, y)] = 0 for all phi.
/// Then v keeps the law of x, and y's law at given x, so v.grad E[y|x] = 0. No model of y is needed, so y may
/// be noisy; a motion of f that the law of x does not have is not found. `explained` (0 to 1]: share of y's
/// variance that x explains: the less, the finer the motions are tested. Only motions that are established
/// and close to an algebra are returned. `rows` [n x D], `values` [n]: finite.
LabelMoments label_moments(const Eigen::MatrixXd& rows, const Eigen::VectorXd& values, double explained,
                           std::uint64_t seed);

}  // namespace symscan
