#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "host/base/cores.hpp"
#include "host/base/file.hpp"
#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/outputs.hpp"
#include "host/cli/progress.hpp"
#include "host/findings/analysis_file.hpp"
#include "host/findings/findings.hpp"
#include "host/library/run_outputs.hpp"
#include "host/report/comparison.hpp"
#include "host/report/comparison_page.hpp"
#include "host/report/comparison_records.hpp"
#include "host/report/comparison_text.hpp"
#include "host/store/run_directory.hpp"

namespace symscan {
namespace {

/// A run that is only read.
struct ReadRun {
  explicit ReadRun(const std::string& directory)
      : path(directory), ledger(Ledger::open(ledger_file(path), true)), results(load_results(ledger)) {}

  std::filesystem::path path;
  Ledger ledger;
  RunResults results;
};

void tell_note(const std::string& sentence) {
  std::fprintf(stderr, "note: %s\n", printable_line(sentence).c_str());
}

/// What analysis.json says; none, with a note, if there is none or it is not of these results.
std::optional<Findings> stored_findings(const ReadRun& run) {
  const std::string instead =
      "; the run is looked at now, more quickly than symscan analyze does, and nothing is kept";
  try {
    std::optional<Findings> findings = read_findings(run.path, run.results);
    if (!findings) tell_note("'" + run.path.string() + "' has no analysis.json" + instead);
    return findings;
  } catch (const DataError& error) {
    tell_note(std::string(error.what()) + instead);
    return std::nullopt;
  }
}

Findings findings_of_run(ReadRun& run, int threads) {
  if (auto findings = stored_findings(run)) return std::move(*findings);
  if (run.results.replicas.size() > most_quick_replicas)
    throw UsageError("'" + run.path.string() + "' has " + std::to_string(run.results.replicas.size()) +
                     " replicas, and looking at them takes long; call symscan analyze on it first");
  WorkDisplay display(false);
  FindingsOptions quick = quick_findings(threads_or_all_cores(threads));
  quick.tell = tell_note;
  quick.progress = display.of_analysis();
  Findings findings = analyse(run.results, run.ledger, quick);
  display.finish();
  return findings;
}

/// Whether a file lies in a folder or in one below.
bool lies_in(const std::filesystem::path& file, const std::filesystem::path& folder) {
  std::error_code error;
  const auto inner = std::filesystem::weakly_canonical(std::filesystem::absolute(file).parent_path(), error);
  const auto outer = std::filesystem::weakly_canonical(std::filesystem::absolute(folder), error);
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

/// Before anything takes long.
void check_page(const CompareOptions& options) {
  if (options.out.empty()) {
    if (options.overwrite) throw UsageError("--overwrite is about the page of --out; leave it out");
    return;
  }
  for (const std::string& run : {options.a, options.b})
    if (lies_in(options.out, run))
      throw UsageError("'" + options.out + "' lies in the run directory '" + run +
                       "', which is never changed here; give --out another place");
  refuse_existing(options.out, options.overwrite);
}

}  // namespace

ExitCode compare_command(const CompareOptions& options) {
  ReadRun a(options.a), b(options.b);
  check_page(options);
  const Findings found_a = findings_of_run(a, options.threads), found_b = findings_of_run(b, options.threads);
  const Comparison comparison =
      compare_runs({options.a, a.results, found_a}, {options.b, b.results, found_b});
  if (!options.out.empty()) write_file_atomically(options.out, comparison_html(comparison));
  if (options.json) {
    const Json line = versioned_json(comparison, comparison_schema_version);
    std::printf("%s\n", line.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
    return ExitCode::done;
  }
  std::printf("%s", comparison_text(comparison).c_str());
  if (!options.out.empty()) std::printf("\ncomparison: %s\n", printable_line(options.out).c_str());
  return ExitCode::done;
}

}  // namespace symscan
