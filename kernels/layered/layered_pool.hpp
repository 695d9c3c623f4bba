#pragma once
#include <array>
#include <memory>
#include <vector>

#include "kernels/layered/tiles_layered.hpp"

namespace symscan {

/// Tier::layered: a pool of replicas of one network, batch size and precision in device memory, whose steps
/// are recorded once and replayed. Settings, data and progress of the replicas differ. Throws DeviceError.
class LayeredPool {
 public:
  static constexpr int places = layered::pool_places;

  /// Samples of a step that a task can fill: replicas with the same number can share a pool.
  static std::size_t batch_of(const TrainingTask& task) {
    return task.batch_size < task.training_count ? task.batch_size : task.training_count;
  }

  /// `batch_size` 0: a pool that only evaluates. All its work is on one lane; what the caller puts into its
  /// memory by the main queue must be followed by fork(lane()).
  LayeredPool(Runtime& runtime, const Network& network, Precision precision, std::size_t batch_size,
              int lane);
  ~LayeredPool();
  LayeredPool(const LayeredPool&) = delete;
  LayeredPool& operator=(const LayeredPool&) = delete;

  bool suits(const Network& network, Precision precision, std::size_t batch_size) const;

  /// A free place, from now on taken; -1: there is none.
  int take_place();
  void leave(int place) noexcept;
  /// What the replica at this place trains on, and where it stands; to be copied to device_place() by the
  /// caller. Pointers are to device memory; `published` receives the state whenever work is done.
  layered::Place start(int place, const TrainingTask& task, const TrainingState& state,
                       TrainingState* published, EpochMetrics* history);
  layered::Place* device_place(int place) const { return memory_.places + place; }
  int lane() const { return lane_; }

  /// In device memory, [parameter_count].
  float* parameters(int place) const { return memory_.vectors.parameters.of(place); }
  float* first_moment(int place) const { return memory_.vectors.first_moment.of(place); }
  float* second_moment(int place) const { return memory_.vectors.second_moment.of(place); }
  float* kept_parameters(int place) const { return memory_.vectors.kept.of(place); }

  /// Where the replica stands, before train().
  void set_progress(int place, const TrainingState& state) {
    progress_[static_cast<std::size_t>(place)].state = state;
  }
  /// Queues up to `units` units of work of the replicas at these places: as many as fit into `seconds` by the
  /// speed of the last call, since what is queued cannot be taken back; 0: all.
  void train(const std::vector<int>& which, std::uint64_t units, double seconds);
  /// Queues one pass over the whole dataset of each replica that has a target for its sums: losses, then
  /// RelevanceSums; totals[place] is in device memory and zero.
  void evaluate(const std::array<double*, places>& totals);

 private:
  void join_lane() noexcept;
  std::uint64_t affordable(double seconds);
  void queue_step();
  void queue_validation(std::size_t samples);
  void queue_measuring(std::size_t samples);

  Runtime& runtime_;
  const Network network_;
  const Precision precision_;
  const std::size_t batch_size_;
  const int lane_;
  DeviceArray<layered::Place> device_places_;
  DeviceArray<float> vectors_, tile_;
  DeviceArray<std::uint32_t> rows_;
  DeviceArray<double> sums_;
  layered::PoolMemory memory_;
  std::array<bool, places> taken_ = {};
  std::array<layered::Place, places> progress_;
  Recording step_;
  Runtime::Stopwatch stopwatch_;
  std::uint64_t queued_units_ = 0;  ///< of the last train()
};

/// A replica's place in a pool, given back at the end.
class LayeredPlace {
 public:
  LayeredPlace() = default;
  LayeredPlace(std::shared_ptr<LayeredPool> pool, int place) : pool_(std::move(pool)), place_(place) {}
  LayeredPlace(LayeredPlace&& other) noexcept { swap(other); }
  LayeredPlace& operator=(LayeredPlace&& other) noexcept {
    swap(other);
    return *this;
  }
  ~LayeredPlace() {
    if (pool_ != nullptr) pool_->leave(place_);
  }
  LayeredPool* pool() const { return pool_.get(); }
  int place() const { return place_; }
  layered::Place* device_place() const { return pool_->device_place(place_); }
  /// LayeredPool::start at this place.
  layered::Place start(const TrainingTask& task, const TrainingState& state, TrainingState* published,
                       EpochMetrics* history) const {
    return pool_->start(place_, task, state, published, history);
  }

 private:
  void swap(LayeredPlace& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(place_, other.place_);
  }
  std::shared_ptr<LayeredPool> pool_;
  int place_ = -1;
};

/// The pools of a device. A pool lives as long as one of its places is taken.
class LayeredPools {
 public:
  LayeredPlace join(Runtime& runtime, const Network& network, Precision precision, std::size_t batch_size);

 private:
  std::vector<std::weak_ptr<LayeredPool>> pools_;
  int next_lane_ = 0;
};

}  // namespace symscan
