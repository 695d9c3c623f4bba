#pragma once
#include <cstddef>

#include "kernels/network.hpp"

namespace symscan {

/// Where the matrices of one tile of samples lie in a thread's scratch memory. Every matrix has one row per
/// feature or neuron and `row_stride` floats per row: tile_samples plus one cache line, so that a column of
/// rows does not fall into few cache sets.
struct Workspace {
  static constexpr std::size_t tile_samples = 128;
  static constexpr std::size_t row_stride = tile_samples + 16;

  float* outputs[max_layers] = {};      ///< [out][samples] of each layer; gradients overwrite activations
  float* derivatives[max_layers] = {};  ///< of the activation, where it cannot be told from its value
  float* data = nullptr;                ///< [features][samples]
  float* z = nullptr;                   ///< [latents][samples]
  float* noise = nullptr;               ///< eps, [latents][samples]
  float* deviation = nullptr;           ///< s, [latents][samples]
  float* kl_terms = nullptr;            ///< w KL_j, [latents][samples]
  float* tangents[2] = {};              ///< [widest][samples]
  float* transposed = nullptr;          ///< [samples][widest, padded]
  float* event_weight = nullptr;        ///< [samples]
  float* sample_kl = nullptr;           ///< w sum_j KL_j, [samples]
  float* sample_error = nullptr;        ///< w sum_d (xhat_d - x_d)^2, [samples]
  float* ones = nullptr;                ///< [samples]
  int first_decoder_layer = 0;

#define SYMSCAN_ACCESSOR __attribute__((always_inline)) inline
  SYMSCAN_ACCESSOR float* output(int l) const {
    return outputs[l];
  }
  SYMSCAN_ACCESSOR float* input(int l) const {
    return l == 0 ? data : l == first_decoder_layer ? z : outputs[l - 1];
  }
  SYMSCAN_ACCESSOR float* derivative(int l) const {
    return derivatives[l];
  }
  SYMSCAN_ACCESSOR float* latent() const {
    return z;
  }
  SYMSCAN_ACCESSOR float* tangent(int which) const {
    return tangents[which];
  }
#undef SYMSCAN_ACCESSOR
};

/// Floats that a workspace for this network needs.
std::size_t workspace_size(const Network& network);

/// Lays the workspace out in `memory` ([workspace_size], 64-byte aligned), and fills in the ones.
Workspace make_workspace(const Network& network, float* memory);

}  // namespace symscan
