#include "host/train/sweep.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "host/base/threads.hpp"
#include "host/train/replica_snapshot.hpp"
#include "host/train/replica_trainer.hpp"
#include "host/train/sweep_events.hpp"
#include "host/train/thread_budget.hpp"

namespace symscan {
namespace {

using Clock = std::chrono::steady_clock;

/// What workers and the calling thread share. The events' lock is taken once per replica or checkpoint, never
/// per step.
struct Shared {
  Shared(JobQueue& jobs, const SweepOptions& options, int workers)
      : queue(jobs),
        events(workers, options.tick_seconds),
        budget(std::max(workers, options.threads), workers) {}

  JobQueue& queue;
  SweepEvents events;
  ThreadBudget budget;
  std::atomic<std::uint64_t> checkpoint_round{0};
};

class Worker {
 public:
  Worker(Shared& shared, const DataOf& data, const std::atomic<bool>& stop)
      : shared_(shared), data_(data), stop_(stop) {}

  void run() {
    try {
      work();
    } catch (...) {
      shared_.events.worker_failed(std::current_exception());
    }
    shared_.budget.worker_ended(threads_);
    shared_.events.worker_ended();
  }

 private:
  void work() {
    while (!stopping()) {
      if (const auto job = shared_.queue.take(0)) {
        train(*job->config, job->checkpoint);
        shared_.queue.finish();
      } else if (!shared_.queue.wait_for_more()) {
        return;
      }
    }
  }

  bool stopping() const { return stop_.load(std::memory_order_relaxed) || shared_.events.abandoned(); }

  void train(const ReplicaConfig& config, const std::string& checkpoint) {
    try {
      ReplicaTrainer trainer(config, data_(config));
      const int worth = trainer.threads_worth();
      const auto share_threads = [&] {
        threads_ = shared_.budget.adjust(threads_, worth);
        trainer.use_threads(threads_);
      };
      share_threads();
      if (!checkpoint.empty()) {
        trainer.restore(checkpoint);
        shared_.events.steps_done += trainer.steps_done();
      }
      std::uint64_t round = shared_.checkpoint_round, counted = trainer.steps_done();
      const auto pause = [&] {
        const std::uint64_t fresh = trainer.steps_done() - counted;
        shared_.events.steps_done.fetch_add(fresh, std::memory_order_relaxed);
        shared_.events.steps_trained.fetch_add(fresh, std::memory_order_relaxed);
        counted += fresh;
        share_threads();
        if (stopping()) return ReplicaTrainer::Pause::to_stop;
        return shared_.checkpoint_round.load(std::memory_order_relaxed) != round
                   ? ReplicaTrainer::Pause::for_checkpoint
                   : ReplicaTrainer::Pause::no;
      };
      while (trainer.run(pause) == ReplicaTrainer::State::paused) {
        round = shared_.checkpoint_round;
        shared_.events.push_checkpoint(config, trainer.checkpoint());
        if (stopping()) return;
      }
      // A replica that stopped early or failed counts as its full number of steps.
      shared_.events.steps_done += trainer.total_steps() - counted;
      shared_.events.push_result(config, trainer.result());
    } catch (const std::bad_alloc&) {
      shared_.events.push_postponed(config, no_memory_sentence, ExitCode::interrupted);
    } catch (const UnusableCheckpoint& error) {
      shared_.events.push_postponed(config, error.what(), error.code());
    } catch (const std::exception& error) {
      shared_.events.push_failure(config, error.what());
    }
  }

  Shared& shared_;
  const DataOf& data_;
  const std::atomic<bool>& stop_;
  int threads_ = 1;  ///< of the budget, its own among them
};

}  // namespace

SweepJobs make_jobs(const std::vector<const ReplicaConfig*>& replicas, const DataOf& data,
                    const std::map<int, std::string>& checkpoints) {
  SweepJobs sweep;
  sweep.jobs.reserve(replicas.size());
  for (const ReplicaConfig* config : replicas) {
    const PreparedData& prepared = data(*config);
    const std::uint64_t steps = training_steps(config->train, prepared.rows);
    const std::uint64_t parameters = count_parameters(config->model, prepared.features);
    const auto saved = checkpoints.find(config->id);
    sweep.steps += steps;
    sweep.jobs.push_back({config, static_cast<double>(steps) * static_cast<double>(parameters),
                          saved == checkpoints.end() ? "" : saved->second});
  }
  return sweep;
}

bool run_sweep(const std::vector<const ReplicaConfig*>& replicas, const DataOf& data,
               const std::map<int, std::string>& checkpoints, const SweepOptions& options,
               const std::atomic<bool>& stop, const SweepObserver& observer) {
  SweepJobs sweep = make_jobs(replicas, data, checkpoints);
  for (Job& job : sweep.jobs) job.work = 0;  // in the order of the config
  SweepProgress progress;
  progress.replicas = replicas.size();
  progress.steps = sweep.steps;
  std::vector<Postponed> postponed;
  SweepObserver collecting = observer;
  collecting.postponed = [&](const Postponed& replica) { postponed.push_back(replica); };
  const int workers = std::clamp(static_cast<int>(replicas.size()), 1, std::max(1, options.threads));
  JobQueue queue(std::move(sweep.jobs), 1);
  run_jobs(queue, workers, data, options, stop, collecting, progress);
  if (progress.finished == progress.replicas || stop) return progress.finished == progress.replicas;
  check_postponed(postponed, progress.replicas);
  return false;
}

void run_jobs(JobQueue& queue, int workers, const DataOf& data, const SweepOptions& options,
              const std::atomic<bool>& stop, const SweepObserver& observer, SweepProgress& progress) {
  Shared shared(queue, options, workers);
  std::vector<std::jthread> threads;
  // Runs before the threads are joined, also when an observer throws.
  const std::unique_ptr<SweepEvents, void (*)(SweepEvents*)> abandon(&shared.events,
                                                                     [](SweepEvents* e) { e->abandon(); });
  start_some_threads(threads, workers, [&] { Worker(shared, data, stop).run(); });
  for (int missing = static_cast<int>(threads.size()); missing < workers; ++missing) {
    shared.budget.worker_ended(1);
    shared.events.worker_ended();
  }
  auto last_checkpoint = Clock::now();
  const std::chrono::duration<double> between_checkpoints(options.checkpoint_seconds);
  SweepObserver observing = observer;
  observing.tick = [&](const SweepProgress& now_done) {
    const auto now = Clock::now();
    if (now - last_checkpoint >= between_checkpoints) {
      ++shared.checkpoint_round;
      last_checkpoint = now;
    }
    observer.tick(now_done);
  };
  shared.events.deliver(progress, observing, [](const std::string&) {});
}

SweepProgress& SweepProgress::operator+=(const SweepProgress& other) {
  replicas += other.replicas;
  finished += other.finished;
  failed += other.failed;
  postponed += other.postponed;
  steps += other.steps;
  steps_done += other.steps_done;
  steps_trained += other.steps_trained;
  seconds += other.seconds;
  return *this;
}

}  // namespace symscan
