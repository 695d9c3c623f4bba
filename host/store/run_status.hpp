#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/base/json_record.hpp"

/// How far runs are, without being in their way. A run under way is judged by progress.json, any other by its
/// ledger.
namespace symscan {

struct RunStatus {
  enum class State {
    missing,  ///< no run there (yet)
    running,
    stopped,  ///< not all is trained, and nobody trains it: interrupted or killed
    trained,
    unreadable  ///< `problem` says why
  };
  std::string run;  ///< its directory, as given
  State state = State::missing;
  std::string name;   ///< of the sweep
  std::string shard;  ///< "3/8"; empty: a whole sweep
  std::size_t replicas = 0, done = 0, failed = 0, skipped = 0;
  std::size_t waiting = 0;  ///< replicas that are not finished; with seeds "auto" some may not be needed
  double share = 0;         ///< of the training, 0 to 1
  double steps_per_second = 0, replicas_per_second = 0;  ///< while it runs
  std::optional<double> seconds_left;                    ///< while it runs, once it is known
  std::string host, backend;
  std::string problem;  ///< why nothing can be said; empty: no problem
};

inline constexpr std::size_t most_named_shards = 1000;

/// Several runs, usually the shards of one sweep.
struct StatusOfRuns {
  std::vector<RunStatus> runs;
  std::size_t replicas = 0, done = 0, failed = 0, skipped = 0, waiting = 0;
  std::size_t running = 0;  ///< runs
  double steps_per_second = 0, replicas_per_second = 0;
  std::optional<double> seconds_left;       ///< until the last run that runs now ends
  std::size_t missing = 0;                  ///< shards of the same division that are not among the runs
  std::vector<std::string> missing_shards;  ///< "3/8": the first of them, most_named_shards at most

  bool all_trained() const;
};

/// Never throws for what is wrong with a run: RunStatus::problem says it.
RunStatus status_of_run(const std::filesystem::path& run);
StatusOfRuns status_of_runs(const std::vector<std::string>& runs);

inline constexpr int status_schema_version = 1;

template <>
struct JsonNames<RunStatus::State> {
  static constexpr std::pair<RunStatus::State, const char*> names[] = {
      {RunStatus::State::missing, "missing"},
      {RunStatus::State::running, "running"},
      {RunStatus::State::stopped, "stopped"},
      {RunStatus::State::trained, "trained"},
      {RunStatus::State::unreadable, "unreadable"}};
};

template <>
struct JsonRecord<RunStatus> {
  static constexpr const char* doc = "one run";
  static constexpr auto members = std::make_tuple(
      json_member("run", &RunStatus::run), json_member("state", &RunStatus::state),
      json_member("name", &RunStatus::name), json_member("shard", &RunStatus::shard),
      json_member("replicas", &RunStatus::replicas), json_member("done", &RunStatus::done),
      json_member("failed", &RunStatus::failed), json_member("skipped", &RunStatus::skipped),
      json_member("waiting", &RunStatus::waiting), json_member("share", &RunStatus::share),
      json_member("steps_per_second", &RunStatus::steps_per_second),
      json_member("replicas_per_second", &RunStatus::replicas_per_second),
      json_member("seconds_left", &RunStatus::seconds_left), json_member("host", &RunStatus::host),
      json_member("backend", &RunStatus::backend), json_member("problem", &RunStatus::problem));
};

template <>
struct JsonRecord<StatusOfRuns> {
  static constexpr const char* doc = "runs, and their sums";
  static constexpr auto members = std::make_tuple(
      json_member("runs", &StatusOfRuns::runs), json_member("replicas", &StatusOfRuns::replicas),
      json_member("done", &StatusOfRuns::done), json_member("failed", &StatusOfRuns::failed),
      json_member("skipped", &StatusOfRuns::skipped), json_member("waiting", &StatusOfRuns::waiting),
      json_member("running", &StatusOfRuns::running),
      json_member("steps_per_second", &StatusOfRuns::steps_per_second),
      json_member("replicas_per_second", &StatusOfRuns::replicas_per_second),
      json_member("seconds_left", &StatusOfRuns::seconds_left),
      json_member("missing", &StatusOfRuns::missing),
      json_member("missing_shards", &StatusOfRuns::missing_shards));
};

}  // namespace symscan
