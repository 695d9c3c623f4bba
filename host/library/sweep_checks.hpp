#pragma once
#include <string>
#include <vector>

#include "host/library/sweep_input.hpp"

namespace symscan {

/// Throws UsageError if SYMSCAN_CPU names an executor that is not the one in use.
void check_executor();

/// Refuses what only CUDA devices have. `why_cpu`: why the run uses the CPU, a clause. Throws UsageError or
/// ConfigError.
void check_for_cpu(const SweepConfig& sweep, const TrainingChoice& choice, const std::string& why_cpu);

/// What only the data can tell about networks. Throws ConfigError for early stopping without validation rows
/// and for networks that are too large.
void check_networks(const std::vector<GroupShape>& groups);

/// Throws UsageError if a network cannot have the tier on a device.
void check_tier(const SweepConfig& sweep, const std::vector<GroupShape>& groups, const Backend& backend,
                Tier tier);

}  // namespace symscan
