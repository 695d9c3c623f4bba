#include "host/report/comparison_equations.hpp"

#include <algorithm>
#include <iterator>

#include "host/analysis/constraints.hpp"
#include "host/analysis/work_budget.hpp"
#include "host/base/text.hpp"
#include "host/report/equation_match.hpp"

namespace symscan {
namespace {

/// What the rows of one run say of an equation that the other one lists alone.
enum class RowsSay { broken, open, obeyed };

RowsSay put_to_rows(const SaidEquation& equation, bool exact, const DatasetRecord& own,
                    const DatasetRecord& other) {
  const auto here = departure(equation, own), there = departure(equation, other);
  if (!here || !there) return RowsSay::open;
  if (!exact) return there->central > 2 * here->central ? RowsSay::broken : RowsSay::open;
  constexpr double rounding = 1e-12, one_digit = 10;
  if (here->largest > ConstraintSettings{}.exact)
    return RowsSay::open;  // rows that were kept are not all rows
  if (there->largest <= one_digit * here->largest + rounding) return RowsSay::obeyed;
  return there->largest > ConstraintSettings{}.exact ? RowsSay::broken : RowsSay::open;
}

/// Parts that the budget did not afford, or that a note calls not sought, or sought among some columns only.
bool relations_are_incomplete(const DatasetFinding& finding) {
  const auto& notes = finding.constraint_notes;
  return std::any_of(std::begin(parts::relations), std::end(parts::relations),
                     [&](const char* part) { return is_left_out(finding, part); }) ||
         std::any_of(notes.begin(), notes.end(),
                     [](const std::string& note) { return note.find(" sought") != std::string::npos; });
}

void say_incomplete(ComparedFact& fact) {
  fact.agreement = Agreement::not_comparable;
  fact.note = "some relations were not looked for";
}

/// The equations of both runs, those that only one has first.
struct BothEquations {
  std::vector<SaidEquation> a, b;
  EquationMatch match;

  BothEquations(std::vector<SaidEquation> first, std::vector<SaidEquation> second)
      : a(std::move(first)), b(std::move(second)), match(match_equations(a, b)) {}

  SharedTexts shared() const {
    SharedTexts texts;
    for (const auto& [i, j] : match.common) texts.common.push_back(a[i].text);
    for (const std::size_t i : match.only_a) texts.only_a.push_back(a[i].text);
    for (const std::size_t j : match.only_b) texts.only_b.push_back(b[j].text);
    return texts;
  }

  std::string text_of_a() const {
    std::vector<std::string> texts = shared().only_a;
    for (const auto& [i, j] : match.common) texts.push_back(a[i].text);
    return texts.empty() ? "none found" : join_words(texts, "; ");
  }

  std::string text_of_b() const {
    std::vector<std::string> texts = shared().only_b;
    for (const auto& [i, j] : match.common) texts.push_back(b[j].text);
    return texts.empty() ? "none found" : join_words(texts, "; ");
  }

  bool empty() const { return a.empty() && b.empty(); }

  bool same_texts() const {
    return std::all_of(match.common.begin(), match.common.end(),
                       [&](const auto& pair) { return a[pair.first].text == b[pair.second].text; });
  }

  bool all_common() const { return match.only_a.empty() && match.only_b.empty(); }
};

/// The answers of the rows to all that one run lists alone.
std::vector<RowsSay> answers_of(const BothEquations& both, bool exact, const ComparedDataset& a,
                                const ComparedDataset& b) {
  std::vector<RowsSay> answers;
  for (const std::size_t i : both.match.only_a)
    answers.push_back(put_to_rows(both.a[i], exact, a.record, b.record));
  for (const std::size_t j : both.match.only_b)
    answers.push_back(put_to_rows(both.b[j], exact, b.record, a.record));
  return answers;
}

/// Of two lists without a difference. `incomplete`: more may hold than the lists say.
ComparedFact agreed(ComparedFact fact, const BothEquations& both, bool incomplete) {
  if (incomplete) {
    say_incomplete(fact);
  } else if (!both.same_texts()) {
    fact.note = "numbers are equal within the stated residuals";
  }
  return fact;
}

ComparedFact constraint_fact(const BothEquations& both, bool exact, const ComparedDataset& a,
                             const ComparedDataset& b, bool incomplete) {
  ComparedFact fact{exact ? "exact constraints" : "approximate constraints", both.text_of_a(),
                    both.text_of_b(), Agreement::same, ""};
  if (both.all_common()) return agreed(fact, both, incomplete);
  const std::vector<RowsSay> answers = answers_of(both, exact, a, b);
  const auto some = [&](RowsSay answer) {
    return std::find(answers.begin(), answers.end(), answer) != answers.end();
  };
  if (some(RowsSay::broken)) {
    fact.agreement = Agreement::different;
    fact.note = exact ? "rows of one run break what the other one lists"
                      : "rows of one run lie more than twice as far from what the other one lists";
  } else if (some(RowsSay::open)) {
    fact.agreement = Agreement::not_comparable;
    fact.note = "what only one run lists cannot be judged by the rows of the other one";
  } else {
    fact.note = "the rows of each run obey what the other one lists";
  }
  return fact;
}

ComparedFact law_fact(const BothEquations& both, bool exact, const ComparedDataset& a,
                      const ComparedDataset& b, bool incomplete) {
  ComparedFact fact{exact ? "laws" : "approximate laws", both.text_of_a(), both.text_of_b(), Agreement::same,
                    ""};
  if (both.all_common()) return agreed(fact, both, incomplete);
  std::vector<std::string> one = a.finding.columns, other = b.finding.columns;
  std::sort(one.begin(), one.end());
  std::sort(other.begin(), other.end());
  if (incomplete) {
    say_incomplete(fact);
  } else if (one != other) {
    fact.agreement = Agreement::not_comparable;
    fact.note = "the columns differ";
  } else {
    fact.agreement = Agreement::different;
    fact.note = "the lists are compared, term by term";
  }
  return fact;
}

}  // namespace

void add_equation_facts(const ComparedDataset& a, const ComparedDataset& b, bool same_run,
                        DatasetPair& pair) {
  const bool incomplete =
      !same_run && (relations_are_incomplete(a.finding) || relations_are_incomplete(b.finding));
  for (const bool exact : {true, false}) {
    const BothEquations both(constraints_of(a.finding, exact), constraints_of(b.finding, exact));
    (exact ? pair.exact_constraints : pair.approximate_constraints) = both.shared();
    if (exact || !both.empty()) pair.facts.push_back(constraint_fact(both, exact, a, b, incomplete));
  }
  for (const bool exact : {true, false}) {
    const BothEquations both(laws_of(a.finding, exact), laws_of(b.finding, exact));
    (exact ? pair.laws : pair.approximate_laws) = both.shared();
    if (!both.empty()) pair.facts.push_back(law_fact(both, exact, a, b, incomplete));
  }
}

}  // namespace symscan
