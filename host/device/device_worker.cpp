#include "host/device/device_worker.hpp"

#include <algorithm>
#include <thread>

#include "host/data/dataset.hpp"
#include "host/device/seconds.hpp"

namespace symscan {
namespace {

constexpr double rounding = 1e-9;  // of a sum of loads
/// Replicas that the device holds, in multiples of those that fill it.
constexpr double held_at_once = 2;
/// Replicas of which checkpoints are read in one copy: bounds the host's page-locked memory.
constexpr std::size_t checkpoints_per_copy = 64;

}  // namespace

DeviceWorker::DeviceWorker(SharedSweep& shared, const UsableDevice& device, bool spare)
    : shared_(shared),
      device_(device),
      spare_(spare),
      room_(held_at_once),
      last_checkpoint_(std::chrono::steady_clock::now()) {}

void DeviceWorker::run() {
  if (!spare_) open();
  shared_.opened.arrive_and_wait();
  if (spare_ && is_needed()) open();
  if (open_ == nullptr && loss_.empty()) shared_.queue.leave();
  if (open_ != nullptr && loss_.empty()) {
    try {
      const int devices = static_cast<int>(shared_.sweep.devices.size());
      preparer_ = std::make_unique<Preparer>(shared_, device_, memory_,
                                             std::clamp(shared_.options.threads / devices, 1, 16));
      work();
      times_.prepare = preparer_->seconds();
      preparer_.reset();
      shared_.queue.leave();
    } catch (const std::exception& error) {
      lose(error.what());
    }
  }
  open_.reset();
  shared_.events.worker_ended();
}

void DeviceWorker::stay_away() {
  shared_.opened.count_down();
  shared_.queue.leave();
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
  const AddSeconds timed(times_.open);
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
      if (!preparer_->wait() && !shared_.queue.wait()) return;
      continue;
    }
    run_slice();
    if (shared_.queue.is_awaited()) preparer_->give_back();
    const auto now = std::chrono::steady_clock::now();
    if (std::chrono::duration<double>(now - last_checkpoint_).count() < shared_.options.checkpoint_seconds)
      continue;
    last_checkpoint_ = now;
    checkpoint_all();
  }
  checkpoint_all();
}

