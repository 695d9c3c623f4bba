#pragma once
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/config/config.hpp"

namespace symscan {

/// A replica that waits for a device.
struct Job {
  const ReplicaConfig* config = nullptr;
  double work = 0;         ///< steps times parameters
  std::string checkpoint;  ///< where it goes on; empty: from the start
};

/// The replicas of a sweep that are not under way, longest first (equal ones by id), shared by the devices'
/// threads: the long ones must not start last.
class JobQueue {
 public:
  JobQueue(std::vector<Job> jobs, int devices);

  /// The next job for a device that holds `held` of them; nothing if none waits or the device has its share
  /// of all that is left.
  std::optional<Job> take(std::size_t held);
  void give_back(Job job);
  /// A job that was taken is finished.
  void finish();
  /// A device does no more work. Returns how many are left.
  std::size_t leave();

  /// For a device without jobs: waits a moment for one to come back. False when there will be none any more.
  bool wait();
  bool has_waiting();
  /// Whether another device waits for jobs.
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
  std::size_t devices_, idle_ = 0;
};

}  // namespace symscan
