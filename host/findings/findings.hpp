#pragma once
#include <string>
#include <vector>

#include "host/store/run_results.hpp"

namespace symscan {

struct FindingsOptions {
  std::vector<std::string> candidates;  ///< transformations that the user names, see candidates.hpp
  bool natural_candidates = true;       ///< also those that the features suggest
};

/// analysis.json, what a run says about its data: {"schema": 1, "name", "datasets": [...],
/// "breaking_curves": [...]}. Per dataset: dimensions and their curves over beta, symmetry generators, tested
/// transformations, constraints, nearest-neighbour dimensions, alignment of latents, the truth of a built-in
/// dataset, and sentences. host/report/report.hpp describes the members. Depends on nothing but the run and
/// its data: two calls give the same text. Throws DataError for candidates that no dataset has.
Json find_all(const RunResults& results, Ledger& ledger, const FindingsOptions& options = {});

/// One line per dataset of an analysis: truth against what was found; datasets without a known truth are
/// left out. Empty if none has one.
std::string truth_table(const Json& analysis);

}  // namespace symscan
