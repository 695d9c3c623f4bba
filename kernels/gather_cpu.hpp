#pragma once
#include "kernels/multiply_cpu.hpp"
#include "kernels/simd_math.hpp"
#include "kernels/step.hpp"
#include "kernels/workspace.hpp"

// The samples of a batch, from rows of the dataset to a tile.

namespace symscan::SYMSCAN_ISA {

/// Batch::row's positions of the samples s, s + 1, ...; those past the batch are of no meaning.
static void shuffled_positions(const Batch& batch, int s, std::uint32_t* positions) {
  const Permutation& shuffle = *batch.shuffle;
  WordVec position = as_words(lane_numbers()) + static_cast<std::uint32_t>(batch.first + s);
  // Positions past the end would walk for ever.
  position = position < shuffle.count() ? position : WordVec{};
  WordVec element = shuffle.permute_power_of_two(position);
  for (IntVec outside = element >= shuffle.count(); any(outside); outside = element >= shuffle.count())
    element = outside ? shuffle.permute_power_of_two(element) : element;
  std::memcpy(positions, &element, sizeof element);
}

/// x[d][s] (Workspace::row_stride floats per row) and event_weight[s] of the samples `mine`, whole vectors;
/// those past the batch are 0.
static void gather(const Batch& batch, std::size_t features, Range mine, float* x, float* event_weight) {
  constexpr std::size_t stride = Workspace::row_stride;
  const auto samples = static_cast<int>(batch.count);
  const int filled = mine.end < samples ? mine.end : samples;
  std::uint32_t positions[lanes];
  for (int s = mine.begin; s < filled; ++s) {
    if (batch.shuffle != nullptr && s % lanes == 0) shuffled_positions(batch, s, positions);
    const std::size_t position = batch.shuffle != nullptr ? positions[s % lanes] : batch.first + s;
    const std::size_t row = batch.rows != nullptr ? batch.rows[position] : position;
    const float* sample = batch.values + row * features;
    for (std::size_t d = 0; d < features; ++d) x[d * stride + s] = sample[d];
    event_weight[s] = batch.weights != nullptr ? batch.weights[row] : 1.0f;
  }
  for (int s = mine.begin > filled ? mine.begin : filled; s < mine.end; ++s) {
    for (std::size_t d = 0; d < features; ++d) x[d * stride + s] = 0.0f;
    event_weight[s] = 0.0f;
  }
}

}  // namespace symscan::SYMSCAN_ISA
