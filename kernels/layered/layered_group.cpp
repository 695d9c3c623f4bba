#include "kernels/layered/layered_group.hpp"

#include <algorithm>

namespace symscan {
namespace {

using namespace layered;

/// What the host expects of a replica while it queues work: where the next units of work lead, unless the
/// training ends early. The device decides for itself; units that a replica does not need are idle.
struct Expected {
  std::uint64_t units = 0;        ///< still to be queued
  std::uint64_t steps = 0;        ///< until the epoch's steps are done
  std::uint64_t epochs = 0;       ///< until the end
  std::uint64_t unvalidated = 0;  ///< samples, while the epoch is validated
  std::uint64_t validation = 0;   ///< samples of a validation pass
  std::uint64_t steps_per_epoch = 0;
  bool validating = false;

  Expected() = default;
  Expected(const TrainingTask& task, const TrainingState& state, std::uint64_t allowed) {
    if (state.status != TrainingState::Status::training) return;
    units = allowed;
    steps_per_epoch = task.steps_per_epoch;
    steps = steps_per_epoch - state.step % steps_per_epoch;
    epochs = task.epochs - state.epochs_done;
    validation = task.validation_weight > 0 ? task.validation_count : 0;
    validating = state.validating != 0;
    unvalidated = validating && validation > state.validated ? validation - state.validated : 0;
  }

