#include "host/store/run_status.hpp"

#include <algorithm>
#include <set>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/base/text.hpp"
#include "host/config/shard.hpp"
#include "host/store/ledger.hpp"
#include "host/store/progress_file.hpp"
#include "host/store/run_directory.hpp"

namespace symscan {
namespace {

/// Without a word for so long a run of another machine is taken for dead, seconds: a write every five
/// seconds, slow disks and clocks that differ.
constexpr std::int64_t longest_silence = 180;

/// Locks do not always reach another machine: its progress tells.
bool is_running(const std::filesystem::path& run, const std::optional<RunProgress>& progress) {
  if (!idle_lock_of_run(run)) return true;
  return progress && progress->state == RunProgress::State::training && progress->host != host_name() &&
         unix_seconds() < progress->updated + longest_silence;
}

void take_progress(const RunProgress& progress, RunStatus& status) {
  status.name = printable_line(progress.name);
  status.shard = printable_line(progress.shard);
  status.replicas = progress.replicas;
  status.done = progress.done;
  status.failed = progress.failed;
  status.waiting = progress.replicas - std::min(progress.replicas, progress.done + progress.failed);
  status.share = progress.share;
  status.steps_per_second = progress.steps_per_second;
  status.replicas_per_second = progress.replicas_per_second;
  status.seconds_left = progress.seconds_left;
  status.host = printable_line(progress.host);
  status.backend = printable_line(progress.backend);
}

void take_ledger(Ledger& ledger, const std::optional<RunProgress>& progress, RunStatus& status) {
  auto counts = ledger.count_statuses();
  status.name = printable_line(ledger.meta("name"));
  const std::optional<Shard> shard = ledger.shard();
  status.shard = shard ? to_string(*shard) : "";
  status.done = counts["done"];
  status.failed = counts["failed"];
  status.skipped = counts["skipped"];
  status.waiting = counts["pending"];
  status.replicas = status.done + status.failed + status.skipped + status.waiting;
  status.state = status.waiting == 0 ? RunStatus::State::trained : RunStatus::State::stopped;
  status.backend = printable_line(ledger.meta("backend"));
  const auto finished = static_cast<double>(status.replicas - status.waiting);
  status.share = status.replicas > 0 ? finished / static_cast<double>(status.replicas) : 1;
  if (status.state == RunStatus::State::stopped && progress)
    status.share = std::max(status.share, progress->share);
  if (progress) status.host = printable_line(progress->host);
}

}  // namespace

RunStatus status_of_run(const std::filesystem::path& run) {
  RunStatus status;
  status.run = run.string();
  std::error_code error;
  const bool is_there = std::filesystem::exists(ledger_file(run), error);
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory) {
    status.state = RunStatus::State::unreadable;
    status.problem = "cannot look at '" + printable_line(run.string()) + "': " + error.message();
    return status;
  }
  if (!is_there) return status;
  const std::optional<RunProgress> progress = read_progress(run);
  try {
    if (is_running(run, progress)) {
      // Between two writes of a run that has just begun, what is known is that it runs.
      if (progress) take_progress(*progress, status);
      status.state = RunStatus::State::running;
      return status;
    }
    Ledger ledger = Ledger::open(ledger_file(run), true);
    take_ledger(ledger, progress, status);
  } catch (const Error& problem) {
    status.state = RunStatus::State::unreadable;
    status.problem = problem.what();
  }
  return status;
}

bool StatusOfRuns::all_trained() const {
  return missing == 0 && std::all_of(runs.begin(), runs.end(), [](const RunStatus& run) {
           return run.state == RunStatus::State::trained;
         });
}

StatusOfRuns status_of_runs(const std::vector<std::string>& runs) {
  StatusOfRuns all;
  std::set<int> shards;
  int count = 0;
  for (const std::string& run : runs) {
    const RunStatus& status = all.runs.emplace_back(status_of_run(run));
    all.replicas += status.replicas;
    all.done += status.done;
    all.failed += status.failed;
    all.skipped += status.skipped;
    all.waiting += status.waiting;
    if (!status.shard.empty()) {
      const Shard shard = parse_shard(status.shard);  // checked where it was read
      shards.insert(shard.index);
      count = std::max(count, shard.count);
    }
    if (status.state != RunStatus::State::running) continue;
    ++all.running;
    all.steps_per_second += status.steps_per_second;
    all.replicas_per_second += status.replicas_per_second;
    if (status.seconds_left) all.seconds_left = std::max(all.seconds_left.value_or(0), *status.seconds_left);
  }
  all.missing = static_cast<std::size_t>(count) - std::min(shards.size(), static_cast<std::size_t>(count));
  for (int index = 0; index < count && all.missing_shards.size() < most_named_shards; ++index)
    if (!shards.contains(index)) all.missing_shards.push_back(to_string(Shard{index, count}));
  return all;
}

}  // namespace symscan
