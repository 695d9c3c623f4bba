#include "kernels/block/layout.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "kernels/block/block_memory.hpp"
#include "kernels/step.hpp"

namespace symscan {
namespace {

/// Hands out pieces of 16-byte multiples, counted in floats.
struct Pieces {
  std::size_t used = 0;
  int take(std::size_t floats) {
    const std::size_t at = used;
    used += (floats + 3) / 4 * 4;
    if (used > (std::size_t{1} << 30)) throw std::length_error("the network is too large for a block");
    return static_cast<int>(at);
  }
  /// The next piece starts at a multiple of 32 floats.
  void align() { used = (used + 31) / 32 * 32; }
};

constexpr std::size_t floats_of(std::size_t bytes) {
  return (bytes + sizeof(float) - 1) / sizeof(float);
}

int widest_layer(const Network& network) {
  int widest = 1;
  for (int l = 0; l < network.layer_count(); ++l) widest = std::max(widest, network.layers[l].out);
  return widest;
}

/// Results of the widest layer that a thread computes at a time: a tile of 8 x 4, 4 x 4, ...
int results_per_thread(const Network& network, const BlockPlan& plan) {
  return (widest_layer(network) + 7) / 8 * 8 * plan.tile / plan.threads;
}

bool plan_launch(Tier tier, const Network& network, BlockPurpose purpose, int tile, int threads,
                 const DeviceLimits& limits, BlockPlan& plan) {
  plan.tier = tier;
  plan.tile = tile;
  plan.threads = threads;
  plan.shared_bytes = make_block_layout(network, purpose, tier, Precision::fp32, tile).shared_bytes();
  if (plan.shared_bytes > limits.shared_per_block) return false;
  const std::size_t per_block = plan.shared_bytes + limits.shared_reserved;
  plan.blocks_per_multiprocessor =
      std::min({static_cast<int>(limits.shared_per_multiprocessor / per_block),
                limits.blocks_per_multiprocessor, limits.threads_per_multiprocessor / plan.threads,
                limits.registers_per_multiprocessor / (plan.threads * registers_per_thread(tier, purpose))});
  return plan.blocks_per_multiprocessor > 0;
}

/// How well a launch fills the device: instructions per cycle over instructions. From a timing model of the
/// kernel's machine code (bench/attempts.md), not from a GPU: 8 warps of one block reach 1.9 instructions per
/// cycle, those of several blocks, which do not wait at the same barriers, 2.1, 12 warps 2.6, and then the
/// load and store units are the limit. bench/cuda_bench --variants measures the alternatives.
double merit(const Network& network, const BlockPlan& plan, bool crowded) {
  const int blocks = crowded ? plan.blocks_per_multiprocessor : 1;
  const int each = results_per_thread(network, plan);
  const double idle = each < 8 ? each / 8.0 : 1.0;  // the part of the threads that has work
  const double warps = idle * blocks * plan.threads / 32;
  const double per_cycle = std::min(1.9 * std::pow(warps / 8, 0.45) * (blocks > 1 ? 1.12 : 1.0), 2.65);
  const double work = each >= 32 ? 1.0 : each >= 16 ? 1.21 : 1.5;
  // A larger tile asks the caches for the weights less often.
  const double home = plan.tier == Tier::fused      ? 1.01
                      : plan.tier == Tier::streamed ? 1.0
                      : plan.tile >= 64             ? 0.78
                                                    : 0.74;
  return per_cycle / work * (plan.tile < 32 ? 0.8 : 1.0) * home;
}

/// The best launch of a tier; of equals the one with the largest tile and the fewest threads.
bool plan_tier(Tier tier, const Network& network, BlockPurpose purpose, std::size_t batch_size,
               const DeviceLimits& limits, bool crowded, BlockPlan& best) {
  bool found = false;
  for (const int tile : {128, 64, 32, 16}) {
    if (tile > 16 && static_cast<std::size_t>(tile) >= 2 * padded(batch_size)) continue;
    for (int threads = 64; threads <= most_threads(tier, purpose); threads *= 2) {
      BlockPlan plan;
      if (!plan_launch(tier, network, purpose, tile, threads, limits, plan)) continue;
      if (!found || merit(network, plan, crowded) > merit(network, best, crowded)) best = plan;
      found = true;
    }
  }
  return found;
}

}  // namespace

int registers_per_thread(Tier tier, BlockPurpose purpose) {
  return tier == Tier::cached && purpose == BlockPurpose::training ? 128 : 168;
}

int most_threads(Tier tier, BlockPurpose purpose) {
  return tier == Tier::cached && purpose == BlockPurpose::training ? 512 : 256;
}

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
  while (1 << shape.matrices.tile_bits < tile) ++shape.matrices.tile_bits;
  shape.matrices.row_mask = tile > 16 ? 7 : 3;
  Pieces pieces;
  pieces.take(floats_of(sizeof(BlockHeader)));
  pieces.take(floats_of(sizeof(BlockLayer) * network.layer_count()));
  shape.event_weight = pieces.take(tile);
  shape.sample_kl = pieces.take(tile);
  shape.sample_error = pieces.take(tile);
  shape.relevance = -1;
  if (!training)
    shape.relevance =
        pieces.take(2 * (RelevanceSums::count * network.latents + tile + tile / segment_samples));
  shape.parameters = tier == Tier::cached ? 0 : pieces.take(network.parameter_count);
  const bool all_shared = training && tier == Tier::fused;
  for (int* vector : {&shape.gradient, &shape.first_moment, &shape.second_moment}) {
    *vector = all_shared ? pieces.take(network.parameter_count) : -1;
  }
  pieces.align();
  int last_count = 0;
  const auto rows = [&](int count) {
    last_count = count;
    const int at =
        pieces.take(static_cast<std::size_t>(count) * static_cast<std::size_t>(shape.matrices.stride()));
    pieces.align();
    return at;
  };
  shape.data = rows(network.features);
  shape.z = rows(network.latents);
  shape.noise = rows(network.latents);
  shape.deviation = rows(network.latents);
  const int output = rows(network.features);
  const bool keeps_derivative = stores_derivative(network.activation);
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
    placed.activated = layer.activated && bends(network.activation) ? 1 : 0;
    placed.output = l + 1 == network.layer_count() ? output : rows(layer.out);
    placed.derivative = keeps_derivative && layer.activated ? rows(layer.out) : -1;
    const bool first = l == 0 || l == network.head() + 1;
    placed.input = l == 0 ? shape.data : first ? shape.z : layout.layers[l - 1].output;
    placed.input_derivative = first ? -1 : layout.layers[l - 1].derivative;
    placed.input_activated = first ? 0 : layout.layers[l - 1].activated;
  }
  for (int& tangent : shape.tangents) tangent = training ? -1 : rows(widest);
  // Gradients of weights read rows four by four, also behind the last of a matrix.
  if (last_count % 4 != 0) rows(4 - last_count % 4);
  shape.floats = static_cast<int>(pieces.used);
  return layout;
}

BlockPlan plan_block(const Network& network, BlockPurpose purpose, std::size_t batch_size,
                     const DeviceLimits& limits, bool crowded) {
  // An evaluation has no gradient and no moments: fused and streamed are one kind of block.
  const bool training = purpose == BlockPurpose::training;
  BlockPlan best;
  for (const Tier tier : {Tier::fused, Tier::streamed, Tier::cached}) {
    if (tier == Tier::streamed && !training) continue;
    BlockPlan plan;
    try {
      if (!plan_tier(tier, network, purpose, batch_size, limits, crowded, plan)) continue;
    } catch (const std::length_error&) {
      continue;
    }
    if (best.tier == Tier::layered || merit(network, plan, crowded) > merit(network, best, crowded))
      best = plan;
  }
  return best;
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
