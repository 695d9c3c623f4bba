#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include "host/cli/timings.hpp"
#include "host/findings/findings.hpp"
#include "host/store/run_directory.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// What the end of `train` and of `merge` prints and writes.
struct RunEndOptions {
  bool quiet = false, json = false, no_report = false, no_analysis = false;
  int threads = 1;
  std::string data = {};             ///< for the analysis: FindingsOptions::data
  std::filesystem::path shown = {};  ///< how the run directory is called; empty: where it is
};

/// The end of a run whose replicas are all finished: summary, models, metrics, analysis and report from its
/// ledger, and the table on the terminal.
class RunEnd {
 public:
  RunEnd(const RunEndOptions& options, RunDirectory& run, Timings& timings);

  /// `rows`: of each dataset, or none: they are loaded again. `is_new`: something was trained or joined since
  /// the last analysis. `written`: called when all files are written. Returns some_failed if replicas failed.
  ExitCode write(const std::vector<DatasetRows>& rows, bool is_new, const std::function<void()>& written);

 private:
  /// Returns what was found and said.
  std::optional<Findings> write_outputs(const RunResults& results, const std::vector<DatasetRows>& rows,
                                        bool is_new);
  std::optional<Findings> findings_of(const RunResults& results, const std::vector<DatasetRows>& rows,
                                      bool is_new);
  std::optional<Findings> analyse_quickly(const RunResults& results,
                                          const std::vector<DatasetRows>& rows) const;
  std::optional<Findings> earlier_findings(const RunResults& results) const;
  void print_end(const RunResults& results, const std::optional<Findings>& findings) const;

  const RunEndOptions options_;
  const bool talkative_;  ///< prints more than errors, warnings and what a script reads
  RunDirectory& run_;
  Timings& timings_;
};

}  // namespace symscan
