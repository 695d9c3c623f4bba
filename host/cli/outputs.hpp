#pragma once
#include <filesystem>

#include "host/store/run_results.hpp"

namespace symscan {

/// Writes models.safetensors, metrics.jsonl and summary.json of a run, from its ledger.
void write_results(const std::filesystem::path& run, const RunResults& results, Ledger& ledger);
/// analysis.json of a run directory.
std::filesystem::path analysis_file(const std::filesystem::path& run);
void write_analysis(const std::filesystem::path& run, const Json& analysis);
/// The sentences of find_all(), by dataset, on standard output.
void print_analysis(const Json& analysis);
/// Writes report.html, with what analysis.json says if there is one.
void write_report(const std::filesystem::path& run, const RunResults& results, Ledger& ledger);
/// The table of relevances, one line per group, and the studies' sentences, on standard output.
void print_results(const RunResults& results);

}  // namespace symscan
