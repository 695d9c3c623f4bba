#include "host/cli/run_end.hpp"

#include <algorithm>
#include <cstdio>
#include <future>

#include "host/cli/outputs.hpp"
#include "host/cli/progress.hpp"
#include "host/device/seconds.hpp"
#include "host/findings/analysis_file.hpp"
#include "host/library/run_outputs.hpp"

namespace symscan {
namespace {

std::size_t count_of(const RunResults& results, ReplicaRecord::Status status) {
  return static_cast<std::size_t>(
      std::count_if(results.replicas.begin(), results.replicas.end(),
                    [&](const ReplicaRecord& record) { return record.status == status; }));
}

}  // namespace

RunEnd::RunEnd(const RunEndOptions& options, RunDirectory& run, Timings& timings)
    : options_(options), talkative_(!options.quiet && !options.json), run_(run), timings_(timings) {}

ExitCode RunEnd::write(const std::vector<DatasetRows>& rows, bool is_new,
                       const std::function<void()>& written) {
  Timings::Stage loading(timings_, "read ledger");
  const RunResults results = load_results(run_.ledger());
  loading.end();
  const std::optional<Findings> findings = write_outputs(results, rows, is_new);
  written();
  print_end(results, findings);
  return count_of(results, ReplicaRecord::Status::failed) > 0 ? ExitCode::some_failed : ExitCode::done;
}

/// The analysis goes on while the files are written; the report needs its result.
std::optional<Findings> RunEnd::write_outputs(const RunResults& results, const std::vector<DatasetRows>& rows,
                                              bool is_new) {
  double files_seconds = 0;
  SampleMeasures measures;
  std::future<void> files = std::async(std::launch::async | std::launch::deferred, [&] {
    const AddSeconds timed(files_seconds);
    measures = sample_measures(results, run_.ledger(), options_.threads);
    run_.check_still_there();
    write_results(run_.path(), results, measures, run_.ledger());
  });
  if (talkative_) print_results(results);
  print_failures(results, talkative_ ? stdout : stderr);
  std::optional<Findings> findings;
  if (!options_.no_analysis) findings = findings_of(results, rows, is_new);
  {
    const Timings::Stage stage(timings_, "wait for files");
    WorkDisplay display(options_.quiet);
    display.show("writing summary, models and metrics", 0);
    files.get();
    display.finish();
  }
  timings_.add("files", "analysis", files_seconds);
  if (options_.no_report) return findings;
  const Timings::Stage stage(timings_, "report");
  const std::optional<Findings> shown = findings ? findings : earlier_findings(results);
  run_.check_still_there();
  WorkDisplay display(options_.quiet);
  display.show("writing report", 0);
  write_report(run_.path(), results, measures, run_.ledger(), shown ? &*shown : nullptr);
  display.finish();
  return findings;
}

std::optional<Findings> RunEnd::findings_of(const RunResults& results, const std::vector<DatasetRows>& rows,
                                            bool is_new) {
  const Timings::Stage stage(timings_, "analysis");
  std::optional<Findings> findings = is_new ? std::nullopt : earlier_findings(results);
  if (!findings) return analyse_quickly(results, rows);
  if (talkative_) print_findings(*findings);
  return findings;
}

/// What an earlier analysis of these results found: a full one is not replaced by a quick one. A file that
/// cannot be used is mentioned where it stays.
std::optional<Findings> RunEnd::earlier_findings(const RunResults& results) const {
  try {
    return read_findings(run_.path(), results);
  } catch (const Error& problem) {
    if (options_.no_analysis || results.replicas.size() > most_quick_replicas)
      std::fprintf(stderr, "symscan: warning: %s\n", problem.what());
    return std::nullopt;
  }
}

/// None if the analysis would take a while.
std::optional<Findings> RunEnd::analyse_quickly(const RunResults& results,
                                                const std::vector<DatasetRows>& rows) const {
  if (results.replicas.size() > most_quick_replicas) {
    if (!options_.quiet)
      std::fprintf(stderr,
                   "symmetries and constraints of so many trainings take a while: symscan analyze %s\n",
                   (options_.shown.empty() ? run_.path() : options_.shown).c_str());
    return std::nullopt;
  }
  FindingsOptions quick = quick_findings(options_.threads);
  quick.data = options_.data;
  WorkDisplay display(options_.quiet);
  quick.progress = display.of_analysis();
  Findings findings = analyse(results, run_.ledger(), quick, rows);
  display.finish();
  run_.check_still_there();
  write_findings(run_.path(), findings);
  if (talkative_) print_findings(findings);
  return findings;
}

void RunEnd::print_end(const RunResults& results, const std::optional<Findings>& findings) const {
  const std::filesystem::path& path = options_.shown.empty() ? run_.path() : options_.shown;
  if (talkative_) {
    if (findings) print_in_short(*findings);
    std::printf("\nrun directory: %s\n", path.c_str());
    if (!options_.no_report) std::printf("report:        %s\n", (path / "report.html").c_str());
  }
  if (options_.json) {
    std::printf("%s\n", Json{{"run_directory", path.string()},
                             {"replicas", results.replicas.size()},
                             {"failed", count_of(results, ReplicaRecord::Status::failed)},
                             {"skipped", count_of(results, ReplicaRecord::Status::skipped)},
                             {"summary", (path / "summary.json").string()}}
                            .dump(-1, ' ', false, Json::error_handler_t::replace)
                            .c_str());
  }
}

}  // namespace symscan
