#include "host/train/sweep_events.hpp"

#include <algorithm>
#include <chrono>

#include "host/base/text.hpp"
#include "host/train/replica_plan.hpp"

namespace symscan {

void check_postponed(const std::vector<Postponed>& postponed, std::size_t replicas) {
  if (postponed.empty()) return;
  const bool may_help = std::any_of(postponed.begin(), postponed.end(),
                                    [](const Postponed& one) { return one.code == ExitCode::interrupted; });
  throw Error(std::to_string(postponed.size()) + " of " + plural(replicas, "replica") +
                  " could not be trained and stay as they were, what is finished is kept: " +
                  postponed.front().sentence,
              may_help ? ExitCode::interrupted : ExitCode::bad_input);
}

std::size_t SweepEvents::bytes_of_event(const Event& event) {
  constexpr std::size_t small_lists = 1024;  // measures of a few latents, overhead of the heap
  std::size_t bytes = sizeof(Event) + small_lists + event.checkpoint.size();
  if (event.result)
    bytes +=
        event.result->parameters.size() * sizeof(float) + event.result->history.size() * sizeof(EpochMetrics);
  return bytes;
}

void SweepEvents::push(Event event) {
  constexpr std::size_t most_waiting = std::size_t{4} << 20;  // bytes
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return bytes_ < most_waiting || abandoned(); });
    bytes_ += bytes_of_event(event);
    events_.push_back(std::move(event));
  }
  wake_.notify_one();
}

void SweepEvents::abandon() {
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
  }
  room_.notify_all();
}

void SweepEvents::push_result(const ReplicaConfig& config, ReplicaResult result) {
  push({&config, std::move(result), {}});
}

void SweepEvents::push_failure(const ReplicaConfig& config, const std::string& sentence) {
  ReplicaResult failure;
  failure.failed = true;
  failure.message = sentence;
  push_result(config, std::move(failure));
}

void SweepEvents::push_postponed(const ReplicaConfig& config, const std::string& sentence, ExitCode code) {
  const std::lock_guard lock(mutex_);
  postponed_.push_back({&config, describe_replica(config) + ": " + sentence, code});
}

void SweepEvents::worker_failed(std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = std::move(error);
}

void SweepEvents::push_checkpoint(const ReplicaConfig& config, std::string checkpoint) {
  push({&config, std::nullopt, std::move(checkpoint)});
}

void SweepEvents::push_warning(const std::string& sentence) {
  const std::lock_guard lock(mutex_);
  warnings_.push_back(sentence);
}

void SweepEvents::worker_ended() {
  {
    const std::lock_guard lock(mutex_);
    --workers_;
  }
  wake_.notify_one();
}

void SweepEvents::deliver(SweepProgress& progress, const SweepObserver& observer,
                          const std::function<void(const std::string&)>& warn) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<Event> events;
  std::vector<Postponed> postponed;
  std::vector<std::string> warnings;
  std::exception_ptr failure;
  for (bool working = true; working;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, std::chrono::duration<double>(tick_seconds_),
                     [&] { return !events_.empty() || workers_ == 0; });
      events.swap(events_);
      bytes_ = 0;
      warnings.swap(warnings_);
      working = workers_ > 0;
      postponed.swap(postponed_);
      failure = failure_;
    }
    room_.notify_all();
    for (const std::string& sentence : warnings) warn(sentence);
    warnings.clear();
    for (const Postponed& replica : postponed) observer.postponed(replica);
    progress.postponed += postponed.size();
    postponed.clear();
    if (!events.empty()) observer.begin_batch();
    for (const Event& event : events) {
      if (event.result) {
        observer.finished(*event.config, *event.result);
        ++progress.finished;
        progress.failed += event.result->failed ? 1 : 0;
      } else {
        observer.checkpoint(*event.config, event.checkpoint);
      }
    }
    if (!events.empty()) observer.end_batch();
    events.clear();
    progress.steps_done = steps_done;
    progress.steps_trained = steps_trained;
    progress.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    observer.tick(progress);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace symscan
