#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "host/cli/commands.hpp"
#include "host/cli/outputs.hpp"
#include "host/library/run_outputs.hpp"
#include "host/store/run_directory.hpp"

namespace symscan {

ExitCode analyze_command(const AnalyzeOptions& options) {
  const std::filesystem::path run = options.run;
  Ledger ledger = Ledger::open(ledger_file(run), true);
  const RunResults results = load_results(ledger);
  FindingsOptions findings;
  findings.candidates = options.candidates;
  findings.natural_candidates = !options.only_named;
  findings.threads = options.threads > 0
                         ? options.threads
                         : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const Json analysis = find_all(results, ledger, findings);
  write_analysis(run, analysis);
  if (!options.no_report) write_report(run, results, ledger);
  if (options.json) {
    std::printf("%s\n", analysis.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
  } else if (options.table) {
    const std::string table = truth_table(analysis);
    std::printf("%s", table.empty() ? "no dataset of this run has a known truth\n" : table.c_str());
  } else {
    print_analysis(analysis);
    std::printf("\nanalysis: %s\n", analysis_file(run).c_str());
  }
  return ExitCode::done;
}

}  // namespace symscan
