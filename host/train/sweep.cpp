#include "host/train/sweep.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace symscan {
namespace {

using Clock = std::chrono::steady_clock;

struct Event {
  const ReplicaConfig* config;
  std::optional<ReplicaResult> result;  ///< else `checkpoint`
  std::string checkpoint;
};

/// What workers and the calling thread share. The lock is taken once per replica or checkpoint, never per
/// step.
struct Shared {
  std::atomic<std::size_t> next{0};
  std::atomic<std::uint64_t> steps_done{0}, steps_trained{0};
  std::atomic<std::uint64_t> checkpoint_round{0};
  std::atomic<bool> abandoned{false};  ///< the calling thread failed: nobody will take what is pushed
  std::mutex mutex;
  std::condition_variable wake;
  std::vector<Event> events;
  int workers = 0;

  void push(Event event) {
    {
      const std::lock_guard lock(mutex);
      events.push_back(std::move(event));
    }
    wake.notify_one();
  }
};

class Worker {
 public:
  Worker(Shared& shared, const std::vector<const ReplicaConfig*>& replicas,
         const std::function<const PreparedData&(const ReplicaConfig&)>& data,
         const std::map<int, std::string>& checkpoints, const std::atomic<bool>& stop)
      : shared_(shared), replicas_(replicas), data_(data), checkpoints_(checkpoints), stop_(stop) {}

  void run() {
    while (!stopping()) {
      const std::size_t index = shared_.next++;
      if (index >= replicas_.size()) break;
      train(*replicas_[index]);
    }
    {
      const std::lock_guard lock(shared_.mutex);
      --shared_.workers;
    }
    shared_.wake.notify_one();
  }

 private:
  bool stopping() const {
    return stop_.load(std::memory_order_relaxed) || shared_.abandoned.load(std::memory_order_relaxed);
  }

  void train(const ReplicaConfig& config) {
    try {
      ReplicaTrainer trainer(config, data_(config));
      if (const auto saved = checkpoints_.find(config.id); saved != checkpoints_.end()) {
        trainer.restore(saved->second);
        shared_.steps_done += trainer.steps_done();
      }
      std::uint64_t round = shared_.checkpoint_round, counted = trainer.steps_done();
      const auto pause = [&] {
        const std::uint64_t fresh = trainer.steps_done() - counted;
        shared_.steps_done.fetch_add(fresh, std::memory_order_relaxed);
        shared_.steps_trained.fetch_add(fresh, std::memory_order_relaxed);
        counted += fresh;
        if (stopping()) return ReplicaTrainer::Pause::to_stop;
        return shared_.checkpoint_round.load(std::memory_order_relaxed) != round
                   ? ReplicaTrainer::Pause::for_checkpoint
                   : ReplicaTrainer::Pause::no;
      };
      while (trainer.run(pause) == ReplicaTrainer::State::paused) {
        round = shared_.checkpoint_round;
        shared_.push({&config, std::nullopt, trainer.checkpoint()});
        if (stopping()) return;
      }
      // A replica that stopped early or failed counts as its full number of steps.
      shared_.steps_done += trainer.total_steps() - counted;
      shared_.push({&config, trainer.result(), {}});
    } catch (const std::bad_alloc&) {
      push_failure(config, describe_replica(config) + " does not fit into memory");
    } catch (const std::exception& error) {
      push_failure(config, error.what());
    }
  }

  void push_failure(const ReplicaConfig& config, const std::string& sentence) {
    ReplicaResult failure;
    failure.failed = true;
    failure.message = sentence;
    shared_.push({&config, failure, {}});
  }

  Shared& shared_;
  const std::vector<const ReplicaConfig*>& replicas_;
  const std::function<const PreparedData&(const ReplicaConfig&)>& data_;
  const std::map<int, std::string>& checkpoints_;
  const std::atomic<bool>& stop_;
};

}  // namespace

bool run_sweep(const std::vector<const ReplicaConfig*>& replicas,
               const std::function<const PreparedData&(const ReplicaConfig&)>& data,
               const std::map<int, std::string>& checkpoints, const SweepOptions& options,
               const std::atomic<bool>& stop, const SweepObserver& observer) {
  Shared shared;
  SweepProgress progress;
  progress.replicas = replicas.size();
  for (const ReplicaConfig* config : replicas) {
    progress.steps +=
        steps_per_epoch(config->train, data(*config).rows) * static_cast<std::uint64_t>(config->train.epochs);
  }
  shared.workers = std::max(1, std::min<int>(options.threads, static_cast<int>(replicas.size())));
  std::vector<std::jthread> threads;
  for (int t = 0, count = shared.workers; t < count; ++t) {
    threads.emplace_back([&] { Worker(shared, replicas, data, checkpoints, stop).run(); });
  }
  // Runs before the threads are joined, also when an observer throws.
  const std::unique_ptr<Shared, void (*)(Shared*)> abandon(&shared, [](Shared* s) { s->abandoned = true; });
  const auto start = Clock::now();
  auto last_checkpoint = start;
  const std::chrono::duration<double> between_checkpoints(options.checkpoint_seconds);
  std::vector<Event> events;
  for (bool working = true; working;) {
    {
      std::unique_lock lock(shared.mutex);
      shared.wake.wait_for(lock, std::chrono::milliseconds(100),
                           [&] { return !shared.events.empty() || shared.workers == 0; });
      events.swap(shared.events);
      working = shared.workers > 0;
    }
    if (!events.empty()) {
      observer.begin_batch();
      for (const Event& event : events) {
        if (event.result) {
          observer.finished(*event.config, *event.result);
          ++progress.finished;
          progress.failed += event.result->failed ? 1 : 0;
        } else {
          observer.checkpoint(*event.config, event.checkpoint);
        }
      }
      observer.end_batch();
      events.clear();
    }
    const auto now = Clock::now();
    if (now - last_checkpoint >= between_checkpoints) {
      ++shared.checkpoint_round;
      last_checkpoint = now;
    }
    progress.steps_done = shared.steps_done;
    progress.steps_trained = shared.steps_trained;
    progress.seconds = std::chrono::duration<double>(now - start).count();
    observer.tick(progress);
  }
  return progress.finished == progress.replicas;
}

}  // namespace symscan
