#pragma once
#include "host/store/run_results.hpp"

namespace symscan {

/// Everything that report.html shows, as the JSON document that report.js reads (its fields are described
/// there). `created`: time of day for the page's head. Encodes the datasets' samples with the
/// representatives' weights. `analysis`: what find_all() said of the run, or null.
Json report_data(const RunResults& results, Ledger& ledger, const std::string& created,
                 const Json& analysis = nullptr);

}  // namespace symscan
