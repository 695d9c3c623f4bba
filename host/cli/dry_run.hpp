#pragma once
#include "host/cli/group_shapes.hpp"
#include "host/device/backend.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// What `train --dry-run` prints: replicas, parameters, memory and tier of each group, without training.
/// `data_bytes`: of all datasets.
void print_dry_run(const SweepConfig& sweep, const std::vector<GroupShape>& groups, double data_bytes,
                   int threads);

/// The same for the devices of a backend: how each group is laid out on them, and how many of its replicas
/// run at once. Throws UsageError for a tier that a group cannot have.
void print_device_dry_run(const SweepConfig& sweep, const std::vector<GroupShape>& groups, double data_bytes,
                          const Backend& backend, std::optional<Tier> tier);

/// "312 KB"
std::string bytes_text(double bytes);

/// Where a replica's working set lives while it trains: "cpu, L2 cache" and the like.
std::string cpu_tier(std::size_t bytes);

}  // namespace symscan
