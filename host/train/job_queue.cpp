#include "host/train/job_queue.hpp"

#include <chrono>

namespace symscan {
namespace {

constexpr std::chrono::milliseconds a_moment(100);

}  // namespace

JobQueue::JobQueue(std::vector<Job> jobs, int takers, bool open)
    : takers_(static_cast<std::size_t>(takers)), open_(open) {
  for (Job& job : jobs) waiting_.insert(std::move(job));
}

std::optional<Job> JobQueue::take(std::size_t held) {
  const std::lock_guard lock(mutex_);
  const std::size_t share = (waiting_.size() + taken_ + takers_ - 1) / takers_;
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
  return --takers_;
}

void JobQueue::add(std::vector<Job> jobs) {
  {
    const std::lock_guard lock(mutex_);
    for (Job& job : jobs) waiting_.insert(std::move(job));
  }
  wake_.notify_all();
}

void JobQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  wake_.notify_all();
}

bool JobQueue::is_open() {
  const std::lock_guard lock(mutex_);
  return open_;
}

bool JobQueue::wait() {
  std::unique_lock lock(mutex_);
  ++idle_;
  wake_.wait_for(lock, a_moment, [&] { return !waiting_.empty() || (taken_ == 0 && !open_); });
  --idle_;
  return !waiting_.empty() || taken_ > 0 || open_;
}

bool JobQueue::wait_for_more() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, a_moment, [&] { return !waiting_.empty() || !open_; });
  return !waiting_.empty() || open_;
}

std::size_t JobQueue::waiting() {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

std::size_t JobQueue::taken() {
  const std::lock_guard lock(mutex_);
  return taken_;
}

bool JobQueue::is_awaited() {
  const std::lock_guard lock(mutex_);
  return idle_ > 0;
}

}  // namespace symscan
