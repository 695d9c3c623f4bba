#include "host/device/device_sweep.hpp"

#include <latch>
#include <memory>
#include <thread>

#include "host/base/error.hpp"
#include "host/base/threads.hpp"
#include "host/device/device_worker.hpp"

namespace symscan {
namespace {

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
                      const DataOf& data, const std::map<int, std::string>& checkpoints,
                      const SweepOptions& options, const std::atomic<bool>& stop,
                      const SweepObserver& observer) {
  SweepJobs jobs = make_jobs(replicas, data, checkpoints);
  SweepProgress progress;
  progress.replicas = replicas.size();
  progress.steps = jobs.steps;
  std::vector<Postponed> postponed;
  SweepObserver collecting = observer;
  collecting.postponed = [&](const Postponed& replica) { postponed.push_back(replica); };
  JobQueue queue(std::move(jobs.jobs), static_cast<int>(sweep.devices.size()));
  run_device_jobs(sweep, queue, data, options, stop, collecting, progress);
  if (progress.finished == progress.replicas || stop) return progress.finished == progress.replicas;
  check_postponed(postponed, progress.replicas);
  return false;
}

void run_device_jobs(const DeviceSweep& sweep, JobQueue& queue, const DataOf& data,
                     const SweepOptions& options, const std::atomic<bool>& stop,
                     const SweepObserver& observer, SweepProgress& progress) {
  const std::size_t replicas = progress.replicas;
  const int devices = static_cast<int>(sweep.devices.size());
  SweepEvents events(devices, options.tick_seconds);
  std::latch opened(devices);
  SharedSweep shared{sweep, data, options, stop, queue, events, replicas, opened};
  std::vector<std::unique_ptr<DeviceWorker>> workers;
  for (int d = 0; d < devices; ++d)
    workers.push_back(std::make_unique<DeviceWorker>(shared, sweep.devices[static_cast<std::size_t>(d)],
                                                     static_cast<std::size_t>(d) >= replicas));
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
  if (!stop && (queue.has_waiting() || queue.taken() > 0)) throw_lost(workers);
}

}  // namespace symscan
