#pragma once
#include "host/report/report_model.hpp"
#include "host/store/run_results.hpp"
#include "host/store/sample_measures.hpp"

namespace symscan {

/// Everything that report.html shows. `created`: time of day for the page's head. Encodes the datasets'
/// samples with the representatives' weights. `findings`: what analyse() said of the run, or null.
Report report_data(const RunResults& results, const SampleMeasures& measures, Ledger& ledger,
                   const std::string& created, const Findings* findings = nullptr);

}  // namespace symscan
