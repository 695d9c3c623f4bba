#include "kernels/device/device.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

namespace symscan {
namespace {

/// What replicas of one launch have in common; it gives each block the shared memory of the largest.
using PlanKey = std::tuple<Tier, int, int, int>;

PlanKey key_of(const BlockPlan& plan) {
  return {plan.tier, plan.tile, plan.threads, plan.blocks_per_multiprocessor};
}

/// SYMSCAN_DATA_IN_PLACE=1: no dataset is copied, so that a test of it needs no dataset of half a GPU.
bool keeps_data_in_place() {
  const char* text = std::getenv("SYMSCAN_DATA_IN_PLACE");
  return text != nullptr && std::string(text) == "1";
}

void widen(BlockPlan& launch, const BlockPlan& plan) {
  const std::size_t bytes = std::max(launch.shared_bytes, plan.shared_bytes);
  launch = plan;
  launch.shared_bytes = bytes;
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

int Device::generate_dataset(const RowGenerator& generator, std::uint64_t seed, std::size_t rows,
                             const double* offset, const double* scale) {
  DeviceDataset dataset;
  dataset.rows = rows;
  dataset.features = static_cast<int>(generator.columns());
  const auto columns = static_cast<std::size_t>(dataset.features);
  dataset.generated = DeviceArray<float>(runtime, rows * columns);
  DeviceArray<double> offsets(runtime, columns), scales(runtime, columns);
  offsets.upload(offset);
  scales.upload(scale);
  runtime.generate(generator, seed, rows, offsets.data(), scales.data(), dataset.generated.data());
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

void Device::rank(const SweepScores& scores, const Ranking& ranking) {
  check_ranking(scores, ranking);
  const std::size_t cells = scores.replicas * scores.latents;
  DeviceArray<double> relevance(runtime, cells), kl(runtime, cells), loss(runtime, scores.replicas);
  DeviceArray<std::uint32_t> order(runtime, cells), active(runtime, scores.replicas),
      by_loss(runtime, scores.replicas);
  relevance.upload(scores.relevance);
  kl.upload(scores.kl);
  loss.upload(scores.loss);
  SweepScores on_device = scores;
  on_device.relevance = relevance.data();
  on_device.kl = kl.data();
  on_device.loss = loss.data();
  runtime.rank(on_device, {order.data(), active.data(), by_loss.data()});
  const auto read = [&](std::uint32_t* to, const DeviceArray<std::uint32_t>& from) {
    runtime.download(to, from.data(), from.count() * sizeof(std::uint32_t));
  };
  read(ranking.order, order);
  read(ranking.active, active);
  read(ranking.by_loss, by_loss);
}

std::shared_ptr<DeviceRows> Device::rows_of(const TrainingTask& task) {
  auto& cached = row_tables[{task.seed, task.training_count, task.validation_count}];
  if (auto rows = cached.lock()) return rows;
  auto rows = std::make_shared<DeviceRows>();
  if (task.training_rows != nullptr && task.validation_count > 0) {
    rows->training = DeviceArray<std::uint32_t>(runtime, task.training_count);
    rows->training.upload(task.training_rows);
    rows->validation = DeviceArray<std::uint32_t>(runtime, task.validation_count);
    rows->validation.upload(task.validation_rows);
  }
  cached = rows;
  return rows;
}

int Device::add_replica(const ReplicaStart& start) {
  const auto found = datasets.find(start.dataset);
  if (found == datasets.end() || found->second.features != start.network->features) {
    throw DeviceError(DeviceStatus::failed, "a replica was added for a dataset that is not on the device");
  }
  DeviceReplica replica;
  replica.dataset = start.dataset;
  replica.training = start.training;
  replica.evaluation = start.evaluation;
  block::ReplicaSlot& slot = replica.slot;
  slot = {};
  slot.training = make_block_layout(*start.network, BlockPurpose::training, start.training.tier,
                                    start.precision, start.training.tile);
  slot.evaluation = make_block_layout(*start.network, BlockPurpose::evaluation, start.evaluation.tier,
                                      start.precision, start.evaluation.tile);
  replica.network = *start.network;
  replica.precision = start.precision;
  slot.task = *start.task;
  slot.state = *start.state;
  slot.task.rows = static_cast<std::uint32_t>(found->second.rows);
  replica.rows = rows_of(slot.task);
  slot.task.values = found->second.rows_on_device();
  slot.task.weights = found->second.weights.data();
  slot.task.training_rows = replica.rows->training.data();
  slot.task.validation_rows = replica.rows->validation.data();

  const std::size_t count = start.network->parameter_count;
  const bool layered = start.training.tier == Tier::layered, keeps = start.task->patience >= 0;
  const bool streamed = start.training.tier == Tier::streamed;
  replica.history = DeviceArray<EpochMetrics>(runtime, std::max<std::size_t>(1, slot.task.epochs));
  replica.device_slot = DeviceArray<block::ReplicaSlot>(runtime, 1);
  if (layered) {
    replica.layered =
        layered_groups.join(runtime, *start.network, start.precision, LayeredGroup::batch_of(slot.task));
    const LayeredGroup& group = *replica.layered.group();
    const int place = replica.layered.place();
    slot.parameters = group.parameters(place);
    slot.first_moment = group.first_moment(place);
    slot.second_moment = group.second_moment(place);
    slot.kept_parameters = keeps ? group.kept_parameters(place) : nullptr;
  } else {
    replica.floats = DeviceArray<float>(runtime, (3 + (streamed ? 1 : 0) + (keeps ? 1 : 0)) * count);
    float* next = replica.floats.data();
    const auto take = [&] { return std::exchange(next, next + count); };
    slot.parameters = take();
    slot.first_moment = take();
    slot.second_moment = take();
    if (streamed) slot.gradient = take();
    if (keeps) slot.kept_parameters = take();
  }
  const auto fill = [&](float* vector, const float* values) {
    const std::size_t bytes = vector != nullptr ? count * sizeof(float) : 0;
    values != nullptr ? runtime.upload(vector, values, bytes) : runtime.zero(vector, bytes);
  };
  fill(slot.parameters, start.parameters);
  fill(slot.first_moment, start.first_moment);
  fill(slot.second_moment, start.second_moment);
  fill(slot.gradient, nullptr);
  fill(slot.kept_parameters, start.kept_parameters);
  slot.history = replica.history.data();
  runtime.zero(slot.history, replica.history.count() * sizeof(EpochMetrics));
  if (start.history != nullptr) {
    runtime.upload(slot.history, start.history, slot.state.epochs_done * sizeof(EpochMetrics));
  }
  const std::size_t pass = tracked_measures * static_cast<std::size_t>(start.network->latents);
  replica.relevance_history =
      DeviceArray<double>(runtime, relevance_passes(slot.task, slot.task.epochs) * pass);
  slot.task.relevance_history = replica.relevance_history.data();
  runtime.zero(slot.task.relevance_history, replica.relevance_history.count() * sizeof(double));
  if (start.relevance_history != nullptr) {
    runtime.upload(slot.task.relevance_history, start.relevance_history,
                   relevance_passes(slot.task, slot.state.epochs_done) * pass * sizeof(double));
  }
  replica.device_slot.upload(&slot);
  if (layered) replica.layered.start(slot.task, slot.state, &replica.device_slot.data()->state, slot.history);
  replicas.emplace(next_replica, std::move(replica));
  return next_replica++;
}

DeviceReplica& Device::replica(int number) {
  const auto found = replicas.find(number);
  if (found == replicas.end())
    throw DeviceError(DeviceStatus::failed, "there is no such replica on the device");
  return found->second;
}

void Device::read_replica(int number, const ReplicaCopy& copy) {
  const DeviceReplica& source = replica(number);
  const std::size_t bytes =
      static_cast<std::size_t>(source.slot.training.shape.parameter_count) * sizeof(float);
  const auto read = [&](float* to, const float* from) {
    if (to != nullptr && from != nullptr) runtime.download(to, from, bytes);
  };
  if (copy.state != nullptr) states(&number, 1, copy.state);
  if (copy.history != nullptr) {
    runtime.download(copy.history, source.history.data(), source.slot.task.epochs * sizeof(EpochMetrics));
  }
  if (copy.relevance_history != nullptr) {
    runtime.download(copy.relevance_history, source.relevance_history.data(),
                     source.relevance_history.count() * sizeof(double));
  }
  read(copy.parameters, source.slot.parameters);
  read(copy.first_moment, source.slot.first_moment);
  read(copy.second_moment, source.slot.second_moment);
  read(copy.kept_parameters, source.slot.kept_parameters);
}

void Device::train(const int* numbers, int count, std::uint64_t units) {
  std::map<PlanKey, std::pair<BlockPlan, std::vector<block::ReplicaSlot*>>> launches;
  std::map<LayeredGroup*, std::vector<int>> layered;
  for (int i = 0; i < count; ++i) {
    const DeviceReplica& trained = replica(numbers[i]);
    if (LayeredGroup* const group = trained.layered.group(); group != nullptr) {
      layered[group].push_back(trained.layered.place());
      continue;
    }
    auto& launch = launches[key_of(trained.training)];
    widen(launch.first, trained.training);
    launch.second.push_back(trained.device_slot.data());
  }
  for (const auto& [group, places] : layered) group->read_progress();
  for (const auto& [key, launch] : launches) {
    DeviceArray<block::ReplicaSlot*> slots(runtime, launch.second.size());
    slots.upload(launch.second.data());
    runtime.train(launch.first, slots.data(), static_cast<int>(slots.count()), units);
    launched.push_back(std::move(slots));
  }
  for (const auto& [group, places] : layered) group->train(places, units);
}

void Device::wait() {
  runtime.wait();
  launched.clear();
}

void Device::remove_replica(int number) {
  runtime.join();
  replicas.erase(number);
}

void Device::states(const int* numbers, int count, TrainingState* states) {
  if (count == 0) return;
  std::vector<block::ReplicaSlot*> slots;
  for (int i = 0; i < count; ++i) slots.push_back(replica(numbers[i]).device_slot.data());
  DeviceArray<block::ReplicaSlot*> device_slots(runtime, slots.size());
  DeviceArray<TrainingState> gathered(runtime, slots.size());
  device_slots.upload(slots.data());
  runtime.gather_states(device_slots.data(), count, gathered.data());
  runtime.download(states, gathered.data(), slots.size() * sizeof(TrainingState));
}

void Device::evaluate(const int* numbers, int count, LossSums* losses, double* sums) {
  if (count == 0) return;
  runtime.join();
  const auto width_of = [&](int i) {
    return block::chunk_sums(replica(numbers[i]).slot.training.shape.latents);
  };
  const auto chunks_of = [&](int i) -> std::size_t {
    if (replica(numbers[i]).evaluation.tier == Tier::layered) return 0;
    return (replica(numbers[i]).slot.task.rows + evaluation_chunk - 1) / evaluation_chunk;
  };
  std::size_t partial_count = 0, total_count = 0;
  for (int i = 0; i < count; ++i) {
    partial_count += chunks_of(i) * width_of(i);
    total_count += width_of(i);
  }
  DeviceArray<double> partial(runtime, partial_count), total(runtime, total_count);
  std::map<PlanKey, std::pair<BlockPlan, std::vector<EvaluationItem>>> launches;
  std::vector<LayeredEvaluation> layered;
  std::vector<ReductionItem> reductions;
  double *next = partial.data(), *next_total = total.data();
  for (int i = 0; i < count; ++i) {
    const DeviceReplica& evaluated = replica(numbers[i]);
    const std::size_t chunks = chunks_of(i), width = width_of(i);
    if (chunks == 0) {
      layered.push_back({&evaluated.layered, &evaluated.network, evaluated.precision, &evaluated.slot.task,
                         evaluated.slot.parameters, next_total});
    } else {
      auto& launch = launches[key_of(evaluated.evaluation)];
      widen(launch.first, evaluated.evaluation);
      for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
        launch.second.push_back({evaluated.device_slot.data(), chunk, next + chunk * width});
      }
      reductions.push_back({next, chunks, width, next_total});
    }
    next += chunks * width;
    next_total += width;
  }
  for (const auto& [key, launch] : launches) {
    DeviceArray<EvaluationItem> items(runtime, launch.second.size());
    items.upload(launch.second.data());
    runtime.evaluate(launch.first, items.data(), items.count());
  }
  if (!reductions.empty()) {
    DeviceArray<ReductionItem> items(runtime, reductions.size());
    items.upload(reductions.data());
    runtime.reduce(items.data(), items.count());
  }
  evaluate_layered(runtime, layered);
  std::vector<double> values(total_count);
  runtime.download(values.data(), total.data(), total_count * sizeof(double));
  const double* read = values.data();
  for (int i = 0; i < count; ++i) {
    const std::size_t width = width_of(i);
    losses[i].squared_error = read[0];
    losses[i].kl = read[1];
    sums = std::copy(read + 2, read + width, sums);
    read += width;
  }
}

}  // namespace symscan
