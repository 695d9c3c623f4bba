#pragma once
#include <string>
#include <vector>

#include "kernels/block/layout.hpp"
#include "kernels/cpu_backend.hpp"
#include "tests/kernels/block/fiber_team.hpp"

/// Whole trainings and evaluation passes of one replica, by the CPU backend and by a block on the host.
namespace symscan::test {

struct TrainingShape {
  int features;
  std::vector<int> hidden;
  int latents;
  std::uint32_t training_rows, validation_rows, batch_size;
};

/// A replica before its training: dataset, task and initial parameters. Not to be moved: `task` points into
/// it.
struct TrainingCase {
  Network network;
  std::vector<float> values, weights;
  std::vector<std::uint32_t> training_rows, validation_rows;
  TrainingTask task;
  std::vector<float> parameters;

  TrainingCase(const TrainingShape& shape, Activation activation, Optimizer optimizer, bool weighted);
  TrainingCase(const TrainingCase&) = delete;

  std::size_t rows() const { return training_rows.size() + validation_rows.size(); }
};

/// What a training leaves.
struct TrainingResult {
  std::vector<float> parameters, first_moment, second_moment, kept_parameters;
  TrainingState state;
  std::vector<EpochMetrics> history;
};

/// The first difference, or "". Numbers are compared bit for bit, but for the sign of zero and the bits of
/// NaN.
std::string difference(const TrainingResult& a, const TrainingResult& b);

/// How a block runs on the host.
struct BlockRun {
  Tier tier = Tier::fused;
  Precision precision = Precision::fp32;
  int tile = 32, threads = 64;
  FiberOrder order = FiberOrder::forward;  ///< of the fibers; loops know forward and backward only
  std::uint32_t seed = 1;
  std::vector<std::size_t> left_out;  ///< barriers of the fibers
  std::uint64_t deadline = 0;         ///< of the slice, on the host's clock; 0: none
};

TrainingResult train_on_cpu(const CpuBackend& backend, const TrainingCase& c, std::uint64_t units);
/// `launches` slices of `units` units of work.
TrainingResult train_with_loops(const TrainingCase& c, const BlockRun& run, std::uint64_t units,
                                int launches = 1);
/// One slice. `barriers` gets all that were passed. Throws DivergenceError.
TrainingResult train_with_fibers(const TrainingCase& c, const BlockRun& run, std::uint64_t units,
                                 std::vector<Barrier>* barriers = nullptr);

/// Sums of one chunk of an evaluation pass: squared error, KL, then the five relevance sums.
std::vector<double> evaluate_on_cpu(const CpuBackend& backend, const TrainingCase& c, std::size_t chunk);
std::vector<double> evaluate_with_loops(const TrainingCase& c, const BlockRun& run, std::size_t chunk);
std::vector<double> evaluate_with_fibers(const TrainingCase& c, const BlockRun& run, std::size_t chunk,
                                         std::vector<Barrier>* barriers = nullptr);

/// The CPU backend whose bits a block must give: one with fused multiply-add. nullptr: this processor has
/// none.
const CpuBackend* fused_backend();

}  // namespace symscan::test
