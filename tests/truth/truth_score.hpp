#pragma once
#include <string>
#include <vector>

#include "host/findings/model.hpp"
#include "tests/truth/known_sets.hpp"

namespace symscan::truth {

enum class Mark {
  unjudged,  ///< no truth is given, or less than it was to be expected
  right,
  silent,  ///< nothing is said
  wrong,
};

/// One statement beside its truth.
struct Judged {
  std::string truth, found;
  Mark mark = Mark::unjudged;
};

struct Score {
  std::string name;
  Judged dimension, generators, algebra, kept, relations, laws, candidates;
  bool invented = false;  ///< more motions of the set or of its distribution than there are
  double seconds = 0;     ///< of one core, for the analysis
  std::vector<std::string> contradictions;
};

/// The columns of a score, in the order of a table.
struct ScoreColumn {
  const char* title;
  Judged Score::*member;
};
const std::vector<ScoreColumn>& score_columns();

Score judged(const KnownSet& set, const DatasetFinding& finding);
/// Makes the rows, analyses them with the candidates of the set, judges.
Score score_of(const KnownSet& set);

/// "right" and "of" of one column.
struct Tally {
  int right = 0, silent = 0, wrong = 0;
  int all() const { return right + silent + wrong; }
};
Tally tally(const std::vector<Score>& scores, Judged Score::*column);

/// What is wrong or silent in a score, one line each.
std::vector<std::string> faults(const Score& score);

}  // namespace symscan::truth
