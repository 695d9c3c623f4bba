#pragma once
#include <cstddef>

#include "kernels/network.hpp"

namespace symscan::layered {

inline constexpr std::size_t no_offset = static_cast<std::size_t>(-1);

/// Where the matrices of a tile lie in the memory of one place: offsets in floats, multiples of 16.
struct TileLayout {
  int columns;                   ///< samples, a multiple of 16
  std::size_t data, z;           ///< [features], [latents] rows of [columns]
  std::size_t noise, deviation;  ///< [latents] rows
  std::size_t outputs[max_layers];
  std::size_t derivatives[max_layers];                ///< no_offset where the value tells the derivative
  std::size_t scratch[2];                             ///< rows of the widest layer: gradients, tangents
  std::size_t event_weight, sample_kl, sample_error;  ///< [columns]
  std::size_t segment_sums;                           ///< [2][columns / 16]
  std::size_t floats;                                 ///< of all
};

/// Samples of a tile: the whole batch while that is small, and always the same number in an evaluation, so
/// that the products of a replica are the same whatever the pool evaluates beside it.
inline constexpr std::size_t largest_training_tile = 4096, evaluation_tile = 1024;

constexpr int training_columns(std::size_t batch_size) {
  return static_cast<int>(batch_size < largest_training_tile ? padded(batch_size) : largest_training_tile);
}

TileLayout lay_out_tile(const Network& network, int columns);

/// Vectors of [parameter_count] per replica: parameters, gradient, two moments, parameters kept of the best
/// epoch. Evaluation needs the first alone.
inline constexpr int training_vectors = 5;

}  // namespace symscan::layered

namespace symscan {

/// Device memory in bytes of a pool of layered::pool_places replicas, which is what one replica takes too;
/// batch_size 0: a pool that only evaluates. Histories, row tables and datasets come on top, and once per
/// device the workspace of cuBLAS (32 MiB) and what it keeps for itself.
std::size_t layered_bytes(const Network& network, std::size_t batch_size);

}  // namespace symscan
