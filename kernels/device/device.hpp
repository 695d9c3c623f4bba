#pragma once
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "kernels/block/program.hpp"
#include "kernels/device/runtime.hpp"
#include "kernels/layered/layered_group.hpp"

/// The backend behind device_api.hpp, the same for every runtime: what lies in device memory and which
/// launches a call turns into.
namespace symscan {

struct DeviceDataset {
  DeviceTable values, weights;
  DeviceArray<float> generated;  ///< in place of values
  std::size_t rows = 0;
  int features = 0;

  const float* rows_on_device() const {
    return generated.data() != nullptr ? generated.data() : values.data();
  }
};

/// Rows of the training and validation sets: a function of the seed and the counts, shared by all replicas
/// that have these.
struct DeviceRows {
  DeviceArray<std::uint32_t> training, validation;
};

struct DeviceReplica {
  block::ReplicaSlot slot;  ///< as it was when the replica was added; pointers are to device memory
  BlockPlan training, evaluation;
  Network network;
  Precision precision = Precision::fp32;
  int dataset = 0;
  std::shared_ptr<DeviceRows> rows;
  DeviceArray<block::ReplicaSlot> device_slot;
  LayeredPlace layered;       ///< Tier::layered: where its parameters are
  DeviceArray<float> floats;  ///< parameters, first and second moment, then gradient and kept parameters
  DeviceArray<EpochMetrics> history;
  DeviceArray<double> relevance_history;
};

struct Device {
  explicit Device(int number) : runtime(number) {}
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device();  ///< waits: launches may still read what is given back

  Runtime runtime;  // first: the arrays below are given back to it
  std::map<int, DeviceDataset> datasets;
  LayeredGroups layered_groups;
  std::map<int, DeviceReplica> replicas;
  std::map<std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>, std::weak_ptr<DeviceRows>> row_tables;
  int next_dataset = 0, next_replica = 0;
  std::vector<DeviceArray<block::ReplicaSlot*>> launched;  ///< read by launches until wait()

  int add_dataset(const float* values, const float* weights, std::size_t rows, int features);
  int generate_dataset(const RowGenerator& generator, std::uint64_t seed, std::size_t rows,
                       const double* offset, const double* scale);
  void read_dataset(int dataset, std::size_t first_row, std::size_t rows, float* values);
  int add_replica(const ReplicaStart& start);
  void read_replica(int replica, const ReplicaCopy& copy);
  void train(const int* replicas, int count, std::uint64_t units);
  void remove_replica(int replica);
  void wait();
  void states(const int* replicas, int count, TrainingState* states);
  void evaluate(const int* replicas, int count, LossSums* losses, double* sums);
  void rank(const SweepScores& scores, const Ranking& ranking);

 private:
  DeviceReplica& replica(int number);
  std::shared_ptr<DeviceRows> rows_of(const TrainingTask& task);
};

}  // namespace symscan
