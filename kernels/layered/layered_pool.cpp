#include "kernels/layered/layered_pool.hpp"

#include <algorithm>

namespace symscan {
namespace {

using namespace layered;

enum class Work { none, steps, validation, measuring };

/// What the host expects of a replica while it queues work: which units come next, unless the training ends
/// early. The device decides for itself; units that a replica does not need are idle.
class Expected {
 public:
  Expected(const TrainingTask& task, const TrainingState& state, std::uint64_t units)
      : task_(task), units_(units), step_(state.step), epochs_(state.epochs_done) {
    if (state.status != TrainingState::Status::training) units_ = 0;
    if (state.measuring != 0) begin(Work::measuring, state.measured);
    if (state.validating != 0) begin(Work::validation, state.validated);
  }

  Work next() const { return units_ > 0 ? work_ : Work::none; }
  /// Optimiser steps until something else comes.
  std::uint64_t steps() const {
    return std::min(units_, task_.steps_per_epoch - step_ % task_.steps_per_epoch);
  }
  void step(std::uint64_t count) {
    units_ -= count;
    step_ += count;
    if (step_ % task_.steps_per_epoch != 0) return;
    begin(Work::validation, 0);
    if (left_ == 0) end_epoch();
  }
  /// Samples of the next chunk of a pass.
  std::size_t chunk() const { return std::min(left_, evaluation_chunk); }
  void do_chunk() {
    --units_;
    left_ -= chunk();
    if (left_ > 0) return;
    if (work_ == Work::validation) {
      end_epoch();
    } else {
      work_ = Work::steps;
      if (epochs_ >= task_.epochs) units_ = 0;
    }
  }

 private:
  void begin(Work work, std::size_t done) {
    const std::size_t validated = task_.validation_weight > 0 ? task_.validation_count : 0;
    const std::size_t all = work == Work::validation ? validated : task_.rows;
    work_ = work;
    left_ = all > done ? all - done : 0;
  }
  void end_epoch() {
    work_ = Work::steps;
    if (measures_after(task_, ++epochs_)) {
      begin(Work::measuring, 0);
    } else if (epochs_ >= task_.epochs) {
      units_ = 0;
    }
  }

