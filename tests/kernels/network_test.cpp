// Initial weights: the words of the counters that the documentation names, in every layout of a layer.
#include "kernels/network.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/philox.hpp"

namespace symscan::test {
namespace {

/// The weight of (seed, layer, output, input) by its definition: one draw for itself alone.
float weight(const Network& network, std::uint64_t seed, int l, int o, int i) {
  const Layer& layer = network.layers[l];
  const bool symmetric = network.activation == Activation::tanh || network.activation == Activation::linear;
  const double fan = symmetric || !layer.activated ? layer.in + layer.out : layer.in;
  const auto words =
      philox4x32(draw_counter(Stream::initial_weights, static_cast<std::uint64_t>(l),
                              static_cast<std::uint32_t>(o), static_cast<std::uint32_t>(i / 4)),
                 seed_key(seed));
  const double uniform = ((words[static_cast<std::size_t>(i % 4)] >> 8) + 0.5) * 0x1p-24;
  return static_cast<float>(std::sqrt(6.0 / fan) * (2.0 * uniform - 1.0));
}

TEST(InitialWeights, AreTheWordsOfTheirCounters) {
  for (const Activation activation : {Activation::tanh, Activation::relu}) {
    for (const auto& hidden : {std::vector<int>{64, 32}, {1}, {7, 33, 5}, {}}) {
      const Network network = make_network(6, hidden, 3, activation);
      std::vector<float> parameters(network.parameter_count, 9.0f);
      initialise_parameters(network, 11, parameters.data());
      std::size_t nonzero = 0;
      for (int l = 0; l < network.layer_count(); ++l) {
        const Layer& layer = network.layers[l];
        for (int o = 0; o < layer.out; ++o) {
          ASSERT_EQ(parameters[layer.bias + static_cast<std::size_t>(o)], 0.0f);
          for (int i = 0; i < layer.in; ++i, ++nonzero) {
            ASSERT_EQ(parameters[layer.index(i, o)], weight(network, 11, l, o, i))
                << "layer " << l << ", output " << o << ", input " << i;
          }
        }
      }
      for (const float value : parameters) nonzero -= value != 0.0f ? 1 : 0;
      EXPECT_EQ(nonzero, 0u) << "the padding is not zero";
    }
  }
}

}  // namespace
}  // namespace symscan::test
