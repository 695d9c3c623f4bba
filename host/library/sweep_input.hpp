#pragma once
#include <future>
#include <optional>
#include <vector>

#include "host/config/config.hpp"
#include "host/device/backend.hpp"
#include "host/library/group_shapes.hpp"
#include "host/library/loaded_data.hpp"

namespace symscan {

class Ranks;

/// Where and how a sweep is to train.
struct TrainingChoice {
  DeviceChoice device;
  std::optional<Tier> tier;         ///< of a CUDA device, for all replicas; nothing: chosen for each
  bool generate_on_device = false;  ///< a CUDA device makes built-in datasets itself
  int threads = 1;                  ///< that train on the CPU, in all
  double checkpoint_seconds = 10;
  Ranks* ranks = nullptr;  ///< that train together, this process as rank 0; nullptr: it trains alone
};

/// A sweep with its data and the backend that trains it.
class SweepInput {
 public:
  /// Begins to look for devices on a thread of its own, which takes most of a second. Throws UsageError for
  /// an executor (SYMSCAN_CPU) that this processor does not have.
  SweepInput(SweepConfig sweep, const TrainingChoice& choice);
  SweepInput(const SweepInput&) = delete;
  SweepInput& operator=(const SweepInput&) = delete;

  /// Loads and prepares each dataset. An error of the backend comes first: it is known first.
  void load(const LoadingHooks& hooks);
  /// Waits for the backend. Throws UsageError (a device or a tier that is not there) or ConfigError (settings
  /// that only devices have).
  const Backend& open_backend();
  /// After load() and open_backend(): what only data and backend can tell about a sweep. Throws ConfigError
  /// (too few rows to validate, a network too large) or UsageError (a tier that a network cannot have).
  void check();

  const SweepConfig& sweep() const { return sweep_; }
  const TrainingChoice& choice() const { return choice_; }
  const DatasetIndex& index() const { return index_; }
  const LoadedData& data() const { return data_; }
  const Backend& backend() const { return backend_; }
  const std::vector<GroupShape>& groups() const { return groups_; }
  double device_seconds() const { return device_seconds_; }  ///< that the search for devices took

  /// Replicas that will not have the CPU's bits for want of room in a block (Tier::layered).
  std::size_t layered_replicas() const;
  /// Gives up the prepared data, and keeps the rows for the analysis.
  std::vector<DatasetRows> take_rows();
  /// Gives up the replicas as well, when they are all trained: the results hold them again.
  void forget_replicas();

 private:
  SweepConfig sweep_;
  const TrainingChoice choice_;
  DatasetIndex index_;
  LoadedData data_;
  std::vector<GroupShape> groups_;
  Backend backend_;
  double device_seconds_ = 0;
  std::shared_future<Backend> found_;  ///< last: its thread uses the members above
};

}  // namespace symscan
