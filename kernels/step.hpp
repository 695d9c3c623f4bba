#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/network.hpp"
#include "kernels/permutation.hpp"
#include "kernels/philox.hpp"

/// The VAE's training step and evaluation pass, written once as a sequence of tile operations. What a tile
/// operation does is the executor's business (`Tiles`): tiles_cpu.hpp (SIMD, one thread),
/// block/tiles_block.hpp (the threads of a GPU block), layered/tiles_layered.hpp (many replicas at once,
/// whole matrices), tests/kernels/tiles_reference.hpp (plain loops, float64; the oracle of the tests). An
/// executor holds one tile of samples; matrices are named by what they hold: "input of layer l" is the data
/// for layer 0, z for the first decoder layer, else the activations of layer l-1.
///
/// Loss per sample (averaged over the batch with event weights w, mean 1 over the training set):
///     L = scale * sum_d (xhat_d - x_d)^2 + beta * sum_j KL_j,   KL_j = (mu_j^2 + s_j^2 - 1 - ln s_j^2) / 2
///     z = mu + s eps,  s = exp(logvar / 2)          (Kingma & Welling, arXiv:1312.6114, eqs. 8-10)
///
/// Order of sums, the same in every float32 executor, so that CPU and GPU give the same bits: a product is a
/// chain of fused multiply-adds over its depth (for weight gradients: over the samples of the batch); other
/// sums over samples are segmented sums (below); sums over latents or features of one sample are chains.
namespace symscan {

/// Samples of one pass, by their row in the dataset.
struct Batch {
  const float* values = nullptr;         ///< [rows][features]
  const float* weights = nullptr;        ///< [rows], or nullptr: all one
  const std::uint32_t* rows = nullptr;   ///< row at each position, or nullptr: the position itself
  const Permutation* shuffle = nullptr;  ///< order in which positions are taken, or nullptr: in turn
  std::size_t first = 0;                 ///< position of the first sample
  std::size_t count = 0;
  std::uint32_t first_item = 0;  ///< noise counter of the first sample

  SYMSCAN_HOST_DEVICE std::size_t row(std::size_t sample) const {
    std::size_t position = first + sample;
    if (shuffle != nullptr) position = (*shuffle)(static_cast<std::uint32_t>(position));
    return rows != nullptr ? rows[position] : position;
  }
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

  SYMSCAN_HOST_DEVICE bool finite() const {
    const double loss = squared_error + kl;
    return loss - loss == 0;
  }
};

struct StepSettings {
  float reconstruction_scale = 1;  ///< 1, 1/2 or 1/D
  float beta = 0.1f;
  Optimizer optimizer = Optimizer::adam;
  std::uint32_t warmup_steps = 0;  ///< over which the learning rate rises, at the start or of every round
  double learning_rate = 1e-3;
  double adam_beta1 = 0.9, adam_beta2 = 0.999, epsilon = 1e-8, weight_decay = 0, momentum = 0;
};

/// Factors of the gradients of the mean loss of `count` samples: of w (xhat - x), and of w times KL's
/// gradient.
SYMSCAN_HOST_DEVICE float error_scale_of(const StepSettings& settings, std::size_t count) {
  return 2.0f * settings.reconstruction_scale / static_cast<float>(count);
}
SYMSCAN_HOST_DEVICE float kl_scale_of(const StepSettings& settings, std::size_t count) {
  return settings.beta / static_cast<float>(count);
}

/// An optimiser's constants at one step, rounded once.
struct OptimizerStep {
  Optimizer optimizer;
  float decay_1, decay_2, take_1, take_2, epsilon, step_size, correct_2, keep;
};

/// base^exponent by repeated squaring: the same on every machine.
SYMSCAN_HOST_DEVICE double integer_power(double base, std::uint64_t exponent) {
  double result = 1;
  for (; exponent != 0; exponent >>= 1, base *= base) {
    if (exponent & 1) result *= base;
  }
  return result;
}

/// `step` counts from 1.
SYMSCAN_HOST_DEVICE OptimizerStep optimizer_step(const StepSettings& settings, std::uint64_t step) {
  OptimizerStep constants = {};
  constants.optimizer = settings.optimizer;
  if (settings.optimizer == Optimizer::sgd) {
    constants.decay_1 = static_cast<float>(settings.momentum);
    constants.step_size = static_cast<float>(-settings.learning_rate);
    return constants;
  }
  constants.decay_1 = static_cast<float>(settings.adam_beta1);
  constants.decay_2 = static_cast<float>(settings.adam_beta2);
  constants.take_1 = static_cast<float>(1 - settings.adam_beta1);
  constants.take_2 = static_cast<float>(1 - settings.adam_beta2);
  constants.epsilon = static_cast<float>(settings.epsilon);
  constants.step_size =
      static_cast<float>(-settings.learning_rate / (1 - integer_power(settings.adam_beta1, step)));
  constants.correct_2 = static_cast<float>(1 / (1 - integer_power(settings.adam_beta2, step)));
  const double decay = settings.optimizer == Optimizer::adamw ? settings.weight_decay : 0.0;
  constants.keep = static_cast<float>(1 - settings.learning_rate * decay);
  return constants;
}

/// Per-latent sums of an evaluation pass, each [latents], over samples of weight times value.
struct RelevanceSums {
  static constexpr int count = 5;       ///< of the sums, in the order of the members
  static constexpr int of_encoder = 4;  ///< the first ones, which need no decoder

