#pragma once
#include "host/findings/model.hpp"
#include "host/findings/options.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// What a run says about its data. Depends on nothing but the run, its data and the options: two calls give
/// the same. Throws DataError for candidates that no dataset has.
Findings analyse(const RunResults& results, Ledger& ledger, const FindingsOptions& options = {});

}  // namespace symscan
