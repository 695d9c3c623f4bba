#include "host/cli/dry_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "host/device/device_plan.hpp"

namespace symscan {

std::string bytes_text(double bytes) {
  const char* units[] = {"B", "KB", "MB", "GB", "TB"};
  int unit = 0;
  for (; bytes >= 1000 && unit < 4; ++unit) bytes /= 1000;
  char text[32];
  std::snprintf(text, sizeof text, bytes < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
  return text;
}

std::string cpu_tier(std::size_t bytes) {
  const auto fits = [&](int which, double fallback) {
    const long size = sysconf(which);
    return static_cast<double>(bytes) <= (size > 0 ? static_cast<double>(size) : fallback);
  };
  if (fits(_SC_LEVEL2_CACHE_SIZE, 256e3)) return "cpu, L2 cache";
  if (fits(_SC_LEVEL3_CACHE_SIZE, 8e6)) return "cpu, L3 cache";
  return "cpu, main memory";
}

namespace {

void print_group(const GroupShape& group, const Network& network) {
  const ReplicaConfig& config = *group.config;
  std::printf("  %-5d %-24.24s %-16.16s %6d %8.3g %9zu %10zu", config.group,
              dataset_label(config.dataset).c_str(), Json(config.model.hidden).dump().c_str(),
              config.model.latent_dim, config.loss.beta, group.replicas, trainable_parameters(network));
}

void print_heading(const char* rest) {
  std::printf("  %-5s %-24s %-16s %6s %8s %9s %10s %s\n", "group", "dataset", "hidden", "latent", "beta",
              "replicas", "parameters", rest);
}

}  // namespace

void print_dry_run(const SweepConfig& sweep, const std::vector<GroupShape>& groups, double data_bytes,
                   int threads) {
  threads = std::min<int>(threads, static_cast<int>(sweep.replicas.size()));
  std::printf("%zu replica%s, %d thread%s\n\n", sweep.replicas.size(), sweep.replicas.size() == 1 ? "" : "s",
              threads, threads == 1 ? "" : "s");
  print_heading("    memory  tier");
  std::size_t largest = 0;
  for (const GroupShape& group : groups) {
    const Network network = group.network();
    const std::size_t memory = CpuReplica::memory(network, group.config->train.early_stopping.has_value());
    largest = std::max(largest, memory);
    print_group(group, network);
    std::printf(" %10s  %s\n", bytes_text(static_cast<double>(memory)).c_str(), cpu_tier(memory).c_str());
  }
  std::printf(
      "\ndata %s (float32, shared by all replicas); at most %s for the replicas that train at one time\n",
      bytes_text(data_bytes).c_str(), bytes_text(static_cast<double>(largest) * threads).c_str());
}

void print_device_dry_run(const SweepConfig& sweep, const std::vector<GroupShape>& groups, double data_bytes,
                          const Backend& backend, std::optional<Tier> tier) {
  const DeviceInfo& info = backend.devices.front().info;
  std::printf("%zu replica%s on %s\n\n", sweep.replicas.size(), sweep.replicas.size() == 1 ? "" : "s",
              backend.name().c_str());
  print_heading("    memory  tier      tile threads    shared blocks/mp at once");
  for (const GroupShape& group : groups) {
    const Network network = group.network();
    const DevicePlan plan = plan_on_device(*group.config, network, group.rows, sweep.replicas.size(), tier,
                                           info.limits, usable_memory(info.free_memory));
    const BlockPlan& block = plan.training;
    print_group(group, network);
    std::printf(" %10s  %-8s", bytes_text(static_cast<double>(plan.bytes)).c_str(), tier_name(block.tier));
    if (block.tier == Tier::layered) {
      std::printf(" %5s %7s %9s %9s", "-", "-", "-", "-");
    } else {
      std::printf(" %5d %7d %9s %9d", block.tile, block.threads,
                  bytes_text(static_cast<double>(block.shared_bytes)).c_str(),
                  block.blocks_per_multiprocessor);
    }
    std::printf(" %7d\n", plan.at_once);
  }
  std::printf(
      "\ndata %s (float32, once per device); memory: of one replica on the device; shared: of its block; "
      "blocks/mp: blocks per multiprocessor; at once: replicas of this group that fill %s\n",
      bytes_text(data_bytes).c_str(), backend.devices.front().name().c_str());
}

}  // namespace symscan
