#include "host/findings/finding_sentences.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "host/analysis/work_budget.hpp"
#include "host/base/text.hpp"
#include "host/findings/further_sentences.hpp"
#include "host/findings/model_json.hpp"
#include "host/findings/sentence_parts.hpp"

namespace symscan {
namespace {

std::string percent(double share, int digits = 2) {
  return rounded(100 * share, digits) + " %";
}

std::string whole_percent(double share) {
  return with_decimals(100 * share, 0) + " %";
}

std::string residual_text(double residual) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1e", residual);
  return text;
}

std::string plain(double value) {
  return with_decimals(value, 2);
}

/// "from beta 0.03 to 0.3", "at beta 0.1"
std::string betas_text(double from, double to) {
  return from < to ? "from beta " + rounded(from) + " to " + rounded(to) : "at beta " + rounded(from);
}

/// The betas of the run; those at which latents are active, if there are any.
std::string all_betas(const DatasetFinding& finding) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const GroupFinding& group : finding.groups) {
    if (!has_active_latents(group) && !all_collapsed(finding)) continue;
    low = std::min(low, group.beta);
    high = std::max(high, group.beta);
  }
  return betas_text(low, high);
}

/// "the local dimension is 1.42", "the local dimension is between 2.67 and 3.86"
std::string local_dimensions(const DatasetFinding& finding) {
  std::vector<double> values;
  for (const GroupFinding& group : finding.groups)
    if (has_active_latents(group)) values.push_back(group.local_dimension.mean);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const std::string least = with_decimals(*low, 2), most = with_decimals(*high, 2);
  return "the local dimension is " + (least == most ? least : "between " + least + " and " + most);
}

/// What trained models show at their resolution, beside what the data have.
std::string model_sentence(const DatasetFinding& finding) {
  if (!finding.dimension) return "";
  const DimensionFinding& dimension = *finding.dimension;
  // Without any model there is nothing to say; that no training has finished is a note (notes_about).
  if (finding.groups.empty())
    return finding.training.without_noise > 0
               ? "Models of beta 0 show no dimension: their decoder has no noise. Train with a beta above 0."
               : "";
  if (all_collapsed(finding))
    return "No latent is active " + all_betas(finding) + ": choose a smaller beta or relevance.threshold.";
  const TrainingFinding& training = finding.training;
  if (!dimension.models)
    return doubtful_groups(training) == training.groups
               ? ""
               : "The models show no whole number of directions: " + local_dimensions(finding) + " " +
                     all_betas(finding) + ".";
  const std::string where = std::isfinite(dimension.from_beta)
                                ? betas_text(dimension.from_beta, dimension.to_beta)
                                : all_betas(finding);
  const std::string local = "the local dimension is " + plain(dimension.local_dimension) + " " + where;
  if (!dimension.value || dimension.evidence == Evidence::models)
    return "The models show " + std::to_string(*dimension.models) + ": " + local + ".";
  if (*dimension.models == *dimension.value) return "The models show as many: " + local + ".";
  return "The models show " + std::to_string(*dimension.models) + " at their resolution: " + local + ". " +
         (*dimension.models > *dimension.value
              ? "They do not resolve that the set is thinner: train longer, or with a larger beta."
              : "Some directions are thinner than the decoder's noise sqrt(tau): a smaller beta resolves "
                "more.");
}

/// Statements that rest on models which are not trained long enough. Empty if all are.
std::string training_sentence(const DatasetFinding& finding) {
  constexpr std::size_t most_named = 3;
  const TrainingFinding& training = finding.training;
  const std::size_t doubtful = doubtful_groups(training);
  if (doubtful == 0) return "";
  const std::string reason = training.too_few_steps > 0   ? plural(training.steps, "step")
                             : training.still_falling > 0 ? std::string("the loss was still falling")
                                                          : std::string("relevances or loss still changed");
  if (doubtful == training.groups)
    return "Not trained long enough (" + reason + "): relevances and what the models show are preliminary.";
  const std::string names = doubtful <= most_named ? ": " + join_words(training.doubtful, "; ") : "";
  return "Not trained long enough in " + std::to_string(doubtful) + " of " +
         plural(training.groups, "group") + names + " (" + reason + "). What rests on " +
         (doubtful == 1 ? "it" : "them") + " is preliminary.";
}

/// All of a list that nobody would call long, else the first of it.
void add_first(const std::vector<std::string>& list, const std::string& what,
               std::vector<std::string>& sentences) {
  constexpr std::size_t most = 24;
  const std::size_t shown = list.size() <= most + 1 ? list.size() : most;
  sentences.insert(sentences.end(), list.begin(), list.begin() + static_cast<std::ptrdiff_t>(shown));
  if (shown < list.size())
    sentences.push_back("... and " + std::to_string(list.size() - shown) + " more " + what +
                        ": see analysis.json.");
}

