#include "host/findings/answers.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/base/text.hpp"
#include "host/findings/answer_symmetry.hpp"
#include "host/findings/finding_sentences.hpp"
#include "host/findings/further_sentences.hpp"
#include "host/findings/sentence_parts.hpp"

namespace symscan {
namespace {

// Degrees of freedom

/// Parts of the data with more than one dimension among them: the least and the most; none for others, nor
/// where it may be the noise that differs.
std::optional<std::pair<int, int>> dimensions_of_parts(const DatasetFinding& finding) {
  if (!parts_differ(finding) || above_a_scale(finding)) return std::nullopt;
  const std::vector<StratumFinding>& strata = finding.neighbour_dimension->strata;
  const auto [least, most] = std::minmax_element(
      strata.begin(), strata.end(),
      [](const StratumFinding& a, const StratumFinding& b) { return a.dimension < b.dimension; });
  return std::pair(least->dimension, most->dimension);
}

/// Whether rows may be so few that they span no more: then the rank of their span bounds nothing.
bool may_be_spanned_by_few(const DatasetFinding& finding) {
  if (std::isfinite(finding.dimension->low) && !std::isfinite(finding.dimension->high)) return true;
  return finding.neighbour_dimension &&
         static_cast<std::size_t>(finding.linear_rank) + 1 >= finding.neighbour_dimension->points;
}

/// "2 to 3"
std::string range_of_degrees(int least, int most) {
  return std::to_string(least) + " to " + std::to_string(most);
}

/// What the evidence leaves where there is no single number.
std::string open_degrees(const DatasetFinding& finding) {
  const DimensionFinding& dimension = *finding.dimension;
  constexpr double nearly = 0.1;
  const int least = std::isfinite(dimension.low) ? static_cast<int>(std::floor(dimension.low + nearly)) : 0;
  const int most = dimension.at_most;
  if (may_be_spanned_by_few(finding)) return least > 0 ? "at least " + std::to_string(least) : "unclear";
  if (most <= 0 || least >= most) return "unclear";
  return least > 0 ? range_of_degrees(least, most) : "at most " + std::to_string(most);
}

/// The value where it depends on what a number alone does not say; empty for others.
std::string limited_degrees(const DatasetFinding& finding) {
  if (const auto parts = dimensions_of_parts(finding))
    return range_of_degrees(parts->first, parts->second) + " (parts differ)";
  if (!finding.dimension->value || finding.dimension->evidence != Evidence::models) return "";
  return doubtful_groups(finding.training) > 0 ? "unclear"
                                               : std::to_string(*finding.dimension->value) + " (models only)";
}

void add_degrees(const DatasetFinding& finding, Answer& answer) {
  if (!finding.dimension) {
    answer.degrees_value = 0;
    answer.degrees = "0";
  } else if (answer.degrees = limited_degrees(finding); !answer.degrees.empty()) {
    return;
  } else if (finding.dimension->value) {
    answer.degrees_value = *finding.dimension->value;
    answer.degrees = std::to_string(*answer.degrees_value);
    if (above_a_scale(finding))
      answer.degrees += " above " + rounded(finding.dimension->above_scale, 2) + " standard deviations";
  } else {
    answer.degrees = open_degrees(finding);
  }
}

/// What decided the degrees of freedom.
std::string evidence_text(const DatasetFinding& finding) {
  if (!finding.dimension) return "no feature varies";
  const DimensionFinding& dimension = *finding.dimension;
  if (!dimension.value) return dimension.reason;
  const std::size_t features = finding.columns.size() - finding.angles.size();
  const bool bound = dimension.at_most < static_cast<int>(features);
  switch (dimension.evidence) {
    case Evidence::constraints:
      if (!dimension.reason.empty()) return dimension.reason;
      if (!bound) return "no constraint ties the features together";
      return finding.outliers > 0 ? "constraints that nearly all rows obey" : "exact constraints";
    case Evidence::span:
      return bound ? "the data fill the span that exact linear constraints leave"
                   : "the data fill the space of their features";
    case Evidence::neighbours:
      return std::isfinite(dimension.above_scale) ? "distances above " + rounded(dimension.above_scale, 2) +
                                                        " standard deviations; noise below"
                                                  : "distances between neighbours";
    case Evidence::models:
      return "the models alone";
    case Evidence::approximate:
    case Evidence::none:
      break;
  }
  return "";
}

std::string confidence_text(const DatasetFinding& finding) {
  std::vector<std::string> texts = {evidence_text(finding)};
  if (finding.dimension && finding.dimension->discrete > 0)
    texts.push_back((finding.dimension->discrete == finding.dimension->value
                         ? "all degrees"
                         : plural(static_cast<std::uint64_t>(finding.dimension->discrete), "degree")) +
                    " of freedom in features that take few values only");
  if (finding.dimension && finding.neighbour_dimension && std::isfinite(finding.neighbour_dimension->value)) {
    const NeighbourFinding& neighbours = *finding.neighbour_dimension;
    texts.push_back("neighbours " + with_decimals(neighbours.value, 2) + " (" +
                    with_decimals(neighbours.low, 2) + " to " + with_decimals(neighbours.high, 2) + ")");
  }
  if (std::any_of(finding.notes.begin(), finding.notes.end(),
                  [](const std::string& note) { return note.starts_with(correlated_rows); }))
    texts.emplace_back("rows correlated: what the distribution keeps was not searched");
  std::erase(texts, "");
  return join_words(texts, "; ");
}

void add_convergence(const TrainingFinding& training, Answer& answer) {
  if (training.groups == 0) return;
  const std::size_t doubtful = doubtful_groups(training);
  answer.converged = doubtful == 0;
  const std::string analysed = plural(training.groups, "group") + " analysed";
  answer.convergence =
      doubtful > 0 ? std::to_string(doubtful) + " of " + analysed + (doubtful == 1 ? " has not" : " have not")
      : training.groups == 1 ? "the group analysed"
                             : "all " + analysed;
}

/// " The models of 2 of 3 groups are not trained long enough: what they show is preliminary."
std::string training_text(const DatasetFinding& finding) {
  const TrainingFinding& training = finding.training;
  if (finding.groups.empty() || training.groups == 0) return "";
  const std::size_t doubtful = doubtful_groups(training);
  const bool decide = finding.dimension->value && finding.dimension->evidence == Evidence::models;
  if (doubtful == 0) return decide ? " The models were trained long enough." : "";
  return std::string(" The models ") +
         (doubtful == training.groups
              ? ""
              : "of " + std::to_string(doubtful) + " of " + plural(training.groups, "group") + " ") +
         "are not trained long enough: what they show is preliminary.";
}

/// What models show, where it differs from what the data have.
std::string models_text(const DatasetFinding& finding) {
  if (all_collapsed(finding)) return " No latent of the models is active.";
  const DimensionFinding& dimension = *finding.dimension;
  if (finding.groups.empty() || !dimension.models || dimension.models == dimension.value) return "";
  return " The models show " + std::to_string(*dimension.models) +
         (dimension.value ? " at their resolution." : ".");
}

std::string degrees_sentence(const DatasetFinding& finding) {
  std::string text = dimension_sentence(finding);
  if (!finding.dimension) return text;
  if (finding.outliers > 0 && finding.dimension->evidence != Evidence::constraints)
    text += " " + plural(finding.outliers, "row") + " that disobey what nearly all rows obey " +
            (finding.outliers == 1 ? "is" : "are") + " left out.";
  if (const std::string parts = strata_sentence(finding); !parts.empty()) text += " " + parts;
  return text + models_text(finding) + training_text(finding);
}

// Constraints and laws

constexpr const char not_all_relations[] = "not all relations were looked for";

/// What lists of constraints leave out.
std::vector<std::string> remarks_on_constraints(const DatasetFinding& finding) {
  constexpr std::size_t most = 3;
  std::vector<std::string> remarks;
  if (relations_left_out(finding)) remarks.emplace_back(not_all_relations);
  for (const std::string& note : finding.constraint_notes) {
    const std::size_t end = note.find(", so it is not a relation.");
    if (end != std::string::npos && note.find(" holds in all but ") < end && remarks.size() < most)
      remarks.push_back(note.substr(0, end));
  }
  return remarks;
}

/// "no linear or quadratic relation": of no_constraints_sentence() what a cell needs.
std::string no_constraints_text(const DatasetFinding& finding) {
  if (!relations_left_out(finding) && finding.constraint_notes.empty())
    return "no linear or quadratic relation";
  return !relations_left_out(finding) && finding.outliers > 0
             ? "none that all rows obey"
             : "none among the relations that were looked for";
}

/// Sentences begin so; names of features stay as they are.
std::string capitalised(std::string text) {
  if (text.starts_with("not ")) text.front() = 'N';
  return text;
}

void add_equations(const DatasetFinding& finding, Answer& answer) {
  for (const ConstraintFinding& constraint : finding.constraints)
    (constraint.exact ? answer.constraints : answer.approximate).push_back(constraint.equation);
  for (const LawFinding& law : finding.laws)
    (law.exact ? answer.constraints : answer.approximate).push_back(law.equation);
  if (!finding.trajectories || finding.trajectories->searched == 0) return;
  answer.laws = finding.trajectories->independent;
  const auto independent = static_cast<std::size_t>(std::max(0, finding.trajectories->independent));
  for (const ConservedFinding& law : finding.trajectories->laws)
    if (answer.law_equations.size() < independent) answer.law_equations.push_back(law.equation);
  if (holds_up_to_noise(*finding.trajectories)) answer.laws_note = "up to noise";
}

/// "Exact constraint: x^2 + y^2 = 1.", "6 exact constraints, the shortest: E = 5 GeV; ..."
std::string equations_text(const std::string& what, std::vector<std::string> equations) {
  constexpr std::size_t most = 3, longest = 160;
  std::stable_sort(equations.begin(), equations.end(),
                   [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
  const std::size_t count = equations.size();
  std::size_t length = 0, shown = 0;
  while (shown < std::min(count, most) && (shown == 0 || length + equations[shown].size() <= longest))
    length += equations[shown++].size();
  equations.resize(shown);
  for (std::string& equation : equations) equation = shortened_equation(equation);
  const std::string list = join_words(equations, "; ");
  return plural(count, what) + (shown < count ? ", the shortest: " : ": ") + list + ".";
}

std::string constraints_sentence(const DatasetFinding& finding, const Answer& answer) {
  std::vector<std::string> parts;
  if (!answer.constraints.empty()) parts.push_back(equations_text("exact constraint", answer.constraints));
  if (!answer.approximate.empty())
    parts.push_back(equations_text("approximate constraint", answer.approximate));
  if (parts.empty()) parts.push_back(no_constraints_sentence(finding));
  for (const std::string& remark : remarks_on_constraints(finding)) {
    if (remark == not_all_relations && answer.constraints.empty() && answer.approximate.empty()) continue;
    parts.push_back(capitalised(remark) + ".");
  }
  if (answer.laws) {
    std::string laws = trajectories_sentence(*finding.trajectories);
    if (!answer.law_equations.empty()) {
      laws.pop_back();
      laws += (answer.law_equations.size() > 1 ? ", among them " : ": ") +
              shortened_equation(answer.law_equations.front()) + ".";
    }
    parts.push_back(std::move(laws));
  }
  if (finding.target) parts.push_back(target_sentence(*finding.target));
  return join_words(parts, " ");
}

}  // namespace

Answer answer_of(const DatasetFinding& finding) {
  Answer answer;
  add_degrees(finding, answer);
  add_symmetry_answer(finding, answer);
  add_equations(finding, answer);
  const bool unconstrained = answer.constraints.empty() && answer.approximate.empty();
  if (unconstrained) answer.no_constraints = no_constraints_text(finding);
  std::vector<std::string> remarks = remarks_on_constraints(finding);
  if (unconstrained) std::erase(remarks, not_all_relations);  // it is said already
  answer.constraints_note = join_words(remarks, "; ");
  answer.confidence = confidence_text(finding);
  add_convergence(finding.training, answer);
  for (std::string& sentence : std::vector{degrees_sentence(finding), answer_on_symmetry(finding),
                                           constraints_sentence(finding, answer)})
    if (!sentence.empty()) answer.sentences.push_back(std::move(sentence));
  return answer;
}

}  // namespace symscan
