#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "host/device/device_plan.hpp"
#include "host/device/device_sweep.hpp"
#include "host/train/job_queue.hpp"
#include "host/train/replica_snapshot.hpp"
#include "host/train/sweep_events.hpp"

namespace symscan {

/// What the threads of a device sweep share.
struct SharedSweep {
  const DeviceSweep& sweep;
  const DataOf& data;
  const SweepOptions& options;
  const std::atomic<bool>& stop;
  JobQueue& queue;
  SweepEvents& events;
  std::size_t replicas;  ///< of the whole sweep
  std::latch& opened;    ///< counted down when a device is open or lost: all take their first jobs together

  bool stopping() const { return stop.load(std::memory_order_relaxed) || events.abandoned(); }
};

/// A replica that a device holds, or is about to.
struct HeldReplica {
  Job job;
  std::unique_ptr<ReplicaPlan> plan;
  DevicePlan device_plan;
  ReplicaSnapshot start;     ///< where it begins; empty once it is on the device
  TrainingState state = {};  ///< after the last slice
  int handle = -1;           ///< the device's name for it; -1: not there

  const ReplicaConfig& config() const { return *job.config; }
  /// The part of the device that it takes.
  double load() const { return 1.0 / device_plan.at_once; }
  bool is_training() const { return state.status == TrainingState::Status::training; }
  /// What is left to do, for comparing replicas.
  double work_left() const {
    return static_cast<double>(plan->total_steps() - std::min(plan->total_steps(), state.step)) *
           device_plan.unit_cost;
  }
};

/// Takes jobs from the queue and makes them ready for a device on threads of its own, in the queue's order,
/// so that neither the device nor the thread that serves it waits. A job that cannot be made ready fails.
class Preparer {
 public:
  /// `memory`: bytes that replicas may take on the device.
  Preparer(SharedSweep& shared, const UsableDevice& device, const std::atomic<std::uint64_t>& memory,
           int threads);
  ~Preparer();  ///< gives back what is left
  Preparer(const Preparer&) = delete;
  Preparer& operator=(const Preparer&) = delete;

  /// The first in line, if it is ready; nullptr: not yet, or there is none. It stays in line.
  const HeldReplica* front();
  /// The replica that front() showed.
  std::unique_ptr<HeldReplica> take();
  /// Back to the head of the line.
  void put_back(std::unique_ptr<HeldReplica> replica);
  /// Whether a replica is in line, ready or not.
  bool has_any();
  /// Waits a moment for the first in line to be ready. False: nothing is in line.
  bool wait();
  /// How many replicas the device holds: as many are prepared ahead, and they count for its share.
  void set_held(std::size_t held);
  /// Gives what is ready back to the queue, for other devices.
  void give_back();
  double seconds();  ///< processor time of all threads so far

 private:
  struct Place {
    std::unique_ptr<HeldReplica> replica;
    bool is_ready = false;
  };
  using Line = std::deque<std::shared_ptr<Place>>;
  static constexpr std::size_t least_ahead = 64;

  void run();
  bool prepare(HeldReplica& replica);

  SharedSweep& shared_;
  const UsableDevice& device_;
  const std::atomic<std::uint64_t>& memory_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Line line_;
  std::size_t held_ = 0;
  bool ends_ = false;
  double seconds_ = 0;
  std::vector<std::jthread> threads_;  // last: they use the others
};

}  // namespace symscan
