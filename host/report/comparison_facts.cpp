#include "host/report/comparison_facts.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/text.hpp"
#include "host/config/names.hpp"
#include "host/data/preprocess.hpp"
#include "host/findings/sentence_parts.hpp"
#include "host/report/comparison_equations.hpp"

namespace symscan {
namespace {

SaidValue open_value(const std::string& text, const std::string& why) {
  return {text, std::nullopt, why};
}

/// "so(2): rotation in x-y"
template <class Named>
std::string with_names(const std::string& head, const std::vector<Named>& named) {
  std::vector<std::string> names;
  for (const Named& one : named) names.push_back(one.name);
  return names.empty() ? head : head + ": " + listed(names);
}

template <class Named>
std::vector<std::string> sorted_equations(const std::vector<Named>& named) {
  std::vector<std::string> equations;
  for (const Named& one : named) equations.push_back(one.equation);
  std::sort(equations.begin(), equations.end());
  return equations;
}

std::string interval_text(double low, double high) {
  return with_decimals(low, 2) + " to " + with_decimals(high, 2);
}

// What one run says

/// " (neighbours 1.01, 0.98 to 1.04)"
std::string neighbours_text(const DatasetFinding& finding) {
  if (!finding.neighbour_dimension || !std::isfinite(finding.neighbour_dimension->value)) return "";
  const NeighbourFinding& found = *finding.neighbour_dimension;
  return " (neighbours " + with_decimals(found.value, 2) + ", " + interval_text(found.low, found.high) + ")";
}

SaidValue said_dimension(const DatasetFinding& finding) {
  if (!finding.dimension) return open_value("no feature varies", "no feature varies");
  const DimensionFinding& dimension = *finding.dimension;
  if (!dimension.value) {
    const bool bounded = std::isfinite(dimension.low) && std::isfinite(dimension.high);
    return open_value("unclear" +
                          (bounded ? ", " + interval_text(dimension.low, dimension.high) : std::string()) +
                          neighbours_text(finding),
                      "unclear");
  }
  const std::string count = std::to_string(*dimension.value);
  const std::string above =
      std::isfinite(dimension.above_scale)
          ? " at distances above " + rounded(dimension.above_scale, 2) + " standard deviations"
          : "";
  return {count + above + neighbours_text(finding), count};
}

/// Dimensions of parts that differ; empty where the data are of one piece.
std::vector<int> part_dimensions(const DatasetFinding& finding) {
  std::vector<int> dimensions;
  if (!finding.neighbour_dimension) return dimensions;
  for (const StratumFinding& part : finding.neighbour_dimension->strata) dimensions.push_back(part.dimension);
  std::sort(dimensions.begin(), dimensions.end());
  if (dimensions.empty() || dimensions.front() == dimensions.back()) dimensions.clear();
  return dimensions;
}

SaidValue said_parts(const DatasetFinding& finding) {
  if (!finding.neighbour_dimension) return open_value("not known", "not known");
  const std::vector<int> dimensions = part_dimensions(finding);
  if (dimensions.empty()) return {"one", "one"};
  std::vector<std::string> parts;
  for (const StratumFinding& part : finding.neighbour_dimension->strata)
    parts.push_back(std::to_string(part.dimension) + " (" + with_decimals(100 * part.share, 0) +
                    " % of the rows)");
  std::string key;
  for (const int dimension : dimensions) key += std::to_string(dimension) + " ";
  return {join_words(parts), key};
}

SaidValue said_symmetry(const DatasetFinding& finding) {
  if (!finding.dimension) return open_value("no feature varies", "no feature varies");
  if (finding.symmetry)
    return {with_names(finding.symmetry->algebra, finding.symmetry->generators), finding.symmetry->algebra};
  if (!finding.symmetry_note.empty()) return open_value("not known", "not known");
  if (!finding.dimension->value) return open_value("not known", "the degrees of freedom are unclear");
  if (finding.dimension->fills_its_span)
    return {"every motion of the span", "span of " + std::to_string(finding.linear_rank)};
  if (!finding.rotations) return open_value("not known", "not known");
  return {"none", "none"};
}

bool any_undecided(const std::vector<GeneratorFinding>& generators) {
  return std::any_of(generators.begin(), generators.end(), [](const GeneratorFinding& generator) {
    return generator.density.verdict == DensityVerdict::undecided;
  });
}

SaidValue said_distribution(const DatasetFinding& finding) {
  if (!finding.distribution) return open_value("not known", "not looked for, or it cannot be told");
  const DistributionFinding& found = *finding.distribution;
  const std::string text = with_names(found.algebra, found.generators);
  if (any_undecided(found.generators) || (finding.symmetry && any_undecided(finding.symmetry->generators)))
    return open_value(text + ", as far as these rows tell", "undecided for some motions");
  return {text, found.algebra};
}

SaidValue said_discrete(const DatasetFinding& finding) {
  if (!finding.discrete || finding.discrete->tried == 0)
    return open_value("not looked for", "not looked for");
  const DiscreteFinding& found = *finding.discrete;
  const std::string text =
      found.group + (found.order > 1 ? " of order " + std::to_string(found.order) : std::string());
  if (!found.undecided.empty())
    return open_value(text + ", " + std::to_string(found.undecided.size()) + " of " +
                          plural(static_cast<std::uint64_t>(found.tried), "map") + " undecided",
                      "undecided for some maps");
  return {text, found.group + " " + std::to_string(found.order)};
}

SaidValue said_trajectories(const DatasetFinding& finding) {
  if (!finding.trajectories) return open_value("no trajectories", "the rows are not those of trajectories");
  const TrajectoriesFinding& found = *finding.trajectories;
  if (found.searched == 0) return open_value("not looked for", "not looked for");
  std::vector<std::string> equations;
  for (const ConservedFinding& law : found.laws) equations.push_back(shortened_equation(law.equation));
  const std::string count = std::to_string(found.independent);
  return {equations.empty() ? count : count + ": " + listed(equations), count};
}

SaidValue said_target(const DatasetFinding& finding) {
  if (!finding.target) return open_value("no labelled function", "no function is given");
  if (finding.target->algebra.empty()) return open_value("not known", "it cannot be said");
  return {with_names(finding.target->algebra, finding.target->motions), finding.target->algebra};
}

SaidValue said_irrelevant(const DatasetFinding& finding) {
  if (!finding.target) return open_value("no labelled function", "no function is given");
  std::vector<std::string> columns = finding.target->irrelevant;
  std::sort(columns.begin(), columns.end());
  const std::string text = columns.empty() ? "none" : join_words(columns);
  return {text, text};
}

// What both say

void add_columns(const std::vector<std::string>& a, const std::vector<std::string>& b, DatasetPair& pair) {
  const auto holds = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const std::string& name : a)
    (holds(b, name) ? pair.columns.common : pair.columns.only_a).push_back(name);
  for (const std::string& name : b)
    if (!holds(a, name)) pair.columns.only_b.push_back(name);
  const bool same = pair.columns.only_a.empty() && pair.columns.only_b.empty();
  pair.facts.push_back({"columns", join_words(a), join_words(b),
                        same ? Agreement::same : Agreement::different,
                        same && a != b ? "in another order" : ""});
}

void add_rows(const DatasetRecord& a, const DatasetRecord& b, DatasetPair& pair) {
  const std::string one = std::to_string(a.rows), other = std::to_string(b.rows);
  pair.facts.push_back(compared_fact("rows", {one, one}, {other, other}, false));
  pair.same_data = same_rows(a, b);
  const auto size = [](const DatasetRecord& record) {
    return plural(record.rows, "row") + " of " + plural(record.columns.size(), "column");
  };
  pair.facts.push_back({"values of the rows", size(a), size(b),
                        pair.same_data ? Agreement::same : Agreement::different,
                        "by their fingerprints: the order of rows and columns and the weights count"});
  if (a.preprocess != b.preprocess)
    pair.facts.push_back(
        {"preprocessing", to_string(a.preprocess), to_string(b.preprocess), Agreement::different, ""});
}

/// The name of an algebra does not tell which motions form it.
template <class Named>
void note_motions(const std::vector<Named>& a, const std::vector<Named>& b, ComparedFact& fact) {
  if (fact.agreement == Agreement::same && sorted_equations(a) != sorted_equations(b))
    fact.note = "the names are compared; the motions shown are not the same in numbers";
}

void add_symmetries(const DatasetFinding& a, const DatasetFinding& b, bool same_run, DatasetPair& pair) {
  ComparedFact set = compared_fact("symmetry of the set", said_symmetry(a), said_symmetry(b), same_run);
  if (a.symmetry && b.symmetry) note_motions(a.symmetry->generators, b.symmetry->generators, set);
  pair.facts.push_back(set);
  ComparedFact kept =
      compared_fact("kept by the distribution", said_distribution(a), said_distribution(b), same_run);
  if (a.distribution && b.distribution)
    note_motions(a.distribution->generators, b.distribution->generators, kept);
  pair.facts.push_back(kept);
  pair.facts.push_back(
      compared_fact("discrete group of the distribution", said_discrete(a), said_discrete(b), same_run));
}

void add_further_facts(const DatasetFinding& a, const DatasetFinding& b, bool same_run, DatasetPair& pair) {
  if (a.trajectories || b.trajectories) {
    ComparedFact laws = compared_fact("independent laws of the trajectories", said_trajectories(a),
                                      said_trajectories(b), same_run);
    if (laws.agreement == Agreement::same && laws.a != laws.b) {
      laws.agreement = Agreement::not_comparable;
      laws.note = "as many, in other words: whether one list follows from the other is not looked at";
    }
    pair.facts.push_back(laws);
  }
  if (!a.target && !b.target) return;
  ComparedFact motions = compared_fact("motions that leave the labelled function unchanged", said_target(a),
                                       said_target(b), same_run);
  if (a.target && b.target) note_motions(a.target->motions, b.target->motions, motions);
  pair.facts.push_back(motions);
  pair.facts.push_back(compared_fact("columns that the labelled function ignores", said_irrelevant(a),
                                     said_irrelevant(b), same_run));
}

}  // namespace

