// Prints a table of the sets with known truth: what is true, what the analysis of their rows finds.
#include <cstdio>

#include "tests/truth/further_sets.hpp"
#include "tests/truth/truth_score.hpp"

namespace {

using namespace symscan::truth;

std::string marked(const Judged& judged) {
  const char* mark = judged.mark == Mark::wrong ? " **wrong**" : judged.mark == Mark::silent ? " silent" : "";
  return (judged.truth.empty() ? "-" : judged.truth) + " / " + (judged.found.empty() ? "-" : judged.found) +
         mark;
}

void print_header() {
  std::printf("True / found, of the rows alone.\n\n| set |");
  for (const ScoreColumn& column : score_columns()) std::printf(" %s |", column.title);
  std::printf(" s |\n|---|");
  for (std::size_t i = 0; i < score_columns().size(); ++i) std::printf("---|");
  std::printf("---|\n");
}

void print_row(const Score& score) {
  std::printf("| %s%s |", score.name.c_str(), score.contradictions.empty() ? "" : " **contradiction**");
  for (const ScoreColumn& column : score_columns())
    std::printf(" %s |", marked(score.*column.member).c_str());
  std::printf(" %.1f |\n", score.seconds);
  std::fflush(stdout);
}

void print_totals(const std::vector<Score>& scores) {
  double seconds = 0;
  int invented = 0, contradictory = 0;
  for (const Score& score : scores) {
    seconds += score.seconds;
    invented += score.invented;
    contradictory += !score.contradictions.empty();
  }
  std::printf("\n%zu sets in %.0f s.\n", scores.size(), seconds);
  for (const ScoreColumn& column : score_columns()) {
    const Tally sum = tally(scores, column.member);
    std::printf("- %s: %d right of %d, %d wrong, %d silent\n", column.title, sum.right, sum.all(), sum.wrong,
                sum.silent);
  }
  std::printf("- invented motions: in %d\n- contradictions: in %d\n\n", invented, contradictory);
  for (const Score& score : scores)
    for (const std::string& fault : faults(score)) std::printf("- %s\n", fault.c_str());
}

void print_further(const std::vector<FurtherSet>& sets) {
  int right = 0;
  double seconds = 0;
  std::printf("\n| set | true | found | s |\n|---|---|---|---|\n");
  for (const FurtherSet& set : sets) {
    const FurtherScore score = score_of(set);
    right += score.right;
    seconds += score.seconds;
    std::printf("| %s | %s | %s%s | %.1f |\n", score.name.c_str(), score.truth.c_str(), score.found.c_str(),
                score.right ? "" : " **wrong**", score.seconds);
    std::fflush(stdout);
  }
  std::printf("\n%d right of %zu, in %.0f s.\n", right, sets.size(), seconds);
}

/// Claims about sets of independent columns with labels that have nothing to do with them.
void print_nulls(std::uint64_t count) {
  int claimed = 0;
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    const std::string claim = claim_about(null_points(seed));
    claimed += !claim.empty();
    if (!claim.empty()) std::printf("- set %llu:%s\n", static_cast<unsigned long long>(seed), claim.c_str());
  }
  std::printf("\nAny claim: in %d of %llu sets of independent columns.\n", claimed,
              static_cast<unsigned long long>(count));
}

}  // namespace

/// Arguments: parts of the names of the sets that are wanted; none: all. "further": those beyond affine
/// motions, and sets of independent columns.
int main(int count, char** arguments) {
  if (count > 1 && std::string(arguments[1]) == "further") {
    print_further(further_sets());
    print_nulls(200);
    return 0;
  }
  std::vector<Score> scores;
  print_header();
  for (const KnownSet& set : known_sets()) {
    bool wanted = count < 2;
    for (int i = 1; i < count; ++i) wanted |= set.name.find(arguments[i]) != std::string::npos;
    if (!wanted) continue;
    scores.push_back(score_of(set));
    print_row(scores.back());
  }
  print_totals(scores);
}
