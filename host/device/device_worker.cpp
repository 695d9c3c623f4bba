#include "host/device/device_worker.hpp"

#include <algorithm>
#include <new>
#include <thread>

#include "host/data/dataset.hpp"

namespace symscan {
namespace {

constexpr double rounding = 1e-9;  // of a sum of loads

}  // namespace

DeviceWorker::DeviceWorker(SharedSweep& shared, const UsableDevice& device, bool spare)
    : shared_(shared), device_(device), spare_(spare), last_checkpoint_(std::chrono::steady_clock::now()) {}

void DeviceWorker::run() {
  if (!spare_) open();
  shared_.opened.arrive_and_wait();
  if (spare_ && is_needed()) open();
  if (open_ == nullptr && loss_.empty()) shared_.queue.leave();
  if (open_ != nullptr && loss_.empty()) {
    try {
      work();
      shared_.queue.leave();
    } catch (const std::exception& error) {
      lose(error.what());
    }
  }
  open_.reset();
  shared_.events.worker_ended();
}

/// Waits until a lost device gives a replica back. False: all came to their end elsewhere.
bool DeviceWorker::is_needed() {
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // the others take their first jobs
  while (!shared_.stopping() && shared_.queue.wait()) {
    if (shared_.queue.has_waiting()) return true;
  }
  return false;
}

void DeviceWorker::open() {
  try {
    open_ = std::make_unique<OpenDevice>(shared_.sweep.api, device_);
    memory_ = usable_memory(open_->free_memory());
  } catch (const std::exception& error) {
    lose(error.what());
  }
}

void DeviceWorker::work() {
  while (!shared_.stopping()) {
    fill();
    if (under_way_.empty()) {
      if (!shared_.queue.wait()) return;
      continue;
    }
    train_slice();
    collect();
    if (shared_.queue.is_awaited()) give_back_ready();
    const auto now = std::chrono::steady_clock::now();
    if (std::chrono::duration<double>(now - last_checkpoint_).count() < shared_.options.checkpoint_seconds)
      continue;
    last_checkpoint_ = now;
    for (auto& replica : under_way_) checkpoint(*replica);
  }
  for (auto& replica : under_way_) checkpoint(*replica);
}

void DeviceWorker::lose(const std::string& why) {
  loss_ = device_.name() + " was lost: " + why;
  give_back_ready();
  for (auto& replica : under_way_) {
    if (replica->handle < 0) continue;  // it is finished
    shared_.events.steps_done -= replica->state.step;
    shared_.queue.give_back(std::move(replica->job));
  }
  under_way_.clear();
  if (shared_.queue.leave() > 0) {
    shared_.events.push_warning(loss_ + "; its replicas go on elsewhere from their last checkpoint");
  }
}

void DeviceWorker::fill() {
  while (!shared_.stopping() && (!ready_.empty() || prepare_next())) {
    if (ready_.empty()) continue;
    if (!under_way_.empty() && load() + ready_.front()->load() > room_ + rounding) return;
    if (!start_next()) return;
  }
}

/// Takes a job and makes it ready; one that cannot be made ready fails. False: there is none to take.
bool DeviceWorker::prepare_next() {
  std::optional<Job> job = shared_.queue.take(under_way_.size() + ready_.size());
  if (!job) return false;
  auto replica = std::make_unique<Replica>();
  replica->job = std::move(*job);
  const ReplicaConfig& config = replica->config();
  try {
    replica->plan = std::make_unique<ReplicaPlan>(config, shared_.data(config));
    const ReplicaPlan& plan = *replica->plan;
    replica->device_plan = plan_on_device(config, plan.network(), plan.data().rows, shared_.replicas,
                                          shared_.sweep.tier, device_.info.limits, memory_);
    replica->start =
        replica->job.checkpoint.empty() ? initial_snapshot(plan) : from_blob(replica->job.checkpoint, plan);
    ready_.push_back(std::move(replica));
  } catch (const std::bad_alloc&) {
    shared_.events.push_failure(config, describe_replica(config) + " does not fit into memory");
    shared_.queue.finish();
  } catch (const std::exception& error) {
    shared_.events.push_failure(config, error.what());
    shared_.queue.finish();
  }
  return true;
}

/// While the device works: prepares what may take the places of the replicas under way.
void DeviceWorker::prepare_ahead() {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(SlicePacer::target_seconds);
  while (ready_.size() < under_way_.size() && Clock::now() < end && prepare_next()) {
  }
}

/// Puts the first replica that is ready on the device. False: it must wait until others are done, since there
/// is no memory for it beside them.
bool DeviceWorker::start_next() {
  Replica& next = *ready_.front();
  try {
    const int dataset = dataset_of(next);
    next.handle = open_->add_replica(*next.plan, next.device_plan, next.start, dataset);
  } catch (const DeviceCallError& error) {
    if (error.status() == DeviceStatus::lost) throw;
    const bool no_memory = error.status() == DeviceStatus::out_of_memory;
    if (no_memory && !under_way_.empty()) {
      room_ = load();
      return false;
    }
    if (no_memory && drop_other_datasets(next)) return start_next();
    fail(next, no_memory ? memory_sentence(next) : refusal(next, error));
    ready_.pop_front();
    return true;
  }
  next.state = next.start.state;
  next.start = {};
  shared_.events.steps_done += next.state.step;
  under_way_.push_back(std::move(ready_.front()));
  ready_.pop_front();
  return true;
}

int DeviceWorker::dataset_of(const Replica& replica) {
  const PreparedData& data = replica.plan->data();
  if (const auto known = datasets_.find(&data); known != datasets_.end()) return known->second.dataset;
  const Json& settings = replica.config().dataset;
  const auto generator = shared_.sweep.generate ? row_generator(settings) : std::nullopt;
  const std::uint64_t before = open_->free_memory();
  int dataset = -1;
  if (generator) {
    try {
      dataset = open_->generate_dataset(*generator, settings.value("seed", std::uint64_t{1}), data);
    } catch (const DeviceCallError& error) {
      if (error.status() != DeviceStatus::out_of_memory) throw;
    }
  }
  if (dataset < 0) dataset = open_->add_dataset(data);
  // A large dataset stays in the host's memory and takes none here.
  const std::uint64_t after = open_->free_memory(), taken = before - std::min(before, after);
  memory_ -= std::min(memory_, taken);
  datasets_.emplace(&data, OnDevice{dataset, taken});
  return dataset;
}

bool DeviceWorker::drop_other_datasets(const Replica& replica) {
  return std::erase_if(datasets_, [&](const auto& entry) {
           if (entry.first == &replica.plan->data()) return false;
           open_->remove_dataset(entry.second.dataset);
           memory_ += entry.second.bytes;
           return true;
         }) > 0;
}

void DeviceWorker::give_back_ready() {
  for (auto& replica : ready_) shared_.queue.give_back(std::move(replica->job));
  ready_.clear();
}

void DeviceWorker::checkpoint(Replica& replica) {
  replica.job.checkpoint = to_blob(open_->read_replica(replica.handle, *replica.plan, true));
  shared_.events.push_checkpoint(replica.config(), replica.job.checkpoint);
}

/// Leaves an empty place among the replicas under way; collect() and make_room() close them.
void DeviceWorker::take_off(Replica& replica) {
  if (replica.handle < 0) return;
  open_->remove_replica(replica.handle);
  replica.handle = -1;
}

void DeviceWorker::fail(Replica& replica, const std::string& sentence) {
  ReplicaResult failure;
  failure.failed = true;
  failure.message = sentence;
  finish(replica, std::move(failure));
}

/// Memory ran out while replicas were under way: half of them go back to the queue from where they are. One
/// alone fails.
void DeviceWorker::make_room() {
  if (under_way_.size() == 1) {
    fail(*under_way_.front(), memory_sentence(*under_way_.front()));
    under_way_.clear();
    return;
  }
  room_ = load() / 2;
  while (under_way_.size() > 1 && load() > room_ + rounding) {
    Replica& last = *under_way_.back();
    checkpoint(last);
    take_off(last);
    shared_.events.steps_done -= last.state.step;
    shared_.queue.give_back(std::move(last.job));
    under_way_.pop_back();
  }
}

double DeviceWorker::load() const {
  double sum = 0;
  for (const auto& replica : under_way_) sum += replica->load();
  return sum;
}

std::string DeviceWorker::refusal(const Replica& replica, const DeviceCallError& error) const {
  return describe_replica(replica.config()) + " cannot be trained on " + device_.name() + ": " + error.what();
}

std::string DeviceWorker::memory_sentence(const Replica& replica) {
  const std::size_t needed = replica.device_plan.bytes + dataset_bytes(replica.plan->data());
  return describe_replica(replica.config()) + " does not fit on " + device_.name() + ": it needs about " +
         std::to_string(needed) + " bytes of device memory with its data, " +
         std::to_string(open_->free_memory()) +
         " are free; train it on the CPU with --device cpu --resume --retry-failed";
}

}  // namespace symscan
