#pragma once
#include <functional>

#include "host/analysis/two_sample.hpp"
#include "host/base/eigen.hpp"
#include "host/findings/options.hpp"

namespace symscan {

/// p-value below which a distribution counts as changed: one invariant transformation in a hundred is called
/// broken by chance.
inline constexpr double broken_below = 0.01;

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
