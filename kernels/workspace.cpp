#include "kernels/workspace.hpp"

#include <algorithm>

namespace symscan {
namespace {

/// Hands out consecutive pieces; with a null base it only counts.
struct Arena {
  float* base;
  std::size_t used = 0;
  float* take(std::size_t count) {
    float* piece = base == nullptr ? nullptr : base + used;
    used += padded(count);
    return piece;
  }
  float* rows(std::size_t count) { return take(count * Workspace::row_stride); }
};

std::size_t lay_out(const Network& network, float* memory, Workspace& work) {
  Arena arena{memory};
  const bool keep_derivatives = stores_derivative(network.activation);
  std::size_t widest = 1;
  for (int l = 0; l < network.layer_count(); ++l) {
    const Layer& layer = network.layers[l];
    widest = std::max({widest, static_cast<std::size_t>(layer.in), static_cast<std::size_t>(layer.out)});
    work.outputs[l] = arena.rows(layer.out);
    work.derivatives[l] = keep_derivatives && layer.activated ? arena.rows(layer.out) : nullptr;
  }
  const auto latents = static_cast<std::size_t>(network.latents);
  work.first_decoder_layer = network.head() + 1;
  work.data = arena.rows(network.features);
  work.z = arena.rows(latents);
  work.noise = arena.rows(latents);
  work.deviation = arena.rows(latents);
  work.kl_terms = arena.rows(latents);
  for (float*& tangent : work.tangents) tangent = arena.rows(widest);
  work.transposed = arena.take(padded(widest) * Workspace::tile_samples);
  work.event_weight = arena.take(Workspace::tile_samples);
  work.sample_kl = arena.take(Workspace::tile_samples);
  work.sample_error = arena.take(Workspace::tile_samples);
  work.ones = arena.take(Workspace::tile_samples);
  return arena.used;
}

}  // namespace

std::size_t workspace_size(const Network& network) {
  Workspace work;
  return lay_out(network, nullptr, work);
}

Workspace make_workspace(const Network& network, float* memory) {
  Workspace work;
  std::fill_n(memory, lay_out(network, memory, work), 0.0f);
  std::fill_n(work.ones, Workspace::tile_samples, 1.0f);
  return work;
}

}  // namespace symscan
