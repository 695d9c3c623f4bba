#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "host/base/error.hpp"
#include "host/mpi/mpi_api.hpp"

namespace symscan {

/// What arrived from another rank.
struct RankMessage {
  int from = 0;
  bool lost = false;  ///< the rank does not answer any more; nothing comes from it after this
  std::string bytes;
};

/// The end of a rank other than 0.
struct RankEnd {
  ExitCode code = ExitCode::interrupted;
  bool rank_0_is_lost = false;  ///< else it gave the code
};

/// The processes that an MPI launcher started together: rank 0 and those that work for it. Messages go
/// between rank 0 and the others. All calls of MPI are made by a thread of its own, which also sends signs
/// of life: whatever the other threads do, a rank is known to live, and one that is silent is known to be
/// lost.
class Ranks {
 public:
  struct Settings {
    double lost_after = 60;  ///< seconds of silence
    /// On ranks other than 0, on the thread of MPI, when rank 0 has ended or is lost; to end the process.
    std::function<void(const RankEnd&)> end;
  };

  /// Joins the others; all ranks do. Throws UsageError if MPI does not start.
  Ranks(const MpiApi& api, Settings settings);
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  const MpiPlace& place() const { return place_; }
  int rank() const { return place_.rank; }
  int size() const { return place_.size; }

  void send(int to, std::string bytes);
  /// What has arrived, in the order of its arrival.
  std::vector<RankMessage> receive();
  /// Waits for something to receive, at most so long.
  void wait(double seconds);
  /// Waits until everything was sent, at most so long.
  void flush(double seconds);

  /// Of ranks other than 0: Settings::end was called.
  bool ended() const { return ended_; }

  /// Rank 0: all ranks end with this code, all together unless one was lost.
  void finish(ExitCode code);

 private:
  using Clock = std::chrono::steady_clock;
  struct Other {
    double heard = 0;  ///< at this time awake_
    bool lost = false, said_goodbye = false, was_told = false;
  };

  void run();
  bool start();
  void step();
  void send_outbox();
  void transmit(int to, char kind, const std::string& bytes = {});
  void take(int from, const char* bytes, std::size_t count);
  void take_from_rank_0(char kind, const std::string& bytes);
  void show_life();
  void lose(int rank);
  void deliver(RankMessage message);
  void end_all();
  void end_alone(bool together);
  void send_all(char kind, const std::string& bytes = {});
  void let_leave();

  const MpiApi& api_;
  const Settings settings_;
  MpiPlace place_;
  std::string why_not_;

  std::mutex mutex_;
  std::condition_variable to_send_, arrived_, progress_;
  struct Outgoing {
    int to;
    std::string bytes;
  };
  std::vector<Outgoing> outbox_;
  std::vector<RankMessage> inbox_;
  std::optional<ExitCode> finishing_;
  bool started_ = false, stopping_ = false, all_sent_ = true;

  // Of the thread.
  std::vector<Other> others_;  ///< [size]
  double awake_ = 0;           ///< seconds that this process was not held up
  double shown_ = 0;           ///< the last sign of life
  Clock::time_point last_step_;
  ExitCode code_ = ExitCode::interrupted;  ///< of the end, from rank 0
  std::atomic<bool> ended_ = false;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace symscan
