#pragma once
#include <string>
#include <vector>

#include "host/config/config.hpp"

namespace symscan {

/// A setting whose value changes nothing in a replica, e.g. train.momentum with the optimizer adam.
struct IdleSetting {
  std::string path;
  std::string why;  ///< "with the optimizer adam"
};

/// Whether there are replicas in which the setting is idle.
bool may_be_idle(const std::string& path);

/// All idle settings of a replica.
std::vector<IdleSetting> idle_settings(const ReplicaConfig& replica);

/// Refuses sweeps of which several points would train identical replicas. `seeds` replicas in a row share a
/// point. Throws ConfigError that names the setting, its values and why they have no effect.
void refuse_identical_points(const std::vector<ReplicaConfig>& replicas, std::size_t seeds);

/// Settings that differ from `defaults`, a resolved config, and change nothing in any replica:
/// "train.momentum has no effect with the optimizer adam".
std::vector<std::string> notes_on_idle_settings(const SweepConfig& sweep, const Json& defaults);

}  // namespace symscan
