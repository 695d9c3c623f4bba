#pragma once
#include <functional>
#include <optional>

#include "host/device/backend.hpp"
#include "host/train/sweep.hpp"

namespace symscan {

/// Where the time of a device sweep went: seconds, summed over devices (over threads for `prepare`). All but
/// `prepare` are of the threads that serve the devices; while a slice of training is waited for, prepared
/// for, and results are taken, the device works.
struct DeviceTimes {
  double open = 0;        ///< opening the devices
  double add = 0;         ///< datasets and replicas onto the device
  double training = 0;    ///< waiting for slices of training
  double evaluation = 0;  ///< waiting for evaluation passes and what they bring, while the device trains
  double results = 0;     ///< processor time: making results of that, while the device trains
  double checkpoints = 0;
  double prepare = 0;  ///< processor time of all threads: initial weights, row tables
  std::uint64_t slices = 0;

  DeviceTimes& operator+=(const DeviceTimes& other);
};

/// On which devices a sweep trains, and how. The precision is the replicas' own (train.precision).
struct DeviceSweep {
  const DeviceApi& api;
  std::vector<UsableDevice> devices;  ///< at least one
  std::optional<Tier> tier;           ///< for all replicas; nothing: chosen for each
  bool generate = false;              ///< built-in datasets are made on the device instead of copied
  std::function<void(const std::string&)> warn = [](const std::string&) {
  };                             ///< a device was lost; a sentence
  DeviceTimes* times = nullptr;  ///< filled in at the end
};

/// run_sweep (host/train/sweep.hpp) on devices: one thread per device keeps as many replicas under way as the
/// device holds. Results and checkpoints are those of run_sweep. A device that does not answer any more is
/// left out, and its replicas go on elsewhere from their last checkpoint; when no device is left, throws
/// Error with ExitCode::interrupted. A replica that a device cannot train fails alone; one
/// that does not fit on a device stays as it was, as in run_sweep.
bool run_device_sweep(const DeviceSweep& sweep, const std::vector<const ReplicaConfig*>& replicas,
                      const DataOf& data, const std::map<int, std::string>& checkpoints,
                      const SweepOptions& options, const std::atomic<bool>& stop,
                      const SweepObserver& observer);

/// The same for the jobs of a queue, as run_jobs. progress.replicas: of the whole sweep, by which launches
/// are chosen.
void run_device_jobs(const DeviceSweep& sweep, JobQueue& queue, const DataOf& data,
                     const SweepOptions& options, const std::atomic<bool>& stop,
                     const SweepObserver& observer, SweepProgress& progress);

}  // namespace symscan
