#pragma once
#include "kernels/multiply_cpu.hpp"
#include "kernels/simd_math.hpp"
#include "kernels/step.hpp"
#include "kernels/workspace.hpp"

// The tile operations of step.hpp for one CPU thread. A matrix is [row = feature or neuron][sample], the
// sample contiguous: narrow layers (2 features, 4 latents) then still fill whole vectors. One product
// (multiply_cpu.hpp) serves a layer three times: forward, input gradient, and weight gradient (after a
// transposition of the side that is contiguous in the weights, so that gradients come out in the weights' own
// layout).

namespace symscan::SYMSCAN_ISA {

/// Sum of `count` floats (a multiple of lane_padding) in an order that does not depend on the vector width:
/// sixteen partial sums, added pairwise.
SYMSCAN_INLINE float fixed_sum(const float* values, int count) {
  constexpr int parts = lane_padding / lanes;
  Vec partial[parts] = {};
  for (int i = 0; i < count; i += lane_padding) {
    for (int p = 0; p < parts; ++p) partial[p] += load(values + i + p * lanes);
  }
  alignas(64) float sixteen[lane_padding];
  for (int p = 0; p < parts; ++p) store(sixteen + p * lanes, partial[p]);
  for (int width = lane_padding / 2; width >= 1; width /= 2) {
    for (int i = 0; i < width; ++i) sixteen[i] += sixteen[i + width];
  }
  return sixteen[0];
}

/// The noise of `lanes` consecutive items for the four latents of a block (philox.hpp says what a draw
/// depends on).
SYMSCAN_INLINE void draw_normals(const Noise& noise, std::uint32_t first_item, std::uint32_t block,
                                 Vec (&normal)[4]) {
  const auto counter = draw_counter(noise.stream, noise.step, 0, 0);
  const auto key = seed_key(noise.seed);
  WordVec words[4];
  philox_words(reinterpret_cast<WordVec>(lane_numbers()) + first_item, block, counter[2], counter[3], key[0],
               key[1], words);
  box_muller(words[0], words[1], normal[0], normal[1]);
  box_muller(words[2], words[3], normal[2], normal[3]);
}

template <Activation activation>
SYMSCAN_INLINE Vec activate(Vec x, Vec& derivative) {
  if constexpr (activation == Activation::tanh) {
    const Vec y = hyperbolic_tangent(x);
    derivative = fma(-y, y, broadcast(1.0f));
    return y;
  } else if constexpr (activation == Activation::relu) {
    derivative = x > 0.0f ? broadcast(1.0f) : Vec{};
    return x > 0.0f ? x : (x == x ? Vec{} : x);
  } else if constexpr (activation == Activation::gelu) {
    Vec density;
    const Vec distribution = normal_distribution(x, density);
    derivative = fma(x, density, distribution);
    return x * distribution;
  } else if constexpr (activation == Activation::silu) {
    const Vec sigma = logistic(x);
    derivative = fma(x * sigma, 1.0f - sigma, sigma);
    return x * sigma;
  } else {
    derivative = broadcast(1.0f);
    return x;
  }
}

/// tanh and relu give their derivative from their own value; gelu and silu keep it in a matrix of its own.
constexpr bool stores_derivative(Activation activation) {
  return activation == Activation::gelu || activation == Activation::silu;
}

template <Activation activation>
struct CpuTiles {
  static constexpr std::size_t tile_samples = Workspace::tile_samples;
  static constexpr std::size_t stride = Workspace::row_stride;

  const Network& network;
  Workspace work;
  float* parameters;
  float* gradient;
  float* first_moment;
  float* second_moment;
  int samples = 0;  ///< in this tile
  int columns = 0;  ///< samples padded to whole vectors; padding has event weight 0
  std::uint32_t first_item = 0;
  float error_scale = 0, kl_scale = 0;
  bool add_gradient = false;

  void begin_batch(std::size_t count, const StepSettings& settings) {
    error_scale = 2.0f * settings.reconstruction_scale / static_cast<float>(count);
    kl_scale = settings.beta / static_cast<float>(count);
    add_gradient = false;
  }

  void load(const Batch& batch) {
    samples = static_cast<int>(batch.count);
    columns = static_cast<int>(padded(batch.count));
    first_item = batch.first_item;
    float* x = work.input(0);
    const auto features = static_cast<std::size_t>(network.features);
    for (int s = 0; s < samples; ++s) {
      const std::size_t row = batch.rows != nullptr ? batch.rows[s] : batch.first_row + s;
      const float* sample = batch.values + row * features;
      for (std::size_t d = 0; d < features; ++d) x[d * stride + s] = sample[d];
      work.event_weight[s] = batch.weights != nullptr ? batch.weights[row] : 1.0f;
    }
    for (int s = samples; s < columns; ++s) {
      for (std::size_t d = 0; d < features; ++d) x[d * stride + s] = 0.0f;
      work.event_weight[s] = 0.0f;
    }
  }

