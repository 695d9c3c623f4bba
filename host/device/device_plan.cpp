#include "host/device/device_plan.hpp"

#include <algorithm>
#include <stdexcept>

#include "host/base/error.hpp"
#include "host/train/replica_plan.hpp"
#include "kernels/layered/gemm.hpp"
#include "kernels/layered/memory.hpp"

namespace symscan {
namespace {

/// A layer of a few hundred neurons gives the products of a batch about this many tiles of work, each for one
/// multiprocessor.
constexpr int multiprocessors_per_layered_replica = 4;

std::size_t replica_bytes(const Network& network, const ReplicaConfig& config, std::size_t rows, Tier tier) {
  const TrainConfig& train = config.train;
  const std::size_t epochs = training_epochs(train, rows);
  const std::size_t every = static_cast<std::size_t>(config.relevance.every);
  constexpr std::size_t most_rounds = 32;
  const std::size_t passes = (every > 0 ? epochs / every : 0) + (train.automatic() ? most_rounds : 1);
  std::size_t bytes = epochs * sizeof(EpochMetrics) +
                      passes * tracked_measures * static_cast<std::size_t>(network.latents) * sizeof(double);
  if (validation_rows(train, rows) > 0) bytes += rows * sizeof(std::uint32_t);
  if (tier == Tier::layered) {
    const auto batch = std::min(static_cast<std::size_t>(train.batch_size), rows);
    return bytes + layered_bytes(network, batch) / layered::pool_places;
  }
  // parameters, two moments, gradient (not in device memory if fused), parameters of the best epoch
  const std::size_t vectors = 3u + (tier == Tier::fused ? 0 : 1) + (train.early_stopping ? 1 : 0);
  bytes += vectors * network.parameter_count * sizeof(float);
  return bytes;
}

}  // namespace

DevicePlan plan_on_device(const ReplicaConfig& config, const Network& network, std::size_t rows,
                          std::size_t replicas, std::optional<Tier> tier, const DeviceLimits& limits,
                          std::uint64_t memory) {
  const auto batch = std::min(static_cast<std::size_t>(config.train.batch_size), rows);
  // float32 has the same bits in every launch; the tensor cores' sums depend on the tile, which must then not
  // depend on the sweep.
  const bool crowded = config.train.precision != Precision::fp32 ||
                       replicas > static_cast<std::size_t>(limits.multiprocessors);
  DevicePlan plan;
  try {
    plan.training = tier ? plan_block_as(*tier, network, BlockPurpose::training, batch, limits, crowded)
                         : plan_block(network, BlockPurpose::training, batch, limits, crowded);
    if (plan.training.tier != Tier::layered) {
      plan.evaluation = plan_block(network, BlockPurpose::evaluation, rows, limits);
      if (plan.evaluation.tier == Tier::layered) {  // a block has room to train it, but not for its tangents
        if (tier) (void)plan_block_as(Tier::fused, network, BlockPurpose::evaluation, rows, limits);
        plan.training = plan_block_as(Tier::layered, network, BlockPurpose::training, batch, limits);
      }
    }
  } catch (const std::length_error& error) {
    throw UsageError(describe_replica(config) + " cannot be trained with the tier " + tier_name(*tier) +
                     ": it " + error.what() + "; choose another --tier, or leave it out");
  }
  plan.bytes = replica_bytes(network, config, rows, plan.training.tier);
  // Memory for a whole pool is taken even for one replica.
  if (plan.training.tier == Tier::layered && memory < layered_bytes(network, batch)) {
    plan.bytes = layered_bytes(network, batch);
  }
  const std::uint64_t by_compute = plan.training.tier == Tier::layered
                                       ? limits.multiprocessors / multiprocessors_per_layered_replica
                                       : limits.multiprocessors * plan.training.blocks_per_multiprocessor;
  plan.at_once = static_cast<int>(std::max<std::uint64_t>(1, std::min(by_compute, memory / plan.bytes)));
  plan.unit_cost = static_cast<double>(network.parameter_count) * static_cast<double>(batch);
  return plan;
}

const char* tier_name(Tier tier) {
  switch (tier) {
    case Tier::fused:
      return "fused";
    case Tier::streamed:
      return "streamed";
    case Tier::cached:
      return "cached";
    case Tier::layered:
      break;
  }
  return "layered";
}

std::size_t dataset_bytes(const PreparedData& data) {
  return (data.values.size() + data.weights.size()) * sizeof(float);
}

}  // namespace symscan
