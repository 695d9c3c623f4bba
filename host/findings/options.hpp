#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace symscan {

/// Where an analysis is.
struct AnalysisProgress {
  std::string dataset;  ///< its label
  std::string part;     ///< what is done now: "finite maps"
  double share = 0;     ///< of the expected cost of all datasets, that is done
  double until = 0;     ///< the same when this part ends; at most `share`: not known
  double seconds = 0;   ///< of one core, that this part takes, about; 0: not known
};

struct FindingsOptions {
  std::vector<std::string> candidates;  ///< transformations that the user names, see parse_candidate()
  bool natural_candidates = true;       ///< also those that the features suggest
  std::string fields = "affine";        ///< dictionary of motions: affine, quadratic, pairs; or a title
  std::string field_lines = {};         ///< vector fields of a user, one per line, see parse_fields()
  bool discrete = true;                 ///< look for finite groups, see discrete_symmetries()
  std::size_t test_points = 1000;       ///< of each sample in a test of invariance; its cost is quadratic
  std::size_t most_seeds = 10;          ///< replicas of a group that are looked at
  int threads = 1;  ///< datasets, or groups of one, at one time; the result does not depend on it
  /// The file to read in place of the one that the run names; empty: that one. Only for runs with one dataset
  /// that is a file.
  std::string data = {};
  /// Is told of each file that is read because the run names it, and of data that cannot be used again. May
  /// be called by several threads at one time.
  std::function<void(const std::string&)> tell = {};
  double budget = 100;  ///< seconds of one ordinary core for the rows of each dataset, see WorkBudget
  std::function<void(const AnalysisProgress&)> progress = {};  ///< called by one thread at a time; none
};

}  // namespace symscan
