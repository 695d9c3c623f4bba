#pragma once
#include <chrono>
#include <deque>
#include <latch>
#include <map>
#include <memory>

#include "host/device/device_sweep.hpp"
#include "host/device/job_queue.hpp"
#include "host/device/open_device.hpp"
#include "host/device/slice_pacer.hpp"
#include "host/train/sweep_events.hpp"

namespace symscan {

/// What the threads of a device sweep share.
struct SharedSweep {
  const DeviceSweep& sweep;
  const std::function<const PreparedData&(const ReplicaConfig&)>& data;
  const SweepOptions& options;
  const std::atomic<bool>& stop;
  JobQueue& queue;
  SweepEvents& events;
  std::size_t replicas;  ///< of the whole sweep
  std::latch& opened;    ///< counted down when a device is open or lost: all take their first jobs together

  bool stopping() const { return stop.load(std::memory_order_relaxed) || events.abandoned(); }
};

/// One device of a sweep of a sweep, on its own thread.
class DeviceWorker {
 public:
  /// `spare`: there are fewer replicas than devices; this one is opened only when another is lost.
  DeviceWorker(SharedSweep& shared, const UsableDevice& device, bool spare);
  /// Works until nothing is left, the sweep stops or the device is lost. Throws nothing.
  void run();
  /// Why the device was lost; empty if it was not.
  const std::string& loss() const { return loss_; }

 private:
  struct Replica {
    Job job;
    std::unique_ptr<ReplicaPlan> plan;
    DevicePlan device_plan;
    ReplicaSnapshot start;     ///< where it begins; empty once it is on the device
    TrainingState state = {};  ///< after the last slice
    int handle = -1;           ///< the device's name for it; -1: not there

    const ReplicaConfig& config() const { return *job.config; }
    /// The part of the device that it takes.
    double load() const { return 1.0 / device_plan.at_once; }
  };

  bool is_needed();
  void open();
  void work();
  void lose(const std::string& why);

  // Replicas onto the device and off it.
  void fill();
  bool prepare_next();
  void prepare_ahead();
  bool start_next();
  int dataset_of(const Replica& replica);
  bool drop_other_datasets(const Replica& replica);
  void give_back_ready();
  void checkpoint(Replica& replica);
  void take_off(Replica& replica);
  void fail(Replica& replica, const std::string& sentence);
  void make_room();
  double load() const;
  std::string refusal(const Replica& replica, const DeviceCallError& error) const;
  std::string memory_sentence(const Replica& replica);

  // One slice of work.
  using Group = std::vector<Replica*>;
  void train_slice();
  bool queue_training(const Group& group);
  void take_states();
  void collect();
  bool evaluate(const Group& group);
  void finish(Replica& replica, ReplicaResult result);

  SharedSweep& shared_;
  UsableDevice device_;
  bool spare_;
  std::unique_ptr<OpenDevice> open_;
  std::uint64_t memory_ = 0;  ///< bytes that replicas may take
  double room_ = 1;           ///< largest sum of loads: 1 until memory runs out
  std::vector<std::unique_ptr<Replica>> under_way_;
  std::deque<std::unique_ptr<Replica>> ready_;  ///< prepared, not on the device yet
  struct OnDevice {
    int dataset;
    std::uint64_t bytes;  ///< of device memory
  };
  std::map<const PreparedData*, OnDevice> datasets_;
  SlicePacer pacer_;
  std::chrono::steady_clock::time_point last_checkpoint_;
  std::string loss_;
};

}  // namespace symscan
