#pragma once
#include "kernels/block/layout.hpp"
#include "kernels/training.hpp"

namespace symscan {

/// What a block shares beside its matrices: at the start of its shared memory.
struct alignas(16) BlockHeader {
  BlockShape shape;
  float* parameters;                               ///< in device memory (tier cached)
  float *gradient, *first_moment, *second_moment;  ///< in device memory (tiers streamed and cached)
  float* kept_parameters;                          ///< in device memory
  TrainingTask task;
  TrainingState state;
  TrainingScratch scratch;
  LossSums sums;
  OptimizerStep optimizer;
};

}  // namespace symscan
