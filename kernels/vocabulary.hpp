#pragma once
#include <type_traits>

#include "kernels/host_device.hpp"

/// Words that configs, kernels and documents share.
namespace symscan {

/// The activations: X(name, slope, weights). Everything that differs between them is here and in
/// ActivationFunctions (elementwise.hpp).
///   name     also its text in configs
///   slope    of_value: told from the activation's value; stored: kept in a matrix of its own
///   weights  distribution of the initial weights
// clang-format off
#define SYMSCAN_ACTIVATIONS(X) \
  X(tanh, of_value, glorot)    \
  X(relu, of_value, he)        \
  X(gelu, stored, he)          \
  X(silu, stored, he)          \
  X(linear, of_value, glorot)
// clang-format on

#define SYMSCAN_ACTIVATION(name, slope, weights) name,
enum class Activation { SYMSCAN_ACTIVATIONS(SYMSCAN_ACTIVATION) };
#undef SYMSCAN_ACTIVATION

enum class Slope { of_value, stored };
/// Glorot & Bengio, AISTATS 2010; He et al., arXiv:1502.01852.
enum class InitialWeights { glorot, he };

struct ActivationProperties {
  Slope slope;
  InitialWeights weights;
};

/// In the order of the enum.
#define SYMSCAN_ACTIVATION(name, slope, weights) {Slope::slope, InitialWeights::weights},
inline constexpr ActivationProperties activation_properties[] = {SYMSCAN_ACTIVATIONS(SYMSCAN_ACTIVATION)};
#undef SYMSCAN_ACTIVATION
#define SYMSCAN_ACTIVATION(name, slope, weights) Activation::name,
inline constexpr Activation all_activations[] = {SYMSCAN_ACTIVATIONS(SYMSCAN_ACTIVATION)};
#undef SYMSCAN_ACTIVATION

SYMSCAN_HOST_DEVICE constexpr const ActivationProperties& properties_of(Activation activation) {
  return activation_properties[static_cast<int>(activation)];
}

/// Whether the derivative is kept in a matrix of its own, since the value does not tell it.
SYMSCAN_HOST_DEVICE constexpr bool stores_derivative(Activation activation) {
  return properties_of(activation).slope == Slope::stored;
}

/// Whether the activation does anything.
SYMSCAN_HOST_DEVICE constexpr bool bends(Activation activation) {
  return activation != Activation::linear;
}

/// An activation known when the code is compiled; converts to its value.
template <Activation activation>
using ActivationConstant = std::integral_constant<Activation, activation>;

/// f(ActivationConstant<activation>())
template <class F>
SYMSCAN_HOST_DEVICE void with_activation(Activation activation, F f) {
  switch (activation) {
#define SYMSCAN_ACTIVATION(name, slope, weights) \
  case Activation::name:                         \
    return f(ActivationConstant<Activation::name>());
    SYMSCAN_ACTIVATIONS(SYMSCAN_ACTIVATION)
#undef SYMSCAN_ACTIVATION
  }
}

/// The relevance measures of latents: X(name, order, pass). host/train/latent_measures.hpp defines them.
///   name   also its text in configs and files
///   order  descending: the most relevant latent has the largest value; ascending: the smallest
///   pass   encoder: the sums of the encoder's pass give it; decoder: it needs the decoder's derivatives too
enum class MeasureOrder { descending, ascending };
enum class MeasurePass { encoder, decoder };
// clang-format off
#define SYMSCAN_RELEVANCE_MEASURES(X)       \
  X(kl, descending, encoder)                \
  X(activity, descending, encoder)          \
  X(posterior_variance, ascending, encoder) \
  X(jacobian, descending, decoder)
// clang-format on

#define SYMSCAN_MEASURE(name, order, pass) name,
enum class RelevanceMeasure { SYMSCAN_RELEVANCE_MEASURES(SYMSCAN_MEASURE) };
#undef SYMSCAN_MEASURE

enum class LossKind { sum, half_sum, mean };
enum class Optimizer { adam, adamw, sgd };

/// Arithmetic of the matrix products: float32, or the tensor cores' tf32 (10 bits of mantissa) and bf16
/// (7 bits) with float32 sums, for layers with both sides of at least 16.
enum class Precision { fp32, tf32, bf16 };

}  // namespace symscan
