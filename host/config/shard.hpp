#pragma once
#include <string>
#include <vector>

namespace symscan {

/// One of the parts into which a sweep is divided, each trained by a process of its own.
struct Shard {
  int index = 0;  ///< from 0, as job arrays, Kubernetes and HTCondor count
  int count = 1;

  bool operator==(const Shard&) const = default;
};

inline constexpr int most_shards = 1'000'000;

/// "3/8": the fourth of eight. Throws UsageError.
Shard parse_shard(const std::string& text);
/// "3/8"
std::string to_string(const Shard& shard);

/// Name of its folder where none is given: "shard_3_of_8".
std::string folder_of(const Shard& shard);

/// A shard with the replicas of the sweep that are its own.
struct ShardReplicas {
  Shard shard;
  std::vector<int> ids;  ///< ascending; may be empty
};

}  // namespace symscan
