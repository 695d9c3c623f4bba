#pragma once
#include <string>

#include "host/train/replica_plan.hpp"

namespace symscan {

/// One sentence on a replica whose loss is not finite: where it stopped, the tensor that is not finite and
/// the likely cause. `state`: where it stands; `parameters` in the network's parameter layout.
std::string describe_nonfinite(const ReplicaPlan& plan, const TrainingState& state, const float* parameters);

}  // namespace symscan
