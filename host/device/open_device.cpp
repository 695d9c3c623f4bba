#include "host/device/open_device.hpp"

namespace symscan {
namespace {

void check(DeviceStatus status, const char* why) {
  if (status != DeviceStatus::ok) throw DeviceError(status, *why != '\0' ? why : "no reason was given");
}

}  // namespace

template <class Function, class... Arguments>
void OpenDevice::call(Function function, Arguments... arguments) {
  char why[DeviceApi::why_size] = "";
  check(function(device_, arguments..., why), why);
}

OpenDevice::OpenDevice(const DeviceApi& api, const UsableDevice& device) : api_(api), number_(device.number) {
  char why[DeviceApi::why_size] = "";
  check(api_.open(number_, &device_, why), why);
}

OpenDevice::~OpenDevice() {
  api_.close(device_);
}

std::uint64_t OpenDevice::free_memory() {
  std::uint64_t bytes = 0;
  call(api_.free_memory, &bytes);
  return bytes;
}

int OpenDevice::add_dataset(const PreparedData& data) {
  int dataset = -1;
  call(api_.add_dataset, data.values.data(), data.weights.empty() ? nullptr : data.weights.data(), data.rows,
       static_cast<int>(data.features), &dataset);
  return dataset;
}

int OpenDevice::generate_dataset(const RowSampler& sampler, std::uint64_t seed, const PreparedData& data) {
  int dataset = -1;
  call(api_.generate_dataset, &sampler, seed, data.rows, data.offset.data(), data.scale.data(), &dataset);
  return dataset;
}

void OpenDevice::remove_dataset(int dataset) {
  call(api_.remove_dataset, dataset);
}

std::vector<int> OpenDevice::add_replicas(const std::vector<Addition>& additions) {
  std::vector<TrainingTask> tasks;
  for (const Addition& addition : additions) {
    tasks.push_back(addition.plan->task());
    if (tasks.back().validation_count == 0) tasks.back().training_rows = nullptr;  // all rows in turn
  }
  std::vector<ReplicaStart> starts;
  for (std::size_t i = 0; i < additions.size(); ++i) {
    const Addition& addition = additions[i];
    const ReplicaSnapshot& snapshot = *addition.snapshot;
    ReplicaStart start = {};
    start.network = &addition.plan->network();
    start.training = addition.device_plan->training;
    start.evaluation = addition.device_plan->evaluation;
    start.precision = addition.plan->config().train.precision;
    start.dataset = addition.dataset;
    start.task = &tasks[i];
    start.state = &snapshot.state;
    start.history = snapshot.history.data();
    start.parameters = snapshot.parameters.data();
    // A replica before its first step has moments of zero, which need not travel.
    const bool fresh = snapshot.state.step == 0;
    start.first_moment = fresh ? nullptr : snapshot.first_moment.data();
    start.second_moment = fresh ? nullptr : snapshot.second_moment.data();
    start.kept_parameters = snapshot.kept_parameters.empty() ? nullptr : snapshot.kept_parameters.data();
    start.relevance_history = snapshot.relevance_history.data();
    starts.push_back(start);
  }
  std::vector<int> replicas(additions.size(), -1);
  call(api_.add_replicas, static_cast<const ReplicaStart*>(starts.data()), static_cast<int>(starts.size()),
       replicas.data());
  return replicas;
}

void OpenDevice::remove_replica(int replica) {
  call(api_.remove_replicas, static_cast<const int*>(&replica), 1);
}

namespace {

std::vector<int> names_of(const std::vector<OpenDevice::Reading>& readings) {
  std::vector<int> names;
  for (const OpenDevice::Reading& reading : readings) names.push_back(reading.replica);
  return names;
}

/// Makes room in the snapshot.
ReplicaCopy copy_into(ReplicaSnapshot& snapshot, const ReplicaPlan& plan, bool with_moments) {
  const std::size_t count = plan.network().parameter_count;
  snapshot.history.resize(plan.task().epochs);
  snapshot.parameters.resize(count);
  snapshot.relevance_history.resize(plan.relevance_history_size());
  ReplicaCopy copy = {};
  copy.state = &snapshot.state;
  copy.history = snapshot.history.data();
  copy.parameters = snapshot.parameters.data();
  copy.relevance_history = snapshot.relevance_history.data();
  if (!with_moments) return copy;
  snapshot.first_moment.resize(count);
  snapshot.second_moment.resize(count);
  copy.first_moment = snapshot.first_moment.data();
  copy.second_moment = snapshot.second_moment.data();
  if (plan.task().patience >= 0) {
    snapshot.kept_parameters.resize(count);
    copy.kept_parameters = snapshot.kept_parameters.data();
  }
  return copy;
}

/// Only what the state says is there.
void trim(ReplicaSnapshot& snapshot) {
  snapshot.history.resize(snapshot.state.epochs_done);
  if (snapshot.state.best_epoch < 0) snapshot.kept_parameters.clear();
}

}  // namespace

std::vector<ReplicaSnapshot> OpenDevice::read_replicas(const std::vector<Reading>& readings,
                                                       bool with_moments) {
  std::vector<ReplicaSnapshot> snapshots(readings.size());
  std::vector<ReplicaCopy> copies;
  for (std::size_t i = 0; i < readings.size(); ++i)
    copies.push_back(copy_into(snapshots[i], *readings[i].plan, with_moments));
  const std::vector<int> names = names_of(readings);
  call(api_.read_replicas, names.data(), static_cast<int>(names.size()),
       static_cast<const ReplicaCopy*>(copies.data()));
  for (ReplicaSnapshot& snapshot : snapshots) trim(snapshot);
  return snapshots;
}

void OpenDevice::train(const std::vector<int>& replicas, double seconds) {
  constexpr std::uint64_t no_limit = ~std::uint64_t{0};
  call(api_.train, replicas.data(), static_cast<int>(replicas.size()), no_limit, seconds);
}

void OpenDevice::wait() {
  call(api_.wait);
}

std::vector<TrainingState> OpenDevice::states(const std::vector<int>& replicas) {
  std::vector<TrainingState> states(replicas.size());
  call(api_.states, replicas.data(), static_cast<int>(replicas.size()), states.data());
  return states;
}

void OpenDevice::evaluate(const std::vector<Reading>& readings) {
  const std::vector<int> names = names_of(readings);
  call(api_.evaluate, names.data(), static_cast<int>(names.size()));
}

std::vector<OpenDevice::Result> OpenDevice::results(const std::vector<Reading>& readings) {
  std::vector<Result> results(readings.size());
  std::vector<ReplicaCopy> copies;
  std::vector<LossSums> losses(readings.size());
  std::size_t all_sums = 0;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    copies.push_back(copy_into(results[i].end, *readings[i].plan, false));
    all_sums += RelevanceSums::size(readings[i].plan->network().latents);
  }
  std::vector<double> sums(all_sums);
  call(api_.results, losses.data(), sums.data(), static_cast<const ReplicaCopy*>(copies.data()));
  auto next = sums.begin();
  for (std::size_t i = 0; i < readings.size(); ++i) {
    const auto count = static_cast<std::ptrdiff_t>(RelevanceSums::size(readings[i].plan->network().latents));
    results[i].loss = losses[i];
    results[i].sums.assign(next, next + count);
    next += count;
    trim(results[i].end);
  }
  return results;
}

}  // namespace symscan
