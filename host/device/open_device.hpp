#pragma once
#include <string>
#include <vector>

#include "host/data/preprocess.hpp"
#include "host/device/backend.hpp"
#include "host/device/device_plan.hpp"
#include "host/train/replica_snapshot.hpp"

namespace symscan {

/// An opened device; closed at the end. Every function throws DeviceError. For one thread.
class OpenDevice {
 public:
  OpenDevice(const DeviceApi& api, const UsableDevice& device);
  ~OpenDevice();
  OpenDevice(const OpenDevice&) = delete;
  OpenDevice& operator=(const OpenDevice&) = delete;

  /// Free memory at this moment, bytes.
  std::uint64_t free_memory();

  int add_dataset(const PreparedData& data);
  /// The same built-in dataset, made by the device.
  int generate_dataset(const RowSampler& sampler, std::uint64_t seed, const PreparedData& data);
  void remove_dataset(int dataset);

  /// A replica to be added.
  struct Addition {
    const ReplicaPlan* plan;
    const DevicePlan* device_plan;
    const ReplicaSnapshot* snapshot;
    int dataset;
  };
  /// All or none; their names.
  std::vector<int> add_replicas(const std::vector<Addition>& additions);
  void remove_replica(int replica);

  /// A replica on the device.
  struct Reading {
    int replica;
    const ReplicaPlan* plan;
  };
  /// `with_moments`: everything that a checkpoint holds; else state, history and parameters.
  std::vector<ReplicaSnapshot> read_replicas(const std::vector<Reading>& readings, bool with_moments);

  /// A slice: see DeviceApi::train. Then wait() and states().
  void train(const std::vector<int>& replicas, double seconds);
  void wait();
  std::vector<TrainingState> states(const std::vector<int>& replicas);

  struct Result {
    LossSums loss;
    std::vector<double> sums;  ///< RelevanceSums::in
    ReplicaSnapshot end;       ///< without moments
  };
  /// Queues evaluation passes; results() of the same replicas follows.
  void evaluate(const std::vector<Reading>& readings);
  std::vector<Result> results(const std::vector<Reading>& readings);

 private:
  template <class Function, class... Arguments>
  void call(Function function, Arguments... arguments);

  const DeviceApi& api_;
  int number_;
  Device* device_ = nullptr;
};

}  // namespace symscan
