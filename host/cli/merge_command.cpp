#include <cstdio>

#include "host/base/cores.hpp"
#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/run_end.hpp"
#include "host/cli/signals.hpp"
#include "host/findings/recorded_data.hpp"
#include "host/store/shard_set.hpp"

namespace symscan {
namespace {

RunDirectory::Mode mode_of_merge(const MergeOptions& options) {
  if (options.resume && options.overwrite) throw UsageError("--resume and --overwrite exclude each other");
  if (options.resume) return RunDirectory::Mode::resume;
  return options.overwrite ? RunDirectory::Mode::overwrite : RunDirectory::Mode::fresh;
}

/// Throws DataError for another file than that of the training, before anything is joined.
void check_data(const ShardSet& shards, const std::string& file) {
  if (file.empty()) return;
  FindingsOptions options;
  options.data = file;
  RunResults about;
  about.datasets = shards.datasets();
  check_given_data(about, options);
  for (const DatasetRecord& record : about.datasets) (void)recorded_points(record, options);
}

/// False: interrupted.
bool copy_shards(ShardSet& shards, RunDirectory& run, bool quiet) {
  const std::size_t replicas = shards.sweep().replicas.size();
  WorkDisplay display(quiet);
  const auto show = [&](std::size_t copied) {
    display.show("joining: " + std::to_string(copied) + " of " + plural(replicas, "replica"),
                 static_cast<double>(copied) / static_cast<double>(replicas));
  };
  InterruptGuard::defer();
  const bool complete = shards.copy_into(run, show, InterruptGuard::requested());
  InterruptGuard::end_at_once();
  display.finish();
  return complete && !InterruptGuard::requested();
}

}  // namespace

ExitCode merge_command(const MergeOptions& options) {
  const RunDirectory::Mode mode = mode_of_merge(options);
  RunDirectory::check(options.out, mode);
  ShardSet shards({options.shards.begin(), options.shards.end()});
  shards.refuse_as_place(options.out);
  shards.check_complete();
  check_data(shards, options.data);
  Timings timings;
  RunDirectory run(options.out, mode, shards.sweep(), shards.backend());
  if (!copy_shards(shards, run, options.quiet)) {
    std::fprintf(stderr, "interrupted; repeat the command with --resume\n");
    return ExitCode::interrupted;
  }
  const RunEndOptions end = {options.quiet,
                             options.json,
                             options.no_report,
                             options.no_analysis,
                             threads_or_all_cores(options.threads),
                             options.data};
  return RunEnd(end, run, timings).write({}, shards.added() > 0, [] {});
}

}  // namespace symscan
