#include "host/device/job_queue.hpp"

#include <chrono>

namespace symscan {

JobQueue::JobQueue(std::vector<Job> jobs, int devices) : devices_(static_cast<std::size_t>(devices)) {
  for (Job& job : jobs) waiting_.insert(std::move(job));
}

std::optional<Job> JobQueue::take(std::size_t held) {
  const std::lock_guard lock(mutex_);
  const std::size_t share = (waiting_.size() + taken_ + devices_ - 1) / devices_;
  if (waiting_.empty() || held >= share) return std::nullopt;
  ++taken_;
  return std::move(waiting_.extract(waiting_.begin()).value());
}

void JobQueue::give_back(Job job) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.insert(std::move(job));
    --taken_;
  }
  wake_.notify_all();
}

void JobQueue::finish() {
  {
    const std::lock_guard lock(mutex_);
    --taken_;
  }
  wake_.notify_all();
}

std::size_t JobQueue::leave() {
  const std::lock_guard lock(mutex_);
  return --devices_;
}

bool JobQueue::wait() {
  std::unique_lock lock(mutex_);
  ++idle_;
  wake_.wait_for(lock, std::chrono::milliseconds(100), [&] { return !waiting_.empty() || taken_ == 0; });
  --idle_;
  return !waiting_.empty() || taken_ > 0;
}

bool JobQueue::has_waiting() {
  const std::lock_guard lock(mutex_);
  return !waiting_.empty();
}

bool JobQueue::is_awaited() {
  const std::lock_guard lock(mutex_);
  return idle_ > 0;
}

}  // namespace symscan