  TrainingTask task_;
  std::uint64_t units_ = 0, step_ = 0;
  std::uint32_t epochs_ = 0;
  Work work_ = Work::steps;
  std::size_t left_ = 0;  ///< samples of the pass under way
};

std::size_t tile_floats(const Network& network, std::size_t batch_size) {
  std::size_t floats = lay_out_tile(network, static_cast<int>(evaluation_tile)).floats;
  if (batch_size > 0) floats = std::max(floats, lay_out_tile(network, training_columns(batch_size)).floats);
  return floats;
}

}  // namespace

LayeredPool::LayeredPool(Runtime& runtime, const Network& network, Precision precision,
                         std::size_t batch_size, int lane)
    : runtime_(runtime), network_(network), precision_(precision), batch_size_(batch_size), lane_(lane) {
  const bool trains = batch_size > 0;
  const std::size_t parameters = network.parameter_count, floats = tile_floats(network, batch_size);
  const std::size_t columns =
      std::max<std::size_t>(evaluation_tile, trains ? training_columns(batch_size) : 0);
  const std::size_t latent_sums = RelevanceSums::size(network.latents);
  device_places_ = DeviceArray<Place>(runtime, places);
  vectors_ = DeviceArray<float>(runtime, (trains ? training_vectors : 1) * places * parameters);
  tile_ = DeviceArray<float>(runtime, places * floats);
  rows_ = DeviceArray<std::uint32_t>(runtime, places * columns);
  sums_ = DeviceArray<double>(runtime, places * (latent_sums + evaluation_tile));
  std::array<Place, places> empty;
  empty.fill(empty_place());
  device_places_.upload(empty.data());
  runtime.zero(vectors_.data(), vectors_.count() * sizeof(float));
  runtime.zero(tile_.data(), tile_.count() * sizeof(float));

  const auto vector = [&](std::size_t which) {
    return trains || which == 0 ? Vector<float>{vectors_.data() + which * places * parameters, parameters}
                                : Vector<float>{};
  };
  memory_ = {device_places_.data(),       {vector(0), vector(1), vector(2), vector(3), vector(4)},
             {tile_.data(), floats},      {rows_.data(), columns},
             {sums_.data(), latent_sums}, {sums_.data() + places * latent_sums, evaluation_tile}};
  if (!trains) return;
  stopwatch_ = runtime.make_stopwatch();
  runtime.fork(lane_);
  runtime.choose_lane(lane_);
  try {
    queue_step();  // of empty places: what is loaded at first use is loaded before the recording
    step_ = runtime.record([this] { queue_step(); });
  } catch (...) {
    join_lane();
    throw;
  }
  join_lane();
}

LayeredPool::~LayeredPool() {
  join_lane();
}

/// Memory is given back in the order of the main queue.
void LayeredPool::join_lane() noexcept {
  try {
    runtime_.join(lane_);
  } catch (const DeviceError&) {  // a lost device does nothing any more
  }
}

bool LayeredPool::suits(const Network& network, Precision precision, std::size_t batch_size) const {
  if (precision != precision_ || batch_size != batch_size_ || network.features != network_.features ||
      network.latents != network_.latents || network.hidden_layers != network_.hidden_layers ||
      network.activation != network_.activation) {
    return false;
  }
  return std::equal(network.layers, network.layers + network.layer_count(), network_.layers,
                    [](const Layer& a, const Layer& b) { return a.in == b.in && a.out == b.out; });
}

int LayeredPool::take_place() {
  for (int place = 0; place < places; ++place) {
    if (taken_[static_cast<std::size_t>(place)]) continue;
    taken_[static_cast<std::size_t>(place)] = true;
    return place;
  }
  return -1;
}

void LayeredPool::leave(int place) noexcept {
  // Until it is taken again the place gets no units of work, and nothing of the replica is used.
  taken_[static_cast<std::size_t>(place)] = false;
}

Place LayeredPool::start(int place, const TrainingTask& task, const TrainingState& state,
                         TrainingState* published, EpochMetrics* history) {
  Place started;
  started.task = task;
  started.state = state;
  started.published = published;
  started.history = history;
  progress_[static_cast<std::size_t>(place)] = started;
  return started;
}

void LayeredPool::queue_step() {
  Batch batch;
  batch.count = batch_size_;
  LayeredTiles tiles(runtime_, network_, precision_, training_columns(batch_size_), memory_);
  runtime_.run(BeginStep{memory_.places}, 1, 1);
  train_step(tiles, network_, batch, Noise(), StepSettings(), 1);
  runtime_.run(EndStep{memory_.places}, 1, 1);
}

void LayeredPool::queue_validation(std::size_t samples) {
  Batch batch;
  batch.count = samples;
  LayeredTiles tiles(runtime_, network_, precision_, static_cast<int>(evaluation_tile), memory_);
  runtime_.run(BeginValidation{memory_.places}, 1, 1);
  symscan::evaluate(tiles, network_, batch, Noise(), nullptr);
  runtime_.run(EndValidation{memory_.places}, 1, 1);
  runtime_.run(KeepParameters{memory_.places, memory_.vectors}, static_cast<int>(network_.parameter_count),
               1);
}

void LayeredPool::queue_measuring(std::size_t samples) {
  Batch batch;
  batch.count = samples;
  LayeredTiles tiles(runtime_, network_, precision_, static_cast<int>(evaluation_tile), memory_);
  runtime_.run(BeginMeasuring{memory_.places, network_.latents}, 1, 1);
  measure_relevance(tiles, network_, batch, Noise(), RelevanceSums());
  runtime_.run(EndMeasuring{memory_.places, network_.latents}, 1, 1);
}

/// The first slice is a short one, and later ones grow by a factor at most: a wrong guess must not take long.
std::uint64_t LayeredPool::affordable(double seconds) {
  constexpr double first = 16, largest_growth = 8;
  const double last = queued_units_ > 0 ? runtime_.seconds(stopwatch_) : 0;
  if (last <= 0) return static_cast<std::uint64_t>(first);
  const double units = static_cast<double>(queued_units_);
  return static_cast<std::uint64_t>(std::clamp(units * seconds / last, 1.0, largest_growth * units));
}

void LayeredPool::train(const std::vector<int>& which, std::uint64_t units, double seconds) {
  if (seconds > 0) units = std::min(units, affordable(seconds));
  queued_units_ = 0;
  runtime_.choose_lane(lane_);
  runtime_.start_clock(stopwatch_);
  std::vector<Expected> expected;
  GiveUnits given = {memory_.places, {}};
  PublishStates published = {memory_.places, {}};
  for (const int place : which) {
    const Place& replica = progress_[static_cast<std::size_t>(place)];
    expected.emplace_back(replica.task, replica.state, units);
    given.units[place] = units;
    published.wanted[place] = true;
  }
  runtime_.run(given, 1, 1);
  const auto each = [&](Work work, auto f) {
    bool any = false;
    for (Expected& replica : expected) {
      if (replica.next() != work) continue;
      any = true;
      f(replica);
    }
    return any;
  };
  for (bool busy = true; busy;) {
    // Replicas step together until one of them has an epoch to close.
    std::uint64_t steps = ~std::uint64_t{0};
    busy = each(Work::steps, [&](Expected& replica) { steps = std::min(steps, replica.steps()); });
    if (busy) {
      runtime_.replay(step_, steps);
      queued_units_ += steps;
      each(Work::steps, [&](Expected& replica) { replica.step(steps); });
    }
    for (const Work pass : {Work::validation, Work::measuring}) {
      std::size_t samples = 0;
      const auto do_chunk = [&](Expected& replica) {
        samples = std::max(samples, replica.chunk());
        replica.do_chunk();
      };
      if (!each(pass, do_chunk)) continue;
      busy = true;
      ++queued_units_;
      pass == Work::validation ? queue_validation(samples) : queue_measuring(samples);
    }
  }
  runtime_.run(published, 1, 1);
  runtime_.stop_clock(stopwatch_);
}

void LayeredPool::evaluate(const std::array<double*, places>& totals) {
  runtime_.choose_lane(lane_);
  const std::size_t count = RelevanceSums::size(network_.latents);
  std::size_t most = 0;
  BeginEvaluation begin = {memory_.places, 0, {}, memory_.sums, static_cast<int>(count)};
  EndEvaluation end = {memory_.places, {}, memory_.sums, static_cast<int>(count)};
  for (std::size_t i = 0; i < places; ++i) {
    begin.totals[i] = end.totals[i] = totals[i];
    if (totals[i] == nullptr) continue;
    most = std::max<std::size_t>(most, progress_[i].task.rows);
  }
  LayeredTiles tiles(runtime_, network_, precision_, static_cast<int>(evaluation_tile), memory_);
  // Asks for every measure; the tiles know where those of each place belong.
  const RelevanceSums relevance = RelevanceSums::in(memory_.sums.first, network_.latents);
  for (; begin.chunk * evaluation_chunk < most; ++begin.chunk) {
    Batch batch;
    batch.count = std::min(most - begin.chunk * evaluation_chunk, evaluation_chunk);
    runtime_.run(begin, 1, 1);
    symscan::evaluate(tiles, network_, batch, Noise(), &relevance);
    runtime_.run(end, 1, 1);
  }
}

LayeredPlace LayeredPools::join(Runtime& runtime, const Network& network, Precision precision,
                                std::size_t batch_size) {
  std::erase_if(pools_, [](const auto& pool) { return pool.expired(); });
  for (const auto& known : pools_) {
    const auto pool = known.lock();
    const int place = pool->suits(network, precision, batch_size) ? pool->take_place() : -1;
    if (place >= 0) return LayeredPlace(pool, place);
  }
  const auto pool = std::make_shared<LayeredPool>(runtime, network, precision, batch_size, next_lane_);
  next_lane_ = (next_lane_ + 1) % Runtime::training_lanes;
  pools_.push_back(pool);
  return LayeredPlace(pool, pool->take_place());
}

}  // namespace symscan
