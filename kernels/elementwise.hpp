#pragma once
#include "kernels/simd_math.hpp"
#include "kernels/step.hpp"

// What a training step does to single numbers: activations, the latent's sampling and its gradient, the
// optimiser's update. Written on the vector register of the instruction set that includes it; a GPU thread's
// register has one lane.

namespace symscan::SYMSCAN_ISA {

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

/// tanh and relu give their derivative from their own value y; gelu and silu keep it in a matrix of its own.
SYMSCAN_HOST_DEVICE constexpr bool stores_derivative(Activation activation) {
  return activation == Activation::gelu || activation == Activation::silu;
}

/// The activation's derivative from its value, where !stores_derivative.
template <Activation activation>
SYMSCAN_INLINE Vec slope_from_value(Vec y) {
  if constexpr (activation == Activation::tanh) return fma(-y, y, broadcast(1.0f));
  if constexpr (activation == Activation::relu) return y > 0.0f ? broadcast(1.0f) : Vec{};
  return broadcast(1.0f);
}

/// The noise of these items for the four latents of a block (philox.hpp says what a draw depends on).
SYMSCAN_INLINE void draw_normals(const Noise& noise, WordVec item, std::uint32_t block, Vec (&normal)[4]) {
  const auto counter = draw_counter(noise.stream, noise.step, 0, 0);
  const auto key = seed_key(noise.seed);
  WordVec words[4];
  philox_words(item, block, counter[2], counter[3], key[0], key[1], words);
  box_muller(words[0], words[1], normal[0], normal[1]);
  box_muller(words[2], words[3], normal[2], normal[3]);
}

/// s = exp(logvar / 2)
SYMSCAN_INLINE Vec posterior_deviation(Vec logvar) {
  return exponential(logvar * 0.5f);
}

/// weight * KL_j
SYMSCAN_INLINE Vec kl_term(Vec mu, Vec logvar, Vec deviation, Vec weight) {
  const Vec twice_kl = fma(mu, mu, deviation * deviation) - 1.0f - logvar;
  return twice_kl * 0.5f * weight;
}

/// Gradients at mu and at logvar from the gradient dz at z; `weight` is event weight * beta / batch.
SYMSCAN_INLINE Vec mean_gradient(Vec dz, Vec mu, Vec weight) {
  return fma(weight, mu, dz);
}
SYMSCAN_INLINE Vec logvar_gradient(Vec dz, Vec noise, Vec deviation, Vec weight) {
  const Vec kl_slope = weight * 0.5f * fma(deviation, deviation, broadcast(-1.0f));
  return fma(dz * 0.5f * deviation, noise, kl_slope);
}

/// SGD with momentum as in PyTorch: m = momentum m + g, w -= lr m.
SYMSCAN_INLINE void sgd_update(const OptimizerStep& step, Vec gradient, Vec& parameter, Vec& moment) {
  moment = fma(broadcast(step.decay_1), moment, gradient);
  parameter = fma(moment, broadcast(step.step_size), parameter);
}

SYMSCAN_INLINE Vec adam_step(const OptimizerStep& step, Vec direction, Vec parameter) {
  return fma(broadcast(step.step_size), direction, step.keep * parameter);
}

/// Adam: Kingma & Ba, arXiv:1412.6980, algorithm 1. AdamW: Loshchilov & Hutter, arXiv:1711.05101, algorithm 2
/// (decay scaled by the learning rate).
SYMSCAN_INLINE void adam_update(const OptimizerStep& step, Vec gradient, Vec& parameter, Vec& first,
                                Vec& second) {
  first = fma(broadcast(step.decay_1), first, step.take_1 * gradient);
  second = fma(broadcast(step.decay_2), second, step.take_2 * (gradient * gradient));
  const Vec direction = first / (square_root(second * step.correct_2) + step.epsilon);
  parameter = adam_step(step, direction, parameter);
}

}  // namespace symscan::SYMSCAN_ISA
