#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/progress.hpp"
#include "host/store/run_status.hpp"

namespace symscan {
namespace {

constexpr std::chrono::seconds between_looks(2);
constexpr std::size_t most_told_missing = 20;

/// Replicas in a unit of time in which there are some.
std::string rate_text(double per_second) {
  if (!(per_second > 0)) return "-";
  char text[40];
  if (per_second >= 1)
    std::snprintf(text, sizeof text, "%.3g/s", per_second);
  else if (per_second * 60 >= 1)
    std::snprintf(text, sizeof text, "%.3g/min", per_second * 60);
  else
    std::snprintf(text, sizeof text, "%.3g/h", per_second * 3600);
  return text;
}

std::string left_text(const std::optional<double>& seconds) {
  return seconds ? duration_text(*seconds) : "-";
}

struct Row {
  std::string run, shard, state, share, replicas, done, failed, waiting, rate, left;
};

std::string percent_text(double share) {
  char text[16];
  std::snprintf(text, sizeof text, "%.0f %%", 100 * share);
  return text;
}

Row row_of(const RunStatus& run) {
  const std::string state = json_name(run.state);
  if (run.state == RunStatus::State::missing || !run.problem.empty())
    return {run.run, run.shard, state, "-", "-", "-", "-", "-", "-", "-"};
  return {run.run,
          run.shard,
          state,
          percent_text(run.share),
          std::to_string(run.replicas),
          std::to_string(run.done),
          std::to_string(run.failed),
          std::to_string(run.waiting),
          run.state == RunStatus::State::running ? rate_text(run.replicas_per_second) : "-",
          run.state == RunStatus::State::running ? left_text(run.seconds_left) : "-"};
}

void print_row(const Row& row, int width, bool shards) {
  std::printf("%-*s  ", width, row.run.c_str());
  if (shards) std::printf("%-9s  ", row.shard.c_str());
  std::printf("%-10s  %6s  %8s  %8s  %6s  %8s  %9s  %s\n", row.state.c_str(), row.share.c_str(),
              row.replicas.c_str(), row.done.c_str(), row.failed.c_str(), row.waiting.c_str(),
              row.rate.c_str(), row.left.c_str());
}

/// Of all replicas that are known, weighted by their number.
double share_of_all(const StatusOfRuns& status) {
  double done = 0, all = 0;
  for (const RunStatus& run : status.runs) {
    done += run.share * static_cast<double>(run.replicas);
    all += static_cast<double>(run.replicas);
  }
  return all > 0 ? done / all : 0;
}

void print_status(const StatusOfRuns& status) {
  const bool shards = std::any_of(status.runs.begin(), status.runs.end(),
                                  [](const RunStatus& run) { return !run.shard.empty(); });
  std::size_t width = 8;
  for (const RunStatus& run : status.runs) width = std::max(width, run.run.size());
  const auto columns = static_cast<int>(std::min<std::size_t>(width, 60));
  print_row({"run", "shard", "state", "share", "replicas", "done", "failed", "waiting", "rate", "time left"},
            columns, shards);
  for (const RunStatus& run : status.runs) print_row(row_of(run), columns, shards);
  if (status.runs.size() > 1)
    print_row({"all", "", std::to_string(status.running) + " running", percent_text(share_of_all(status)),
               std::to_string(status.replicas), std::to_string(status.done), std::to_string(status.failed),
               std::to_string(status.waiting), rate_text(status.replicas_per_second),
               left_text(status.seconds_left)},
              columns, shards);
  if (!status.missing_shards.empty()) {
    std::vector<std::string> told = status.missing_shards;
    if (told.size() > most_told_missing) told.resize(most_told_missing);
    std::printf("not among these runs: %s %s%s\n", status.missing == 1 ? "shard" : "shards",
                join_words(told).c_str(), told.size() < status.missing ? ", ..." : "");
  }
  for (const RunStatus& run : status.runs)
    if (!run.problem.empty()) std::printf("%s\n", run.problem.c_str());
}

}  // namespace

ExitCode status_command(const StatusOptions& options) {
  const bool renews = options.watch && !options.json && isatty(STDOUT_FILENO) != 0;
  while (true) {
    const StatusOfRuns status = status_of_runs(options.runs);
    if (renews) std::printf("\033[H\033[J");
    if (options.json)
      std::printf("%s\n", versioned_json(status, status_schema_version)
                              .dump(-1, ' ', false, Json::error_handler_t::replace)
                              .c_str());
    else
      print_status(status);
    if (!options.watch || status.all_trained()) return ExitCode::done;
    if (std::fflush(stdout) != 0) return ExitCode::done;  // nobody reads it any more
    if (!renews && !options.json) std::printf("\n");
    std::this_thread::sleep_for(between_looks);
  }
}

}  // namespace symscan
