#include "host/findings/answers.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "host/base/text.hpp"
#include "host/findings/finding_sentences.hpp"
#include "host/findings/further_sentences.hpp"
#include "host/findings/sentence_parts.hpp"

namespace symscan {
namespace {

using Motions = std::vector<GeneratorFinding>;

/// The motions that the distribution was tested for: those of the set, else those that were found.
const Motions& tested_motions(const DatasetFinding& finding) {
  static const Motions nothing;
  if (finding.symmetry) return finding.symmetry->generators;
  return finding.distribution ? finding.distribution->generators : nothing;
}

Motions with_verdict(const Motions& motions, DensityVerdict verdict) {
  Motions some;
  std::copy_if(motions.begin(), motions.end(), std::back_inserter(some),
               [&](const GeneratorFinding& motion) { return motion.density.verdict == verdict; });
  return some;
}

std::vector<std::string> names_of_motions(const Motions& motions) {
  std::vector<std::string> names;
  for (const GeneratorFinding& motion : motions) names.push_back(motion.name);
  return names;
}

std::size_t doubtful_groups(const TrainingFinding& training) {
  return training.too_few_steps + training.still_falling + training.not_converged;
}

// Degrees of freedom

/// Parts of the data with more than one dimension among them: the least and the most; none for others.
std::optional<std::pair<int, int>> dimensions_of_parts(const DatasetFinding& finding) {
  if (strata_sentence(finding).empty()) return std::nullopt;
  const std::vector<StratumFinding>& strata = finding.neighbour_dimension->strata;
  const auto [least, most] = std::minmax_element(
      strata.begin(), strata.end(),
      [](const StratumFinding& a, const StratumFinding& b) { return a.dimension < b.dimension; });
  return std::pair(least->dimension, most->dimension);
}

/// Whether rows may be so few that they span no more: then the rank of their span bounds nothing.
bool may_be_spanned_by_few(const DatasetFinding& finding) {
  return finding.neighbour_dimension &&
         static_cast<std::size_t>(finding.linear_rank) + 1 >= finding.neighbour_dimension->points;
}

/// What the evidence leaves where there is no single number.
std::string open_degrees(const DatasetFinding& finding) {
  const DimensionFinding& dimension = *finding.dimension;
  const auto range = [](int least, int most) {
    return std::to_string(least) + " to " + std::to_string(most);
  };
  if (const auto parts = dimensions_of_parts(finding)) return range(parts->first, parts->second);
  constexpr double nearly = 0.1;
  const int least = std::isfinite(dimension.low) ? static_cast<int>(std::floor(dimension.low + nearly)) : 0;
  const int most = dimension.at_most;
  if (may_be_spanned_by_few(finding)) return least > 0 ? "at least " + std::to_string(least) : "unclear";
  if (most <= 0 || least >= most) return "unclear";
  return least > 0 ? range(least, most) : "at most " + std::to_string(most);
}

void add_degrees(const DatasetFinding& finding, Answer& answer) {
  if (!finding.dimension) {
    answer.degrees_value = 0;
  } else if (finding.dimension->value) {
    answer.degrees_value = *finding.dimension->value;
  }
  answer.degrees = answer.degrees_value ? std::to_string(*answer.degrees_value) : open_degrees(finding);
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
  std::string text = evidence_text(finding);
  if (finding.dimension && finding.neighbour_dimension && std::isfinite(finding.neighbour_dimension->value)) {
    const NeighbourFinding& neighbours = *finding.neighbour_dimension;
    text += (text.empty() ? "neighbours " : "; neighbours ") + with_decimals(neighbours.value, 2) + " (" +
            with_decimals(neighbours.low, 2) + " to " + with_decimals(neighbours.high, 2) + ")";
  }
  return text;
}

void add_convergence(const TrainingFinding& training, Answer& answer) {
  if (training.groups == 0) return;
  const std::size_t doubtful = doubtful_groups(training);
  answer.converged = doubtful == 0;
  const std::string analysed = plural(training.groups, "group") + " analysed";
  answer.convergence = doubtful > 0 ? std::to_string(doubtful) + " of " + analysed +
                                          (doubtful == 1 ? " has not" : " have not")
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

// Symmetry

std::string set_text(const DatasetFinding& finding) {
  if (!finding.dimension) return "none";
  if (finding.symmetry) return finding.symmetry->algebra;
  if (!finding.symmetry_note.empty()) {
    const bool rotates = finding.rotations && *finding.rotations != "none";
    return rotates ? "at least " + *finding.rotations : "unclear";
  }
  if (!finding.dimension->value) return "unclear";
  if (finding.dimension->fills_its_span) return "fills its span";
  return finding.rotations ? "none" : "unclear";
}

/// Whether motions of the set, beside those that the distribution is found to keep, are undecided.
bool leaves_motions_open(const DatasetFinding& finding) {
  const DistributionFinding& distribution = *finding.distribution;
  const std::size_t kept = with_verdict(distribution.generators, DensityVerdict::undecided).size();
  return !distribution.complete ||
         with_verdict(tested_motions(finding), DensityVerdict::undecided).size() > kept;
}

std::string distribution_text(const DatasetFinding& finding) {
  if (!finding.distribution) {
    if (finding.symmetry) return "undecided";
    return finding.dimension && set_text(finding) == "none" ? "none" : "";
  }
  const DistributionFinding& distribution = *finding.distribution;
  const bool open = leaves_motions_open(finding);
  if (distribution.generators.empty()) return open ? "undecided" : "none";
  const std::size_t undecided = with_verdict(distribution.generators, DensityVerdict::undecided).size();
  if (undecided == distribution.generators.size()) return "undecided";
  if (undecided > 0) return distribution.algebra + ", as far as these rows tell";
  return (open ? "at least " : "") + distribution.algebra;
}

std::string finite_text(const DatasetFinding& finding) {
  if (!finding.discrete || finding.discrete->tried == 0) return "";
  const DiscreteFinding& discrete = *finding.discrete;
  if (discrete.generators.empty()) return discrete.undecided.empty() ? "none" : "";
  return (discrete.undecided.empty() ? "" : "at least ") + discrete.group;
}

/// "rotation in x-y", "3 rotations and 1 boost"
std::string motions_text(const Motions& motions) {
  constexpr std::size_t most_named = 1, longest = 70;
  std::string names = list_words(names_of_motions(motions));
  if (motions.size() <= most_named && names.size() <= longest) return names;
  std::vector<std::pair<FieldKind, std::uint64_t>> counts;
  for (const GeneratorFinding& motion : motions) {
    auto same = std::find_if(counts.begin(), counts.end(),
                             [&](const auto& entry) { return entry.first == motion.kind; });
    if (same == counts.end()) same = counts.insert(same, {motion.kind, 0});
    ++same->second;
  }
  std::vector<std::string> words;
  for (const auto& [kind, count] : counts)
    words.push_back(plural(count, kind == FieldKind::other ? "motion" : to_string(kind)));
  return list_words(words);
}

/// "the distribution keeps rotation in x-y and breaks 2 rotations; no change of it is seen under ..."
std::string verdicts_text(const Motions& motions) {
  const Motions kept = with_verdict(motions, DensityVerdict::invariant),
                broken = with_verdict(motions, DensityVerdict::broken);
  Motions open, untold;
  for (const GeneratorFinding& motion : with_verdict(motions, DensityVerdict::undecided))
    (tells_nothing(motion.density) ? untold : open).push_back(motion);
  const auto said = [&](const Motions& some) {
    if (some.size() < motions.size()) return motions_text(some);
    return std::string(some.size() == 1 ? "it" : "each of them");
  };
  std::vector<std::string> decided, texts;
  if (!kept.empty()) decided.push_back("keeps " + said(kept));
  if (!broken.empty()) decided.push_back("breaks " + said(broken));
  if (!decided.empty()) texts.push_back("the distribution " + list_words(decided));
  if (!open.empty())
    texts.push_back("no change of the distribution is seen under " + said(open) +
                    ", but a small one is not excluded");
  if (!untold.empty()) texts.push_back("too few rows tell whether the distribution keeps " + said(untold));
  return join_words(texts, "; ");
}

std::string symmetric_set_text(const SymmetryFinding& symmetry, std::size_t outliers) {
  const char* from =
      symmetry.evidence == Evidence::constraints
          ? (outliers > 0 ? "the constraints that nearly all rows obey" : "the exact constraints")
      : symmetry.evidence == Evidence::approximate ? "the approximate constraints"
                                                   : "the distances between neighbours";
  return "The set has the symmetry " + symmetry.algebra + " (" + motions_text(symmetry.generators) +
         "), from " + from;
}

/// Of the motions that were looked at where the set itself has none.
std::string distribution_sentence(const DistributionFinding& distribution) {
  const std::string among =
      " of the " + std::to_string(distribution.searched) + " affine motions " + distribution.among;
  if (distribution.generators.empty())
    return distribution.complete
               ? "The distribution keeps none" + among + "."
               : "There are too few rows to tell which" + among + " the distribution keeps.";
  const Motions& found = distribution.generators;
  const bool all_kept = with_verdict(found, DensityVerdict::invariant).size() == found.size();
  return "Symmetry of the distribution" + std::string(all_kept ? ": " : ", as far as these rows tell: ") +
         distribution.algebra + " (" + motions_text(found) + ")," + among +
         (distribution.complete ? "." : "; there are too few rows to judge the others.");
}

std::string symmetry_sentence(const DatasetFinding& finding) {
  if (!finding.dimension) return "";
  std::string text;
  if (finding.symmetry) {
    text = symmetric_set_text(*finding.symmetry, finding.outliers);
    if (const std::string verdicts = verdicts_text(finding.symmetry->generators); !verdicts.empty())
      text += "; " + verdicts;
    text += ".";
  } else {
    text = "Symmetry of the set: " + set_without_motions(finding);
    if (finding.distribution) text += " " + distribution_sentence(*finding.distribution);
  }
  const std::string finite = finite_text(finding);
  if (!finite.empty() && finite != "none") text += " Finite group of the distribution: " + finite + ".";
  return text;
}

// Constraints and laws

void add_equations(const DatasetFinding& finding, Answer& answer) {
  for (const ConstraintFinding& constraint : finding.constraints)
    (constraint.exact ? answer.constraints : answer.approximate).push_back(constraint.equation);
  for (const LawFinding& law : finding.laws)
    (law.exact ? answer.constraints : answer.approximate).push_back(law.equation);
  if (!finding.trajectories || finding.trajectories->searched == 0) return;
  answer.laws = finding.trajectories->independent;
  for (const ConservedFinding& law : finding.trajectories->laws) answer.law_equations.push_back(law.equation);
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
  if (parts.empty())
    parts.push_back(no_constraints_sentence(finding));
  else if (relations_left_out(finding))
    parts.emplace_back("Not all relations were looked for.");
  if (answer.laws) {
    std::string laws = trajectories_sentence(*finding.trajectories);
    if (!answer.law_equations.empty()) {
      laws.pop_back();
      laws += ": " + shortened_equation(answer.law_equations.front()) +
              (answer.law_equations.size() > 1 ? "; ..." : ".");
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
  answer.set = set_text(finding);
  answer.distribution = distribution_text(finding);
  const Motions& motions = tested_motions(finding);
  answer.kept = names_of_motions(with_verdict(motions, DensityVerdict::invariant));
  answer.broken = names_of_motions(with_verdict(motions, DensityVerdict::broken));
  answer.undecided = names_of_motions(with_verdict(motions, DensityVerdict::undecided));
  answer.finite = finite_text(finding);
  add_equations(finding, answer);
  answer.confidence = confidence_text(finding);
  add_convergence(finding.training, answer);
  for (std::string& sentence : std::vector{degrees_sentence(finding), symmetry_sentence(finding),
                                           constraints_sentence(finding, answer)})
    if (!sentence.empty()) answer.sentences.push_back(std::move(sentence));
  return answer;
}

}  // namespace symscan
