#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/generate/samplers.hpp"
#include "kernels/runtime/device_status.hpp"
#include "kernels/training.hpp"

/// The interface between symscan and a device backend: a shared library that exports one C function,
///     const symscan::DeviceApi* symscan_device_api(void);
/// The library is opened when the program runs, so that symscan starts on machines without driver or toolkit.
/// Backends: libsymscan_cuda.so (kernels/cuda), and for tests libsymscan_emulated.so (kernels/emulated),
/// which runs the same block programs on the host. Structures are plain data of this version of symscan; a
/// library whose `layout` differs from device_api_layout() is refused.
namespace symscan {

inline constexpr std::uint32_t device_api_version = 2;

struct DeviceApi;
struct DeviceInfo;
struct ReplicaStart;
struct ReplicaCopy;

/// Every structure that crosses the interface. tests/host/device/device_api_test.cpp reads this file and
/// fails if one is used below and not listed here.
#define SYMSCAN_DEVICE_API_STRUCTURES(X) \
  X(Network)                             \
  X(BlockPlan)                           \
  X(DeviceLimits)                        \
  X(TrainingTask)                        \
  X(TrainingState)                       \
  X(EpochMetrics)                        \
  X(LossSums)                            \
  X(RowSampler)                          \
  X(DeviceInfo)                          \
  X(ReplicaStart)                        \
  X(ReplicaCopy)                         \
  X(DeviceApi)

/// Sizes of everything that crosses the interface, and the version. A template, so that it may stand before
/// the structures.
template <class Version = std::uint64_t>
constexpr std::uint64_t device_api_layout();

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

/// Where read_replicas puts a replica; a nullptr is skipped. history: [epochs].
struct ReplicaCopy {
  TrainingState* state;
  EpochMetrics* history;
  float *parameters, *first_moment, *second_moment, *kept_parameters;
  double* relevance_history = nullptr;  ///< of the passes begun, as in TrainingTask
};

struct Device;  // one opened device, to be used by one thread at a time

/// Functions return DeviceStatus; unless it is ok, `why` (why_size bytes) holds a sentence. Calls that queue
/// work return before it is done; what the host has passed to them may be changed when they return.
struct DeviceApi {
  static constexpr std::size_t why_size = 512;

  std::uint64_t layout;  ///< device_api_layout()
  const char* build;     ///< e.g. "CUDA 13.0, machine code for sm_80 sm_90, PTX for compute_120"

  /// Number of devices that can be used; 0 and a sentence in `why` when there is no driver.
  DeviceStatus (*count)(int* devices, char* why);
  DeviceStatus (*info)(int device, DeviceInfo* info, char* why);
  DeviceStatus (*open)(int device, Device** opened, char* why);
  void (*close)(Device*);
  /// Free memory at this moment, bytes. Cheap.
  DeviceStatus (*free_memory)(Device*, std::uint64_t* bytes, char* why);

  /// values [rows][features], weights [rows] or nullptr. The numbers are copied; a dataset that would take
  /// more than half of the free memory, or any with SYMSCAN_DATA_IN_PLACE=1 in the environment, is read in
  /// place over the bus, and must stay until remove_dataset. `*dataset` is its name.
  DeviceStatus (*add_dataset)(Device*, const float* values, const float* weights, std::size_t rows,
                              int features, int* dataset, char* why);
  /// A built-in dataset made by the device instead of copied: the host's numbers but for an ulp of sin, cos,
  /// log or pow. offset, scale: [columns].
  DeviceStatus (*generate_dataset)(Device*, const RowSampler*, std::uint64_t seed, std::size_t rows,
                                   const double* offset, const double* scale, int* dataset, char* why);
  /// Rows first_row..first_row + rows - 1 of a dataset, back to the host.
  DeviceStatus (*read_dataset)(Device*, int dataset, std::size_t first_row, std::size_t rows, float* values,
                               char* why);
  /// Waits for all work, which may read the dataset.
  DeviceStatus (*remove_dataset)(Device*, int dataset, char* why);

  /// All or none; `replicas` [count] receives their names. One copy to the device for all.
  DeviceStatus (*add_replicas)(Device*, const ReplicaStart* starts, int count, int* replicas, char* why);
  /// One copy from the device for all; `copies` [count]. Waits for the slice under way.
  DeviceStatus (*read_replicas)(Device*, const int* replicas, int count, const ReplicaCopy* copies,
                                char* why);
  DeviceStatus (*remove_replicas)(Device*, const int* replicas, int count, char* why);

  /// Queues a slice of training: every replica does up to `units` units of work (training.hpp) and begins
  /// none once the slice has lasted `seconds`; 0: however long that takes. One whose status is no longer
  /// `training` does none. There may be more replicas than the device works on at one time: earlier ones of
  /// the list begin first, and others take the places of those that come to their end. Replicas may differ in
  /// everything. Results do not depend on where a slice ends. (Tier::layered: as many units as took `seconds`
  /// in earlier slices.)
  DeviceStatus (*train)(Device*, const int* replicas, int count, std::uint64_t units, double seconds,
                        char* why);
  /// Returns when all queued work is done.
  DeviceStatus (*wait)(Device*, char* why);
  /// The states of the replicas after wait(), `states` [count]; without asking the device.
  DeviceStatus (*states)(Device*, const int* replicas, int count, TrainingState* states, char* why);

  /// Queues one pass over the whole dataset of each replica and the reading of what it has become. Nothing of
  /// these replicas may be changed before results(); others may be trained meanwhile.
  DeviceStatus (*evaluate)(Device*, const int* replicas, int count, char* why);
  /// What the last evaluate() yields, when it is done: losses [count], RelevanceSums::in of each replica,
  /// one after the other, and `copies` [count], or nullptr, of which moments and kept parameters must be
  /// nullptr. Training goes on.
  DeviceStatus (*results)(Device*, LossSums* losses, double* sums, const ReplicaCopy* copies, char* why);
};

template <class Version>
constexpr std::uint64_t device_api_layout() {
  Version hash = device_api_version;
#define SYMSCAN_ADD_SIZE(Structure) hash = hash * 1000003 + sizeof(Structure);
  SYMSCAN_DEVICE_API_STRUCTURES(SYMSCAN_ADD_SIZE)
#undef SYMSCAN_ADD_SIZE
  return hash;
}

}  // namespace symscan

extern "C" __attribute__((visibility("default"))) const symscan::DeviceApi* symscan_device_api(void);
