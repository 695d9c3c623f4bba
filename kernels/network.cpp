#include "kernels/network.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "kernels/philox.hpp"

namespace symscan {
namespace {

/// The side of the weight matrix that wastes less when padded becomes the contiguous one.
Layer place_layer(int in, int out, bool activated, std::size_t& next) {
  Layer layer;
  layer.in = in;
  layer.out = out;
  layer.activated = activated;
  const bool out_contiguous = in * padded(out) <= out * padded(in);
  layer.in_stride = out_contiguous ? padded(out) : 1;
  layer.out_stride = out_contiguous ? 1 : padded(in);
  layer.weight = next;
  next += out_contiguous ? in * padded(out) : out * padded(in);
  layer.bias = next;
  next += padded(out);
  return layer;
}

}  // namespace

Network make_network(int features, const std::vector<int>& hidden, int latents, Activation activation) {
  if (hidden.size() > max_hidden_layers) throw std::length_error("at most 32 hidden layers are supported");
  Network network;
  network.features = features;
  network.latents = latents;
  network.hidden_layers = static_cast<int>(hidden.size());
  network.activation = activation;
  int count = 0, width = features;
  std::size_t next = 0;
  for (const int hidden_width : hidden) {
    network.layers[count++] = place_layer(width, hidden_width, true, next);
    width = hidden_width;
  }
  network.layers[count++] = place_layer(width, 2 * latents, false, next);
  width = latents;
  for (auto hidden_width = hidden.rbegin(); hidden_width != hidden.rend(); ++hidden_width) {
    network.layers[count++] = place_layer(width, *hidden_width, true, next);
    width = *hidden_width;
  }
  network.layers[count++] = place_layer(width, features, false, next);
  network.parameter_count = next;
  return network;
}

std::size_t trainable_parameters(const Network& network) {
  std::size_t count = 0;
  for (int l = 0; l < network.layer_count(); ++l) {
    count += static_cast<std::size_t>(network.layers[l].in + 1) * network.layers[l].out;
  }
  return count;
}

double step_multiply_adds(const Network& network) {
  double sum = 0;
  for (int l = 0; l < network.layer_count(); ++l) {
    const double product = static_cast<double>(network.layers[l].in) * network.layers[l].out;
    sum += product * (l == 0 ? 2 : 3);  // the data need no gradient
  }
  return sum;
}

void initialise_parameters(const Network& network, std::uint64_t seed, float* parameters) {
  std::fill_n(parameters, network.parameter_count, 0.0f);
  const bool all_glorot = properties_of(network.activation).weights == InitialWeights::glorot;
  const auto key = seed_key(seed);
  for (int l = 0; l < network.layer_count(); ++l) {
    const Layer& layer = network.layers[l];
    const bool glorot = all_glorot || !layer.activated;
    const double bound = std::sqrt(6.0 / (glorot ? layer.in + layer.out : layer.in));
    for (int o = 0; o < layer.out; ++o) {
      // One draw of four words serves four inputs.
      for (int first = 0; first < layer.in; first += 4) {
        const auto words = philox4x32(draw_counter(Stream::initial_weights, l, o, first / 4), key);
        const int last = std::min(first + 4, layer.in);
        for (int i = first; i < last; ++i) {
          // 24 bits are exact in float32: the same weights on every device.
          const double uniform = ((words[i - first] >> 8) + 0.5) * 0x1p-24;
          parameters[layer.index(i, o)] = static_cast<float>(bound * (2.0 * uniform - 1.0));
        }
      }
    }
  }
}

}  // namespace symscan
