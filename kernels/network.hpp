#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/host_device.hpp"
#include "kernels/vocabulary.hpp"

namespace symscan {

inline constexpr int max_hidden_layers = 32;
inline constexpr int max_layers = 2 * max_hidden_layers + 2;
/// Contiguous weight rows and biases are padded to this many floats, so that every vector load is whole.
inline constexpr int lane_padding = 16;

SYMSCAN_HOST_DEVICE constexpr std::size_t padded(std::size_t count) {
  return (count + lane_padding - 1) / lane_padding * lane_padding;
}

/// One affine layer y = W x + b and where its parameters lie in the replica's parameter vector.
/// W(i, o), input i to output o, is at weight + i * in_stride + o * out_stride; one of the strides is 1.
struct Layer {
  int in = 0, out = 0;
  bool activated = false;  ///< followed by the activation of the network
  std::size_t weight = 0, bias = 0;
  std::size_t in_stride = 0, out_stride = 0;

  SYMSCAN_HOST_DEVICE bool out_contiguous() const { return out_stride == 1; }
  SYMSCAN_HOST_DEVICE std::size_t index(int i, int o) const {
    return weight + static_cast<std::size_t>(i) * in_stride + static_cast<std::size_t>(o) * out_stride;
  }
};

/// A VAE: encoder D -> hidden..., one head of 2 L outputs (mu, then logvar), decoder L -> hidden reversed...
/// -> D. Plain data, fit to be copied to a device. Padding in the parameter vector is zero and stays zero.
struct Network {
  int features = 0;       ///< D
  int latents = 0;        ///< L
  int hidden_layers = 0;  ///< H, on each side
  Activation activation = Activation::tanh;
  Layer layers[max_layers];         ///< 0..H-1 encoder, H the head, H+1..2H decoder, 2H+1 output
  std::size_t parameter_count = 0;  ///< length of the (padded) parameter vector

  SYMSCAN_HOST_DEVICE int layer_count() const { return 2 * hidden_layers + 2; }
  SYMSCAN_HOST_DEVICE int head() const { return hidden_layers; }
};

/// Lays out the parameters; hidden has at most max_hidden_layers widths. Throws std::length_error beyond
/// that.
Network make_network(int features, const std::vector<int>& hidden, int latents, Activation activation);

/// Number of weights and biases without padding.
std::size_t trainable_parameters(const Network& network);

/// Multiply-adds of the layers in a training step, for one sample: forward, weight gradient, input gradient.
double step_multiply_adds(const Network& network);

/// Initial weights: uniform as vocabulary.hpp says for the activation, Glorot where none follows; keyed by
/// (seed, layer, output, input). Biases zero.
/// `parameters`: [parameter_count].
void initialise_parameters(const Network& network, std::uint64_t seed, float* parameters);

}  // namespace symscan
