#pragma once
#include <Eigen/Core>
#include <functional>

#include "host/analysis/two_sample.hpp"
#include "host/findings/group_analysis.hpp"
#include "host/findings/model.hpp"

namespace symscan {

/// p-value below which a distribution counts as changed: one invariant transformation in a hundred is called
/// broken by chance.
inline constexpr double broken_below = 0.01;

/// The model that judges transformations of a dataset: the group's best replica, and its tangent space at
/// some of the points.
struct Judge {
  Judge(const Subject& subject, const Group& group);

  TrainedModel model;
  double tau;
  Eigen::MatrixXd points;  ///< [n x D] prepared units
  TrainedModel::Tangents tangents;
  GeneratorSums sums;

  /// Share of its motion that an exact symmetry may have off the manifold, for the softness of the model.
  double exact_below() const;
  /// How much the bound on the negative log-likelihood grows when `points` move to `moved`.
  void compare_bounds(const Eigen::MatrixXd& moved, DensityTest& test) const;
};

/// A test of invariance that is believed: few permutations first, which are enough where the p-value is far
/// above the level. A test that calls the distribution changed is repeated with other halves and other
/// permutations, and the larger p-value counts: of many generators one would otherwise be called broken by
/// chance.
InvarianceTest confirmed(const FindingsOptions& options,
                         const std::function<InvarianceTest(const TwoSampleSettings&)>& test);

/// Time for which du/dt = matrix u + shift is followed: one radian of the fastest rotation; for other fields
/// half a standard deviation of motion. `points`: [n x D].
double typical_time(const Eigen::MatrixXd& points, const Eigen::MatrixXd& matrix,
                    const Eigen::VectorXd& shift);

}  // namespace symscan