void DeviceWorker::lose(const std::string& why) {
  loss_ = device_.name() + " was lost: " + why;
  preparer_.reset();
  for (auto& replica : arriving_) {
    if (replica != nullptr) shared_.queue.give_back(std::move(replica->job));
  }
  arriving_.clear();
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

/// Puts what is prepared onto the device, as far as there is room.
void DeviceWorker::fill() {
  const AddSeconds timed(times_.add);
  double sum = load();
  while (!shared_.stopping()) {
    const HeldReplica* next = preparer_->front();
    if (next == nullptr) break;
    if (!(under_way_.empty() && arriving_.empty()) && sum + next->load() > room_ + rounding) break;
    sum += next->load();
    arriving_.push_back(preparer_->take());
  }
  if (!arriving_.empty()) (void)add(0, arriving_.size());
  for (; !arriving_.empty(); arriving_.pop_back()) {
    if (arriving_.back() != nullptr) preparer_->put_back(std::move(arriving_.back()));
  }
  preparer_->set_held(under_way_.size());
}

/// Arriving replicas begin..end-1 in one call, or in halves where that is refused. False: some stay where
/// they are, since there is no memory for them beside those under way.
bool DeviceWorker::add(std::size_t begin, std::size_t end) {
  std::vector<int> handles;
  try {
    std::vector<OpenDevice::Addition> additions;
    for (std::size_t i = begin; i < end; ++i) {
      HeldReplica& replica = *arriving_[i];
      additions.push_back({replica.plan.get(), &replica.device_plan, &replica.start, dataset_of(replica)});
    }
    handles = open_->add_replicas(additions);
  } catch (const DeviceError& error) {
    if (error.status() == DeviceStatus::lost) throw;
    if (end - begin == 1) return refuse(begin, error);
    const std::size_t middle = begin + (end - begin) / 2;
    return add(begin, middle) && add(middle, end);
  }
  for (std::size_t i = begin; i < end; ++i) {
    HeldReplica& replica = *arriving_[i];
    replica.handle = handles[i - begin];
    replica.start = {};
    shared_.events.steps_done += replica.state.step;
    under_way_.push_back(std::move(arriving_[i]));
  }
  return true;
}

/// What becomes of an arriving replica that the device did not take. False: it waits.
bool DeviceWorker::refuse(std::size_t i, const DeviceError& error) {
  HeldReplica& replica = *arriving_[i];
  const bool no_memory = error.status() == DeviceStatus::out_of_memory;
  if (no_memory && !under_way_.empty()) {
    room_ = load();
    return false;
  }
  if (no_memory && drop_other_datasets(replica)) return add(i, i + 1);
  if (no_memory)
    postpone(replica);
  else
    fail(replica, refusal(replica, error));
  arriving_[i].reset();
  return true;
}

int DeviceWorker::dataset_of(const HeldReplica& replica) {
  const PreparedData& data = replica.plan->data();
  if (const auto known = datasets_.find(&data); known != datasets_.end()) return known->second.dataset;
  const Json& settings = replica.config().dataset;
  const auto sampler = shared_.sweep.generate ? row_sampler(settings) : std::nullopt;
  const std::uint64_t before = open_->free_memory();
  int dataset = -1;
  if (sampler) {
    try {
      dataset = open_->generate_dataset(*sampler, settings.value("seed", std::uint64_t{1}), data);
    } catch (const DeviceError& error) {
      if (error.status() != DeviceStatus::out_of_memory) throw;
    }
  }
  if (dataset < 0) dataset = open_->add_dataset(data);
  // A large dataset stays in the host's memory and takes none here.
  const std::uint64_t after = open_->free_memory(), taken = before - std::min(before, after);
  memory_ -= std::min(memory_.load(), taken);
  datasets_.emplace(&data, OnDevice{dataset, taken});
  return dataset;
}

bool DeviceWorker::drop_other_datasets(const HeldReplica& replica) {
  return std::erase_if(datasets_, [&](const auto& entry) {
           if (entry.first == &replica.plan->data()) return false;
           open_->remove_dataset(entry.second.dataset);
           memory_ += entry.second.bytes;
           return true;
         }) > 0;
}

void DeviceWorker::checkpoint_all() {
  const AddSeconds timed(times_.checkpoints);
  for (std::size_t begin = 0; begin < under_way_.size(); begin += checkpoints_per_copy) {
    const std::size_t end = std::min(under_way_.size(), begin + checkpoints_per_copy);
    std::vector<OpenDevice::Reading> readings;
    for (std::size_t i = begin; i < end; ++i)
      readings.push_back({under_way_[i]->handle, under_way_[i]->plan.get()});
    const auto snapshots = open_->read_replicas(readings, true);
    for (std::size_t i = begin; i < end; ++i) {
      HeldReplica& replica = *under_way_[i];
      replica.job.checkpoint = to_blob(snapshots[i - begin]);
      shared_.events.push_checkpoint(replica.config(), replica.job.checkpoint);
    }
  }
}

/// Leaves an empty place among the replicas under way; sweep_up() closes it.
void DeviceWorker::take_off(HeldReplica& replica) {
  if (replica.handle < 0) return;
  open_->remove_replica(replica.handle);
  replica.handle = -1;
}

void DeviceWorker::sweep_up() {
  std::erase_if(under_way_, [](const auto& replica) { return replica->handle < 0; });
}

void DeviceWorker::fail(HeldReplica& replica, const std::string& sentence) {
  ReplicaResult failure;
  failure.failed = true;
  failure.message = sentence;
  finish(replica, std::move(failure));
}

/// No memory for this replica alone: it stays as it was, for the CPU or another device.
void DeviceWorker::postpone(HeldReplica& replica) {
  if (replica.handle >= 0)
    shared_.events.push_checkpoint(
        replica.config(),
        to_blob(open_->read_replicas({{replica.handle, replica.plan.get()}}, true).front()));
  shared_.events.push_postponed(replica.config(), memory_sentence(replica), ExitCode::interrupted);
  take_off(replica);
  shared_.queue.finish();
}

/// Memory ran out while replicas were under way: half of them go back to the queue from where they are. One
/// alone is postponed.
void DeviceWorker::make_room() {
  sweep_up();
  if (under_way_.empty()) return;
  if (under_way_.size() == 1) {
    postpone(*under_way_.front());
    under_way_.clear();
    return;
  }
  room_ = load() / 2;
  while (under_way_.size() > 1 && load() > room_ + rounding) {
    HeldReplica& last = *under_way_.back();
    last.job.checkpoint = to_blob(open_->read_replicas({{last.handle, last.plan.get()}}, true).front());
    shared_.events.push_checkpoint(last.config(), last.job.checkpoint);
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

std::string DeviceWorker::refusal(const HeldReplica& replica, const DeviceError& error) const {
  return describe_replica(replica.config()) + " cannot be trained on " + device_.name() + ": " + error.what();
}

std::string DeviceWorker::memory_sentence(const HeldReplica& replica) {
  const std::size_t needed = replica.device_plan.bytes + dataset_bytes(replica.plan->data());
  return "it does not fit on " + device_.name() + ": it needs about " + std::to_string(needed) +
         " bytes of device memory with its data, " + std::to_string(open_->free_memory()) +
         " are free; train it on the CPU with --device cpu --resume";
}

}  // namespace symscan
