#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/base/json_record.hpp"

/// progress.json of a run directory: how far a training is, for those who watch it. No result depends on it,
/// and a run that lacks it is none the worse; it is replaced every few seconds.
namespace symscan {

inline constexpr int progress_schema_version = 1;

struct RunProgress {
  enum class State { training, interrupted, trained };
  State state = State::training;  ///< also of a run that was killed: `updated` tells
  std::string name;               ///< of the sweep
  std::string shard;              ///< "3/8"; empty: a whole sweep
  std::size_t replicas = 0;       ///< of this run directory
  std::size_t done = 0, failed = 0;
  double share = 0;             ///< of the training steps, 0 to 1
  double steps_per_second = 0;  ///< of this process
  double replicas_per_second = 0;
  std::optional<double> seconds_left;  ///< of this process; none: not known yet
  std::int64_t updated = 0;            ///< seconds since 1970
  std::string host;
  std::int64_t process = 0;
  std::string backend;
  std::vector<std::string> command;  ///< as it was typed; empty: not by the command line
  std::string folder;                ///< in which it was
};

template <>
struct JsonNames<RunProgress::State> {
  static constexpr std::pair<RunProgress::State, const char*> names[] = {
      {RunProgress::State::training, "training"},
      {RunProgress::State::interrupted, "interrupted"},
      {RunProgress::State::trained, "trained"}};
};

template <>
struct JsonRecord<RunProgress> {
  static constexpr const char* doc = "how far a training is";
  static constexpr auto members = std::make_tuple(
      json_member("state", &RunProgress::state), json_member("name", &RunProgress::name),
      json_member("shard", &RunProgress::shard), json_member("replicas", &RunProgress::replicas),
      json_member("done", &RunProgress::done), json_member("failed", &RunProgress::failed),
      json_member("share", &RunProgress::share),
      json_member("steps_per_second", &RunProgress::steps_per_second),
      json_member("replicas_per_second", &RunProgress::replicas_per_second),
      json_member("seconds_left", &RunProgress::seconds_left), json_member("updated", &RunProgress::updated),
      json_member("host", &RunProgress::host), json_member("process", &RunProgress::process),
      json_member("backend", &RunProgress::backend), json_member("command", &RunProgress::command),
      json_member("folder", &RunProgress::folder));
};

std::filesystem::path progress_file(const std::filesystem::path& run);

/// Fills in time, host and process. Throws Error (disk).
void write_progress(const std::filesystem::path& run, RunProgress progress);

/// None where there is no such file, or none that can be understood.
std::optional<RunProgress> read_progress(const std::filesystem::path& run);

/// Since 1970, by the clock of this machine.
std::int64_t unix_seconds();

/// Name of this machine.
std::string host_name();

}  // namespace symscan
