#pragma once
#include <optional>

#include "host/config/config.hpp"
#include "host/data/preprocess.hpp"
#include "kernels/device/device_api.hpp"

namespace symscan {

/// How a device trains a replica.
struct DevicePlan {
  BlockPlan training, evaluation;
  std::size_t bytes = 0;  ///< of device memory, without the dataset; an estimate for Tier::layered
  int at_once = 1;        ///< replicas like this one that fill the device

  /// Work of a unit, for comparing replicas: parameters times samples of a step.
  double unit_cost = 1;
};

/// `tier`: what the user asked for, if anything. `memory`: bytes of the device that replicas may take. Throws
/// UsageError with the bytes needed and available if the tier is impossible. `replicas`: of the whole sweep.
DevicePlan plan_on_device(const ReplicaConfig& config, const Network& network, std::size_t rows,
                          std::size_t replicas, std::optional<Tier> tier, const DeviceLimits& limits,
                          std::uint64_t memory);

const char* tier_name(Tier tier);

/// Bytes that a dataset takes on a device.
std::size_t dataset_bytes(const PreparedData& data);

/// The part of a device's free memory that is used: the rest is for its runtime.
inline std::uint64_t usable_memory(std::uint64_t free_bytes) {
  return free_bytes / 10 * 9;
}

}  // namespace symscan
