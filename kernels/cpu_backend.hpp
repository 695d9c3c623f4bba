#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/cpu_team.hpp"
#include "kernels/training.hpp"
#include "kernels/workspace.hpp"

namespace symscan {

/// The replica that a call works on. All buffers are 64-byte aligned, [network.parameter_count] floats.
struct ReplicaBuffers {
  float* parameters = nullptr;
  float* gradient = nullptr;
  float* first_moment = nullptr;
  float* second_moment = nullptr;
  float* kept_parameters = nullptr;  ///< of the best epoch; needed when training can stop early
  Workspace work;
  CpuTeam* team = nullptr;  ///< threads that work on it together, or nullptr: the caller alone; the same bits
};

/// The CPU executor of step.hpp, compiled for one instruction set. Calls never allocate, lock or throw.
struct CpuBackend {
  const char* name;  ///< "avx512", "avx2" or "baseline"
  LossSums (*train_step)(const Network&, const ReplicaBuffers&, const Batch&, const Noise&,
                         const StepSettings&, std::uint64_t step);
  LossSums (*gradient)(const Network&, const ReplicaBuffers&, const Batch&, const Noise&,
                       const StepSettings&);
  LossSums (*evaluate)(const Network&, const ReplicaBuffers&, const Batch&, const Noise&,
                       const RelevanceSums*);
  /// One unit of work (training.hpp).
  void (*advance)(const Network&, const ReplicaBuffers&, const TrainingTask&, TrainingState&,
                  EpochMetrics* history, TrainingScratch&);
  /// Mean activations mu and logvar (may be nullptr) of each sample, [count][latents].
  void (*encode)(const Network&, const ReplicaBuffers&, const Batch&, float* mean, float* logvar);
  /// xhat of each z ([count][latents]), [count][features].
  void (*decode)(const Network&, const ReplicaBuffers&, const float* z, std::size_t count,
                 float* reconstruction);

  /// out[r][c] = sum_k a[r][k] b[k][c], in order of k: all row-major without gaps, `columns` a multiple of
  /// lane_padding, b and out on cache-line boundaries.
  void (*matrix_product)(const float* a, const float* b, int rows, int depth, int columns, float* out);

  /// Elementwise functions, as the executor uses them; `count` a multiple of lane_padding. For tests.
  void (*activate)(Activation, const float* x, float* y, float* derivative, std::size_t count);
  void (*normals)(const Noise&, std::uint32_t first_item, std::uint32_t block, std::size_t count,
                  float* out_4_rows);
  void (*exponential)(const float* x, float* y, std::size_t count);
  void (*logarithm)(const float* x, float* y, std::size_t count);
};

/// Backends that this processor can run, best first. SYMSCAN_CPU=avx2 (or avx512, baseline) in the
/// environment moves that one to the front.
const std::vector<const CpuBackend*>& cpu_backends();

/// The one that training uses.
inline const CpuBackend& cpu_backend() {
  return *cpu_backends().front();
}

}  // namespace symscan
