#pragma once
#include <filesystem>

#include "host/findings/model.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// Writes models.safetensors, metrics.jsonl and summary.json of a run, from its ledger.
void write_results(const std::filesystem::path& run, const RunResults& results, Ledger& ledger);
/// The sentences of the findings, by dataset, on standard output.
void print_findings(const Findings& findings);
/// Writes report.html. `findings`: null if the run has not been analysed.
void write_report(const std::filesystem::path& run, const RunResults& results, Ledger& ledger,
                  const Findings* findings);
/// The table of relevances, one line per group, and the studies' sentences, on standard output.
void print_results(const RunResults& results);

}  // namespace symscan
