#pragma once
#include <functional>
#include <string>
#include <vector>

#include "host/findings/row_findings.hpp"
#include "tests/truth/draws.hpp"

// Tables whose truth goes beyond affine motions of the rows: finite groups, fields of a dictionary, laws of
// trajectories, what leaves a function unchanged.
namespace symscan::truth {

/// What is true of a set. What is not given is not judged.
struct FurtherTruth {
  std::string discrete = {};  ///< name of the finite group; "none"
  int affine = -1;            ///< affine motions that keep the set
  int directions = -1;        ///< of the fields that keep the set or the distribution
  int laws = -1;              ///< functionally independent ones
  int motions = -1;           ///< that leave the labelled function unchanged
  std::string algebra = {};   ///< that these form
};

struct FurtherSet {
  std::string name;
  std::vector<std::string> columns;
  std::function<DatasetPoints(Draws&)> points;
  FurtherTruth truth;
  std::string fields = "affine";  ///< dictionary that is asked for
};

std::vector<FurtherSet> discrete_sets();
std::vector<FurtherSet> field_sets();
std::vector<FurtherSet> trajectory_sets();
std::vector<FurtherSet> labelled_sets();
std::vector<FurtherSet> further_sets();  ///< all of them

/// What is said where the truth is given, beside it.
struct FurtherScore {
  std::string name, truth, found;
  bool right = true;
  double seconds = 0;  ///< of one core, for the whole analysis
};
FurtherScore score_of(const FurtherSet& set);

/// Independent columns of mixed kinds with different marginals, none of them symmetric, and labels that have
/// nothing to do with them.
DatasetPoints null_points(std::uint64_t seed);
/// Whether anything beyond affine motions is claimed of it: a finite group, a field, a law, a motion.
std::string claim_about(const DatasetPoints& points);

}  // namespace symscan::truth
