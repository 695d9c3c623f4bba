#pragma once
#include <cstddef>

#include "kernels/cpu_backend.hpp"

namespace symscan {

/// The tile operations that tile_bench times, on one full tile of samples. All but `gather` want buffers that
/// CpuBackend::gradient has just been called on; each may be repeated.
enum class TileOp {
  gather,           ///< CpuTiles::load: the batch from the dataset
  forward,          ///< product, bias, activation of layer 1
  input_gradient,   ///< of layer 1
  weight_gradient,  ///< of layer 1, with the biases
  reparameterise,   ///< with its normal numbers and the KL terms of each sample
  latent_gradient,  ///< from z to mu and logvar
  loss,             ///< squared errors with their gradient, and the sums of the loss
  relevance_sums,   ///< sums of KL, mu, mu^2, s^2 over the samples
  update,           ///< Adam on all parameters
};

/// The operations compiled for one instruction set.
struct TileOps {
  const char* name;  ///< as CpuBackend::name
  /// Does `op` `count` times. `sums` is for relevance_sums: 4 arrays of [latents].
  void (*repeat)(TileOp op, const Network&, const ReplicaBuffers&, const Batch&, double* sums,
                 std::size_t count);
};

}  // namespace symscan
