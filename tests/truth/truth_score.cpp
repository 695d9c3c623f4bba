#include "tests/truth/truth_score.hpp"

#include <algorithm>
#include <ctime>

#include "host/findings/row_findings.hpp"
#include "tests/truth/contradictions.hpp"

namespace symscan::truth {
namespace {

std::string text(std::optional<int> value) {
  return value ? std::to_string(*value) : "-";
}

Judged dimension_of(const KnownTruth& truth, const DatasetFinding& finding) {
  Judged judged;
  const std::optional<int> value = finding.dimension ? finding.dimension->value : std::optional(0);
  judged.found = text(value);
  if (truth.dimensions.empty()) return judged;
  judged.truth = std::to_string(truth.dimensions.front());
  const bool right =
      value && std::find(truth.dimensions.begin(), truth.dimensions.end(), *value) != truth.dimensions.end();
  judged.mark = right ? Mark::right : value ? Mark::wrong : Mark::silent;
  return judged;
}

/// Whether it is said which motions keep the set, or that there are none beside those of its span.
bool sought(const DatasetFinding& finding) {
  return finding.symmetry || finding.rotations;
}

Mark counted(int truth, int found, bool may_miss, bool known) {
  if (found == truth) return known || found > 0 ? Mark::right : Mark::silent;
  if (found > truth) return Mark::wrong;
  return may_miss ? Mark::unjudged : known ? Mark::wrong : Mark::silent;
}

Judged generators_of(const KnownTruth& truth, const DatasetFinding& finding) {
  const int found = finding.symmetry ? finding.symmetry->found : 0;
  Judged judged{text(truth.generators), std::to_string(found)};
  if (truth.generators) judged.mark = counted(*truth.generators, found, truth.may_miss, sought(finding));
  return judged;
}

Judged algebra_of(const KnownTruth& truth, const DatasetFinding& finding) {
  Judged judged{truth.algebra, finding.symmetry ? finding.symmetry->algebra : "none"};
  if (!truth.rotations.empty()) {
    judged.truth += (judged.truth.empty() ? "rotations " : ", rotations ") + truth.rotations;
    judged.found += ", rotations " + finding.rotations.value_or("not known");
  }
  if (judged.truth.empty()) return judged;
  if (!finding.symmetry && truth.generators.value_or(0) > 0) {
    judged.mark = truth.may_miss ? Mark::unjudged : sought(finding) ? Mark::wrong : Mark::silent;
    return judged;
  }
  const bool name = truth.algebra.empty() || (finding.symmetry && finding.symmetry->algebra == truth.algebra);
  const bool rotations = truth.rotations.empty() || finding.rotations == truth.rotations;
  judged.mark = name && rotations ? Mark::right : finding.rotations ? Mark::wrong : Mark::silent;
  return judged;
}

Judged kept_of(const KnownTruth& truth, const DatasetFinding& finding) {
  std::optional<int> found;
  if (finding.distribution) found = static_cast<int>(finding.distribution->generators.size());
  Judged judged{text(truth.kept), text(found)};
  if (!truth.kept || (!found && truth.generators.value_or(0) > 0)) return judged;
  // A set without motions has none that its distribution could keep.
  const bool none = !finding.symmetry && finding.rotations == "none" && !finding.dimension->fills_its_span;
  if (!found && none) found = 0;
  judged.mark = !found ? Mark::silent : counted(*truth.kept, *found, truth.may_miss, true);
  return judged;
}

/// Exact ones; `found` is a list of constraints or of laws.
template <class Found>
Judged exact_of(std::optional<int> truth, const std::vector<Found>& found) {
  const auto exact =
      static_cast<int>(std::count_if(found.begin(), found.end(), [](const Found& one) { return one.exact; }));
  Judged judged{text(truth), std::to_string(exact)};
  if (truth) judged.mark = exact == *truth ? Mark::right : Mark::wrong;
  return judged;
}

bool kept_by_distribution(const CandidateFinding& candidate) {
  return candidate.verdict == Verdict::symmetry || candidate.verdict == Verdict::no_change_seen;
}

Judged candidates_of(const KnownTruth& truth, const DatasetFinding& finding) {
  Judged judged;
  for (const auto& [name, kept] : truth.candidates) {
    const auto found =
        std::find_if(finding.candidates.begin(), finding.candidates.end(),
                     [&](const CandidateFinding& candidate) { return candidate.name == name; });
    const bool right = found != finding.candidates.end() && kept_by_distribution(*found) == kept;
    if (!right) {
      judged.truth += (judged.truth.empty() ? "" : ", ") + name + (kept ? " kept" : " broken");
      judged.found += found == finding.candidates.end() ? "not tested " : "the contrary ";
    }
    judged.mark = right && judged.mark != Mark::wrong ? Mark::right : Mark::wrong;
  }
  return judged;
}

bool invented(const KnownTruth& truth, const Score& score, const DatasetFinding& finding) {
  const int motions = finding.symmetry ? finding.symmetry->found : 0;
  return (truth.generators && motions > *truth.generators) ||
         (score.kept.mark == Mark::wrong && finding.distribution &&
          static_cast<int>(finding.distribution->generators.size()) > *truth.kept);
}

}  // namespace

const std::vector<ScoreColumn>& score_columns() {
  static const std::vector<ScoreColumn> columns = {
      {"dimension", &Score::dimension},  {"generators", &Score::generators},
      {"algebra", &Score::algebra},      {"kept", &Score::kept},
      {"relations", &Score::relations},  {"laws", &Score::laws},
      {"candidates", &Score::candidates}};
  return columns;
}

Score judged(const KnownSet& set, const DatasetFinding& finding) {
  Score score;
  score.name = set.name;
  score.dimension = dimension_of(set.truth, finding);
  score.generators = generators_of(set.truth, finding);
  score.algebra = algebra_of(set.truth, finding);
  score.kept = kept_of(set.truth, finding);
  score.relations = exact_of(set.truth.relations, finding.constraints);
  score.laws = exact_of(set.truth.laws, finding.laws);
  score.candidates = candidates_of(set.truth, finding);
  score.invented = invented(set.truth, score, finding);
  return score;
}

Score score_of(const KnownSet& set) {
  const Eigen::MatrixXd rows = rows_of(set);
  FindingsOptions options;
  for (const auto& candidate : set.truth.candidates) options.candidates.push_back(candidate.first);
  options.discrete = !options.candidates.empty();  // finite maps have sets of their own: further_sets.hpp
  const std::clock_t start = std::clock();
  const DatasetFinding finding = finding_of_rows(rows, set.columns, options);
  const std::clock_t end = std::clock();
  Score score = judged(set, finding);
  score.seconds = static_cast<double>(end - start) / CLOCKS_PER_SEC;
  score.contradictions = contradictions(finding, rows);
  return score;
}

Tally tally(const std::vector<Score>& scores, Judged Score::*column) {
  Tally sum;
  for (const Score& score : scores) {
    const Mark mark = (score.*column).mark;
    sum.right += mark == Mark::right;
    sum.silent += mark == Mark::silent;
    sum.wrong += mark == Mark::wrong;
  }
  return sum;
}

std::vector<std::string> faults(const Score& score) {
  std::vector<std::string> lines;
  for (const ScoreColumn& column : score_columns()) {
    const Judged& judged = score.*column.member;
    if (judged.mark == Mark::wrong || judged.mark == Mark::silent)
      lines.push_back(score.name + ": " + column.title + (judged.mark == Mark::silent ? " (silent)" : "") +
                      ": true " + judged.truth + ", found " + judged.found);
  }
  for (const std::string& contradiction : score.contradictions)
    lines.push_back(score.name + ": contradiction: " + contradiction);
  return lines;
}

}  // namespace symscan::truth
