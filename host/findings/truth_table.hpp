#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/findings/model.hpp"

namespace symscan {

/// What is known of a built-in dataset, beside what was found without knowing it.
struct Known {
  std::string quantity;
  std::string known, found;
  std::optional<bool> agrees = {};  ///< none: the finding leaves it open
};

/// What is stated of the dataset, one entry per quantity; empty for a dataset without a known truth.
std::vector<Known> known_quantities(const DatasetFinding& finding);

/// One line per dataset: truth against what was found, from known_quantities(); datasets without a known
/// truth are left out. Empty if none has one.
std::string truth_table(const Findings& findings);

}  // namespace symscan
