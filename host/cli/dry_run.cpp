#include "host/cli/dry_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

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

void print_dry_run(const SweepConfig& sweep, const DatasetIndex& index, const std::vector<std::size_t>& rows,
                   const std::vector<std::size_t>& features, int threads) {
  threads = std::min<int>(threads, static_cast<int>(sweep.replicas.size()));
  std::printf("%zu replica%s, %d thread%s\n\n", sweep.replicas.size(), sweep.replicas.size() == 1 ? "" : "s",
              threads, threads == 1 ? "" : "s");
  std::printf("  %-5s %-24s %-16s %6s %8s %9s %10s %10s  %s\n", "group", "dataset", "hidden", "latent",
              "beta", "replicas", "parameters", "memory", "tier");
  std::size_t largest = 0;
  for (std::size_t i = 0; i < sweep.replicas.size();) {
    const ReplicaConfig& config = sweep.replicas[i];
    std::size_t count = 0;
    for (; i + count < sweep.replicas.size() && sweep.replicas[i + count].group == config.group; ++count) {
    }
    const Network network =
        make_network(static_cast<int>(features[index.of_replica[config.id]]), config.model.hidden,
                     config.model.latent_dim, config.model.activation);
    const std::size_t memory = CpuReplica::memory(network);
    largest = std::max(largest, memory);
    std::printf("  %-5d %-24.24s %-16.16s %6d %8.3g %9zu %10zu %10s  %s\n", config.group,
                dataset_label(config.dataset).c_str(), Json(config.model.hidden).dump().c_str(),
                config.model.latent_dim, config.loss.beta, count, trainable_parameters(network),
                bytes_text(static_cast<double>(memory)).c_str(), cpu_tier(memory).c_str());
    i += count;
  }
  double data = 0;
  for (std::size_t d = 0; d < rows.size(); ++d)
    data += static_cast<double>(rows[d]) * static_cast<double>(features[d]) * 4;
  std::printf(
      "\ndata %s (float32, shared by all replicas); at most %s for the replicas that train at one time\n",
      bytes_text(data).c_str(), bytes_text(static_cast<double>(largest) * threads).c_str());
}

}  // namespace symscan
