#pragma once
#include "host/config/shard.hpp"
#include "host/library/sweep_input.hpp"

namespace symscan {

/// The replicas of a shard, and what part of the predicted work of the sweep they are.
struct ShardPlan {
  ShardReplicas replicas;
  double work_share = 0;  ///< 0 to 1
};

/// Divides a sweep by predicted work (host/train/shard_plan.hpp). Every shard of a config on the same data
/// finds the same division. Units are replicas; with seeds "auto" they are problems (host/store/optima.hpp),
/// since which seeds are trained depends on what the others of the problem found.
/// `input`: loaded. Throws UsageError for more shards than units.
ShardPlan plan_shard(const SweepInput& input, const Shard& shard);

}  // namespace symscan
