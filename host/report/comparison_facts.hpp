#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/report/comparison.hpp"

// The lines of a comparison that are about the data.
namespace symscan {

/// A dataset of a run, with what was found in it.
struct ComparedDataset {
  const DatasetRecord& record;
  const DatasetFinding& finding;
};

/// What one run says of something.
struct SaidValue {
  std::string text;                ///< as it is shown
  std::optional<std::string> key;  ///< what is compared; none: the run leaves it open
  std::string open = {};           ///< then why: "unclear", "not looked for"
};

/// `same_run`: both have the same results, so that what is open in the same words is the same.
ComparedFact compared_fact(const std::string& name, const SaidValue& a, const SaidValue& b, bool same_run);

/// Whether the rows are the same, by their fingerprints, however they are preprocessed.
bool same_rows(const DatasetRecord& a, const DatasetRecord& b);

/// Fills all of the pair that the analyses of its datasets say: facts, columns, constraints, laws.
void add_data_facts(const ComparedDataset& a, const ComparedDataset& b, bool same_run, DatasetPair& pair);

}  // namespace symscan
