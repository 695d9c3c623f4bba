#pragma once
#include <string>
#include <vector>

#include "host/base/json.hpp"
#include "host/config/names.hpp"
#include "host/config/replica.hpp"

namespace symscan {

inline constexpr std::size_t most_replicas = 1'000'000;  ///< of a sweep

struct SweepConfig {
  std::string name;
  Json resolved;  ///< every key with its default; lists kept: this is config.json of the run directory
  std::vector<ReplicaConfig> replicas;
  std::vector<std::string> notes;  ///< e.g. "train.momentum has no effect with the optimizer adam"
};

/// Checks, fills in defaults and expands the sweep. `overrides` are "path=value" texts of the command line
/// (value: JSON, else text; lists need no quotes and lists of one no brackets). Relative data paths are left
/// as they are. Throws ConfigError.
SweepConfig parse_config(const Json& document, const std::vector<std::string>& overrides = {});

/// The same of a config that may have `most` replicas; they are counted before any is made.
SweepConfig parse_config_of(const Json& document, std::size_t most);

}  // namespace symscan
