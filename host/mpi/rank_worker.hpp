#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "host/mpi/local_training.hpp"
#include "host/mpi/rank_messages.hpp"
#include "host/mpi/ranks.hpp"

namespace symscan {

/// A rank other than 0: asks rank 0 for replicas, trains them, and sends results and checkpoints. It knows no
/// run directory.
class RankWorker {
 public:
  struct Work {
    std::function<const ReplicaConfig&(int id)> replica;
    LocalTraining local;
    Greeting greeting;
    std::function<void()> stopped = [] {};  ///< all checkpoints are on their way
  };

  RankWorker(Ranks& ranks, Work work);

  /// Until rank 0 ends this rank (Ranks::Settings::end). When `stop` becomes true, what is under way is
  /// checkpointed and rank 0 is told.
  void run(const std::atomic<bool>& stop);

 private:
  void train();
  void take_messages();
  void take_grant(const ReplicaGrant& grant);
  void ask();
  void tell_progress(bool at_once);
  SweepObserver observer();
  void send(const RankNote& note) { ranks_.send(0, to_bytes(note)); }

  Ranks& ranks_;
  const Work work_;
  const std::atomic<bool>* told_to_stop_ = nullptr;
  std::atomic<bool> stop_{false};
  std::unique_ptr<JobQueue> queue_;  ///< of the call of local.run
  std::uint64_t sweep_ = 0;          ///< its number
  std::vector<Job> next_;            ///< for the next call
  std::uint64_t next_sweep_ = 0, next_replicas_ = 0;
  std::uint64_t order_ = 0;           ///< replicas granted so far
  bool asked_ = false;                ///< and not answered
  RankProgress before_, now_, told_;  ///< of the sweep: before this call of local.run; with it; that is sent
  std::chrono::steady_clock::time_point last_told_;
};

}  // namespace symscan
