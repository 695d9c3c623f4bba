#pragma once
#include <algorithm>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "kernels/block/program.hpp"
#include "kernels/device/device_api.hpp"
#include "kernels/device/staging.hpp"
#include "kernels/layered/layered_pool.hpp"

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
  block::ReplicaSlot slot = {};  ///< pointers are to device memory; the state is the last that is known
  BlockPlan training, evaluation;
  Network network;
  Precision precision = Precision::fp32;
  std::shared_ptr<DeviceRows> rows;
  LayeredPlace layered;           ///< Tier::layered: where its parameters are
  DeviceArray<std::byte> memory;  ///< slot, vectors (not of Tier::layered), histories
  std::size_t history_bytes = 0, relevance_bytes = 0;

  block::ReplicaSlot* device_slot() const { return reinterpret_cast<block::ReplicaSlot*>(memory.data()); }
  std::size_t parameter_bytes() const { return network.parameter_count * sizeof(float); }
};

/// What replicas of one launch have in common; it gives each block the shared memory of the largest.
using PlanKey = std::tuple<Tier, int, int, int>;

/// The blocks of one launch.
template <class Item>
struct Launch {
  BlockPlan plan;
  std::vector<Item> items;
  std::size_t offset = 0;  ///< of the items in the upload

  void add(const BlockPlan& wanted, const Item& item) {
    const std::size_t bytes = std::max(plan.shared_bytes, wanted.shared_bytes);
    plan = wanted;
    plan.shared_bytes = bytes;
    items.push_back(item);
  }
};
template <class Item>
using Launches = std::map<PlanKey, Launch<Item>>;

struct Device {
  explicit Device(int number) : runtime(number), pinned(runtime) {}
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device();  ///< waits: launches may still read what is given back

  Runtime runtime;  // first: what follows is given back to it

  // What the functions of device_api.hpp do, by the same names.
  int add_dataset(const float* values, const float* weights, std::size_t rows, int features);
  int generate_dataset(const RowSampler& sampler, std::uint64_t seed, std::size_t rows, const double* offset,
                       const double* scale);
  void read_dataset(int dataset, std::size_t first_row, std::size_t rows, float* values);
  void remove_dataset(int dataset);
  void add_replicas(const ReplicaStart* starts, int count, int* replicas);
  void read_replicas(const int* replicas, int count, const ReplicaCopy* copies);
  void remove_replicas(const int* replicas, int count);
  void train(const int* replicas, int count, std::uint64_t units, double seconds);
  void wait();
  void states(const int* replicas, int count, TrainingState* states);
  void evaluate(const int* replicas, int count);
  void results(LossSums* losses, double* sums, const ReplicaCopy* copies);

 private:
  /// A slice of training under way, until wait().
  struct Slice {
    explicit Slice(PinnedPool& pool) : states(pool) {}
    std::vector<int> replicas;
    std::map<LayeredPool*, std::vector<int>> pools;  ///< places of the layered ones
    Upload upload;
    std::size_t deadline = 0;  ///< offset in `upload`
    Download states;
    std::vector<std::size_t> offsets;  ///< of each replica's state
  };
  /// Evaluation passes under way, until results().
  struct Evaluation {
    explicit Evaluation(PinnedPool& pool) : results(pool) {}
    struct Replica {
      int number;
      std::size_t width, total, state, parameters, history, relevance;  ///< offsets in `results`
    };
    std::vector<Replica> replicas;
    Upload upload;
    DeviceArray<double> sums;
    std::vector<std::unique_ptr<LayeredPool>> alone;  ///< of replicas that a block has trained
    Download results;
  };
  using RowsKey = std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>;

  DeviceReplica& replica(int number);
  std::shared_ptr<DeviceRows> rows_of(const TrainingTask& task, Upload& upload);
  DeviceReplica make_replica(const ReplicaStart& start, Upload& upload);
  const DeviceDataset& dataset_for(const ReplicaStart& start) const;
  void take_memory(DeviceReplica& replica, bool keeps);
  void join_pool(DeviceReplica& replica, bool keeps);
  void queue_slice(Slice& begun, const Launches<block::ReplicaSlot*>& launches, std::uint64_t units,
                   double seconds);
  void queue_passes(Evaluation& evaluation);
  void take_states(const Slice& slice);

  PinnedPool pinned;
  std::map<int, DeviceDataset> datasets;
  LayeredPools layered_pools;
  std::map<int, DeviceReplica> replicas;
  std::map<RowsKey, std::weak_ptr<DeviceRows>> row_tables;
  int next_dataset = 0, next_replica = 0;
  std::unique_ptr<Slice> slice;
  std::unique_ptr<Evaluation> evaluation;
};

}  // namespace symscan
