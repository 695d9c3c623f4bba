#pragma once
#include <vector>

#include "kernels/block/tiles_block.hpp"
#include "tests/kernels/block/guarded_memory.hpp"
#include "tests/kernels/tiles_reference.hpp"

namespace symscan::test {

using LoopTiles = block::BlockTiles<LoopTeam>;

struct TileShape {
  int features;
  std::vector<int> hidden;
  int latents, samples;
};

/// One tile in the middle of a step: a block's shared memory and the float64 reference hold the same random
/// numbers. Gradients and what is weighted by event weights are zero for padding samples, as in a step;
/// memory that an operation may not read is NaN.
struct TileState {
  Network network;
  BlockLayout layout;
  int samples, columns;
  StepSettings settings;
  std::vector<float> values, weights;  ///< dataset
  std::vector<std::uint32_t> rows;     ///< of the tile's samples
  GuardedMemory shared;
  ReferenceTiles reference;
  std::vector<double> first_moment, second_moment;

  /// `shape.samples` is cut to the tile.
  TileState(const TileShape& shape, Activation activation, BlockPurpose purpose, Precision precision,
            int tile);
  TileState(const TileState&) = delete;

  static constexpr std::uint32_t first_item = 1000;  ///< noise counter of the first sample
  static constexpr Noise noise{42, Stream::training_noise, 9};

  /// Tiles that continue the step in `memory`, which is this state's or a copy of it.
  LoopTiles tiles(float* memory, int threads, LoopTeam::Order order) const;
  Batch batch() const;
  BlockHeader& header() const { return *reinterpret_cast<BlockHeader*>(shared.data()); }
  const BlockShape& shape() const { return layout.shape; }
  double* relevance_sums(int measure) const;  ///< [latents]; kl, mean, mean_square, variance, jacobian

  /// The output of layer l now holds the gradient there.
  void put_gradient_at_output(int l);
  /// z now holds the gradient there.
  void put_gradient_at_latent();
  /// `tangent_now` of the reference, [samples][width], is the tangent at layer l.
  void put_tangent(int l);
  /// Position in shared memory of element [row][sample] of the matrix at `matrix`.
  int at(int matrix, int row, int sample) const { return matrix + shape().at(row, sample); }

 private:
  double draw();
  ReferenceTiles::Matrix draw_matrix(int width);
  /// The same numbers to shared memory; padding samples get `padding` or, if that is NaN, any numbers.
  void put(int matrix, const ReferenceTiles::Matrix& numbers, float padding);
  std::uint32_t drawn_ = 0;
};

}  // namespace symscan::test
