#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/mpi/local_training.hpp"
#include "host/mpi/rank_messages.hpp"
#include "host/mpi/ranks.hpp"

namespace symscan {

/// Rank 0: hands out the replicas of a sweep to all ranks, itself among them, as they ask for them, and takes
/// results and checkpoints to its caller. No rank holds more than its share of what is left, by the replicas
/// that it trains at one time. The replicas of a rank that is lost go on elsewhere from their last
/// checkpoint.
class RankCrew {
 public:
  /// `check(rank, greeting)`: throws Error where that rank cannot work with this one.
  RankCrew(Ranks& ranks, std::function<void(int rank, const Greeting&)> check);

  struct Sweep {
    const std::vector<const ReplicaConfig*>& replicas;
    const DataOf& data;
    const std::map<int, std::string>& checkpoints;  ///< of replicas that were interrupted before
    LocalTraining local;
    std::function<std::optional<std::string>(int id)> saved_checkpoint;  ///< the last one
    std::function<void(const std::string&)> warn;                        ///< a sentence
  };
  /// As run_sweep (host/train/sweep.hpp). Throws Error too for a rank that has other data or settings, or
  /// cannot work because of them.
  bool run(const Sweep& sweep, const std::atomic<bool>& stop, const SweepObserver& observer);

 private:
  struct Member {
    bool active = false;  ///< has greeted, and was neither lost nor stopped
    bool stopped = false;
    std::uint64_t slots = 1, wanted = 0;
    std::map<int, Job> held;  ///< by replica, without checkpoints
    RankProgress progress;
    std::uint64_t finished_steps = 0;
  };
  /// Results and checkpoints of other ranks that come in one transaction.
  struct Saving;

  void begin(const Sweep& sweep);
  bool is_done() const { return progress_.finished + progress_.postponed == progress_.replicas; }
  void serve();
  void take(const RankMessage& message, Saving& saving);
  void take_note(int rank, const RankNote& note, Saving& saving);
  void greet(int rank, const Greeting& greeting);
  void drop(int rank, const std::string& why);
  void save(const Saving& saving);
  void tell(const Saving& saving);
  const ReplicaConfig* held_by(int rank, int id) const;
  void settle(int rank, int id);
  void count(const ReplicaResult& result);
  void grant();
  std::uint64_t total_slots() const;
  std::vector<Job> take_for(int rank, std::uint64_t wanted);
  void grant_to(int rank);
  void train_here();
  SweepObserver local_observer();
  void tell_progress();
  void gather();

  Ranks& ranks_;
  const std::function<void(int rank, const Greeting&)> check_;
  std::vector<Member> members_;  ///< [ranks], this one first

  // Of a sweep.
  const Sweep* sweep_ = nullptr;
  const SweepObserver* observer_ = nullptr;
  const std::atomic<bool>* told_to_stop_ = nullptr;
  std::uint64_t number_ = 0;
  std::atomic<bool> stop_{false};
  std::unique_ptr<JobQueue> pool_, local_;  ///< what nobody holds; what this rank holds
  bool trains_here_ = false;
  std::vector<Postponed> postponed_;
  SweepProgress progress_;
  RankProgress before_;  ///< of this rank, before the present call of local.run
  std::chrono::steady_clock::time_point start_;
};

}  // namespace symscan
