#pragma once
#include <filesystem>

#include "host/store/run_results.hpp"

namespace symscan {

/// Writes models.safetensors, metrics.jsonl and summary.json of a run, from its ledger.
void write_results(const std::filesystem::path& run, const RunResults& results, Ledger& ledger);
/// Writes report.html.
void write_report(const std::filesystem::path& run, const RunResults& results, Ledger& ledger);
/// The table of relevances, one line per group, and the studies' sentences, on standard output.
void print_results(const RunResults& results);

}  // namespace symscan
