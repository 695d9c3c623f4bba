#include "host/report/comparison.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/findings/finding_sentences.hpp"
#include "host/report/comparison_facts.hpp"
#include "host/report/comparison_problems.hpp"

namespace symscan {
namespace {

/// Positions of datasets.
struct Pairing {
  std::vector<std::pair<int, int>> pairs;
  std::vector<int> only_a, only_b;
};

Pairing by_position(int a, int b) {
  Pairing pairing;
  for (int d = 0; d < std::min(a, b); ++d) pairing.pairs.emplace_back(d, d);
  for (int d = b; d < a; ++d) pairing.only_a.push_back(d);
  for (int d = a; d < b; ++d) pairing.only_b.push_back(d);
  return pairing;
}

/// No label occurs twice in a run.
Pairing paired(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const int count_a = static_cast<int>(a.size()), count_b = static_cast<int>(b.size());
  std::map<std::string, int> places;
  for (int d = 0; d < count_b; ++d) places[b[static_cast<std::size_t>(d)]] = d;
  Pairing pairing;
  std::vector<bool> taken(b.size(), false);
  for (int d = 0; d < count_a; ++d) {
    const auto partner = places.find(a[static_cast<std::size_t>(d)]);
    if (partner == places.end()) {
      pairing.only_a.push_back(d);
      continue;
    }
    pairing.pairs.emplace_back(d, partner->second);
    taken[static_cast<std::size_t>(partner->second)] = true;
  }
  if (pairing.pairs.empty()) return by_position(count_a, count_b);
  for (int d = 0; d < count_b; ++d)
    if (!taken[static_cast<std::size_t>(d)]) pairing.only_b.push_back(d);
  return pairing;
}

/// Throws DataError if nothing was found out about the dataset.
const DatasetFinding& finding_of(const ComparedRun& run, const std::string& label) {
  const std::vector<DatasetFinding>& datasets = run.findings.datasets;
  const auto found = std::find_if(datasets.begin(), datasets.end(),
                                  [&](const DatasetFinding& finding) { return finding.dataset == label; });
  if (found == datasets.end())
    throw DataError("the findings of '" + run.name + "' say nothing of its dataset '" + label +
                    "'; analyse the run again");
  return *found;
}

std::vector<ComparedFact> facts_that_are(const std::vector<ComparedFact>& facts, Agreement agreement) {
  std::vector<ComparedFact> chosen;
  std::copy_if(facts.begin(), facts.end(), std::back_inserter(chosen),
               [&](const ComparedFact& fact) { return fact.agreement == agreement; });
  return chosen;
}

std::string in_brackets(const std::string& note) {
  return note.empty() ? "" : " (" + note + ")";
}

/// As a sentence begins; names of loss kinds stay as they are in configs.
std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

/// Differences first, then what agrees, then what is open.
std::vector<std::string> pair_sentences(const DatasetPair& pair) {
  const std::vector<ComparedFact> facts = all_facts(pair);
  std::vector<std::string> sentences;
  for (const ComparedFact& fact : facts_that_are(facts, Agreement::different))
    sentences.push_back(capitalised(fact.name) + ": " + fact.a + " in A, " + fact.b + " in B" +
                        in_brackets(fact.note) + ".");
  for (const auto& [only, run] :
       {std::pair(&pair.problems_only_a, "A"), std::pair(&pair.problems_only_b, "B")})
    if (!only->empty())
      sentences.push_back("Only " + std::string(run) + " has trainings of " + join_words(*only, "; ") + ".");
  std::vector<std::string> same;
  for (const ComparedFact& fact : facts_that_are(facts, Agreement::same))
    same.push_back(fact.name + (fact.a == fact.b ? " " + fact.a : in_brackets(fact.a + " and " + fact.b)));
  if (!same.empty()) sentences.push_back("The same: " + join_words(same, "; ") + ".");
  for (const ComparedFact& fact : facts_that_are(facts, Agreement::not_comparable))
    sentences.push_back("Not comparable: " + fact.name + in_brackets(fact.note) + ".");
  return sentences;
}

/// Names of facts with this verdict; those of several problems once.
std::vector<std::string> fact_names(const DatasetPair& pair, Agreement agreement) {
  std::vector<ComparedFact> facts = pair.facts;
  for (const ComparedProblem& problem : pair.problems)
    facts.insert(facts.end(), problem.facts.begin(), problem.facts.end());
  std::vector<std::string> names;
  for (const ComparedFact& fact : facts_that_are(facts, agreement))
    if (std::find(names.begin(), names.end(), fact.name) == names.end()) names.push_back(fact.name);
  return names;
}

/// The first names of a list.
std::string first_names(const std::vector<std::string>& names) {
  constexpr std::size_t most = 6;
  std::vector<std::string> list(names.begin(),
                                names.begin() + static_cast<std::ptrdiff_t>(std::min(most, names.size())));
  if (names.size() > most) list.push_back(std::to_string(names.size() - most) + " more");
  return list_words(list);
}

std::vector<std::string> headline_of_pair(const DatasetPair& pair) {
  const auto different = fact_names(pair, Agreement::different),
             open = fact_names(pair, Agreement::not_comparable);
  const std::string both = pair.a == pair.b ? pair.a : pair.a + " and " + pair.b;
  std::vector<std::string> sentences;
  if (different.empty())
    sentences.push_back(both + ": " +
                        (open.empty() ? "everything is the same." : "what can be compared is the same."));
  else
    sentences.push_back(both + " differ in " + first_names(different) + ".");
  if (!open.empty()) sentences.push_back("Not comparable: " + first_names(open) + ".");
  return sentences;
}

DatasetPair compared_pair(const ComparedRun& a, int in_a, const ComparedRun& b, int in_b, bool same_run) {
  DatasetPair pair;
  pair.a = a.results.index.labels[static_cast<std::size_t>(in_a)];
  pair.b = b.results.index.labels[static_cast<std::size_t>(in_b)];
  const DatasetFinding &one = finding_of(a, pair.a), &other = finding_of(b, pair.b);
  add_data_facts({a.results.datasets[static_cast<std::size_t>(in_a)], one},
                 {b.results.datasets[static_cast<std::size_t>(in_b)], other}, same_run, pair);
  add_problems(a.results, in_a, b.results, in_b, same_run, pair);
  pair.headline = headline_of_pair(pair);
  pair.sentences = pair_sentences(pair);
  pair.a_says = finding_sentences(one);
  pair.b_says = finding_sentences(other);
  return pair;
}

std::vector<std::string> headline_of(const Comparison& comparison) {
  if (comparison.pairs.empty()) return {"The runs have no datasets to compare."};
  const bool alone = comparison.pairs.size() == 1 && comparison.only_a.empty() && comparison.only_b.empty();
  std::vector<std::string> different;
  bool open = false;
  for (const DatasetPair& pair : comparison.pairs) {
    if (!fact_names(pair, Agreement::different).empty())
      different.push_back(pair.a == pair.b ? pair.a : pair.a + " | " + pair.b);
    open = open || !fact_names(pair, Agreement::not_comparable).empty();
  }
  if (comparison.same_run && different.empty() && !open)
    return {"Both runs have the same config, data and results: everything is the same."};
  if (alone) return comparison.pairs.front().headline;
  std::vector<std::string> sentences = {std::to_string(different.size()) + " of " +
                                        plural(comparison.pairs.size(), "pair") + " of datasets differ" +
                                        (different.empty() ? "." : ": " + first_names(different) + ".")};
  const std::size_t without = comparison.only_a.size() + comparison.only_b.size();
  if (without > 0)
    sentences.push_back(plural(without, "dataset") + (without == 1 ? " has" : " have") + " no partner.");
  return sentences;
}

/// Empty if no training of the run is left to be done.
std::string unfinished_note(const RunResults& results, const char* run) {
  const auto pending = static_cast<std::uint64_t>(std::count_if(
      results.replicas.begin(), results.replicas.end(),
      [](const ReplicaRecord& replica) { return replica.status == ReplicaRecord::Status::pending; }));
  if (pending == 0) return "";
  return std::string("Run ") + run + " is not finished: " + plural(pending, "training") + " of " +
         std::to_string(results.replicas.size()) + (pending == 1 ? " is" : " are") +
         " left, and what it says may change.";
}

}  // namespace

std::vector<ComparedFact> all_facts(const DatasetPair& pair) {
  std::vector<ComparedFact> facts = pair.facts;
  for (const ComparedProblem& problem : pair.problems)
    for (ComparedFact fact : problem.facts) {
      fact.name += " at " + problem_name(pair, problem);
      facts.push_back(std::move(fact));
    }
  return facts;
}

Comparison compare_runs(const ComparedRun& a, const ComparedRun& b) {
  Comparison comparison;
  comparison.a = a.name;
  comparison.b = b.name;
  const std::string digest_a = digest_of(a.results), digest_b = digest_of(b.results);
  for (const auto& [run, digest] : {std::pair(&a, digest_a), std::pair(&b, digest_b)})
    if (run->findings.results != digest)
      throw DataError("the findings of '" + run->name + "' are of other results; analyse the run again");
  comparison.same_run = digest_a == digest_b;
  const std::vector<std::string>&one = a.results.index.labels, &other = b.results.index.labels;
  const Pairing pairing = paired(one, other);
  for (const auto& [in_a, in_b] : pairing.pairs)
    comparison.pairs.push_back(compared_pair(a, in_a, b, in_b, comparison.same_run));
  for (const int d : pairing.only_a) comparison.only_a.push_back(one[static_cast<std::size_t>(d)]);
  for (const int d : pairing.only_b) comparison.only_b.push_back(other[static_cast<std::size_t>(d)]);
  comparison.headline = headline_of(comparison);
  for (const auto& [run, name] : {std::pair(&a, "A"), std::pair(&b, "B")})
    if (const std::string note = unfinished_note(run->results, name); !note.empty())
      comparison.notes.push_back(note);
  return comparison;
}

}  // namespace symscan
