#include "host/cli/dry_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "host/base/text.hpp"
#include "host/config/seeds.hpp"
#include "host/device/device_plan.hpp"
#include "host/library/bytes_text.hpp"
#include "host/train/replica_memory.hpp"
#include "host/train/replica_team.hpp"

namespace symscan {
namespace {

/// Where a replica's working set lives while it trains.
std::string cpu_tier(std::size_t bytes) {
  const auto fits = [&](int which, double fallback) {
    const long size = sysconf(which);
    return static_cast<double>(bytes) <= (size > 0 ? static_cast<double>(size) : fallback);
  };
  if (fits(_SC_LEVEL2_CACHE_SIZE, 256e3)) return "cpu, L2 cache";
  if (fits(_SC_LEVEL3_CACHE_SIZE, 8e6)) return "cpu, L3 cache";
  return "cpu, main memory";
}

/// How datasets and networks of a sweep are called in its table.
class TableTexts {
 public:
  explicit TableTexts(const SweepInput& input) : index_(input.index()) {
    constexpr std::size_t label_width = 24, hidden_width = 16;
    labels_ = distinctly_shortened(index_.labels, label_width);
    for (const GroupShape& group : input.groups())
      hidden_.emplace(Json(group.config->model.hidden).dump(), "");
    std::vector<std::string> all;
    for (const auto& [hidden, shown] : hidden_) all.push_back(hidden);
    const std::vector<std::string> shown = distinctly_shortened(all, hidden_width);
    for (std::size_t i = 0; i < all.size(); ++i) hidden_[all[i]] = shown[i];
  }

  const char* label(const ReplicaConfig& config) const {
    const int dataset = index_.of_replica[static_cast<std::size_t>(config.id)];
    return labels_[static_cast<std::size_t>(dataset)].c_str();
  }
  const char* hidden(const ReplicaConfig& config) const {
    return hidden_.at(Json(config.model.hidden).dump()).c_str();
  }

 private:
  const DatasetIndex& index_;
  std::vector<std::string> labels_;
  std::map<std::string, std::string> hidden_;
};

void print_group(const TableTexts& texts, const GroupShape& group, const Network& network) {
  const ReplicaConfig& config = *group.config;
  std::printf("  %-5d %-24s %-16s %6d %8.3g %9zu %10zu", config.group, texts.label(config),
              texts.hidden(config), config.model.latent_dim, config.loss.beta, group.replicas,
              trainable_parameters(network));
}

void print_heading(const char* rest) {
  std::printf("  %-5s %-24s %-16s %6s %8s %9s %10s %s\n", "group", "dataset", "hidden", "latent", "beta",
              "replicas", "parameters", rest);
}

/// "54 replicas", "54 to 216 replicas": with seeds "auto".
std::string replicas_text(const SweepInput& input) {
  const std::size_t most = input.sweep().replicas.size();
  std::string all = plural(most, "replica");
  if (!seeds_are_automatic(input.sweep().resolved)) return all;
  return std::to_string(most / most_automatic_seeds * automatic_seed_set) + " to " + all;
}

/// The most threads that the replicas of a sweep are worth.
std::size_t threads_of(const SweepInput& input) {
  std::size_t threads = 0;
  for (const GroupShape& group : input.groups()) {
    const auto batch = static_cast<std::size_t>(group.config->train.batch_size);
    threads += group.replicas * static_cast<std::size_t>(threads_worth(group.network(), batch));
  }
  return threads;
}

void print_cpu_dry_run(const SweepInput& input, const std::string& data) {
  const std::size_t replicas = input.sweep().replicas.size();
  const auto allowed = static_cast<std::size_t>(input.choice().threads);
  const std::size_t threads = std::min(allowed, threads_of(input)), at_one_time = std::min(allowed, replicas);
  std::printf("%s, %s\n\n", replicas_text(input).c_str(), plural(threads, "thread").c_str());
  print_heading("    memory  tier");
  std::size_t largest = 0;
  const TableTexts texts(input);
  for (const GroupShape& group : input.groups()) {
    const Network network = group.network();
    const std::size_t memory = CpuReplica::memory(network, group.config->train.early_stopping.has_value());
    largest = std::max(largest, memory);
    print_group(texts, group, network);
    std::printf(" %10s  %s\n", bytes_text(static_cast<double>(memory)).c_str(), cpu_tier(memory).c_str());
  }
  std::printf(
      "\ndata %s (float32, shared by all replicas); at most %s for the replicas that train at one time\n",
      data.c_str(), bytes_text(static_cast<double>(largest) * static_cast<double>(at_one_time)).c_str());
}

void print_device_plan(const DevicePlan& plan) {
  const BlockPlan& block = plan.training;
  std::printf(" %10s  %-8s", bytes_text(static_cast<double>(plan.bytes)).c_str(), tier_name(block.tier));
  if (block.tier == Tier::layered) {
    std::printf(" %5s %7s %9s %9s", "-", "-", "-", "-");
  } else {
    std::printf(" %5d %7d %9s %9d", block.tile, block.threads,
                bytes_text(static_cast<double>(block.shared_bytes)).c_str(), block.blocks_per_multiprocessor);
  }
  std::printf(" %7d\n", plan.at_once);
}

void print_device_dry_run(const SweepInput& input, const std::string& data) {
  const Backend& backend = input.backend();
  const DeviceInfo& info = backend.devices.front().info;
  const std::size_t replicas = input.sweep().replicas.size();
  std::printf("%s on %s\n\n", replicas_text(input).c_str(), backend.name().c_str());
  print_heading("    memory  tier      tile threads    shared blocks/mp at once");
  const TableTexts texts(input);
  for (const GroupShape& group : input.groups()) {
    const Network network = group.network();
    const DevicePlan plan = plan_on_device(*group.config, network, group.rows, replicas, input.choice().tier,
                                           info.limits, usable_memory(info.free_memory));
    print_group(texts, group, network);
    print_device_plan(plan);
  }
  std::printf(
      "\ndata %s (float32, once per device); memory: of one replica on the device; shared: of its block; "
      "blocks/mp: blocks per multiprocessor; at once: replicas of this group that fill %s\n",
      data.c_str(), backend.devices.front().name().c_str());
}

}  // namespace

void print_shard(const ShardPlan& plan, const SweepInput& input) {
  std::printf("\nshard %s: %zu of %s, %.1f %% of the predicted work\n",
              to_string(plan.replicas.shard).c_str(), plan.replicas.ids.size(),
              plural(input.sweep().replicas.size(), "replica").c_str(), 100 * plan.work_share);
}

void print_dry_run(const SweepInput& input) {
  double bytes = 0;
  for (const PreparedData& prepared : input.data().prepared)
    bytes += static_cast<double>(prepared.values.size()) * sizeof(float);
  if (input.backend().api == nullptr) {
    print_cpu_dry_run(input, bytes_text(bytes));
  } else {
    print_device_dry_run(input, bytes_text(bytes));
  }
}

}  // namespace symscan