std::string generator_line(const GeneratorFinding& generator) {
  return "  " + generator.name + ": " + shortened_equation(generator.equation);
}

void add_generators(const std::vector<GeneratorFinding>& generators, std::vector<std::string>& sentences) {
  const std::size_t count = generators.size();
  const std::size_t shown = count == most_listed + 1 ? count : std::min(count, most_listed);
  for (std::size_t i = 0; i < shown; ++i) sentences.push_back(generator_line(generators[i]));
  if (shown < count)
    sentences.push_back("  ... and " + std::to_string(count - shown) + " more: see analysis.json");
}

/// What the distribution does under each of the motions, those alike together.
void add_densities(const std::vector<GeneratorFinding>& generators, std::vector<std::string>& sentences) {
  std::vector<std::string> kept, open, untold, broken;
  for (const GeneratorFinding& generator : generators) {
    std::string text = generator.name + " (" + test_text(generator.density);
    if (generator.density.verdict == DensityVerdict::broken && generator.leaves > least_told_leaves)
      text += ", leads " + whole_percent(generator.leaves) + " of the events out of the data";
    text += ")";
    (generator.density.verdict == DensityVerdict::invariant ? kept
     : generator.density.verdict == DensityVerdict::broken  ? broken
     : tells_nothing(generator.density)                     ? untold
                                                            : open)
        .push_back(text);
  }
  if (!kept.empty()) sentences.push_back("Kept by the distribution: " + listed(kept) + ".");
  if (!open.empty())
    sentences.push_back(
        "No change of the distribution seen, but a small one is not excluded: " + listed(open) + ".");
  if (!untold.empty())
    sentences.push_back("Too few rows to tell whether the distribution keeps: " + listed(untold) + ".");
  if (!broken.empty()) sentences.push_back("Broken by the distribution: " + listed(broken) + ".");
}

}  // namespace

std::string set_without_motions(const DatasetFinding& finding) {
  if (!finding.symmetry_note.empty()) return "not known. " + finding.symmetry_note;
  if (!finding.dimension->value) return "not known, since the number of degrees of freedom is unclear.";
  if (finding.dimension->evidence == Evidence::models)
    return "not known, since only the models tell the number of degrees of freedom.";
  if (finding.dimension->fills_its_span && is_that_of_a_part(finding))
    return "not known, since parts of the data differ.";
  if (finding.dimension->fills_its_span)
    return "every motion stays inside data that fill their span; their distribution decides.";
  if (!finding.rotations) return "not known.";
  return "none. No affine motion is tangent to it.";
}

namespace {

std::string generator_count(const SymmetryFinding& symmetry, std::size_t outliers) {
  const char* constraints =
      outliers > 0 ? ", from the constraints that nearly all rows obey." : ", from the exact constraints.";
  return symmetry.algebra + ", " + plural(static_cast<std::uint64_t>(symmetry.found), "generator") +
         (symmetry.evidence == Evidence::constraints   ? constraints
          : symmetry.evidence == Evidence::approximate ? ", from the approximate constraints."
                                                       : ", from the distances between neighbours.");
}

void add_symmetry(const DatasetFinding& finding, std::vector<std::string>& sentences) {
  if (!finding.dimension) return;
  if (finding.symmetry) {
    sentences.push_back("Symmetry of the set: " + generator_count(*finding.symmetry, finding.outliers));
    add_generators(finding.symmetry->generators, sentences);
    add_densities(finding.symmetry->generators, sentences);
    return;
  }
  sentences.push_back("Symmetry of the set: " + set_without_motions(finding));
  if (!finding.distribution) return;
  const DistributionFinding& distribution = *finding.distribution;
  const std::string among =
      " of the " + std::to_string(distribution.searched) + " affine motions " + distribution.among;
  if (distribution.generators.empty()) {
    sentences.push_back("Symmetry of the distribution: " +
                        (distribution.complete
                             ? "it keeps none" + among
                             : "there are too few rows to tell which" + among + " it keeps") +
                        ".");
    return;
  }
  const bool open =
      std::any_of(distribution.generators.begin(), distribution.generators.end(),
                  [](const GeneratorFinding& g) { return g.density.verdict == DensityVerdict::undecided; });
  sentences.push_back(std::string("Symmetry of the distribution") +
                      (open ? ", as far as these rows tell: " : ": ") + distribution.algebra + ", " +
                      std::to_string(distribution.generators.size()) + among +
                      (distribution.complete ? "." : "; there are too few rows to judge the others."));
  add_generators(distribution.generators, sentences);
  add_densities(distribution.generators, sentences);
}

}  // namespace

bool relations_left_out(const DatasetFinding& finding) {
  const auto& names = parts::relations;
  return std::any_of(std::begin(names), std::end(names),
                     [&](const char* part) { return is_left_out(finding, part); });
}

