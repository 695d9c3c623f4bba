#include "host/device/open_device.hpp"

namespace symscan {
namespace {

void check(DeviceStatus status, const char* why) {
  if (status != DeviceStatus::ok) throw DeviceCallError(status, *why != '\0' ? why : "no reason was given");
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
  DeviceInfo info = {};
  char why[DeviceApi::why_size] = "";
  check(api_.info(number_, &info, why), why);
  return info.free_memory;
}

int OpenDevice::add_dataset(const PreparedData& data) {
  int dataset = -1;
  call(api_.add_dataset, data.values.data(), data.weights.empty() ? nullptr : data.weights.data(), data.rows,
       static_cast<int>(data.features), &dataset);
  return dataset;
}

int OpenDevice::generate_dataset(const RowGenerator& generator, std::uint64_t seed,
                                 const PreparedData& data) {
  int dataset = -1;
  call(api_.generate_dataset, &generator, seed, data.rows, data.offset.data(), data.scale.data(), &dataset);
  return dataset;
}

void OpenDevice::remove_dataset(int dataset) {
  call(api_.remove_dataset, dataset);
}

int OpenDevice::add_replica(const ReplicaPlan& plan, const DevicePlan& device_plan,
                            const ReplicaSnapshot& snapshot, int dataset) {
  TrainingTask task = plan.task();
  if (task.validation_count == 0) task.training_rows = nullptr;  // all rows in turn
  ReplicaStart start = {};
  start.network = &plan.network();
  start.training = device_plan.training;
  start.evaluation = device_plan.evaluation;
  start.precision = plan.config().train.precision;
  start.dataset = dataset;
  start.task = &task;
  start.state = &snapshot.state;
  start.history = snapshot.history.data();
  start.parameters = snapshot.parameters.data();
  start.first_moment = snapshot.first_moment.data();
  start.second_moment = snapshot.second_moment.data();
  start.kept_parameters = snapshot.kept_parameters.empty() ? nullptr : snapshot.kept_parameters.data();
  start.relevance_history = snapshot.relevance_history.data();
  int replica = -1;
  call(api_.add_replica, static_cast<const ReplicaStart*>(&start), &replica);
  return replica;
}

void OpenDevice::remove_replica(int replica) {
  call(api_.remove_replica, replica);
}

ReplicaSnapshot OpenDevice::read_replica(int replica, const ReplicaPlan& plan, bool with_moments) {
  const std::size_t count = plan.network().parameter_count;
  ReplicaSnapshot snapshot;
  snapshot.history.resize(plan.task().epochs);
  snapshot.parameters.resize(count);
  ReplicaCopy copy = {};
  copy.state = &snapshot.state;
  copy.history = snapshot.history.data();
  copy.parameters = snapshot.parameters.data();
  snapshot.relevance_history.resize(plan.relevance_history_size());
  copy.relevance_history = snapshot.relevance_history.data();
  if (with_moments) {
    snapshot.first_moment.resize(count);
    snapshot.second_moment.resize(count);
    copy.first_moment = snapshot.first_moment.data();
    copy.second_moment = snapshot.second_moment.data();
    if (plan.task().patience >= 0) {
      snapshot.kept_parameters.resize(count);
      copy.kept_parameters = snapshot.kept_parameters.data();
    }
  }
  call(api_.read_replica, replica, static_cast<const ReplicaCopy*>(&copy));
  snapshot.history.resize(snapshot.state.epochs_done);
  if (snapshot.state.best_epoch < 0) snapshot.kept_parameters.clear();
  return snapshot;
}

void OpenDevice::train(const std::vector<int>& replicas, std::uint64_t units) {
  call(api_.train, replicas.data(), static_cast<int>(replicas.size()), units);
}

void OpenDevice::wait() {
  call(api_.wait);
}

std::vector<TrainingState> OpenDevice::states(const std::vector<int>& replicas) {
  std::vector<TrainingState> states(replicas.size());
  call(api_.states, replicas.data(), static_cast<int>(replicas.size()), states.data());
  return states;
}

OpenDevice::Evaluation OpenDevice::evaluate(const std::vector<int>& replicas, std::size_t latents_of_all) {
  Evaluation evaluation;
  evaluation.losses.resize(replicas.size());
  evaluation.sums.resize(5 * latents_of_all);
  call(api_.evaluate, replicas.data(), static_cast<int>(replicas.size()), evaluation.losses.data(),
       evaluation.sums.data());
  return evaluation;
}

}  // namespace symscan