  void affine(int l) {
    const Layer& layer = network.layers[l];
    multiply({parameters + layer.weight, layer.in_stride, layer.out_stride, layer.in, work.input(l), stride,
              parameters + layer.bias, false, work.output(l), stride},
             layer.out, columns);
    if (!layer.activated || activation == Activation::linear) return;
    for (int row = 0; row < layer.out; ++row) {
      float* y = work.output(l) + row * stride;
      float* slope = stores_derivative(activation) ? work.derivative(l) + row * stride : nullptr;
      for (int s = 0; s < columns; s += lanes) {
        Vec derivative;
        store(y + s, activate<activation>(SYMSCAN_ISA::load(y + s), derivative));
        if constexpr (stores_derivative(activation)) store(slope + s, derivative);
      }
    }
  }

  /// The activation's derivative at the output of layer l.
  Vec slope(int l, std::size_t offset) const {
    const Vec y = SYMSCAN_ISA::load(work.output(l) + offset);
    if constexpr (activation == Activation::tanh) return fma(-y, y, broadcast(1.0f));
    if constexpr (activation == Activation::relu) return y > 0.0f ? broadcast(1.0f) : Vec{};
    if constexpr (stores_derivative(activation)) return SYMSCAN_ISA::load(work.derivative(l) + offset);
    return broadcast(1.0f);
  }

  /// z = mu + s eps; returns the weighted sum of the KL terms. Draws depend on (seed, stream, step, item,
  /// latent) only.
  double reparameterise(const Noise& noise) {
    const int latents = network.latents;
    const float* head = work.output(network.head());
    float* z = work.latent();
    double kl = 0;
    for (int block = 0; block * 4 < latents; ++block) {
      for (int s = 0; s < columns; s += lanes) {
        Vec eps[4];
        draw_normals(noise, first_item + static_cast<std::uint32_t>(s), static_cast<std::uint32_t>(block),
                     eps);
        for (int i = 0; i < 4 && block * 4 + i < latents; ++i) {
          const std::size_t at = (block * 4 + i) * stride + s;
          const Vec mu = SYMSCAN_ISA::load(head + at),
                    logvar = SYMSCAN_ISA::load(head + latents * stride + at);
          const Vec deviation = exponential(logvar * 0.5f);
          const Vec variance = deviation * deviation;
          store(work.noise + at, eps[i]);
          store(work.deviation + at, deviation);
          store(z + at, fma(deviation, eps[i], mu));
          const Vec twice_kl = fma(mu, mu, variance) - 1.0f - logvar;
          store(work.kl_terms + at, twice_kl * 0.5f * SYMSCAN_ISA::load(work.event_weight + s));
        }
      }
    }
    for (int j = 0; j < latents; ++j) kl += fixed_sum(work.kl_terms + j * stride, columns);
    return kl;
  }

  /// Leaves 2 scale w (xhat - x) / batch in the output; returns the weighted sum of squared errors.
  double reconstruction_gradient() { return compare<true>(); }
  double squared_error() { return compare<false>(); }

  template <bool with_gradient>
  double compare() {
    double sum = 0;
    float* output = work.output(network.layer_count() - 1);
    const float* x = work.input(0);
    for (int d = 0; d < network.features; ++d) {
      for (int s = 0; s < columns; s += lanes) {
        const std::size_t at = d * stride + s;
        const Vec difference = SYMSCAN_ISA::load(output + at) - SYMSCAN_ISA::load(x + at);
        const Vec weighted = difference * SYMSCAN_ISA::load(work.event_weight + s);
        store(work.scratch + s, weighted * difference);
        if constexpr (with_gradient) store(output + at, weighted * error_scale);
      }
      sum += fixed_sum(work.scratch, columns);
    }
    return sum;
  }