ComparedFact compared_fact(const std::string& name, const SaidValue& a, const SaidValue& b, bool same_run) {
  ComparedFact fact{name, a.text, b.text, Agreement::same, ""};
  if (a.key && b.key) {
    fact.agreement = *a.key == *b.key ? Agreement::same : Agreement::different;
  } else if (!same_run || a.text != b.text) {
    fact.agreement = Agreement::not_comparable;
    if (!a.key && !b.key && a.open == b.open) {
      fact.note = "both: " + a.open;
    } else {
      fact.note =
          (a.key ? "" : "A: " + a.open) + (!a.key && !b.key ? "; " : "") + (b.key ? "" : "B: " + b.open);
    }
  }
  return fact;
}

bool same_rows(const DatasetRecord& a, const DatasetRecord& b) {
  if (same_fingerprint(a.fingerprint, b.fingerprint) || same_fingerprint(b.fingerprint, a.fingerprint))
    return true;
  // The second part is that of the table before it was preprocessed.
  const std::size_t one = a.fingerprint.find('-'), other = b.fingerprint.find('-');
  return a.preprocess != b.preprocess && one != std::string::npos && other != std::string::npos &&
         a.fingerprint.substr(one) == b.fingerprint.substr(other);
}

void add_data_facts(const ComparedDataset& a, const ComparedDataset& b, bool same_run, DatasetPair& pair) {
  add_columns(a.record.columns, b.record.columns, pair);
  pair.facts.push_back(
      compared_fact("degrees of freedom", said_dimension(a.finding), said_dimension(b.finding), same_run));
  if (!part_dimensions(a.finding).empty() || !part_dimensions(b.finding).empty())
    pair.facts.push_back(
        compared_fact("parts of the data", said_parts(a.finding), said_parts(b.finding), same_run));
  add_equation_facts(a, b, same_run, pair);
  add_symmetries(a.finding, b.finding, same_run, pair);
  add_further_facts(a.finding, b.finding, same_run, pair);
  add_rows(a.record, b.record, pair);
}

}  // namespace symscan
