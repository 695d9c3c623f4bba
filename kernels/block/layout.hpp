#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "kernels/network.hpp"
#include "kernels/vocabulary.hpp"

/// How a network is laid out in the shared memory of a GPU block, and which launch suits it.
namespace symscan {

/// Where the data of a replica lives while a block trains it.
///   fused     parameters, gradient and optimiser moments in shared memory
///   streamed  parameters in shared memory; gradient and moments in device memory (they stay in the L2 cache)
///   cached    all of these in device memory; the weights are read through the caches
///   layered   nothing in shared memory: whole matrices in device memory, products by cuBLAS
enum class Tier { fused, streamed, cached, layered };

struct alignas(16) BlockLayer {  // three loads of 128 bits
  int in, out;
  int weight, bias;  ///< offsets in the parameter vector
  int in_stride, out_stride;
  int output;            ///< offset of [out][samples] in shared memory
  int derivative;        ///< offset of the activation's derivative, or -1: told from the value
  int input;             ///< offset of [in][samples]
  int input_derivative;  ///< of the activation that made the input
  int activated;         ///< 1: an activation other than the identity follows
  int input_activated;   ///< 1: the input comes out of one
};

/// What a product asks of the shape. A matrix is [row = feature or neuron][sample] in shared memory. Threads
/// that read four samples of one row each would meet in the same banks if rows lay straight below each other:
/// within a row, groups of four samples change places by a number that belongs to four rows each (`swizzle`).
/// Matrices start at multiples of 32 floats, so that the swizzle is an exclusive or on the address.
struct alignas(16) MatrixShape {
  int tile_bits;  ///< tile = 1 << tile_bits
  int row_mask;   ///< of the swizzle: 7; 3 for the tile of 16, which has four groups
  Activation activation;
  Precision precision;

  /// Floats per row.
  SYMSCAN_HOST_DEVICE int stride() const { return 1 << tile_bits; }
  SYMSCAN_HOST_DEVICE int swizzle(int row) const { return ((row >> 2) & row_mask) << 2; }
  /// Offset of an element in its matrix.
  SYMSCAN_HOST_DEVICE int at(int row, int sample) const { return row * stride() + (sample ^ swizzle(row)); }
};

/// The network as a block sees it; has the members that step.hpp asks of a shape. Plain data.
struct BlockShape {
  MatrixShape matrices;
  int features, latents, hidden_layers;
  int parameter_count;
  int tile;  ///< samples held at a time, a power of two from 16
  // Offsets in shared memory, in floats; -1: not there.
  int parameters, gradient, first_moment, second_moment;
  int data, z, noise, deviation, tangents[2];
  int event_weight, sample_kl, sample_error;  ///< [tile]
  int relevance;                              ///< RelevanceSums, then double [tile + tile / 16] of terms
  int floats;                                 ///< length of all

  SYMSCAN_HOST_DEVICE int layer_count() const { return 2 * hidden_layers + 2; }
  SYMSCAN_HOST_DEVICE int head() const { return hidden_layers; }
  SYMSCAN_HOST_DEVICE int at(int row, int sample) const { return matrices.at(row, sample); }
  SYMSCAN_HOST_DEVICE Activation activation() const { return matrices.activation; }
};

/// The layers, BlockLayer[layer_count()], follow the header (block_memory.hpp).
struct BlockLayout {
  BlockShape shape;
  BlockLayer layers[max_layers];

  std::size_t shared_bytes() const { return static_cast<std::size_t>(shape.floats) * sizeof(float); }
};

/// Registers of a thread and threads of the largest block, as the kernels of a block tier are compiled
/// (kernels/cuda/resource_budget.json).
enum class BlockPurpose { training, evaluation };
int registers_per_thread(Tier tier, BlockPurpose purpose);
int most_threads(Tier tier, BlockPurpose purpose);

/// Lays a network out for tiles of `tile` samples. Training needs gradients, evaluation tangents.
BlockLayout make_block_layout(const Network& network, BlockPurpose purpose, Tier tier, Precision precision,
                              int tile);

/// What a device offers to a kernel.
struct DeviceLimits {
  std::size_t shared_per_block = 0, shared_per_multiprocessor = 0;  ///< bytes
  std::size_t shared_reserved = 0;                                  ///< bytes taken from each block's share
  int threads_per_multiprocessor = 0, blocks_per_multiprocessor = 0;
  int registers_per_multiprocessor = 0;
  int multiprocessors = 0;
};

struct BlockPlan {
  Tier tier = Tier::layered;
  int tile = 0, threads = 0;
  int blocks_per_multiprocessor = 0;
  std::size_t shared_bytes = 0;
};

/// The launch for a network: tier, tile and threads that fill a multiprocessor best. Tier::layered when not
/// even the parameters and the smallest tile fit. `crowded`: more replicas than multiprocessors are trained.
BlockPlan plan_block(const Network& network, BlockPurpose purpose, std::size_t batch_size,
                     const DeviceLimits& limits, bool crowded = true);
/// The same with a tier that the user asked for. Throws std::length_error with the bytes needed and
/// available.
BlockPlan plan_block_as(Tier tier, const Network& network, BlockPurpose purpose, std::size_t batch_size,
                        const DeviceLimits& limits, bool crowded = true);

}  // namespace symscan