  double* kl = nullptr;
  double* mean = nullptr;         ///< mu
  double* mean_square = nullptr;  ///< mu^2
  double* variance = nullptr;     ///< s^2
  double* jacobian = nullptr;     ///< s^2 sum_d (d xhat_d / d z)^2 at z = mu; nullptr: not wanted

  /// Doubles that all of them take.
  SYMSCAN_HOST_DEVICE static constexpr std::size_t size(std::size_t latents) { return count * latents; }
  /// The sums in an array [count][latents]. `Count`: int or std::size_t, as the caller counts.
  template <class Count>
  SYMSCAN_HOST_DEVICE static RelevanceSums in(double* sums, Count latents) {
    RelevanceSums all = encoder_in(sums, latents);
    all.jacobian = sums + of_encoder * latents;
    return all;
  }
  /// The sums in an array [of_encoder][latents]; no jacobian.
  template <class Count>
  SYMSCAN_HOST_DEVICE static RelevanceSums encoder_in(double* sums, Count latents) {
    return {sums, sums + latents, sums + 2 * latents, sums + 3 * latents, nullptr};
  }
};

/// Samples whose sum is a tree of pairs: element i and i + 8, then i + 4, i + 2, i + 1. A segmented sum adds
/// the segments' sums one after the other.
inline constexpr int segment_samples = 16;

/// The sum of one segment: term(i) for i = 0..15.
template <class T, class Term>
SYMSCAN_ALGORITHM T segment_sum(Term term) {
  T value[segment_samples];
  SYMSCAN_UNROLL
  for (int i = 0; i < segment_samples; ++i) value[i] = term(i);
  SYMSCAN_UNROLL
  for (int width = segment_samples / 2; width >= 1; width /= 2) {
    SYMSCAN_UNROLL
    for (int i = 0; i < width; ++i) value[i] += value[i + width];
  }
  return value[0];
}

/// The part of `batch` that starts at sample `begin` and has at most `size` samples.
SYMSCAN_HOST_DEVICE Batch batch_part(const Batch& batch, std::size_t begin, std::size_t size) {
  Batch part = batch;
  part.first += begin;
  part.count = batch.count - begin < size ? batch.count - begin : size;
  part.first_item += static_cast<std::uint32_t>(begin);
  return part;
}

// `Shape` is Network or has its members features, latents, head() and layer_count().

template <class Tiles, class Shape>
SYMSCAN_ALGORITHM void encode_tile(Tiles& tiles, const Shape& network) {
  for (int l = 0; l <= network.head(); ++l) tiles.affine(l);
}

template <class Tiles, class Shape>
SYMSCAN_ALGORITHM void decode_tile(Tiles& tiles, const Shape& network) {
  for (int l = network.head() + 1; l < network.layer_count(); ++l) tiles.affine(l);
}

/// Adds the gradient of the tile in `tiles` to the gradient of the batch.
template <class Tiles, class Shape>
SYMSCAN_ALGORITHM void backward_tile(Tiles& tiles, const Shape& network) {
  for (int l = network.layer_count() - 1; l >= 0; --l) {
    tiles.weight_gradient(l);
    if (l > 0) tiles.input_gradient(l);
    if (l == network.head() + 1) tiles.latent_gradient();
  }
  tiles.bias_gradients();
}

/// Leaves the gradient of the batch's mean loss and the sums of the loss in the executor.
template <class Tiles, class Shape>
SYMSCAN_ALGORITHM void batch_gradient(Tiles& tiles, const Shape& network, const Batch& batch,
                                      const Noise& noise, const StepSettings& settings) {
  tiles.begin_batch(batch.count, settings);
  for (std::size_t begin = 0; begin < batch.count; begin += tiles.tile_samples()) {
    tiles.load(batch_part(batch, begin, tiles.tile_samples()));
    encode_tile(tiles, network);
    tiles.reparameterise(noise);
    decode_tile(tiles, network);
    tiles.reconstruction_gradient();
    tiles.add_losses();
    backward_tile(tiles, network);
  }
}

/// One optimiser step on a batch. `step` counts from 1 (bias correction). If the loss is not finite the
/// parameters stay as they are, so that the caller can look for the cause. The sums of the loss, before the
/// update, are left in the executor.
template <class Tiles, class Shape>
SYMSCAN_ALGORITHM void train_step(Tiles& tiles, const Shape& network, const Batch& batch, const Noise& noise,
                                  const StepSettings& settings, std::uint64_t step) {
  batch_gradient(tiles, network, batch, noise, settings);
  tiles.update_if_finite(settings, step);
}

/// One pass without gradients: leaves the sums of the loss with sampled z in the executor, and adds to the
/// per-latent sums of `relevance` if it is given.
template <class Tiles, class Shape>
SYMSCAN_ALGORITHM void evaluate(Tiles& tiles, const Shape& network, const Batch& batch, const Noise& noise,
                                const RelevanceSums* relevance) {
  tiles.begin_pass();
  for (std::size_t begin = 0; begin < batch.count; begin += tiles.tile_samples()) {
    tiles.load(batch_part(batch, begin, tiles.tile_samples()));
    encode_tile(tiles, network);
    tiles.reparameterise(noise);
    if (relevance != nullptr) tiles.add_relevance(*relevance);
    decode_tile(tiles, network);
    tiles.squared_error();
    tiles.add_losses();
    if (relevance == nullptr || relevance->jacobian == nullptr) continue;
    // The tangents need the slopes of the hidden layers at z = mu, not the output.
    tiles.take_mean_as_latent();
    for (int l = network.head() + 1; l < network.layer_count() - 1; ++l) tiles.affine(l);
    for (int j = 0; j < network.latents; ++j) {
      for (int l = network.head() + 1; l < network.layer_count(); ++l) tiles.tangent(l, j);
      tiles.add_jacobian(j, relevance->jacobian);
    }
  }
}

/// The encoder's half of an evaluation pass: adds to the per-latent sums only.
template <class Tiles, class Shape>
SYMSCAN_ALGORITHM void measure_relevance(Tiles& tiles, const Shape& network, const Batch& batch,
                                         const Noise& noise, const RelevanceSums& relevance) {
  for (std::size_t begin = 0; begin < batch.count; begin += tiles.tile_samples()) {
    tiles.load(batch_part(batch, begin, tiles.tile_samples()));
    encode_tile(tiles, network);
    tiles.reparameterise(noise);
    tiles.add_relevance(relevance);
  }
}

}  // namespace symscan
