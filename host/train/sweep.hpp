#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "host/config/replica.hpp"
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

/// What run_sweep tells its caller. All calls come from the thread that called run_sweep.
struct SweepObserver {
  std::function<void(const ReplicaConfig&, const ReplicaResult&)> finished;
  std::function<void(const ReplicaConfig&, const std::string& checkpoint)> checkpoint;
  std::function<void()> begin_batch, end_batch;    ///< around the calls of one moment: one transaction
  std::function<void(const SweepProgress&)> tick;  ///< several times a second
};

struct SweepOptions {
  int threads = 1;                 ///< in all
  double checkpoint_seconds = 10;  ///< between checkpoints of the replicas under way
};

/// Trains replicas on CPU threads, one replica per thread at a time; when fewer replicas are left than
/// threads, those that are worth it (replica_team.hpp) on several. Results do not depend on the threads.
/// `data(config)` must stay valid; `checkpoints` holds the state of replicas that were interrupted before.
/// A replica for which there is no memory, or whose checkpoint is of another version, stays as it was; when
/// all others are finished, throws Error that says so. Fewer threads do where not all can be started. When
/// `stop` becomes true every running replica is checkpointed and the call returns false; true: all are
/// finished.
bool run_sweep(const std::vector<const ReplicaConfig*>& replicas,
               const std::function<const PreparedData&(const ReplicaConfig&)>& data,
               const std::map<int, std::string>& checkpoints, const SweepOptions& options,
               const std::atomic<bool>& stop, const SweepObserver& observer);

}  // namespace symscan
