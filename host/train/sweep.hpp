#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "host/base/error.hpp"
#include "host/config/replica.hpp"
#include "host/data/preprocess.hpp"
#include "host/train/job_queue.hpp"
#include "host/train/replica_result.hpp"

namespace symscan {

struct SweepProgress {
  std::size_t replicas = 0, finished = 0, failed = 0;  ///< of this call
  std::size_t postponed = 0;                           ///< left as they were: no memory, a foreign checkpoint
  std::uint64_t steps = 0,
                steps_done = 0;     ///< of all replicas; steps that early stopping saved count as done
  std::uint64_t steps_trained = 0;  ///< really trained by this call, for rates
  double seconds = 0;

  SweepProgress& operator+=(const SweepProgress& other);
};

/// A replica that stays pending, with the checkpoint that it has.
struct Postponed {
  const ReplicaConfig* config;
  std::string sentence;  ///< which replica, and why
  ExitCode code;         ///< interrupted: a repetition may help
};

/// Throws Error if replicas of a sweep of `replicas` were postponed.
void check_postponed(const std::vector<Postponed>& postponed, std::size_t replicas);

/// What run_sweep tells its caller. All calls come from the thread that called run_sweep.
struct SweepObserver {
  std::function<void(const ReplicaConfig&, const ReplicaResult&)> finished;
  std::function<void(const ReplicaConfig&, const std::string& checkpoint)> checkpoint;
  std::function<void(const Postponed&)> postponed = [](const Postponed&) {};
  std::function<void()> begin_batch, end_batch;    ///< around the calls of one moment: one transaction
  std::function<void(const SweepProgress&)> tick;  ///< several times a second
};

struct SweepOptions {
  int threads = 1;                 ///< in all
  double checkpoint_seconds = 10;  ///< between checkpoints of the replicas under way
  double tick_seconds = 0.1;       ///< between ticks while nothing happens
};

/// What a replica trains on. It stays valid during the sweep.
using DataOf = std::function<const PreparedData&(const ReplicaConfig&)>;

/// Replicas of a sweep as jobs, with their checkpoints.
struct SweepJobs {
  std::vector<Job> jobs;
  std::uint64_t steps = 0;  ///< of all
};
SweepJobs make_jobs(const std::vector<const ReplicaConfig*>& replicas, const DataOf& data,
                    const std::map<int, std::string>& checkpoints);

/// Trains replicas on CPU threads, one replica per thread at a time; when fewer replicas are left than
/// threads, those that are worth it (replica_team.hpp) on several. Results do not depend on the threads.
/// `data(config)` must stay valid; `checkpoints` holds the state of replicas that were interrupted before.
/// A replica for which there is no memory, or whose checkpoint is of another version, stays as it was; when
/// all others are finished, throws Error that says so. Fewer threads do where not all can be started. When
/// `stop` becomes true every running replica is checkpointed and the call returns false; true: all are
/// finished.
bool run_sweep(const std::vector<const ReplicaConfig*>& replicas, const DataOf& data,
               const std::map<int, std::string>& checkpoints, const SweepOptions& options,
               const std::atomic<bool>& stop, const SweepObserver& observer);

/// The same for the jobs of a queue, until it is closed and empty or `stop` becomes true. The caller gives
/// progress.replicas and progress.steps, and counts what is postponed.
void run_jobs(JobQueue& queue, int workers, const DataOf& data, const SweepOptions& options,
              const std::atomic<bool>& stop, const SweepObserver& observer, SweepProgress& progress);

}  // namespace symscan