std::string no_constraints_sentence(const DatasetFinding& finding) {
  if (relations_left_out(finding)) return "Constraints: none found among the relations that were looked for.";
  if (finding.constraint_notes.empty())
    return "Constraints: no linear or quadratic relation among the features was found.";
  return finding.outliers > 0 ? "Constraints: none that all rows obey."
                              : "Constraints: none found among the relations that were looked for.";
}

namespace {

void add_constraint_sentences(const DatasetFinding& finding, std::vector<std::string>& sentences) {
  if (finding.constraints.empty() && finding.laws.empty())
    sentences.push_back(no_constraints_sentence(finding));
  std::vector<std::string> equations;
  for (const ConstraintFinding& constraint : finding.constraints)
    equations.push_back((constraint.exact ? "Constraint: " : "Approximate constraint: ") +
                        constraint.equation + " (residual " + residual_text(constraint.residual) + ").");
  add_first(equations, "constraints", sentences);
  for (const LawFinding& law : finding.laws)
    sentences.push_back((law.exact ? "Law: " : "Approximate law: ") + law.equation + " (residual " +
                        residual_text(law.residual) + ").");
}

void add_candidates(const DatasetFinding& finding, std::vector<std::string>& sentences) {
  for (const CandidateFinding& candidate : finding.candidates) {
    const bool none =
        candidate.verdict == Verdict::no_symmetry || candidate.verdict == Verdict::nothing_moves;
    if (none && !candidate.named) continue;
    constexpr double nothing = 1e-9;
    const std::string off = !shows_manifold(finding) || !std::isfinite(candidate.manifold_residual) ? ""
                            : candidate.manifold_residual < nothing
                                ? "keeps the set, "
                                : percent(candidate.manifold_residual) + " of its motion leaves the set, ";
    DensityFinding density{DensityVerdict::undecided, candidate.test};
    if (none || candidate.verdict == Verdict::manifold_only) density.verdict = DensityVerdict::broken;
    sentences.push_back("Tested " + candidate.name + ": " + to_string(candidate.verdict) + " (" + off +
                        (candidate.verdict == Verdict::untold ? "too few rows tell" : test_text(density)) +
                        ").");
  }
}

/// The place of the second digit: 10 for 310.
double second_digit(double value) {
  return std::pow(10.0, std::max(0.0, std::floor(std::log10(std::max(1.0, value))) - 1));
}

/// "about 310 s", "about 4 h", "about 20 days"; two digits at most.
std::string about(double seconds) {
  constexpr double hour = 3600, day = 24 * hour;
  const auto text = [](double value) {
    const double unit = second_digit(value);
    return "about " + number_text(std::max(1.0, std::round(value / unit) * unit));
  };
  if (seconds < 2 * hour) return text(seconds) + " s";
  if (seconds < 2 * day) return text(seconds / hour) + " h";
  return seconds < 1000 * day ? text(seconds / day) + " days" : "years";
}

/// What was not looked for, and how it would be.
std::string left_out_sentence(const DatasetFinding& finding) {
  if (finding.left_out.empty()) return "";
  constexpr double longest = 1e7, margin = 1.1;
  std::vector<std::string> parts;
  double all = finding.estimated_seconds;
  for (const LeftOut& left : finding.left_out) {
    parts.push_back(left.part + " (" + about(left.seconds) + ")");
    all += left.seconds;
  }
  std::string text = "Not looked for, since it takes long: " + list_words(parts);
  if (all > longest) return text + "; a table of fewer columns (dataset.columns) takes less.";
  const double unit = second_digit(margin * all);
  const double budget = std::ceil(margin * all / unit) * unit;
  return text + "; symscan analyze DIR --budget " + number_text(budget) + " looks for it too.";
}

}  // namespace

std::vector<std::string> finding_sentences(const DatasetFinding& finding) {
  std::vector<std::string> sentences = {dimension_sentence(finding)};
  if (finding.dimension) {
    for (const std::string& sentence : {strata_sentence(finding), model_sentence(finding),
                                        finding.groups.empty() ? std::string() : training_sentence(finding)})
      if (!sentence.empty()) sentences.push_back(sentence);
    if (!finding.groups.empty() && finding.training.without_noise > 0)
      sentences.emplace_back("Models of beta 0 are left out: their decoder has no noise.");
  }
  add_symmetry(finding, sentences);
  add_constraint_sentences(finding, sentences);
  add_further_sentences(finding, sentences);
  add_candidates(finding, sentences);
  if (const std::string sentence = left_out_sentence(finding); !sentence.empty())
    sentences.push_back(sentence);
  add_first(finding.notes, "notes", sentences);
  add_first(finding.constraint_notes, "notes on constraints", sentences);
  return sentences;
}

}  // namespace symscan
