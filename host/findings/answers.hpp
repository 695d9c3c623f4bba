#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/findings/model.hpp"

namespace symscan {

/// What one dataset obeys, in a few words: the part of a finding that answers the questions of a user. It
/// claims no more than finding_sentences() do.
struct Answer {
  /// Of freedom: "1", "at least 2", "at most 4", "2 to 3", "unclear"; what a number alone does not say behind
  /// it: "1 (models only)", "1 to 2 (parts differ)", "1 above 0.46 standard deviations".
  std::string degrees;
  std::optional<int> degrees_value;  ///< none: no single number
  /// Algebra of the affine motions that keep the set: "so(2)"; "approximately so(2)" of a set that rows
  /// scatter around; "none", "fills its span", "unclear".
  std::string set;
  std::string distribution;  ///< of those that the distribution keeps; "none", "undecided"; "": not sought
  /// Motions by what the distribution does, see motion_entries().
  std::vector<std::string> kept, broken, undecided;
  std::string not_broken;  ///< why both are empty: "none of the 3 tested", "not tested"; "" if they are not
  std::string finite;      ///< finite group of the distribution, "none"; "": not sought, or not to be told
  std::vector<std::string> constraints, approximate;  ///< equations, laws among columns with them
  std::string no_constraints;    ///< where there are neither: "no linear or quadratic relation"; else ""
  std::string constraints_note;  ///< "not all relations were looked for", "x^2 = 1 holds in all but 3 ..."
  std::optional<int> laws;       ///< independent ones of trajectories; none: not sought
  std::vector<std::string> law_equations;  ///< of trajectories, the independent ones
  std::string laws_note;                   ///< "up to noise", or ""
  std::string confidence;         ///< what the degrees of freedom rest on, and what nearest neighbours show
  std::optional<bool> converged;  ///< whether all models were trained long enough; none: there are none
  /// "all 18 groups analysed", "3 of 18 groups analysed have not"; "": there are none. The report's data have
  /// both of all trainings in their place, see training_counts().
  std::string convergence;
  std::vector<std::string> sentences;  ///< degrees of freedom; symmetry; constraints and laws
};

Answer answer_of(const DatasetFinding& finding);

}  // namespace symscan
