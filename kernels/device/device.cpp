#include "kernels/device/device.hpp"

#include <algorithm>
#include <cstring>

namespace symscan {
namespace {

/// One launch per plan.
using PlanKey = std::tuple<Tier, int, int, std::size_t>;

PlanKey key_of(const BlockPlan& plan) {
  return {plan.tier, plan.tile, plan.threads, plan.shared_bytes};
}

}  // namespace

int Device::add_dataset(const float* values, const float* weights, std::size_t rows, int features) {
  DeviceDataset dataset;
  dataset.rows = rows;
  dataset.features = features;
  const std::size_t count = rows * static_cast<std::size_t>(features);
  // Blocks gather the rows of a shuffled batch themselves, so that a dataset which leaves no room for
  // replicas can stay where it is.
  const bool in_place =
      static_cast<double>(count) * sizeof(float) > 0.75 * static_cast<double>(runtime.free_memory());
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
  slot.task = *start.task;
  slot.rows = found->second.rows;
  slot.state = *start.state;
  slot.task.rows = static_cast<std::uint32_t>(slot.rows);
  replica.rows = rows_of(slot.task);
  slot.task.values = found->second.rows_on_device();
  slot.task.weights = found->second.weights.data();
  slot.task.training_rows = replica.rows->training.data();
  slot.task.validation_rows = replica.rows->validation.data();

  const std::size_t count = start.network->parameter_count;
  const bool streamed = start.training.tier != Tier::fused, keeps = start.task->patience >= 0;
  replica.floats = DeviceArray<float>(runtime, (3 + (streamed ? 1 : 0) + (keeps ? 1 : 0)) * count);
  replica.history = DeviceArray<EpochMetrics>(runtime, std::max<std::size_t>(1, slot.task.epochs));
  replica.device_slot = DeviceArray<block::ReplicaSlot>(runtime, 1);
  float* next = replica.floats.data();
  const auto place = [&](const float* values) {
    float* const placed = next;
    next += count;
    if (values != nullptr) {
      runtime.upload(placed, values, count * sizeof(float));
    } else {
      runtime.zero(placed, count * sizeof(float));
    }
    return placed;
  };
  slot.parameters = place(start.parameters);
  slot.first_moment = place(start.first_moment);
  slot.second_moment = place(start.second_moment);
  if (streamed) slot.gradient = place(nullptr);
  if (keeps) slot.kept_parameters = place(start.kept_parameters);
  slot.history = replica.history.data();
  if (start.history != nullptr) {
    runtime.upload(slot.history, start.history, slot.state.epochs_done * sizeof(EpochMetrics));
  }
  const std::size_t pass = tracked_measures * static_cast<std::size_t>(start.network->latents);
  replica.relevance_history =
      DeviceArray<double>(runtime, relevance_passes(slot.task, slot.task.epochs) * pass);
  slot.task.relevance_history = replica.relevance_history.data();
  if (start.relevance_history != nullptr) {
    runtime.upload(slot.task.relevance_history, start.relevance_history,
                   relevance_passes(slot.task, slot.state.epochs_done) * pass * sizeof(double));
  }
  replica.device_slot.upload(&slot);
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
  for (int i = 0; i < count; ++i) {
    const DeviceReplica& trained = replica(numbers[i]);
    auto& launch = launches[key_of(trained.training)];
    launch.first = trained.training;
    launch.second.push_back(trained.device_slot.data());
  }
  for (const auto& [key, launch] : launches) {
    DeviceArray<block::ReplicaSlot*> slots(runtime, launch.second.size());
    slots.upload(launch.second.data());
    runtime.train(launch.first, slots.data(), static_cast<int>(slots.count()), units);
  }
}

void Device::states(const int* numbers, int count, TrainingState* states) {
  std::vector<block::ReplicaSlot*> slots;
  for (int i = 0; i < count; ++i) slots.push_back(replica(numbers[i]).device_slot.data());
  DeviceArray<block::ReplicaSlot*> device_slots(runtime, slots.size());
  DeviceArray<TrainingState> gathered(runtime, slots.size());
  device_slots.upload(slots.data());
  runtime.gather_states(device_slots.data(), count, gathered.data());
  runtime.download(states, gathered.data(), slots.size() * sizeof(TrainingState));
}

void Device::evaluate(const int* numbers, int count, LossSums* losses, double* sums) {
  const auto width_of = [&](int i) {
    return block::chunk_sums(replica(numbers[i]).slot.training.shape.latents);
  };
  const auto chunks_of = [&](int i) {
    return (replica(numbers[i]).slot.rows + evaluation_chunk - 1) / evaluation_chunk;
  };
  std::size_t partial_count = 0, total_count = 0;
  for (int i = 0; i < count; ++i) {
    partial_count += chunks_of(i) * width_of(i);
    total_count += width_of(i);
  }
  DeviceArray<double> partial(runtime, partial_count), total(runtime, total_count);
  std::map<PlanKey, std::pair<BlockPlan, std::vector<EvaluationItem>>> launches;
  std::vector<ReductionItem> reductions;
  double *next = partial.data(), *next_total = total.data();
  for (int i = 0; i < count; ++i) {
    const DeviceReplica& evaluated = replica(numbers[i]);
    auto& launch = launches[key_of(evaluated.evaluation)];
    launch.first = evaluated.evaluation;
    const std::size_t chunks = chunks_of(i), width = width_of(i);
    for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
      launch.second.push_back({evaluated.device_slot.data(), chunk, next + chunk * width});
    }
    reductions.push_back({next, chunks, width, next_total});
    next += chunks * width;
    next_total += width;
  }
  for (const auto& [key, launch] : launches) {
    DeviceArray<EvaluationItem> items(runtime, launch.second.size());
    items.upload(launch.second.data());
    runtime.evaluate(launch.first, items.data(), items.count());
  }
  DeviceArray<ReductionItem> items(runtime, reductions.size());
  items.upload(reductions.data());
  runtime.reduce(items.data(), items.count());
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

namespace {

/// Runs `f`; turns what it throws into a status and a sentence.
template <class F>
DeviceStatus guarded(char* why, F f) {
  const auto tell = [&](const char* sentence) {
    std::strncpy(why, sentence, DeviceApi::why_size - 1);
    why[DeviceApi::why_size - 1] = '\0';
  };
  try {
    f();
    return DeviceStatus::ok;
  } catch (const DeviceError& error) {
    tell(error.what());
    return error.status();
  } catch (const std::bad_alloc&) {
    tell("the host's memory is exhausted");
    return DeviceStatus::failed;
  } catch (const std::exception& error) {
    tell(error.what());
    return DeviceStatus::failed;
  }
}

DeviceStatus count(int* devices, char* why) {
  return guarded(why, [&] {
    std::string sentence;
    *devices = Runtime::device_count(sentence);
    std::strncpy(why, sentence.c_str(), DeviceApi::why_size - 1);
    why[DeviceApi::why_size - 1] = '\0';
  });
}
DeviceStatus info(int number, DeviceInfo* info, char* why) {
  return guarded(why, [&] { *info = Runtime::device_info(number); });
}
DeviceStatus open(int number, Device** opened, char* why) {
  return guarded(why, [&] { *opened = new Device(number); });
}
void close(Device* device) {
  delete device;
}
DeviceStatus add_dataset(Device* device, const float* values, const float* weights, std::size_t rows,
                         int features, int* dataset, char* why) {
  return guarded(why, [&] { *dataset = device->add_dataset(values, weights, rows, features); });
}
DeviceStatus generate_dataset(Device* device, const RowGenerator* generator, std::uint64_t seed,
                              std::size_t rows, const double* offset, const double* scale, int* dataset,
                              char* why) {
  return guarded(why, [&] { *dataset = device->generate_dataset(*generator, seed, rows, offset, scale); });
}
DeviceStatus read_dataset(Device* device, int dataset, std::size_t first_row, std::size_t rows, float* values,
                          char* why) {
  return guarded(why, [&] { device->read_dataset(dataset, first_row, rows, values); });
}
DeviceStatus remove_dataset(Device* device, int dataset, char* why) {
  return guarded(why, [&] { device->datasets.erase(dataset); });
}
DeviceStatus add_replica(Device* device, const ReplicaStart* start, int* replica, char* why) {
  return guarded(why, [&] { *replica = device->add_replica(*start); });
}
DeviceStatus read_replica(Device* device, int replica, const ReplicaCopy* copy, char* why) {
  return guarded(why, [&] { device->read_replica(replica, *copy); });
}
DeviceStatus remove_replica(Device* device, int replica, char* why) {
  return guarded(why, [&] { device->replicas.erase(replica); });
}
DeviceStatus train(Device* device, const int* replicas, int count, std::uint64_t units, char* why) {
  return guarded(why, [&] { device->train(replicas, count, units); });
}
DeviceStatus wait(Device* device, char* why) {
  return guarded(why, [&] { device->runtime.wait(); });
}
DeviceStatus states(Device* device, const int* replicas, int count, TrainingState* states, char* why) {
  return guarded(why, [&] { device->states(replicas, count, states); });
}
DeviceStatus evaluate(Device* device, const int* replicas, int count, LossSums* losses, double* sums,
                      char* why) {
  return guarded(why, [&] { device->evaluate(replicas, count, losses, sums); });
}

DeviceStatus rank(Device* device, const SweepScores* scores, const Ranking* ranking, char* why) {
  return guarded(why, [&] { device->rank(*scores, *ranking); });
}

}  // namespace
}  // namespace symscan

extern "C" const symscan::DeviceApi* symscan_device_api(void) {
  using namespace symscan;
  static const DeviceApi api = {device_api_layout(),
                                Runtime::build(),
                                count,
                                info,
                                open,
                                close,
                                add_dataset,
                                generate_dataset,
                                read_dataset,
                                remove_dataset,
                                add_replica,
                                read_replica,
                                remove_replica,
                                train,
                                wait,
                                states,
                                evaluate,
                                rank};
  return &api;
}
