#include "host/library/sweep_checks.hpp"

#include <unistd.h>

#include <cstdlib>

#include "host/base/error.hpp"
#include "host/device/device_plan.hpp"
#include "host/library/bytes_text.hpp"
#include "host/train/replica_memory.hpp"
#include "host/train/replica_plan.hpp"

namespace symscan {

void check_executor() {
  const char* wanted = std::getenv("SYMSCAN_CPU");
  if (wanted != nullptr && std::string(wanted) != cpu_backend().name) {
    throw UsageError(
        "SYMSCAN_CPU is '" + std::string(wanted) +
        "', which this processor cannot run or symscan does not have; symscan doctor lists the choices");
  }
}

void check_for_cpu(const SweepConfig& sweep, const TrainingChoice& choice, const std::string& why_cpu) {
  if (choice.generate_on_device)
    throw UsageError("--generate-on-device is for CUDA devices, and this run uses the CPU: " + why_cpu);
  if (choice.tier) throw UsageError("--tier is for CUDA devices, and this run uses the CPU: " + why_cpu);
  for (const ReplicaConfig& config : sweep.replicas) {
    if (config.train.precision == Precision::fp32) continue;
    throw ConfigError("train.precision " + to_string(config.train.precision) +
                      " needs the tensor cores of a CUDA device, and this run uses the CPU: " + why_cpu +
                      "; set train.precision to fp32");
  }
}

void check_networks(const std::vector<GroupShape>& groups) {
  const double memory =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
  for (const GroupShape& group : groups) {
    const ReplicaConfig& config = *group.config;
    if (config.train.early_stopping && validation_rows(config.train, group.rows) == 0) {
      throw ConfigError("train.early_stopping needs validation rows, and a fraction of " +
                        Json(config.train.validation_fraction).dump() + " of " + std::to_string(group.rows) +
                        " rows is none; raise train.validation_fraction");
    }
    check_network_size(config.model, group.features);
    const auto needed =
        static_cast<double>(CpuReplica::memory(group.network(), config.train.early_stopping.has_value()));
    if (needed > memory) {
      throw ConfigError(describe_replica(config) + " needs " + bytes_text(needed) +
                        " of memory, this machine has " + bytes_text(memory) + "; make model.hidden smaller");
    }
  }
}

void check_tier(const SweepConfig& sweep, const std::vector<GroupShape>& groups, const Backend& backend,
                Tier tier) {
  for (const GroupShape& group : groups) {
    const Network network = group.network();
    for (const UsableDevice& device : backend.devices)
      (void)plan_on_device(*group.config, network, group.rows, sweep.replicas.size(), tier,
                           device.info.limits, device.info.free_memory);
  }
}

}  // namespace symscan
