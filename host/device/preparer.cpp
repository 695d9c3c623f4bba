#include "host/device/preparer.hpp"

#include <algorithm>
#include <chrono>
#include <new>

#include "host/base/threads.hpp"
#include "host/device/seconds.hpp"

namespace symscan {

Preparer::Preparer(SharedSweep& shared, const UsableDevice& device, const std::atomic<std::uint64_t>& memory,
                   int threads)
    : shared_(shared), device_(device), memory_(memory) {
  start_some_threads(threads_, threads, [this] { run(); });
}

Preparer::~Preparer() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  wake_.notify_all();
  threads_.clear();
  give_back();
}

void Preparer::run() {
  using namespace std::chrono_literals;
  std::unique_lock lock(mutex_);
  while (!ends_ && !shared_.stopping()) {
    std::optional<Job> job;
    if (line_.size() < std::max(least_ahead, held_)) job = shared_.queue.take(held_ + line_.size());
    if (!job) {
      wake_.wait_for(lock, 10ms);  // jobs come back from devices that are lost
      continue;
    }
    const auto place = std::make_shared<Place>();
    place->replica = std::make_unique<HeldReplica>();
    place->replica->job = std::move(*job);
    line_.push_back(place);
    lock.unlock();
    bool prepared = false;
    double seconds = 0;
    {
      const AddCpuSeconds timed(seconds);
      prepared = prepare(*place->replica);
    }
    lock.lock();
    seconds_ += seconds;
    place->is_ready = prepared;
    if (!prepared) std::erase(line_, place);
    wake_.notify_all();
  }
}

/// False: the replica has failed, or stays as it was.
bool Preparer::prepare(HeldReplica& replica) {
  const ReplicaConfig& config = replica.config();
  try {
    replica.plan = std::make_unique<ReplicaPlan>(config, shared_.data(config));
    const ReplicaPlan& plan = *replica.plan;
    replica.device_plan = plan_on_device(config, plan.network(), plan.data().rows, shared_.replicas,
                                         shared_.sweep.tier, device_.info.limits, memory_.load());
    replica.start =
        replica.job.checkpoint.empty() ? initial_snapshot(plan) : from_blob(replica.job.checkpoint, plan);
    replica.state = replica.start.state;
    return true;
  } catch (const std::bad_alloc&) {
    shared_.events.push_postponed(config, no_memory_sentence, ExitCode::interrupted);
  } catch (const UnusableCheckpoint& error) {
    shared_.events.push_postponed(config, error.what(), error.code());
  } catch (const std::exception& error) {
    shared_.events.push_failure(config, error.what());
  }
  shared_.queue.finish();
  return false;
}

double Preparer::seconds() {
  const std::lock_guard lock(mutex_);
  return seconds_;
}

const HeldReplica* Preparer::front() {
  const std::lock_guard lock(mutex_);
  return !line_.empty() && line_.front()->is_ready ? line_.front()->replica.get() : nullptr;
}

std::unique_ptr<HeldReplica> Preparer::take() {
  const std::lock_guard lock(mutex_);
  auto replica = std::move(line_.front()->replica);
  line_.pop_front();
  ++held_;
  return replica;
}

void Preparer::put_back(std::unique_ptr<HeldReplica> replica) {
  const std::lock_guard lock(mutex_);
  line_.push_front(std::make_shared<Place>(Place{std::move(replica), true}));
  --held_;
}

bool Preparer::has_any() {
  const std::lock_guard lock(mutex_);
  return !line_.empty();
}

bool Preparer::wait() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, std::chrono::milliseconds(50),
                 [&] { return line_.empty() || line_.front()->is_ready; });
  return !line_.empty();
}

void Preparer::set_held(std::size_t held) {
  {
    const std::lock_guard lock(mutex_);
    held_ = held;
  }
  wake_.notify_all();
}

void Preparer::give_back() {
  const std::lock_guard lock(mutex_);
  std::erase_if(line_, [&](const std::shared_ptr<Place>& place) {
    if (place->is_ready) shared_.queue.give_back(std::move(place->replica->job));
    return place->is_ready;
  });
}

}  // namespace symscan
