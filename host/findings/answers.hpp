#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/findings/model.hpp"

namespace symscan {

/// What one dataset obeys, in a few words: the part of a finding that answers the questions of a user. It
/// claims no more than finding_sentences() do.
struct Answer {
  std::string degrees;               ///< of freedom: "1", "at least 2", "at most 4", "2 to 3", "unclear"
  std::optional<int> degrees_value;  ///< none: no single number
  std::string set;  ///< algebra of the affine motions that keep the set; "none", "fills its span", "unclear"
  std::string distribution;  ///< of those that the distribution keeps; "none", "undecided"; "": not sought
  std::vector<std::string> kept, broken, undecided;  ///< names of motions, by what the distribution does
  std::string finite;  ///< finite group of the distribution, "none"; "": not sought, or not to be told
  std::vector<std::string> constraints, approximate;  ///< equations, laws among columns with them
  std::optional<int> laws;                            ///< independent ones of trajectories; none: not sought
  std::vector<std::string> law_equations;             ///< of trajectories
  std::string confidence;         ///< what the degrees of freedom rest on, and what nearest neighbours show
  std::optional<bool> converged;  ///< whether all models were trained long enough; none: there are none
  std::string convergence;        ///< "all 18 groups", "3 of 18 groups have not"; "": there are none
  std::vector<std::string> sentences;  ///< degrees of freedom; symmetry; constraints and laws
};

Answer answer_of(const DatasetFinding& finding);

}  // namespace symscan
