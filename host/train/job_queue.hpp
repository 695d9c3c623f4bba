#pragma once
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/config/config.hpp"

namespace symscan {

/// A replica that waits to be trained.
struct Job {
  const ReplicaConfig* config = nullptr;
  double work = 0;         ///< steps times parameters, for the order
  std::string checkpoint;  ///< where it goes on; empty: from the start
};

/// The replicas of a sweep that are not under way, longest first (equal ones by id), shared by the threads
/// that train or that serve a device: the long ones must not start last. An open queue gets more jobs while
/// it is worked on, until it is closed.
class JobQueue {
 public:
  /// `takers`: devices, or whatever else is to have an equal share.
  JobQueue(std::vector<Job> jobs, int takers, bool open = false);

  /// The next job for a taker that holds `held` of them; nothing if none waits or the taker has its share of
  /// all that is left.
  std::optional<Job> take(std::size_t held);
  void give_back(Job job);
  /// A job that was taken is finished.
  void finish();
  /// A taker does no more work. Returns how many are left.
  std::size_t leave();

  // Of an open queue.
  void add(std::vector<Job> jobs);
  void close();
  bool is_open();

  /// For a taker without jobs: waits a moment for one to come back. False when there will be none any more.
  bool wait();
  /// The same where jobs do not come back: false as soon as the queue is closed and empty.
  bool wait_for_more();
  bool has_waiting() { return waiting() > 0; }
  std::size_t waiting();
  std::size_t taken();  ///< and not finished
  /// Whether another taker waits for jobs.
  bool is_awaited();

 private:
  struct LongestFirst {
    bool operator()(const Job& left, const Job& right) const {
      return left.work != right.work ? left.work > right.work : left.config->id < right.config->id;
    }
  };

  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<Job, LongestFirst> waiting_;
  std::size_t taken_ = 0;
  std::size_t takers_, idle_ = 0;
  bool open_;
};

}  // namespace symscan
