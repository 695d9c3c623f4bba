#pragma once
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "host/device/backend.hpp"
#include "host/train/replica_trainer.hpp"
#include "kernels/cpu_backend.hpp"

/// Devices that train on the CPU, through the interface of a device backend, and fail when a test says so.
namespace symscan::test {

inline constexpr int no_limit = 1 << 30;

/// What a test wants of a device, and what it has seen.
struct FakeSettings {
  int multiprocessors = 4;
  std::size_t shared_per_block = 232448;
  int places = no_limit;                  ///< replicas that are trained at one time
  int most_replicas = no_limit;           ///< add_replicas: out of memory beyond
  int most_trained = no_limit;            ///< train: out of memory for more replicas at one time
  int train_limit_begins = 0;             ///< slices after which most_trained applies
  int most_evaluated = no_limit;          ///< evaluate: out of memory for more replicas at one time
  std::size_t most_parameters = 1 << 30;  ///< add_replicas: out of memory for a larger network, always
  int lost_after = no_limit;              ///< slices until the device is lost
  int refused_tile = -1;                  ///< train fails for plans of this tile
  bool refuses_to_open = false;
  double seconds_per_unit = 0;
  double busy_seconds = 0;  ///< of all slices

  int slices = 0, idle_turns = 0, most_under_way = 0, datasets_added = 0, opened = 0, closed = 0;
  std::vector<std::uint64_t> started;  ///< parameter counts, in the order of add_replicas
  std::vector<std::size_t> evaluated;  ///< replicas of each call of evaluate
};

struct FakeDevice {
  struct Dataset {
    std::vector<float> values, weights;
    std::size_t rows;
  };
  struct Replica {
    std::unique_ptr<CpuReplica> cpu;
    std::vector<std::uint32_t> training_rows, validation_rows;
    TrainingTask task;
    TrainingState state;
    TrainingScratch scratch;
    std::vector<double> relevance_history;
    std::vector<EpochMetrics> history;
    std::size_t rows;
    BlockPlan plan;
  };
  FakeSettings* settings;
  std::map<int, Dataset> datasets;
  std::map<int, Replica> replicas;
  std::vector<int> evaluating;  ///< until results()
  int next = 0;
  bool lost = false;
};

inline std::vector<FakeSettings>& fake_devices() {
  static std::vector<FakeSettings> devices;
  return devices;
}

namespace fake {

inline FakeDevice& of(Device* device) {
  return *reinterpret_cast<FakeDevice*>(device);
}

inline DeviceStatus no(DeviceStatus status, const char* sentence, char* why) {
  std::snprintf(why, DeviceApi::why_size, "%s", sentence);
  return status;
}
inline DeviceStatus full(char* why) {
  return no(DeviceStatus::out_of_memory, "out of memory", why);
}
inline DeviceStatus gone(char* why) {
  return no(DeviceStatus::lost, "it fell off the bus", why);
}

inline DeviceStatus count(int* devices, char* why) {
  *devices = static_cast<int>(fake_devices().size());
  return *devices > 0 ? DeviceStatus::ok : no(DeviceStatus::failed, "there is no driver", why);
}

inline DeviceStatus info(int device, DeviceInfo* info, char*) {
  const FakeSettings& settings = fake_devices().at(static_cast<std::size_t>(device));
  *info = {};
  std::snprintf(info->name, sizeof info->name, "Fake %d", device);
  info->major = 9;
  info->total_memory = 80'000'000'000;
  info->free_memory = 70'000'000'000;
  info->limits = {settings.shared_per_block, 233472, 1024, 2048, 32, 65536, settings.multiprocessors};
  return DeviceStatus::ok;
}

inline DeviceStatus open(int device, Device** opened, char* why) {
  FakeSettings& settings = fake_devices().at(static_cast<std::size_t>(device));
  if (settings.refuses_to_open) return gone(why);
  ++settings.opened;
  auto* fake = new FakeDevice;
  fake->settings = &settings;
  *opened = reinterpret_cast<Device*>(fake);
  return DeviceStatus::ok;
}

inline void close(Device* device) {
  ++of(device).settings->closed;
  delete &of(device);
}

inline DeviceStatus free_memory(Device*, std::uint64_t* bytes, char*) {
  *bytes = 70'000'000'000;
  return DeviceStatus::ok;
}

inline DeviceStatus add_dataset(Device* device, const float* values, const float* weights, std::size_t rows,
                                int features, int* dataset, char* why) {
  FakeDevice& fake = of(device);
  if (fake.lost) return gone(why);
  ++fake.settings->datasets_added;
  *dataset = fake.next++;
  FakeDevice::Dataset& copy = fake.datasets[*dataset];
  copy.values.assign(values, values + rows * static_cast<std::size_t>(features));
  if (weights != nullptr) copy.weights.assign(weights, weights + rows);
  copy.rows = rows;
  return DeviceStatus::ok;
}

inline DeviceStatus remove_dataset(Device* device, int dataset, char* why) {
  return of(device).datasets.erase(dataset) == 1 ? DeviceStatus::ok
                                                 : no(DeviceStatus::failed, "unknown", why);
}

inline void add_replica(FakeDevice& fake, const ReplicaStart* start, int* replica) {
  const std::size_t count = start->network->parameter_count;
  *replica = fake.next++;
  FakeDevice::Replica& added = fake.replicas[*replica];
  added.cpu = std::make_unique<CpuReplica>(*start->network, start->task->patience >= 0);
  added.task = *start->task;
  added.state = *start->state;
  added.plan = start->training;
  const FakeDevice::Dataset& data = fake.datasets.at(start->dataset);
  added.rows = data.rows;
  added.task.values = data.values.data();
  added.task.weights = data.weights.empty() ? nullptr : data.weights.data();
  const auto keep_rows = [](const std::uint32_t*& rows, std::uint32_t rows_count, auto& kept) {
    if (rows == nullptr) return;
    kept.assign(rows, rows + rows_count);
    rows = kept.data();
  };
  keep_rows(added.task.training_rows, added.task.training_count, added.training_rows);
  keep_rows(added.task.validation_rows, added.task.validation_count, added.validation_rows);
  const std::size_t pass = tracked_measures * static_cast<std::size_t>(start->network->latents);
  added.task.rows = static_cast<std::uint32_t>(data.rows);
  added.relevance_history.resize(relevance_passes(added.task, added.task.epochs) * pass);
  added.task.relevance_history = added.relevance_history.data();
  if (start->relevance_history != nullptr) {
    std::copy_n(start->relevance_history, relevance_passes(added.task, added.state.epochs_done) * pass,
                added.relevance_history.begin());
  }
  added.history.assign(start->history, start->history + start->state->epochs_done);
  added.history.resize(added.task.epochs);
  const ReplicaBuffers& buffers = added.cpu->buffers();
  std::copy_n(start->parameters, count, buffers.parameters);
  if (start->first_moment != nullptr) std::copy_n(start->first_moment, count, buffers.first_moment);
  if (start->second_moment != nullptr) std::copy_n(start->second_moment, count, buffers.second_moment);
  if (start->kept_parameters != nullptr) std::copy_n(start->kept_parameters, count, buffers.kept_parameters);
}

inline DeviceStatus add_replicas(Device* device, const ReplicaStart* starts, int count, int* replicas,
                                 char* why) {
  FakeDevice& fake = of(device);
  FakeSettings& settings = *fake.settings;
  if (fake.lost) return gone(why);
  if (static_cast<int>(fake.replicas.size()) + count > settings.most_replicas) return full(why);
  for (int i = 0; i < count; ++i)
    if (starts[i].network->parameter_count > settings.most_parameters) return full(why);
  for (int i = 0; i < count; ++i) {
    add_replica(fake, starts + i, replicas + i);
    settings.started.push_back(starts[i].network->parameter_count);
  }
  settings.most_under_way = std::max(settings.most_under_way, static_cast<int>(fake.replicas.size()));
  return DeviceStatus::ok;
}

inline void read_replica(const FakeDevice::Replica& from, const ReplicaCopy* copy) {
  const std::size_t count = from.cpu->network().parameter_count;
  const ReplicaBuffers& buffers = from.cpu->buffers();
  if (copy->state != nullptr) *copy->state = from.state;
  if (copy->history != nullptr) std::copy(from.history.begin(), from.history.end(), copy->history);
  if (copy->relevance_history != nullptr) {
    std::copy(from.relevance_history.begin(), from.relevance_history.end(), copy->relevance_history);
  }
  if (copy->parameters != nullptr) std::copy_n(buffers.parameters, count, copy->parameters);
  if (copy->first_moment != nullptr) std::copy_n(buffers.first_moment, count, copy->first_moment);
  if (copy->second_moment != nullptr) std::copy_n(buffers.second_moment, count, copy->second_moment);
  if (copy->kept_parameters != nullptr) std::copy_n(buffers.kept_parameters, count, copy->kept_parameters);
}

inline DeviceStatus read_replicas(Device* device, const int* replicas, int count, const ReplicaCopy* copies,
                                  char* why) {
  FakeDevice& fake = of(device);
  if (fake.lost) return gone(why);
  for (int i = 0; i < count; ++i) read_replica(fake.replicas.at(replicas[i]), copies + i);
  return DeviceStatus::ok;
}

inline DeviceStatus remove_replicas(Device* device, const int* replicas, int count, char* why) {
  if (of(device).lost) return gone(why);
  for (int i = 0; i < count; ++i)
    if (of(device).replicas.erase(replicas[i]) != 1) return no(DeviceStatus::failed, "unknown", why);
  return DeviceStatus::ok;
}

/// Replicas take the places in turn: the next begins where one has come to its end.
inline DeviceStatus train(Device* device, const int* replicas, int count, std::uint64_t units, double seconds,
                          char* why) {
  FakeDevice& fake = of(device);
  FakeSettings& settings = *fake.settings;
  if (fake.lost) return gone(why);
  if (count > settings.most_trained && settings.slices >= settings.train_limit_begins) return full(why);
  for (int i = 0; i < count; ++i) {
    if (fake.replicas.at(replicas[i]).plan.tile == settings.refused_tile)
      return no(DeviceStatus::failed, "this tile is not supported", why);
  }
  std::vector<double> places(static_cast<std::size_t>(std::min(count, settings.places)), 0.0);
  for (int i = 0; i < count; ++i) {
    FakeDevice::Replica& replica = fake.replicas.at(replicas[i]);
    double& now = *std::min_element(places.begin(), places.end());
    if (seconds > 0 && now >= seconds) ++settings.idle_turns;
    for (std::uint64_t done = 0; done < units && replica.state.status == TrainingState::Status::training;
         ++done) {
      if (seconds > 0 && now >= seconds) break;
      cpu_backend().advance(replica.cpu->network(), replica.cpu->buffers(), replica.task, replica.state,
                            replica.history.data(), replica.scratch);
      now += settings.seconds_per_unit;
    }
  }
  const double lasted = *std::max_element(places.begin(), places.end());
  settings.busy_seconds += lasted;
  std::this_thread::sleep_for(std::chrono::duration<double>(lasted));
  return DeviceStatus::ok;
}

inline DeviceStatus wait(Device* device, char* why) {
  FakeDevice& fake = of(device);
  if (++fake.settings->slices > fake.settings->lost_after) fake.lost = true;
  return fake.lost ? gone(why) : DeviceStatus::ok;
}

inline DeviceStatus states(Device* device, const int* replicas, int count, TrainingState* states, char*) {
  for (int i = 0; i < count; ++i) states[i] = of(device).replicas.at(replicas[i]).state;
  return DeviceStatus::ok;
}

inline DeviceStatus evaluate(Device* device, const int* replicas, int count, char* why) {
  FakeDevice& fake = of(device);
  if (fake.lost) return gone(why);
  if (count > fake.settings->most_evaluated) return full(why);
  fake.settings->evaluated.push_back(static_cast<std::size_t>(count));
  fake.evaluating.assign(replicas, replicas + count);
  return DeviceStatus::ok;
}

inline DeviceStatus results(Device* device, LossSums* losses, double* sums, const ReplicaCopy* copies,
                            char* why) {
  FakeDevice& fake = of(device);
  if (fake.lost) return gone(why);
  for (std::size_t i = 0; i < fake.evaluating.size(); ++i) {
    const FakeDevice::Replica& replica = fake.replicas.at(fake.evaluating[i]);
    read_replica(replica, copies + i);
    const int latents = replica.cpu->network().latents;
    const std::size_t count = RelevanceSums::size(latents);
    std::fill_n(sums, count, 0.0);
    losses[i] = {};
    Batch all;
    all.values = replica.task.values;
    all.weights = replica.task.weights;
    all.count = replica.rows;
    for (std::size_t begin = 0; begin < all.count; begin += evaluation_chunk) {
      std::vector<double> part(count);
      const RelevanceSums relevance = RelevanceSums::in(part.data(), latents);
      const LossSums chunk = cpu_backend().evaluate(
          replica.cpu->network(), replica.cpu->buffers(), batch_part(all, begin, evaluation_chunk),
          {replica.task.seed, Stream::evaluation_noise, 0}, &relevance);
      losses[i].squared_error += chunk.squared_error;
      losses[i].kl += chunk.kl;
      for (std::size_t k = 0; k < part.size(); ++k) sums[k] += part[k];
    }
    sums += count;
  }
  fake.evaluating.clear();
  return DeviceStatus::ok;
}

}  // namespace fake

inline const DeviceApi& fake_api() {
  static const DeviceApi api = [] {
    DeviceApi fakes = {};
    fakes.layout = device_api_layout();
    fakes.build = "fake";
    fakes.count = fake::count;
    fakes.info = fake::info;
    fakes.open = fake::open;
    fakes.close = fake::close;
    fakes.add_dataset = fake::add_dataset;
    fakes.remove_dataset = fake::remove_dataset;
    fakes.free_memory = fake::free_memory;
    fakes.add_replicas = fake::add_replicas;
    fakes.read_replicas = fake::read_replicas;
    fakes.remove_replicas = fake::remove_replicas;
    fakes.train = fake::train;
    fakes.wait = fake::wait;
    fakes.states = fake::states;
    fakes.evaluate = fake::evaluate;
    fakes.results = fake::results;
    return fakes;
  }();
  return api;
}

}  // namespace symscan::test
