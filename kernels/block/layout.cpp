#include "kernels/block/layout.hpp"

#include <algorithm>
#include <stdexcept>

#include "kernels/block/block_memory.hpp"
#include "kernels/step.hpp"

namespace symscan {
namespace {

constexpr int registers_per_thread = 184;  // at most, kernels/cuda/resource_budget.json

/// Hands out pieces of 16-byte multiples, counted in floats.
struct Pieces {
  std::size_t used = 0;
  int take(std::size_t floats) {
    const std::size_t at = used;
    used += (floats + 3) / 4 * 4;
    if (used > (std::size_t{1} << 30)) throw std::length_error("the network is too large for a block");
    return static_cast<int>(at);
  }
};

constexpr std::size_t floats_of(std::size_t bytes) {
  return (bytes + sizeof(float) - 1) / sizeof(float);
}

/// Threads that have work in the widest layer: one per block of 8 neurons x 4 samples.
int busy_threads(const Network& network, int tile) {
  int widest = 1;
  for (int l = 0; l < network.layer_count(); ++l) widest = std::max(widest, network.layers[l].out);
  return std::min((widest + 7) / 8 * (tile / 4), 256);
}

bool plan_tile(Tier tier, const Network& network, BlockPurpose purpose, int tile, const DeviceLimits& limits,
               BlockPlan& plan) {
  plan.tier = tier;
  plan.tile = tile;
  plan.threads = std::max((busy_threads(network, tile) + 31) / 32 * 32, 64);
  plan.shared_bytes = make_block_layout(network, purpose, tier, Precision::fp32, tile).shared_bytes();
  if (plan.shared_bytes > limits.shared_per_block) return false;
  const std::size_t per_block = plan.shared_bytes + limits.shared_reserved;
  plan.blocks_per_multiprocessor =
      std::min({static_cast<int>(limits.shared_per_multiprocessor / per_block),
                limits.blocks_per_multiprocessor, limits.threads_per_multiprocessor / plan.threads,
                limits.registers_per_multiprocessor / (plan.threads * registers_per_thread)});
  return plan.blocks_per_multiprocessor > 0;
}

/// How well a launch fills the device: the threads of a multiprocessor, as far as they help; blocks that run
/// beside each other hide each other's barriers and short phases. Judged without a GPU: bench/cuda_bench
/// --variants measures the alternatives.
double merit(const Network& network, const BlockPlan& plan, bool crowded) {
  const int busy = busy_threads(network, plan.tile);
  if (!crowded) return plan.tier == Tier::fused ? 2.0 * busy : busy;
  const double threads = plan.blocks_per_multiprocessor * busy;
  const double beside = plan.blocks_per_multiprocessor > 1 ? 1.25 : 1.0;
  return threads * beside * (plan.tier == Tier::streamed ? 0.95 : 1.0);
}

/// The best tile of a tier; of equals the largest.
bool plan_tier(Tier tier, const Network& network, BlockPurpose purpose, std::size_t batch_size,
               const DeviceLimits& limits, bool crowded, BlockPlan& best) {
  bool found = false;
  for (const int tile : {128, 64, 32, 16}) {
    if (tile > 16 && static_cast<std::size_t>(tile) >= 2 * padded(batch_size)) continue;
    BlockPlan plan;
    if (!plan_tile(tier, network, purpose, tile, limits, plan)) continue;
    if (!found || merit(network, plan, crowded) > merit(network, best, crowded)) best = plan;
    found = true;
  }
  return found;
}

}  // namespace

BlockLayout make_block_layout(const Network& network, BlockPurpose purpose, Tier tier, Precision precision,
                              int tile) {
  const bool training = purpose == BlockPurpose::training;
  BlockLayout layout = {};
  BlockShape& shape = layout.shape;
  shape.features = network.features;
  shape.latents = network.latents;
  shape.hidden_layers = network.hidden_layers;
  shape.matrices.activation = network.activation;
  shape.matrices.precision = precision;
  shape.parameter_count = static_cast<int>(network.parameter_count);
  shape.tile = tile;
  shape.matrices.stride = tile + 4;
  while (1 << shape.matrices.tile_bits < tile) ++shape.matrices.tile_bits;
  Pieces pieces;
  pieces.take(floats_of(sizeof(BlockHeader)));
  pieces.take(floats_of(sizeof(BlockLayer) * network.layer_count()));
  shape.group_sums = pieces.take(2 * tile / sum_group);
  shape.event_weight = pieces.take(tile);
  shape.sample_kl = pieces.take(tile);
  shape.sample_error = pieces.take(tile);
  shape.relevance = -1;
  if (!training) shape.relevance = pieces.take(2 * (5 * network.latents + tile + tile / sum_group));
  shape.parameters = tier == Tier::cached ? 0 : pieces.take(network.parameter_count);
  const bool all_shared = training && tier == Tier::fused;
  for (int* vector : {&shape.gradient, &shape.first_moment, &shape.second_moment}) {
    *vector = all_shared ? pieces.take(network.parameter_count) : -1;
  }
  const auto rows = [&](int count) { return pieces.take(static_cast<std::size_t>(count) * shape.stride()); };
  shape.data = rows(network.features);
  shape.z = rows(network.latents);
  shape.noise = rows(network.latents);
  shape.deviation = rows(network.latents);
  const bool keeps_derivative =
      network.activation == Activation::gelu || network.activation == Activation::silu;
  int widest = 1;
  for (int l = 0; l < network.layer_count(); ++l) {
    const Layer& layer = network.layers[l];
    BlockLayer& placed = layout.layers[l];
    widest = std::max(widest, layer.out);
    placed.in = layer.in;
    placed.out = layer.out;
    placed.weight = static_cast<int>(layer.weight);
    placed.bias = static_cast<int>(layer.bias);
    placed.in_stride = static_cast<int>(layer.in_stride);
    placed.out_stride = static_cast<int>(layer.out_stride);
    placed.activated = layer.activated && network.activation != Activation::linear ? 1 : 0;
    placed.output = rows(layer.out);
    placed.derivative = keeps_derivative && layer.activated ? rows(layer.out) : -1;
    const bool first = l == 0 || l == network.head() + 1;
    placed.input = l == 0 ? shape.data : first ? shape.z : layout.layers[l - 1].output;
    placed.input_derivative = first ? -1 : layout.layers[l - 1].derivative;
    placed.input_activated = first ? 0 : layout.layers[l - 1].activated;
  }
  for (int& tangent : shape.tangents) tangent = training ? -1 : rows(widest);
  shape.floats = static_cast<int>(pieces.used);
  return layout;
}

BlockPlan plan_block(const Network& network, BlockPurpose purpose, std::size_t batch_size,
                     const DeviceLimits& limits, bool crowded) {
  BlockPlan fused, streamed;
  const auto try_tier = [&](Tier tier, BlockPlan& plan) {
    try {
      return plan_tier(tier, network, purpose, batch_size, limits, crowded, plan);
    } catch (const std::length_error&) {
      return false;
    }
  };
  const bool fits = try_tier(Tier::fused, fused);
  // An evaluation has no gradient and no moments: one kind of block.
  if (purpose == BlockPurpose::evaluation) return fits ? fused : BlockPlan{};
  if (!try_tier(Tier::streamed, streamed)) return BlockPlan{};
  return fits && merit(network, fused, crowded) >= merit(network, streamed, crowded) ? fused : streamed;
}

BlockPlan plan_block_as(Tier tier, const Network& network, BlockPurpose purpose, std::size_t batch_size,
                        const DeviceLimits& limits, bool crowded) {
  BlockPlan plan;
  if (tier == Tier::layered || plan_tier(tier, network, purpose, batch_size, limits, crowded, plan)) {
    plan.tier = tier;
    return plan;
  }
  const std::size_t needed = make_block_layout(network, purpose, tier, Precision::fp32, 16).shared_bytes();
  throw std::length_error("needs " + std::to_string(needed) +
                          " bytes of shared memory per block, the device has " +
                          std::to_string(limits.shared_per_block));
}

}  // namespace symscan