  /// Gradients of the weights and biases of layer l from its input and from the gradient at its output.
  void weight_gradient(int l) {
    const Layer& layer = network.layers[l];
    const bool wide_out = layer.out_contiguous();
    const int wide = wide_out ? layer.out : layer.in, narrow = wide_out ? layer.in : layer.out;
    const float* wide_rows = wide_out ? work.output(l) : work.input(l);
    const float* narrow_rows = wide_out ? work.input(l) : work.output(l);
    const int wide_padded = static_cast<int>(padded(wide));
    transpose(wide_rows, wide, wide_padded);
    multiply({narrow_rows, 1, stride, columns, work.transposed, static_cast<std::size_t>(wide_padded),
              nullptr, add_gradient, gradient + layer.weight, static_cast<std::size_t>(wide_padded)},
             narrow, wide_padded);
    float* bias = gradient + layer.bias;
    if (wide_out) {
      multiply({work.ones, 1, 0, columns, work.transposed, static_cast<std::size_t>(wide_padded), nullptr,
                add_gradient, bias, static_cast<std::size_t>(wide_padded)},
               1, wide_padded);
    } else {
      for (int o = 0; o < layer.out; ++o) {
        const float sum = fixed_sum(narrow_rows + o * stride, columns);
        bias[o] = add_gradient ? bias[o] + sum : sum;
      }
      if (!add_gradient) {
        for (std::size_t o = layer.out; o < padded(layer.out); ++o) bias[o] = 0.0f;
      }
    }
    if (l == 0) add_gradient = true;  // the last gradient of a tile: the next tile adds to this one
  }

  /// work.transposed[s][i] = rows[i][s], padding columns zero.
  void transpose(const float* rows, int count, int count_padded) {
    int i = 0;
    for (; i + lanes <= count; i += lanes) {
      for (int s = 0; s < columns; s += lanes) {
        transpose_block(rows + i * stride + s, stride, work.transposed + s * count_padded + i, count_padded);
      }
    }
    for (int s = 0; s < columns && i < count_padded; ++s) {
      for (int rest = i; rest < count_padded; ++rest) {
        work.transposed[s * count_padded + rest] = rest < count ? rows[rest * stride + s] : 0.0f;
      }
    }
  }

  /// Overwrites the input of layer l with the gradient there, through the activation of the layer before.
  void input_gradient(int l) {
    const Layer& layer = network.layers[l];
    const int before = l - 1;
    const bool through_activation =
        activation != Activation::linear && network.layers[before].activated && l != network.head() + 1;
    float* target = through_activation ? work.tangent(0) : work.input(l);
    multiply({parameters + layer.weight, layer.out_stride, layer.in_stride, layer.out, work.output(l), stride,
              nullptr, false, target, stride},
             layer.in, columns);
    if (!through_activation) return;
    for (int row = 0; row < layer.in; ++row) {
      for (int s = 0; s < columns; s += lanes) {
        const std::size_t at = row * stride + s;
        store(work.input(l) + at, SYMSCAN_ISA::load(target + at) * slope(before, at));
      }
    }
  }

  /// From the gradient at z to the gradient at (mu, logvar), in place of the head's output.
  void latent_gradient() {
    const int latents = network.latents;
    float* mean = work.output(network.head());
    float* logvar = mean + latents * stride;
    const float* z_gradient = work.latent();
    for (int j = 0; j < latents; ++j) {
      for (int s = 0; s < columns; s += lanes) {
        const std::size_t at = j * stride + s;
        const Vec weight = SYMSCAN_ISA::load(work.event_weight + s) * kl_scale;
        const Vec dz = SYMSCAN_ISA::load(z_gradient + at), deviation = SYMSCAN_ISA::load(work.deviation + at);
        store(mean + at, fma(weight, SYMSCAN_ISA::load(mean + at), dz));
        const Vec kl_slope = weight * 0.5f * fma(deviation, deviation, broadcast(-1.0f));
        store(logvar + at, fma(dz * 0.5f * deviation, SYMSCAN_ISA::load(work.noise + at), kl_slope));
      }
    }
  }

  void take_mean_as_latent() {
    const float* mean = work.output(network.head());
    for (int j = 0; j < network.latents; ++j) {
      for (int s = 0; s < columns; s += lanes)
        store(work.latent() + j * stride + s, SYMSCAN_ISA::load(mean + j * stride + s));
    }
  }

  /// Forward-mode derivative of the decoder along latent j, layer by layer (l from the first decoder layer
  /// on).
  void tangent(int l, int j) {
    const Layer& layer = network.layers[l];
    float* out = work.tangent((l - network.head()) % 2);
    if (l == network.head() + 1) {
      for (int o = 0; o < layer.out; ++o) {
        const Vec weight = broadcast(parameters[layer.index(j, o)]);
        for (int s = 0; s < columns; s += lanes) store(out + o * stride + s, weight);
      }
    } else {
      multiply({parameters + layer.weight, layer.in_stride, layer.out_stride, layer.in,
                work.tangent((l - network.head() + 1) % 2), stride, nullptr, false, out, stride},
               layer.out, columns);
    }
    if (!layer.activated || activation == Activation::linear) return;
    for (int o = 0; o < layer.out; ++o) {
      for (int s = 0; s < columns; s += lanes) {
        const std::size_t at = o * stride + s;
        store(out + at, SYMSCAN_ISA::load(out + at) * slope(l, at));
      }
    }
  }

