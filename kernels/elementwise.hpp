#pragma once
#include <cmath>

#include "kernels/simd_math.hpp"
#include "kernels/step.hpp"

// What a training step does to single numbers: activations, the latent's sampling and its gradient, the
// optimiser's update. Written on the vector register of the instruction set that includes it; a GPU thread's
// register has one lane.

namespace symscan::SYMSCAN_ISA {

/// What an activation is. An activation of the list (vocabulary.hpp) without these does not compile.
///   Vec value(Vec x, Vec& slope)            its value, and its derivative at x
///   Vec slope_of_value(Vec y)               the derivative where the value is y, if it is not stored
///   double exact(double x, double& slope)   value and derivative in float64, for what follows a training
template <Activation activation>
struct ActivationFunctions;

template <>
struct ActivationFunctions<Activation::tanh> {
  SYMSCAN_INLINE Vec value(Vec x, Vec& slope) {
    const Vec y = hyperbolic_tangent(x);
    slope = slope_of_value(y);
    return y;
  }
  SYMSCAN_INLINE Vec slope_of_value(Vec y) { return fma(-y, y, broadcast(1.0f)); }
  SYMSCAN_INLINE double exact(double x, double& slope) {
    const double y = std::tanh(x);
    slope = 1.0 - y * y;
    return y;
  }
};

template <>
struct ActivationFunctions<Activation::relu> {
  SYMSCAN_INLINE Vec value(Vec x, Vec& slope) {
    slope = slope_of_value(x);
    return x > 0.0f ? x : (x == x ? Vec{} : x);  // NaN stays
  }
  SYMSCAN_INLINE Vec slope_of_value(Vec y) { return y > 0.0f ? broadcast(1.0f) : Vec{}; }
  SYMSCAN_INLINE double exact(double x, double& slope) {
    slope = x > 0.0 ? 1.0 : 0.0;
    return x > 0.0 ? x : 0.0;
  }
};

template <>
struct ActivationFunctions<Activation::gelu> {
  SYMSCAN_INLINE Vec value(Vec x, Vec& slope) {
    Vec density;
    const Vec distribution = normal_distribution(x, density);
    slope = fma(x, density, distribution);
    return x * distribution;
  }
  SYMSCAN_INLINE double exact(double x, double& slope) {
    const double cumulative = 0.5 * std::erfc(-x * std::sqrt(0.5));
    slope = cumulative + x * std::exp(-0.5 * x * x) / std::sqrt(2.0 * M_PI);
    return x * cumulative;
  }
};

template <>
struct ActivationFunctions<Activation::silu> {
  SYMSCAN_INLINE Vec value(Vec x, Vec& slope) {
    const Vec sigma = logistic(x);
    slope = fma(x * sigma, 1.0f - sigma, sigma);
    return x * sigma;
  }
  SYMSCAN_INLINE double exact(double x, double& slope) {
    const double sigmoid = 1.0 / (1.0 + std::exp(-x));
    slope = sigmoid * (1.0 + x * (1.0 - sigmoid));
    return x * sigmoid;
  }
};

template <>
struct ActivationFunctions<Activation::linear> {
  SYMSCAN_INLINE Vec value(Vec x, Vec& slope) {
    slope = slope_of_value(x);
    return x;
  }
  SYMSCAN_INLINE Vec slope_of_value(Vec) { return broadcast(1.0f); }
  SYMSCAN_INLINE double exact(double x, double& slope) {
    slope = 1.0;
    return x;
  }
};

template <Activation activation>
SYMSCAN_INLINE Vec activate(Vec x, Vec& slope) {
  return ActivationFunctions<activation>::value(x, slope);
}

/// The slope from what is kept of an activation: its value, or the slope itself if that is stored.
template <Activation activation>
SYMSCAN_INLINE Vec slope_of_kept(Vec kept) {
  if constexpr (stores_derivative(activation)) {
    return kept;
  } else {
    return ActivationFunctions<activation>::slope_of_value(kept);
  }
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
