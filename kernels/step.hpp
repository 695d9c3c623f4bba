#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/network.hpp"
#include "kernels/philox.hpp"

/// The VAE's training step and evaluation pass, written once as a sequence of tile operations. What a tile
/// operation does is the executor's business (`Tiles`): tiles_cpu.hpp (SIMD, one thread),
/// tests/kernels/tiles_reference.hpp (plain loops, float64; the oracle of the tests). An executor holds one
/// tile of samples; matrices are named by what they hold: "input of layer l" is the data for layer 0, z for
/// the first decoder layer, else the activations of layer l-1.
///
/// Loss per sample (averaged over the batch with event weights w, mean 1 over the training set):
///     L = scale * sum_d (xhat_d - x_d)^2 + beta * sum_j KL_j,   KL_j = (mu_j^2 + s_j^2 - 1 - ln s_j^2) / 2
///     z = mu + s eps,  s = exp(logvar / 2)          (Kingma & Welling, arXiv:1312.6114, eqs. 8-10)
namespace symscan {

/// Samples of one pass, by their row in the dataset.
struct Batch {
  const float* values = nullptr;   ///< [rows][features]
  const float* weights = nullptr;  ///< [rows], or nullptr: all one
  const std::uint32_t* rows =
      nullptr;  ///< [count] rows of the samples, or nullptr: first_row, first_row + 1, ...
  std::size_t first_row = 0;
  std::size_t count = 0;
  std::uint32_t first_item = 0;  ///< noise counter of the first sample
};

/// Where the noise of a pass comes from.
struct Noise {
  std::uint64_t seed = 0;
  Stream stream = Stream::training_noise;
  std::uint64_t step = 0;
};

/// Sums over samples of weight times value.
struct LossSums {
  double squared_error = 0;  ///< sum_d (xhat_d - x_d)^2, before the scale
  double kl = 0;             ///< sum_j KL_j, nats
};

struct StepSettings {
  float reconstruction_scale = 1;  ///< 1, 1/2 or 1/D
  float beta = 0.1f;
  Optimizer optimizer = Optimizer::adam;
  double learning_rate = 1e-3;
  double adam_beta1 = 0.9, adam_beta2 = 0.999, epsilon = 1e-8, weight_decay = 0, momentum = 0;
};

/// Per-latent sums of an evaluation pass, each [latents], over samples of weight times value.
struct RelevanceSums {
  double* kl = nullptr;
  double* mean = nullptr;         ///< mu
  double* mean_square = nullptr;  ///< mu^2
  double* variance = nullptr;     ///< s^2
  double* jacobian = nullptr;     ///< s^2 sum_d (d xhat_d / d z)^2 at z = mu; nullptr: not wanted
};

/// The part of `batch` that starts at sample `begin` and has at most `size` samples.
inline Batch batch_part(const Batch& batch, std::size_t begin, std::size_t size) {
  Batch part = batch;
  part.first_row += begin;
  if (part.rows != nullptr) part.rows += begin;
  part.count = batch.count - begin < size ? batch.count - begin : size;
  part.first_item += static_cast<std::uint32_t>(begin);
  return part;
}

template <class Tiles>
void encode_tile(Tiles& tiles, const Network& network) {
  for (int l = 0; l <= network.head(); ++l) tiles.affine(l);
}

template <class Tiles>
void decode_tile(Tiles& tiles, const Network& network) {
  for (int l = network.head() + 1; l < network.layer_count(); ++l) tiles.affine(l);
}

/// Adds the gradient of the tile in `tiles` to the gradient of the batch.
template <class Tiles>
void backward_tile(Tiles& tiles, const Network& network) {
  for (int l = network.layer_count() - 1; l > network.head(); --l) {
    tiles.weight_gradient(l);
    tiles.input_gradient(l);
  }
  tiles.latent_gradient();
  for (int l = network.head(); l >= 0; --l) {
    tiles.weight_gradient(l);
    if (l > 0) tiles.input_gradient(l);
  }
}

/// Gradient of the batch's mean loss, left in the executor; returns the sums of the loss before the update.
template <class Tiles>
LossSums batch_gradient(Tiles& tiles, const Network& network, const Batch& batch, const Noise& noise,
                        const StepSettings& settings) {
  LossSums sums;
  tiles.begin_batch(batch.count, settings);
  for (std::size_t begin = 0; begin < batch.count; begin += Tiles::tile_samples) {
    tiles.load(batch_part(batch, begin, Tiles::tile_samples));
    encode_tile(tiles, network);
    sums.kl += tiles.reparameterise(noise);
    decode_tile(tiles, network);
    sums.squared_error += tiles.reconstruction_gradient();
    backward_tile(tiles, network);
  }
  return sums;
}

/// One optimiser step on a batch. `step` counts from 1 (bias correction). If the loss is not finite the
/// parameters stay as they are, so that the caller can look for the cause.
template <class Tiles>
LossSums train_step(Tiles& tiles, const Network& network, const Batch& batch, const Noise& noise,
                    const StepSettings& settings, std::uint64_t step) {
  const LossSums sums = batch_gradient(tiles, network, batch, noise, settings);
  const double loss = sums.squared_error + sums.kl;
  if (loss - loss == 0) tiles.update(settings, step);
  return sums;
}

/// One pass without gradients: the loss with sampled z, and the per-latent sums of `relevance` if it is
/// given.
template <class Tiles>
LossSums evaluate(Tiles& tiles, const Network& network, const Batch& batch, const Noise& noise,
                  const RelevanceSums* relevance) {
  LossSums sums;
  for (std::size_t begin = 0; begin < batch.count; begin += Tiles::tile_samples) {
    tiles.load(batch_part(batch, begin, Tiles::tile_samples));
    encode_tile(tiles, network);
    sums.kl += tiles.reparameterise(noise);
    if (relevance != nullptr) tiles.add_relevance(*relevance);
    decode_tile(tiles, network);
    sums.squared_error += tiles.squared_error();
    if (relevance == nullptr || relevance->jacobian == nullptr) continue;
    tiles.take_mean_as_latent();
    decode_tile(tiles, network);
    for (int j = 0; j < network.latents; ++j) {
      for (int l = network.head() + 1; l < network.layer_count(); ++l) tiles.tangent(l, j);
      tiles.add_jacobian(j, relevance->jacobian);
    }
  }
  return sums;
}

}  // namespace symscan
