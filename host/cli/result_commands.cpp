#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "host/base/cores.hpp"
#include "host/base/file.hpp"
#include "host/base/text.hpp"
#include "host/base/trouble.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/outputs.hpp"
#include "host/cli/progress.hpp"
#include "host/findings/analysis_file.hpp"
#include "host/findings/findings.hpp"
#include "host/findings/model_json.hpp"
#include "host/findings/truth_table.hpp"
#include "host/library/figures.hpp"
#include "host/library/run_outputs.hpp"
#include "host/report/picture_files.hpp"
#include "host/store/run_directory.hpp"

namespace symscan {
namespace {

/// Before the work is done.
void refuse_read_only(const std::filesystem::path& run) {
  if (::access(run.c_str(), W_OK) != 0)
    throw Error(
        "'" + run.string() + "' cannot be written: " + trouble_text(errno) + "; or analyse a copy of it",
        exit_code_of(errno));
}

/// The name of a dictionary, or the vector fields of a file.
void take_fields(const std::string& given, FindingsOptions& findings) {
  findings.fields = given;
  const std::vector<std::string> dictionaries = {"affine", "quadratic", "pairs"};
  if (std::find(dictionaries.begin(), dictionaries.end(), given) != dictionaries.end()) return;
  std::error_code error;
  if (!std::filesystem::is_regular_file(given, error))
    throw UsageError("--fields is '" + printable_line(given) + "', which is neither of " +
                     join_words(dictionaries) + " nor a file" + did_you_mean(given, dictionaries));
  findings.field_lines = read_text_file(given, 1u << 20);
  if (findings.field_lines.starts_with("\xEF\xBB\xBF")) findings.field_lines.erase(0, 3);
  if (findings.field_lines.empty()) throw DataError(printable_line(given) + " holds no vector field");
}

/// Throws Error if the run is another one now, or has results that were not looked at.
void check_unchanged(const std::filesystem::path& run, const RunPlace& place, const RunResults& results,
                     Ledger& ledger) {
  place.check();
  if (digest_of(load_results(ledger)) != digest_of(results))
    throw Error("the run in '" + run.string() + "' went on meanwhile; repeat this when it has ended",
                ExitCode::interrupted);
}

/// The figures and the table that `symscan report` was asked for.
void write_pictures(const Json& report, const ReportOptions& options, WorkDisplay& display) {
  std::string said;
  if (!options.figures.empty()) {
    const FigureFormats formats = parse_figure_formats(options.format);
    const auto files = write_figures(options.figures, report, formats,
                                     [&](double share) { display.show("drawing figures", share); });
    said = plural(files.size() / std::max<std::size_t>(1, formats.count()), "figure") + " in " +
           options.figures + " (" + to_words(formats) + ")\n";
  }
  if (!options.latex.empty() && options.latex != "-") {
    write_file_atomically(std::filesystem::path(options.latex), latex_table(report));
    said += options.latex + "\n";
  }
  display.finish();
  if (!options.figures.empty() && options.format.empty())
    if (const std::string why = why_no_pictures(); !why.empty())
      std::fprintf(stderr, "note: %s\n", why.c_str());
  if (options.latex == "-") said = latex_table(report);
  std::printf("%s", said.c_str());
}

}  // namespace

ExitCode analyze_command(const AnalyzeOptions& options) {
  if (!options.shard.empty()) {
    (void)parse_shard(options.shard);
    if (options.json || options.table || options.only_named || !options.candidates.empty() ||
        options.fields != "affine")
      throw UsageError(
          "--shard measures models and looks at nothing else: leave out --json, --table, --candidate, "
          "--only-named and "
          "--fields, and give them to the analysis that comes after");
  }
  if (options.json && options.table) throw UsageError("--json and --table exclude each other");
  const std::filesystem::path run = options.run;
  Ledger ledger = Ledger::open(ledger_file(run), true);
  const RunPlace place(run);
  refuse_read_only(run);
  const RunResults results = load_results(ledger);
  FindingsOptions findings;
  findings.candidates = options.candidates;
  findings.natural_candidates = findings.discrete = !options.only_named;
  take_fields(options.fields, findings);
  findings.threads = threads_or_all_cores(options.threads);
  findings.data = options.data;
  findings.tell = [](const std::string& sentence) {
    std::fprintf(stderr, "%snote: %s\n", isatty(STDERR_FILENO) != 0 ? "\r\033[K" : "", sentence.c_str());
  };
  if (options.budget > 0) findings.budget = options.budget;
  WorkDisplay display(options.quiet);
  findings.progress = display.of_analysis();
  const auto check = [&] { check_unchanged(run, place, results, ledger); };
  if (!options.shard.empty()) {
    const AnalysisPart part = measure_models(results, ledger, findings, parse_shard(options.shard));
    check();
    write_analysis_part(run, parse_shard(options.shard), part);
    display.finish();
    std::printf("measured %s; symscan analyze %s takes them from %s\n",
                plural(part.models.size(), "model").c_str(), run.c_str(),
                analysis_part_file(run, parse_shard(options.shard)).c_str());
    return ExitCode::done;
  }
  const Findings found =
      analyse(results, ledger, findings, {}, read_analysis_parts(run, results, findings.tell));
  check();
  write_findings(run, found);
  if (!options.no_report) {
    display.show("writing report", 1);
    write_report(run, results, sample_measures(results, ledger, findings.threads), ledger, &found, check);
  }
  display.finish();
  if (options.json) {
    std::printf("%s\n", to_json(found).dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
  } else if (options.table) {
    const std::string table = truth_table(found);
    std::printf("%s", table.empty() ? "no dataset of this run has a known truth\n" : table.c_str());
  } else {
    print_findings(found);
    print_in_short(found);
    std::printf("\nanalysis: %s\n", analysis_file(run).c_str());
    if (!options.no_report) std::printf("report:   %s\n", (run / "report.html").c_str());
  }
  return ExitCode::done;
}

ExitCode report_command(const ReportOptions& options) {
  const std::string& run = options.run;
  if (options.figures.empty() && !options.format.empty())
    throw UsageError("--format says how figures are written: give --figures DIR, too");
  WorkDisplay display(options.quiet);
  display.show("reading results", 0);
  Ledger ledger = Ledger::open(ledger_file(run), true);
  const RunPlace place(run);
  const RunResults results = load_results(ledger);
  const std::optional<Findings> findings = read_findings(run, results);
  const SampleMeasures measures = sample_measures(results, ledger, threads_or_all_cores(0));
  if (!options.figures.empty() || !options.latex.empty()) {
    write_pictures(report_of(results, measures, ledger, findings ? &*findings : nullptr), options, display);
    return ExitCode::done;
  }
  display.show("writing report", 0.5);
  write_report(run, results, measures, ledger, findings ? &*findings : nullptr,
               [&] { check_unchanged(run, place, results, ledger); });
  display.finish();
  std::printf("%s\n", (std::filesystem::path(run) / "report.html").c_str());
  return ExitCode::done;
}

}  // namespace symscan