  /// Adds sum_samples w s_j^2 |d xhat / d z_j|^2 of the tangent in place.
  void add_jacobian(int j, double* jacobian) {
    const float* tangent_out = work.tangent((network.layer_count() - 1 - network.head()) % 2);
    for (int s = 0; s < samples; ++s) {
      double norm = 0;
      for (int d = 0; d < network.features; ++d) {
        const double slope_d = tangent_out[d * stride + s];
        norm += slope_d * slope_d;
      }
      const double deviation = work.deviation[j * stride + s];
      jacobian[j] += work.event_weight[s] * deviation * deviation * norm;
    }
  }

  void add_relevance(const RelevanceSums& sums) {
    const float* head = work.output(network.head());
    for (int j = 0; j < network.latents; ++j) {
      const float* mean = head + j * stride;
      for (int s = 0; s < samples; ++s) {
        const double weight = work.event_weight[s], mu = mean[s], deviation = work.deviation[j * stride + s];
        sums.kl[j] += work.kl_terms[j * stride + s];
        sums.mean[j] += weight * mu;
        sums.mean_square[j] += weight * mu * mu;
        sums.variance[j] += weight * deviation * deviation;
      }
    }
  }

  void update(const StepSettings& settings, std::uint64_t step);
};

/// beta^step by repeated squaring: the same on every machine.
SYMSCAN_INLINE double integer_power(double base, std::uint64_t exponent) {
  double result = 1;
  for (; exponent != 0; exponent >>= 1, base *= base) {
    if (exponent & 1) result *= base;
  }
  return result;
}

/// Adam: Kingma & Ba, arXiv:1412.6980, algorithm 1. AdamW: Loshchilov & Hutter, arXiv:1711.05101, algorithm 2
/// (decay scaled by the learning rate). SGD with momentum as in PyTorch: m = momentum m + g, w -= lr m.
template <Activation activation>
void CpuTiles<activation>::update(const StepSettings& settings, std::uint64_t step) {
  const std::size_t count = network.parameter_count;
  const auto rate = static_cast<float>(settings.learning_rate);
  if (settings.optimizer == Optimizer::sgd) {
    const Vec momentum = broadcast(static_cast<float>(settings.momentum));
    for (std::size_t p = 0; p < count; p += lanes) {
      const Vec moment = fma(momentum, SYMSCAN_ISA::load(first_moment + p), SYMSCAN_ISA::load(gradient + p));
      store(first_moment + p, moment);
      store(parameters + p, fma(moment, broadcast(-rate), SYMSCAN_ISA::load(parameters + p)));
    }
    return;
  }
  const Vec decay_1 = broadcast(static_cast<float>(settings.adam_beta1));
  const Vec decay_2 = broadcast(static_cast<float>(settings.adam_beta2));
  const Vec take_1 = broadcast(static_cast<float>(1 - settings.adam_beta1));
  const Vec take_2 = broadcast(static_cast<float>(1 - settings.adam_beta2));
  const Vec epsilon = broadcast(static_cast<float>(settings.epsilon));
  const Vec step_size =
      broadcast(static_cast<float>(-settings.learning_rate / (1 - integer_power(settings.adam_beta1, step))));
  const Vec correct_2 = broadcast(static_cast<float>(1 / (1 - integer_power(settings.adam_beta2, step))));
  const bool decoupled = settings.optimizer == Optimizer::adamw;
  const Vec keep =
      broadcast(decoupled ? static_cast<float>(1 - settings.learning_rate * settings.weight_decay) : 1.0f);
  for (std::size_t p = 0; p < count; p += lanes) {
    const Vec g = SYMSCAN_ISA::load(gradient + p);
    const Vec m = fma(decay_1, SYMSCAN_ISA::load(first_moment + p), take_1 * g);
    const Vec v = fma(decay_2, SYMSCAN_ISA::load(second_moment + p), take_2 * (g * g));
    store(first_moment + p, m);
    store(second_moment + p, v);
    const Vec direction = m / (square_root(v * correct_2) + epsilon);
    store(parameters + p, fma(step_size, direction, keep * SYMSCAN_ISA::load(parameters + p)));
  }
}

}  // namespace symscan::SYMSCAN_ISA
