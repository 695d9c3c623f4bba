#pragma once
#include <chrono>
#include <map>
#include <memory>

#include "host/device/open_device.hpp"
#include "host/device/preparer.hpp"

namespace symscan {

/// One device of a sweep, on its own thread. The device holds twice as many replicas as it works on at one
/// time: where one comes to its end the next begins without the host. Between slices of training of a tenth
/// of a second the host takes what is finished and adds what was prepared meanwhile; passes over the finished
/// replicas run beside the next slice.
class DeviceWorker {
 public:
  /// `spare`: there are fewer replicas than devices; this one is opened only when another is lost.
  DeviceWorker(SharedSweep& shared, const UsableDevice& device, bool spare);
  /// Works until nothing is left, the sweep stops or the device is lost. Throws nothing.
  void run();
  /// In the place of run() where the system gave no thread.
  void stay_away();
  /// Why the device was lost; empty if it was not.
  const std::string& loss() const { return loss_; }
  /// After run().
  const DeviceTimes& times() const { return times_; }

 private:
  bool is_needed();
  void open();
  void work();
  void lose(const std::string& why);

  // Replicas onto the device and off it.
  void fill();
  bool add(std::size_t begin, std::size_t end);
  bool refuse(std::size_t i, const DeviceError& error);
  int dataset_of(const HeldReplica& replica);
  bool drop_other_datasets(const HeldReplica& replica);
  void checkpoint_all();
  void take_off(HeldReplica& replica);
  void fail(HeldReplica& replica, const std::string& sentence);
  void postpone(HeldReplica& replica);
  void make_room();
  double load() const;
  std::string refusal(const HeldReplica& replica, const DeviceError& error) const;
  std::string memory_sentence(const HeldReplica& replica);

  // One slice of work.
  using Replicas = std::vector<HeldReplica*>;
  void run_slice();
  Replicas finished() const;
  Replicas in_turn() const;
  double slice_seconds();
  bool queue_training(const Replicas& replicas);
  bool train_apart(const Replicas& replicas);
  void take_states();
  void explain_failures();
  bool queue_evaluation(const Replicas& replicas);
  bool take_results(const Replicas& replicas);
  bool evaluate_apart(const Replicas& replicas);
  void finish(HeldReplica& replica, ReplicaResult result);
  void sweep_up();

  SharedSweep& shared_;
  UsableDevice device_;
  bool spare_;
  std::unique_ptr<OpenDevice> open_;
  std::atomic<std::uint64_t> memory_ = 0;  ///< bytes that replicas may take
  double room_;                            ///< largest sum of loads
  std::vector<std::unique_ptr<HeldReplica>> under_way_;
  std::vector<std::unique_ptr<HeldReplica>> arriving_;  ///< on their way to the device; nullptr: done with
  std::unique_ptr<Preparer> preparer_;
  struct OnDevice {
    int dataset;
    std::uint64_t bytes;  ///< of device memory
  };
  std::map<const PreparedData*, OnDevice> datasets_;
  std::chrono::steady_clock::time_point last_checkpoint_;
  std::string loss_;
  DeviceTimes times_;
};

}  // namespace symscan
