#include "host/library/sharding.hpp"

#include <map>
#include <numeric>
#include <tuple>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/config/seeds.hpp"
#include "host/train/shard_plan.hpp"

namespace symscan {
namespace {

/// What is dealt out together.
struct Units {
  std::vector<int> of_replica;
  std::vector<double> work;
};

Units replicas_as_units(const std::vector<double>& work) {
  Units units;
  units.of_replica.resize(work.size());
  std::iota(units.of_replica.begin(), units.of_replica.end(), 0);
  units.work = work;
  return units;
}

Units problems_as_units(const SweepInput& input, const std::vector<double>& work) {
  Units units;
  std::map<std::tuple<int, LossKind, double>, int> known;
  for (const ReplicaConfig& config : input.sweep().replicas) {
    const auto id = static_cast<std::size_t>(config.id);
    const auto [entry, is_new] =
        known.emplace(std::tuple(input.index().of_replica[id], config.loss.kind, config.loss.beta),
                      static_cast<int>(known.size()));
    if (is_new) units.work.push_back(0);
    units.of_replica.push_back(entry->second);
    units.work[static_cast<std::size_t>(entry->second)] += work[id];
  }
  return units;
}

/// Of every replica: those of a group differ in the seed alone.
std::vector<double> work_of_replicas(const SweepInput& input) {
  std::vector<double> work;
  work.reserve(input.sweep().replicas.size());
  for (const GroupShape& group : input.groups())
    work.insert(work.end(), group.replicas, predicted_work(*group.config, group.rows, group.features));
  return work;
}

}  // namespace

ShardPlan plan_shard(const SweepInput& input, const Shard& shard) {
  const std::vector<double> work = work_of_replicas(input);
  const bool automatic = seeds_are_automatic(input.sweep().resolved);
  const Units units = automatic ? problems_as_units(input, work) : replicas_as_units(work);
  if (static_cast<std::size_t>(shard.count) > units.work.size()) {
    throw UsageError("the sweep cannot be divided into " + std::to_string(shard.count) + " shards: it has " +
                     (automatic ? "only " + plural(units.work.size(), "problem") +
                                      " (dataset, loss and beta), and with seeds \"auto\" each stays in one "
                                      "shard; give a list of "
                                      "seeds to divide it further"
                                : "only " + plural(units.work.size(), "replica")));
  }
  const std::vector<int> shard_of = deal_out(units.work, shard.count);
  ShardPlan plan;
  plan.replicas.shard = shard;
  double own = 0, all = 0;
  for (std::size_t id = 0; id < work.size(); ++id) {
    all += work[id];
    if (shard_of[static_cast<std::size_t>(units.of_replica[id])] != shard.index) continue;
    own += work[id];
    plan.replicas.ids.push_back(static_cast<int>(id));
  }
  plan.work_share = all > 0 ? own / all : 0;
  return plan;
}

}  // namespace symscan
