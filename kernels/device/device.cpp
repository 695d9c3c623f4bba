// What lies in device memory: datasets and replicas.
#include "kernels/device/device.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

namespace symscan {
namespace {

/// Pieces of one allocation: offsets, each aligned as the pieces of a copy are.
class Offsets {
 public:
  std::size_t take(std::size_t bytes) { return std::exchange(next_, aligned_bytes(next_ + bytes)); }
  std::size_t all() const { return next_; }

 private:
  std::size_t next_ = 0;
};

/// SYMSCAN_DATA_IN_PLACE=1: no dataset is copied, so that a test of it needs no dataset of half a GPU.
bool keeps_data_in_place() {
  const char* text = std::getenv("SYMSCAN_DATA_IN_PLACE");
  return text != nullptr && std::string(text) == "1";
}

/// What the replica starts with; zeros where it has nothing.
void fill_vectors(const DeviceReplica& replica, const ReplicaStart& start, Upload& upload) {
  const block::ReplicaSlot& slot = replica.slot;
  const auto fill = [&](float* vector, const float* values) {
    if (vector != nullptr) upload.place(vector, values, replica.network.parameter_count);
  };
  fill(slot.parameters, start.parameters);
  fill(slot.first_moment, start.first_moment);
  fill(slot.second_moment, start.second_moment);
  fill(slot.gradient, nullptr);
  fill(slot.kept_parameters, start.kept_parameters);
}

/// What is done of the histories, zeros behind it.
void fill_histories(const DeviceReplica& replica, const ReplicaStart& start, Upload& upload) {
  const auto fill = [&](auto* all, const auto* begun, std::size_t done, std::size_t bytes) {
    const std::size_t given = begun != nullptr ? done : 0;
    upload.place(all, begun, given);
    upload.place(all + given, decltype(begun){nullptr}, bytes / sizeof *all - given);
  };
  const block::ReplicaSlot& slot = replica.slot;
  const std::size_t measured = relevance_passes(slot.task, slot.state.epochs_done) * tracked_measures *
                               static_cast<std::size_t>(replica.network.latents);
  fill(slot.history, start.history, slot.state.epochs_done, replica.history_bytes);
  fill(slot.task.relevance_history, start.relevance_history, measured, replica.relevance_bytes);
}

}  // namespace

Device::~Device() {
  try {
    runtime.wait();
  } catch (const DeviceError&) {  // a lost device does nothing any more
  }
}

int Device::add_dataset(const float* values, const float* weights, std::size_t rows, int features) {
  DeviceDataset dataset;
  dataset.rows = rows;
  dataset.features = features;
  const std::size_t count = rows * static_cast<std::size_t>(features);
  // Blocks gather the rows of a shuffled batch themselves, so that a dataset which leaves no room for
  // replicas can stay where it is.
  const bool in_place = keeps_data_in_place() || static_cast<double>(count) * sizeof(float) >
                                                     0.5 * static_cast<double>(runtime.free_memory());
  dataset.values = DeviceTable(runtime, values, count, in_place);
  if (weights != nullptr) dataset.weights = DeviceTable(runtime, weights, rows, in_place);
  datasets.emplace(next_dataset, std::move(dataset));
  return next_dataset++;
}

int Device::generate_dataset(const RowSampler& sampler, std::uint64_t seed, std::size_t rows,
                             const double* offset, const double* scale) {
  DeviceDataset dataset;
  dataset.rows = rows;
  dataset.features = static_cast<int>(sampler.columns());
  const auto columns = static_cast<std::size_t>(dataset.features);
  dataset.generated = DeviceArray<float>(runtime, rows * columns);
  DeviceArray<double> offsets(runtime, columns), scales(runtime, columns);
  offsets.upload(offset);
  scales.upload(scale);
  runtime.generate(sampler, seed, rows, offsets.data(), scales.data(), dataset.generated.data());
  datasets.emplace(next_dataset, std::move(dataset));
  return next_dataset++;
}

void Device::read_dataset(int number, std::size_t first_row, std::size_t rows, float* values) {
  const auto found = datasets.find(number);
  if (found == datasets.end() || first_row > found->second.rows || rows > found->second.rows - first_row) {
    throw DeviceError(DeviceStatus::failed, "there are no such rows on the device");
  }
  const auto features = static_cast<std::size_t>(found->second.features);
  runtime.download(values, found->second.rows_on_device() + first_row * features,
                   rows * features * sizeof(float));
}

void Device::remove_dataset(int number) {
  runtime.wait();  // the host's memory must not go while a block reads it in place
  if (datasets.erase(number) == 0) {
    throw DeviceError(DeviceStatus::failed, "there is no such dataset on the device");
  }
}

std::shared_ptr<DeviceRows> Device::rows_of(const TrainingTask& task, Upload& upload) {
  auto& cached = row_tables[{task.seed, task.training_count, task.validation_count}];
  if (auto rows = cached.lock()) return rows;
  auto rows = std::make_shared<DeviceRows>();
  if (task.training_rows != nullptr && task.validation_count > 0) {
    rows->training = DeviceArray<std::uint32_t>(runtime, task.training_count);
    rows->validation = DeviceArray<std::uint32_t>(runtime, task.validation_count);
    upload.place(rows->training.data(), task.training_rows, task.training_count);
    upload.place(rows->validation.data(), task.validation_rows, task.validation_count);
  }
  cached = rows;
  return rows;
}

/// One allocation per replica, divided: slot, vectors, histories.
void Device::take_memory(DeviceReplica& replica, bool keeps) {
  const Tier tier = replica.training.tier;
  block::ReplicaSlot& slot = replica.slot;
  Offsets offsets;
  offsets.take(sizeof(block::ReplicaSlot));
  std::vector<std::pair<float**, std::size_t>> vectors;
  const auto vector = [&](float*& place, bool wanted) {
    if (wanted) vectors.emplace_back(&place, offsets.take(replica.parameter_bytes()));
  };
  if (tier != Tier::layered) {
    vector(slot.parameters, true);
    vector(slot.first_moment, true);
    vector(slot.second_moment, true);
    vector(slot.gradient, tier == Tier::streamed || tier == Tier::cached);
    vector(slot.kept_parameters, keeps);
  }
  replica.history_bytes = std::max<std::size_t>(1, slot.task.epochs) * sizeof(EpochMetrics);
  replica.relevance_bytes = relevance_passes(slot.task, slot.task.epochs) * tracked_measures *
                            static_cast<std::size_t>(replica.network.latents) * sizeof(double);
  const std::size_t history = offsets.take(replica.history_bytes);
  const std::size_t relevance = offsets.take(replica.relevance_bytes);
  replica.memory = DeviceArray<std::byte>(runtime, offsets.all());
  const auto at = [&](std::size_t offset) { return replica.memory.data() + offset; };
  for (const auto& [place, offset] : vectors) *place = reinterpret_cast<float*>(at(offset));
  slot.history = reinterpret_cast<EpochMetrics*>(at(history));
  slot.task.relevance_history =
      replica.relevance_bytes > 0 ? reinterpret_cast<double*>(at(relevance)) : nullptr;
  if (tier == Tier::layered) join_pool(replica, keeps);
}

/// The vectors of Tier::layered are its pool's.
void Device::join_pool(DeviceReplica& replica, bool keeps) {
  block::ReplicaSlot& slot = replica.slot;
  replica.layered =
      layered_pools.join(runtime, replica.network, replica.precision, LayeredPool::batch_of(slot.task));
  const LayeredPool& pool = *replica.layered.pool();
  const int place = replica.layered.place();
  slot.parameters = pool.parameters(place);
  slot.first_moment = pool.first_moment(place);
  slot.second_moment = pool.second_moment(place);
  slot.kept_parameters = keeps ? pool.kept_parameters(place) : nullptr;
}

const DeviceDataset& Device::dataset_for(const ReplicaStart& start) const {
  const auto found = datasets.find(start.dataset);
  if (found == datasets.end() || found->second.features != start.network->features) {
    throw DeviceError(DeviceStatus::failed, "a replica was added for a dataset that is not on the device");
  }
  return found->second;
}

/// The replica with its memory, which `upload` is to fill.
DeviceReplica Device::make_replica(const ReplicaStart& start, Upload& upload) {
  const DeviceDataset& dataset = dataset_for(start);
  DeviceReplica replica;
  replica.training = start.training;
  replica.evaluation = start.evaluation;
  replica.network = *start.network;
  replica.precision = start.precision;
  block::ReplicaSlot& slot = replica.slot;
  const auto lay_out = [&](BlockLayout& layout, BlockPurpose purpose, const BlockPlan& plan) {
    if (plan.tier == Tier::layered) return;
    layout = make_block_layout(*start.network, purpose, plan.tier, start.precision, plan.tile);
  };
  lay_out(slot.training, BlockPurpose::training, start.training);
  lay_out(slot.evaluation, BlockPurpose::evaluation, start.evaluation);
  slot.task = *start.task;
  slot.state = *start.state;
  slot.task.rows = static_cast<std::uint32_t>(dataset.rows);
  replica.rows = rows_of(slot.task, upload);
  slot.task.values = dataset.rows_on_device();
  slot.task.weights = dataset.weights.data();
  slot.task.training_rows = replica.rows->training.data();
  slot.task.validation_rows = replica.rows->validation.data();
  take_memory(replica, start.task->patience >= 0);
  fill_vectors(replica, start, upload);
  fill_histories(replica, start, upload);
  upload.place(replica.device_slot(), &slot, 1);
  if (replica.layered.pool() != nullptr) {
    const layered::Place place =
        replica.layered.start(slot.task, slot.state, &replica.device_slot()->state, slot.history);
    upload.place(replica.layered.device_place(), &place, 1);
  }
  return replica;
}

void Device::add_replicas(const ReplicaStart* starts, int count, int* numbers) {
  std::erase_if(row_tables, [](const auto& entry) { return entry.second.expired(); });
  Upload upload;
  std::vector<DeviceReplica> added;
  for (int i = 0; i < count; ++i) added.push_back(make_replica(starts[i], upload));
  // The places of a pool lie beside those of replicas under way.
  if (slice != nullptr) runtime.join();
  upload.send(runtime, pinned);
  for (int i = 0; i < count; ++i) {
    numbers[i] = next_replica;
    replicas.emplace(next_replica++, std::move(added[static_cast<std::size_t>(i)]));
  }
}

DeviceReplica& Device::replica(int number) {
  const auto found = replicas.find(number);
  if (found == replicas.end())
    throw DeviceError(DeviceStatus::failed, "there is no such replica on the device");
  return found->second;
}

void Device::read_replicas(const int* numbers, int count, const ReplicaCopy* copies) {
  Download download(pinned);
  struct Piece {
    void* to;
    std::size_t bytes, offset;
  };
  std::vector<Piece> pieces;
  for (int i = 0; i < count; ++i) {
    const DeviceReplica& source = replica(numbers[i]);
    const ReplicaCopy& copy = copies[i];
    const auto read = [&](void* to, const void* from, std::size_t bytes) {
      if (to != nullptr && from != nullptr && bytes > 0)
        pieces.push_back({to, bytes, download.add(from, bytes)});
    };
    read(copy.state, &source.device_slot()->state, sizeof(TrainingState));
    read(copy.history, source.slot.history, source.slot.task.epochs * sizeof(EpochMetrics));
    read(copy.relevance_history, source.slot.task.relevance_history, source.relevance_bytes);
    read(copy.parameters, source.slot.parameters, source.parameter_bytes());
    read(copy.first_moment, source.slot.first_moment, source.parameter_bytes());
    read(copy.second_moment, source.slot.second_moment, source.parameter_bytes());
    read(copy.kept_parameters, source.slot.kept_parameters, source.parameter_bytes());
  }
  if (pieces.empty()) return;
  download.prepare();
  runtime.join();
  download.queue(runtime, Runtime::main_queue);
  runtime.wait();
  for (const Piece& piece : pieces) std::memcpy(piece.to, download.at<std::byte>(piece.offset), piece.bytes);
}

void Device::remove_replicas(const int* numbers, int count) {
  // Memory is given back in the order of the main queue, which comes after a slice anyway.
  if (evaluation != nullptr) runtime.join(Runtime::evaluation_lane);
  for (int i = 0; i < count; ++i) replicas.erase(numbers[i]);
}

}  // namespace symscan
