#pragma once
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "host/base/aligned.hpp"
#include "kernels/cpu_backend.hpp"

namespace symscan::test {

/// A network with random parameters, random data and buffers between sentinels.
struct KernelCase {
  static constexpr float sentinel = -777.25f;
  static constexpr std::size_t guard = 64;

  Network network;
  std::size_t rows;
  std::vector<float> values, weights;
  std::vector<std::uint32_t> order;
  AlignedFloats memory;
  ReplicaBuffers buffers;

  KernelCase(int features, const std::vector<int>& hidden, int latents, Activation activation,
             std::size_t samples)
      : network(make_network(features, hidden, latents, activation)), rows(samples + 5) {
    std::mt19937 random(static_cast<unsigned>(features * 131 + latents * 17 + static_cast<int>(samples)));
    std::normal_distribution<float> normal;
    for (std::size_t i = 0; i < rows * features; ++i) values.push_back(normal(random));
    for (std::size_t i = 0; i < rows; ++i)
      weights.push_back(0.25f + 1.5f * static_cast<float>(random() % 1000) / 1000);
    for (std::size_t i = 0; i < samples; ++i) order.push_back(static_cast<std::uint32_t>((i * 7 + 3) % rows));
    const std::size_t count = network.parameter_count, work = workspace_size(network);
    memory = AlignedFloats(4 * count + work + 6 * guard);
    std::fill(memory.begin(), memory.end(), sentinel);
    float* next = memory.data() + guard;
    for (float** buffer :
         {&buffers.parameters, &buffers.gradient, &buffers.first_moment, &buffers.second_moment}) {
      *buffer = next;
      std::fill_n(next, count, 0.0f);
      next += count + guard;
    }
    buffers.work = make_workspace(network, next);
    initialise_parameters(network, 7, buffers.parameters);
    for (int l = 0; l < network.layer_count(); ++l) {
      for (int o = 0; o < network.layers[l].out; ++o)
        buffers.parameters[network.layers[l].bias + o] = 0.1f * normal(random);
    }
  }

  Batch batch(bool weighted = true) const {
    Batch batch;
    batch.values = values.data();
    batch.weights = weighted ? weights.data() : nullptr;
    batch.rows = order.data();
    batch.count = order.size();
    return batch;
  }

  std::vector<double> double_parameters() const {
    return {buffers.parameters, buffers.parameters + network.parameter_count};
  }

  /// The guards between the buffers are untouched.
  void expect_sentinels() const {
    std::size_t position = 0;
    const auto check = [&](std::size_t length) {
      for (std::size_t i = 0; i < guard; ++i)
        ASSERT_EQ(memory.data()[position + i], sentinel) << "guard at " << position;
      position += guard + length;
    };
    for (int i = 0; i < 4; ++i) check(network.parameter_count);
    check(workspace_size(network));
    check(0);
  }
};

}  // namespace symscan::test
