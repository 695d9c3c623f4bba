#pragma once
#include "host/library/sharding.hpp"

namespace symscan {

/// What `train --dry-run` prints, without training: replicas, parameters, memory and tier of each group; on
/// devices how each group is laid out there, and how many of its replicas run at once. `input`: loaded,
/// opened and checked. Throws UsageError for a tier that a group cannot have.
void print_dry_run(const SweepInput& input);

/// What part of the sweep is a shard's.
void print_shard(const ShardPlan& plan, const SweepInput& input);

}  // namespace symscan
