#pragma once
#include <functional>
#include <vector>

#include "host/analysis/constraints.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// The derivatives of a relation's left side at one event. [D] -> [D]
using GradientAt = std::function<Eigen::VectorXd(const Eigen::VectorXd&)>;

/// Those of the exact relations. They refer to `known`.
std::vector<GradientAt> gradients_of(const std::vector<Constraint>& known);

/// Whether the gradient lies in the span of those of the known relations, at most events: whether the sine of
/// the angle between them is below `same_direction`.
bool is_implied(const Eigen::MatrixXd& rows, const GradientAt& gradient_at,
                const std::vector<GradientAt>& known, double same_direction);

}  // namespace symscan
