#pragma once
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "host/findings/findings.hpp"
#include "host/store/run_results.hpp"
#include "host/store/sample_measures.hpp"

namespace symscan {

/// Writes models.safetensors, metrics.jsonl and summary.json of a run, from its ledger; of a large one
/// (is_large()) replicas.csv too.
void write_results(const std::filesystem::path& run, const RunResults& results,
                   const SampleMeasures& measures, Ledger& ledger);

/// What report.html shows; see report_model.hpp. `findings`: null if the run has not been analysed.
Json report_of(const RunResults& results, const SampleMeasures& measures, Ledger& ledger,
               const Findings* findings);
/// The page of report.html.
std::string report_page(const RunResults& results, const SampleMeasures& measures, Ledger& ledger,
                        const Findings* findings);
/// Writes report.html. `findings`: null if the run has not been analysed.
void write_report(
    const std::filesystem::path& run, const RunResults& results, const SampleMeasures& measures,
    Ledger& ledger, const Findings* findings, const std::function<void()>& before_writing = [] {});

/// Replicas that a run may have for quick_findings() to take little of its time.
inline constexpr std::size_t most_quick_replicas = 5000;
/// Fewer points and seeds than an analysis has by default, and no tests of transformations that nobody named.
FindingsOptions quick_findings(int threads);

}  // namespace symscan
