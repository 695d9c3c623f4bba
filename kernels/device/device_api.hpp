#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/block/layout.hpp"
#include "kernels/generate/generators.hpp"
#include "kernels/rank_host.hpp"
#include "kernels/training.hpp"

/// The interface between symscan and a device backend: a shared library that exports one C function,
///     const symscan::DeviceApi* symscan_device_api(void);
/// The library is opened when the program runs, so that symscan starts on machines without driver or toolkit.
/// Backends: libsymscan_cuda.so (kernels/cuda), and for tests libsymscan_emulated.so (kernels/emulated),
/// which runs the same block programs on the host. Structures are plain data of this version of symscan; a
/// library whose `layout` differs from device_api_layout() is refused.
namespace symscan {

inline constexpr std::uint32_t device_api_version = 1;

struct DeviceApi;

/// Sizes of everything that crosses the interface, and the version.
template <class Api = DeviceApi>
constexpr std::uint64_t device_api_layout() {
  std::uint64_t hash = device_api_version;
  for (const std::size_t size :
       {sizeof(Network), sizeof(TrainingTask), sizeof(TrainingState), sizeof(EpochMetrics), sizeof(BlockPlan),
        sizeof(DeviceLimits), sizeof(RowGenerator), sizeof(SweepScores), sizeof(Api)}) {
    hash = hash * 1000003 + size;
  }
  return hash;
}

enum class DeviceStatus : int {
  ok = 0,
  out_of_memory = 1,  ///< nothing was changed; smaller requests may work
  lost = 2,           ///< the device does not answer any more; only close() may follow
  failed = 3          ///< anything else; `why` tells
};

struct DeviceInfo {
  char name[128];
  int major, minor;  ///< compute capability
  std::uint64_t total_memory, free_memory;
  DeviceLimits limits;
};

/// A replica to be trained by the device: everything is copied. Row tables, moments, kept parameters and
/// history may be nullptr: all rows, zero, none, none.
struct ReplicaStart {
  const Network* network;
  BlockPlan training, evaluation;  ///< evaluation.tier is Tier::layered if training.tier is
  Precision precision;
  int dataset;               ///< from add_dataset
  const TrainingTask* task;  ///< its values and weights are ignored: they are the dataset's
  const TrainingState* state;
  const EpochMetrics* history;                                               ///< [state->epochs_done]
  const float *parameters, *first_moment, *second_moment, *kept_parameters;  ///< [parameter_count]
  const double* relevance_history = nullptr;  ///< of the passes begun, as in TrainingTask
};

/// Where read_replica puts a replica; a nullptr is skipped. history: [epochs].
struct ReplicaCopy {
  TrainingState* state;
  EpochMetrics* history;
  float *parameters, *first_moment, *second_moment, *kept_parameters;
  double* relevance_history = nullptr;  ///< of the passes begun, as in TrainingTask
};

struct Device;  // one opened device, to be used by one thread at a time

/// Functions return DeviceStatus; unless it is ok, `why` (why_size bytes) holds a sentence.
struct DeviceApi {
  static constexpr std::size_t why_size = 512;

  std::uint64_t layout;  ///< device_api_layout()
  const char* build;     ///< e.g. "CUDA 13.0, machine code for sm_80 sm_90, PTX for compute_120"

  /// Number of devices that can be used; 0 and a sentence in `why` when there is no driver.
  DeviceStatus (*count)(int* devices, char* why);
  DeviceStatus (*info)(int device, DeviceInfo* info, char* why);
  DeviceStatus (*open)(int device, Device** opened, char* why);
  void (*close)(Device*);

  /// values [rows][features], weights [rows] or nullptr. The numbers are copied; a dataset that would take
  /// more than half of the free memory, or any with SYMSCAN_DATA_IN_PLACE=1 in the environment, is read in
  /// place over the bus, and must stay until remove_dataset. `*dataset` is its name.
  DeviceStatus (*add_dataset)(Device*, const float* values, const float* weights, std::size_t rows,
                              int features, int* dataset, char* why);
  /// A built-in dataset made by the device instead of copied: the host's numbers but for an ulp of sin, cos,
  /// log or pow. offset, scale: [columns].
  DeviceStatus (*generate_dataset)(Device*, const RowGenerator*, std::uint64_t seed, std::size_t rows,
                                   const double* offset, const double* scale, int* dataset, char* why);
  /// Rows first_row..first_row + rows - 1 of a dataset, back to the host.
  DeviceStatus (*read_dataset)(Device*, int dataset, std::size_t first_row, std::size_t rows, float* values,
                               char* why);
  DeviceStatus (*remove_dataset)(Device*, int dataset, char* why);

  DeviceStatus (*add_replica)(Device*, const ReplicaStart* start, int* replica, char* why);
  DeviceStatus (*read_replica)(Device*, int replica, const ReplicaCopy* copy, char* why);
  DeviceStatus (*remove_replica)(Device*, int replica, char* why);

  /// Every replica named does up to `units` units of work (training.hpp); one whose status is no longer
  /// `training` does none. Replicas of one call may differ in everything but the plan. Returns when work is
  /// queued; wait() returns when it is done.
  DeviceStatus (*train)(Device*, const int* replicas, int count, std::uint64_t units, char* why);
  DeviceStatus (*wait)(Device*, char* why);
  /// The states of the replicas, `states` [count], after wait().
  DeviceStatus (*states)(Device*, const int* replicas, int count, TrainingState* states, char* why);

  /// One pass over the whole dataset of each replica: losses [count], and per replica five arrays of its
  /// latents (kl, mean, mean_square, variance, jacobian) one after the other, replica after replica.
  DeviceStatus (*evaluate)(Device*, const int* replicas, int count, LossSums* losses, double* sums,
                           char* why);

  /// Sorts and selects on the device: rank_host's result for tables in the host's memory.
  DeviceStatus (*rank)(Device*, const SweepScores* scores, const Ranking* ranking, char* why);
};

}  // namespace symscan

extern "C" __attribute__((visibility("default"))) const symscan::DeviceApi* symscan_device_api(void);
