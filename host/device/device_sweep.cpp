#include "host/device/device_sweep.hpp"

#include <latch>
#include <memory>
#include <thread>

#include "host/base/error.hpp"
#include "host/base/threads.hpp"
#include "host/device/device_worker.hpp"

namespace symscan {
namespace {

std::vector<Job> make_jobs(const std::vector<const ReplicaConfig*>& replicas,
                           const std::function<const PreparedData&(const ReplicaConfig&)>& data,
                           const std::map<int, std::string>& checkpoints) {
  std::vector<Job> jobs;
  for (const ReplicaConfig* config : replicas) {
    const PreparedData& prepared = data(*config);
    const auto steps = static_cast<double>(training_steps(config->train, prepared.rows));
    const double parameters = static_cast<double>(count_parameters(config->model, prepared.features));
    const auto saved = checkpoints.find(config->id);
    jobs.push_back({config, steps * parameters, saved == checkpoints.end() ? "" : saved->second});
  }
  return jobs;
}

[[noreturn]] void throw_lost(const std::vector<std::unique_ptr<DeviceWorker>>& workers) {
  std::string losses;
  for (const auto& worker : workers) {
    if (!worker->loss().empty()) losses += (losses.empty() ? "" : "; ") + worker->loss();
  }
  throw Error(losses +
                  "; no device is left. Everything up to the last checkpoint is kept: go on with the same "
                  "command and --resume",
              ExitCode::interrupted);
}

}  // namespace

DeviceTimes& DeviceTimes::operator+=(const DeviceTimes& other) {
  open += other.open;
  add += other.add;
  training += other.training;
  evaluation += other.evaluation;
  results += other.results;
  checkpoints += other.checkpoints;
  prepare += other.prepare;
  slices += other.slices;
  return *this;
}

bool run_device_sweep(const DeviceSweep& sweep, const std::vector<const ReplicaConfig*>& replicas,
                      const std::function<const PreparedData&(const ReplicaConfig&)>& data,
                      const std::map<int, std::string>& checkpoints, const SweepOptions& options,
                      const std::atomic<bool>& stop, const SweepObserver& observer) {
  SweepProgress progress;
  progress.replicas = replicas.size();
  for (const ReplicaConfig* config : replicas) {
    progress.steps += training_steps(config->train, data(*config).rows);
  }
  const int devices = static_cast<int>(sweep.devices.size());
  JobQueue queue(make_jobs(replicas, data, checkpoints), devices);
  SweepEvents events(devices);
  std::latch opened(devices);
  SharedSweep shared{sweep, data, options, stop, queue, events, replicas.size(), opened};
  std::vector<std::unique_ptr<DeviceWorker>> workers;
  for (int d = 0; d < devices; ++d)
    workers.push_back(std::make_unique<DeviceWorker>(shared, sweep.devices[static_cast<std::size_t>(d)],
                                                     static_cast<std::size_t>(d) >= replicas.size()));
  {
    std::vector<std::jthread> threads;
    // Runs before the threads are joined, also when an observer throws.
    const std::unique_ptr<SweepEvents, void (*)(SweepEvents*)> abandon(&events,
                                                                       [](SweepEvents* e) { e->abandon(); });
    std::atomic<std::size_t> next{0};
    start_some_threads(threads, devices, [&] { workers[next++]->run(); });
    for (std::size_t missing = threads.size(); missing < workers.size(); ++missing)
      workers[next++]->stay_away();
    events.deliver(progress, observer, sweep.warn);
  }
  for (const auto& worker : workers) {
    if (sweep.times != nullptr) *sweep.times += worker->times();
  }
  if (progress.finished == progress.replicas || stop) return progress.finished == progress.replicas;
  if (progress.finished + progress.postponed < progress.replicas) throw_lost(workers);
  events.check_postponed(progress);
  return progress.finished == progress.replicas;
}

}  // namespace symscan