  bool steps_next() const { return units > 0 && !validating; }
  bool validates_next() const { return units > 0 && validating; }
  void end_epoch() {
    validating = false;
    if (--epochs == 0) units = 0;
  }
  void step(std::uint64_t count) {
    units -= count;
    steps -= count;
    if (steps > 0) return;
    steps = steps_per_epoch;
    validating = true;
    unvalidated = validation;
    if (validation == 0) end_epoch();
  }
  std::uint64_t chunk() const { return std::min<std::uint64_t>(unvalidated, evaluation_chunk); }
  void validate() {
    --units;
    unvalidated -= chunk();
    if (unvalidated == 0) end_epoch();
  }
};

std::size_t tile_floats(const Network& network, std::size_t batch_size) {
  std::size_t floats = lay_out_tile(network, static_cast<int>(evaluation_tile)).floats;
  if (batch_size > 0) floats = std::max(floats, lay_out_tile(network, training_columns(batch_size)).floats);
  return floats;
}

}  // namespace

LayeredGroup::LayeredGroup(Runtime& runtime, const Network& network, Precision precision,
                           std::size_t batch_size)
    : runtime_(runtime), network_(network), precision_(precision), batch_size_(batch_size) {
  const bool trains = batch_size > 0;
  const std::size_t parameters = network.parameter_count, floats = tile_floats(network, batch_size);
  const std::size_t columns =
      std::max<std::size_t>(evaluation_tile, trains ? training_columns(batch_size) : 0);
  const std::size_t latent_sums = 5 * static_cast<std::size_t>(network.latents);
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
  queue_step();  // of empty places: what is loaded at first use is loaded before the recording
  step_ = runtime.record([this] { queue_step(); });
}

bool LayeredGroup::suits(const Network& network, Precision precision, std::size_t batch_size) const {
  if (precision != precision_ || batch_size != batch_size_ || network.features != network_.features ||
      network.latents != network_.latents || network.hidden_layers != network_.hidden_layers ||
      network.activation != network_.activation) {
    return false;
  }
  return std::equal(network.layers, network.layers + network.layer_count(), network_.layers,
                    [](const Layer& a, const Layer& b) { return a.in == b.in && a.out == b.out; });
}

int LayeredGroup::take_place() {
  for (int place = 0; place < places; ++place) {
    if (taken_[static_cast<std::size_t>(place)]) continue;
    taken_[static_cast<std::size_t>(place)] = true;
    return place;
  }
  return -1;
}

void LayeredGroup::leave(int place) noexcept {
  // Until it is taken again the place gets no units of work, and nothing of the replica is used.
  taken_[static_cast<std::size_t>(place)] = false;
}

void LayeredGroup::start(int place, const TrainingTask& task, std::size_t rows, const TrainingState& state,
                         TrainingState* published, EpochMetrics* history) {
  Place started;
  started.task = task;
  started.state = state;
  started.published = published;
  started.history = history;
  started.rows = rows;
  dataset_rows_[static_cast<std::size_t>(place)] = rows;
  runtime_.upload(memory_.places + place, &started, sizeof started);
}

void LayeredGroup::take_parameters(int place, const float* from) {
  runtime_.run(CopyParameters{from, parameters(place)}, static_cast<int>(network_.parameter_count), 1);
}

std::array<Place, LayeredGroup::places> LayeredGroup::read_places() {
  std::array<Place, places> read;
  runtime_.download(read.data(), memory_.places, sizeof read);
  return read;
}

void LayeredGroup::queue_step() {
  Batch batch;
  batch.count = batch_size_;
  LayeredTiles tiles(runtime_, network_, precision_, training_columns(batch_size_), memory_);
  runtime_.run(BeginStep{memory_.places}, 1, 1);
  train_step(tiles, network_, batch, Noise(), StepSettings(), 1);
  runtime_.run(EndStep{memory_.places}, 1, 1);
}

void LayeredGroup::queue_validation(std::size_t samples) {
  Batch batch;
  batch.count = samples;
  LayeredTiles tiles(runtime_, network_, precision_, static_cast<int>(evaluation_tile), memory_);
  runtime_.run(BeginValidation{memory_.places}, 1, 1);
  symscan::evaluate(tiles, network_, batch, Noise(), nullptr);
  runtime_.run(EndValidation{memory_.places}, 1, 1);
  runtime_.run(KeepParameters{memory_.places, memory_.vectors}, static_cast<int>(network_.parameter_count),
               1);
}

void LayeredGroup::train(const std::vector<int>& which, std::uint64_t units) {
  const auto now = read_places();
  std::array<Expected, places> expected;
  GiveUnits given = {memory_.places, {}};
  PublishStates published = {memory_.places, {}};
  for (const int place : which) {
    const auto i = static_cast<std::size_t>(place);
    expected[i] = Expected(now[i].task, now[i].state, units);
    given.units[place] = units;
    published.wanted[place] = true;
  }
  runtime_.run(given, 1, 1);
  for (;;) {
    std::uint64_t steps = 0, samples = 0;
    bool validates = false;
    for (const Expected& e : expected) {
      if (e.steps_next()) {
        const std::uint64_t most = std::min(e.units, e.steps);
        steps = steps == 0 ? most : std::min(steps, most);
      }
    }
    for (Expected& e : expected) {
      if (e.steps_next()) e.step(steps);
    }
    runtime_.replay(step_, steps);
    for (Expected& e : expected) {
      if (!e.validates_next()) continue;
      validates = true;
      samples = std::max(samples, e.chunk());
      e.validate();
    }
    if (validates) queue_validation(samples);
    if (steps == 0 && !validates) break;
  }
  runtime_.run(published, 1, 1);
}

void LayeredGroup::evaluate(const std::array<double*, places>& totals) {
  const std::size_t count = 5 * static_cast<std::size_t>(network_.latents);
  std::size_t most = 0;
  BeginEvaluation begin = {memory_.places, 0, {}, memory_.sums, static_cast<int>(count)};
  EndEvaluation end = {memory_.places, {}, memory_.sums, static_cast<int>(count)};
  for (std::size_t i = 0; i < places; ++i) {
    begin.totals[i] = end.totals[i] = totals[i];
    if (totals[i] == nullptr) continue;
    runtime_.zero(totals[i], (2 + count) * sizeof(double));
    most = std::max(most, dataset_rows_[i]);
  }
  LayeredTiles tiles(runtime_, network_, precision_, static_cast<int>(evaluation_tile), memory_);
  double* const all = memory_.sums.first;  // asks for every measure; the tiles know where they belong
  const RelevanceSums relevance = {all, all, all, all, all};
  for (; begin.chunk * evaluation_chunk < most; ++begin.chunk) {
    Batch batch;
    batch.count = std::min(most - begin.chunk * evaluation_chunk, evaluation_chunk);
    runtime_.run(begin, 1, 1);
    symscan::evaluate(tiles, network_, batch, Noise(), &relevance);
    runtime_.run(end, 1, 1);
  }
}

LayeredPlace LayeredGroups::join(Runtime& runtime, const Network& network, Precision precision,
                                 std::size_t batch_size) {
  std::erase_if(groups_, [](const auto& group) { return group.expired(); });
  for (const auto& known : groups_) {
    const auto group = known.lock();
    const int place = group->suits(network, precision, batch_size) ? group->take_place() : -1;
    if (place >= 0) return LayeredPlace(group, place);
  }
  const auto group = std::make_shared<LayeredGroup>(runtime, network, precision, batch_size);
  groups_.push_back(group);
  return LayeredPlace(group, group->take_place());
}

}  // namespace symscan
