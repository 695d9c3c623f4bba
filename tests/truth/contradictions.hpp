#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "host/findings/model.hpp"

namespace symscan::truth {

/// Statements of a finding that cannot all be true, one sentence each; none for a sound finding. `rows`: those
/// that were analysed.
std::vector<std::string> contradictions(const DatasetFinding& finding, const Eigen::MatrixXd& rows);

}  // namespace symscan::truth
