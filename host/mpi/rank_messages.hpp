#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "host/base/error.hpp"
#include "host/train/replica_result.hpp"

/// What ranks tell each other: plain values as in checkpoints (host/train/checkpoint_blob.hpp), for processes
/// of one version on machines of one type.
namespace symscan {

// From a rank to rank 0.

/// The rank is ready. What all ranks must agree on.
struct Greeting {
  std::string version;                    ///< of the program
  std::string config;                     ///< a digest of the resolved config
  std::vector<std::string> fingerprints;  ///< of the datasets
  std::string backend;                    ///< Backend::name()
  std::uint64_t slots = 1;                ///< replicas that it trains at one time, as far as it knows
};
/// The rank can use so many more replicas now.
struct ReplicaRequest {
  std::uint64_t wanted = 0;
};
struct ReplicaFinished {
  int id = 0;
  ReplicaResult result;
};
struct ReplicaCheckpoint {
  int id = 0;
  std::string blob;
};
struct ReplicaPostponed {
  int id = 0;
  std::string sentence;
  ExitCode code = ExitCode::interrupted;
};
/// Of the sweep of that number, since it began.
struct RankProgress {
  std::uint64_t sweep = 0, steps_done = 0, steps_trained = 0;
};
struct RankWarning {
  std::string sentence;
};
/// Everything under way is checkpointed and sent; the rank trains no more.
struct RankStopped {};
/// The rank cannot work.
struct RankFailed {
  std::string sentence;
  ExitCode code = ExitCode::interrupted;
};

// From rank 0 to a rank.

struct GrantedReplica {
  int id = 0;
  std::string checkpoint;  ///< empty: from the start
};
/// Replicas to be trained. Empty: there are none for now, nothing is to be waited for.
struct ReplicaGrant {
  std::uint64_t sweep = 0, replicas = 0;  ///< the number of the sweep, and its replicas
  std::vector<GrantedReplica> granted;
};
struct StopTraining {};

using RankNote = std::variant<Greeting, ReplicaRequest, ReplicaFinished, ReplicaCheckpoint, ReplicaPostponed,
                              RankProgress, RankWarning, RankStopped, RankFailed, ReplicaGrant, StopTraining>;

std::string to_bytes(const RankNote& note);
/// Throws Error for anything that to_bytes() does not write.
RankNote from_bytes(std::string_view bytes);

}  // namespace symscan
