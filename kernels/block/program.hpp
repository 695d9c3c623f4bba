#pragma once
#include "kernels/block/tiles_block.hpp"

// What one block does in one launch.

namespace symscan::block {

/// A replica in device memory. The task's pointers, and those here, are to device memory.
struct ReplicaSlot {
  BlockLayout training, evaluation;
  TrainingTask task;
  TrainingState state;
  EpochMetrics* history;
  float *parameters, *gradient, *first_moment, *second_moment, *kept_parameters;
};

/// `cached`: Tier::cached.
template <bool cached, class Team>
SYMSCAN_BLOCK BlockTiles<Team, cached> begin_block(const Team& team, const ReplicaSlot& slot,
                                                   const BlockLayout& layout) {
  const BlockTiles<Team, cached> tiles{team};
  BlockHeader& header = tiles.header();
  team.phase(1, [&](int) {
    header.shape = layout.shape;
    header.parameters = slot.parameters;
    header.gradient = slot.gradient;
    header.first_moment = slot.first_moment;
    header.second_moment = slot.second_moment;
    header.kept_parameters = slot.kept_parameters;
    header.task = slot.task;
    header.state = slot.state;
  });
  const BlockShape& shape = header.shape;
  BlockLayer* layers = tiles.layers();
  team.phase_nosync(shape.layer_count(), [&](int l) { layers[l] = layout.layers[l]; });
  team.phase(cached ? 0 : shape.parameter_count, [&](int p) {
    tiles.parameters()[p] = slot.parameters[p];
    if (tiles.fused()) {
      tiles.gradient()[p] = 0.0f;
      tiles.first_moment()[p] = slot.first_moment[p];
      tiles.second_moment()[p] = slot.second_moment[p];
    }
  });
  return tiles;
}

/// Whether a slice is over. `deadline`: a time of the team's clock, or nullptr: never, and the clock is not
/// read.
template <class Team>
SYMSCAN_BLOCK bool is_over(const Team& team, const std::uint64_t* deadline) {
  return deadline != nullptr && team.decide([&] { return team.nanoseconds() >= *deadline; });
}

/// Trains a replica for up to `units` units of work, of which none begins after the deadline. The streamed
/// and the cached tier's gradient buffer must be zero where the parameter vector is padding.
template <bool cached, class Team>
SYMSCAN_BLOCK void train_slice(const Team& team, ReplicaSlot& slot, std::uint64_t units,
                               const std::uint64_t* deadline = nullptr) {
  if (is_over(team, deadline)) return;  // another replica had this place to the end
  auto tiles = begin_block<cached>(team, slot, slot.training);
  BlockHeader& header = tiles.header();
  for (std::uint64_t unit = 0; unit < units; ++unit) {
    if (unit > 0 && is_over(team, deadline)) break;
    if (header.state.status != TrainingState::Status::training) break;
    advance_training(tiles, tiles.shape(), header.task, header.state, slot.history, header.scratch);
  }
  team.phase_nosync(1, [&](int) { slot.state = header.state; });
  team.phase(cached ? 0 : tiles.shape().parameter_count, [&](int p) {
    slot.parameters[p] = tiles.parameters()[p];
    if (tiles.fused()) {
      slot.first_moment[p] = tiles.first_moment()[p];
      slot.second_moment[p] = tiles.second_moment()[p];
    }
  });
}

/// Doubles that the sums of one chunk of an evaluation pass take: losses, then RelevanceSums.
SYMSCAN_HOST_DEVICE std::size_t chunk_sums(int latents) {
  return 2 + RelevanceSums::size(latents);
}

/// The sums over one chunk of the dataset, into sums [chunk_sums(latents)].
template <bool cached, class Team>
SYMSCAN_BLOCK void evaluate_chunk(const Team& team, const ReplicaSlot& slot, std::size_t chunk,
                                  double* sums) {
  auto tiles = begin_block<cached>(team, slot, slot.evaluation);
  const BlockShape& shape = tiles.shape();
  const TrainingTask& task = tiles.header().task;
  double* shared = reinterpret_cast<double*>(tiles.at(shape.relevance));
  team.phase(RelevanceSums::count * shape.latents, [&](int i) { shared[i] = 0; });
  const RelevanceSums relevance = RelevanceSums::in(shared, shape.latents);
  evaluate(tiles, shape, dataset_chunk(task, chunk * evaluation_chunk),
           {task.seed, Stream::evaluation_noise, 0}, &relevance);
  team.phase(RelevanceSums::count * shape.latents, [&](int i) { sums[2 + i] = shared[i]; });
  team.phase(1, [&](int) {
    sums[0] = tiles.sums().squared_error;
    sums[1] = tiles.sums().kl;
  });
}

/// total[i] = sum over chunks, in order, of sums[chunk][i].
SYMSCAN_BLOCK double add_chunks(const double* sums, std::size_t chunks, std::size_t width, std::size_t i) {
  double total = 0;
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) total += sums[chunk * width + i];
  return total;
}

}  // namespace symscan::block
