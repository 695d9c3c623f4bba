#pragma once
#include <stdexcept>
#include <string>
#include <vector>

#include "host/data/preprocess.hpp"
#include "host/device/backend.hpp"
#include "host/device/device_plan.hpp"
#include "host/train/replica_trainer.hpp"

namespace symscan {

/// A call that a device did not carry out; what() is the device's sentence.
class DeviceCallError : public std::runtime_error {
 public:
  DeviceCallError(DeviceStatus status, const std::string& sentence)
      : std::runtime_error(sentence), status_(status) {}
  DeviceStatus status() const { return status_; }

 private:
  DeviceStatus status_;
};

/// An opened device; closed at the end. Every function throws DeviceCallError. For one thread.
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
  int generate_dataset(const RowGenerator& generator, std::uint64_t seed, const PreparedData& data);
  void remove_dataset(int dataset);
  int add_replica(const ReplicaPlan& plan, const DevicePlan& device_plan, const ReplicaSnapshot& snapshot,
                  int dataset);
  void remove_replica(int replica);
  /// `with_moments`: everything that a checkpoint holds; else state, history and parameters.
  ReplicaSnapshot read_replica(int replica, const ReplicaPlan& plan, bool with_moments);

  void train(const std::vector<int>& replicas, std::uint64_t units);
  void wait();
  std::vector<TrainingState> states(const std::vector<int>& replicas);

  struct Evaluation {
    std::vector<LossSums> losses;
    std::vector<double> sums;  ///< five arrays of each replica's latents, replica after replica
  };
  Evaluation evaluate(const std::vector<int>& replicas, std::size_t latents_of_all);

 private:
  template <class Function, class... Arguments>
  void call(Function function, Arguments... arguments);

  const DeviceApi& api_;
  int number_;
  Device* device_ = nullptr;
};

}  // namespace symscan
