#pragma once
#include <string>
#include <vector>

#include "host/store/dataset_rows.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

struct FindingsOptions {
  std::vector<std::string> candidates;  ///< transformations that the user names, see candidates.hpp
  bool natural_candidates = true;       ///< also those that the features suggest
  std::size_t test_points = 1000;       ///< of each sample in a test of invariance; its cost is quadratic
  std::size_t most_seeds = 10;          ///< replicas of a group that are looked at
  int threads = 1;                      ///< datasets at one time; the result does not depend on it
};

/// analysis.json, what a run says about its data: {"schema": 1, "name", "datasets": [...],
/// "breaking_curves": [...]}. Per dataset: dimensions and their curves over beta, symmetry generators, tested
/// transformations, constraints, nearest-neighbour dimensions, alignment of latents, the truth of a built-in
/// dataset, and sentences. host/report/report.hpp describes the members. Depends on nothing but the run, its
/// data and the options: two calls give the same text. Throws DataError for candidates that no dataset has.
/// `loaded`: the rows of each dataset where the caller has them; else each dataset is loaded here.
Json find_all(const RunResults& results, Ledger& ledger, const FindingsOptions& options = {},
              const std::vector<DatasetRows>& loaded = {});

/// One line per dataset of an analysis: truth against what was found; datasets without a known truth are
/// left out. Empty if none has one.
std::string truth_table(const Json& analysis);

}  // namespace symscan
