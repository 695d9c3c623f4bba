#include "host/findings/finding_sentences.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "host/base/text.hpp"
#include "host/findings/model_json.hpp"

namespace symscan {
namespace {

constexpr std::size_t most_listed = 8, longest_equation = 200;

std::string percent(double share, int digits = 2) {
  return rounded(100 * share, digits) + " %";
}

std::string whole_percent(double share) {
  return with_decimals(100 * share, 0) + " %";
}

std::string p_value(double p) {
  return "p = " + rounded(p, 2);
}

std::string residual_text(double residual) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1e", residual);
  return text;
}

std::string neighbour_sentence(const NeighbourFinding& neighbours) {
  const auto text = [](const Estimate& estimate) {
    return std::isfinite(estimate.value) ? with_decimals(estimate.value, 2) : std::string("undefined");
  };
  return " Nearest neighbours: TwoNN " + text(neighbours.two_nn) + ", Levina-Bickel " +
         text(neighbours.levina_bickel) + ".";
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

std::string unclear_dimension(const DatasetFinding& finding, const DimensionFinding& dimension) {
  const std::string unclear = "The number of degrees of freedom is unclear: ";
  const std::string at_most =
      ", the exact constraints leave at most " + std::to_string(dimension.at_most) + ". ";
  if (all_collapsed(finding))
    return unclear + "no latent is active " + all_betas(finding) +
           ". Choose a smaller beta or relevance.threshold.";
  if (dimension.fills_its_span)
    return unclear + "the models see no direction thinner than the linear span (rank " +
           std::to_string(finding.linear_rank) + ")" + at_most + "Train longer, or with a larger beta.";
  if (dimension.local_dimension > dimension.at_most + 0.5)
    return unclear + "the local dimension is " + with_decimals(dimension.local_dimension, 2) + " " +
           betas_text(dimension.from_beta, dimension.to_beta) + at_most +
           "Train longer, or with a larger beta.";
  const std::string betas = all_betas(finding);
  std::string values = unclear + local_dimensions(finding) + " " + betas + ".";
  if (finding.training.too_few_steps == finding.training.groups) return values;
  return values + (betas.starts_with("at ")
                       ? " Train a scan, such as 'loss.beta=[0.03,0.1,0.3,1]' 'seeds=[1,2,3]'."
                       : " Train longer, or scan other betas.");
}

enum class Neighbours { agree, fewer, more };

/// Whether the nearest neighbours see other degrees of freedom than the models do.
Neighbours neighbours_against_models(const DatasetFinding& finding) {
  if (!finding.dimension || !finding.dimension->value || !finding.neighbour_dimension)
    return Neighbours::agree;
  const double first = finding.neighbour_dimension->two_nn.value,
               second = finding.neighbour_dimension->levina_bickel.value;
  if (!std::isfinite(first) || !std::isfinite(second)) return Neighbours::agree;
  const double found = *finding.dimension->value;
  const double apart = std::max(0.5, 0.2 * found);  // in many dimensions both come out too low
  if (std::max(first, second) < found - apart) return Neighbours::fewer;
  return std::min(first, second) > found + apart ? Neighbours::more : Neighbours::agree;
}

std::string dimension_sentence(const DatasetFinding& finding) {
  if (finding.linear_rank == 0) return "No feature varies: there is nothing to analyse.";
  if (!finding.dimension && finding.training.without_noise > 0)
    return "Degrees of freedom and symmetries are not defined at beta 0, where the decoder has no noise. "
           "Train with a beta above 0.";
  if (!finding.dimension)
    return "No training has finished: degrees of freedom and symmetries are not known yet.";
  const DimensionFinding& dimension = *finding.dimension;
  const std::string rank = std::to_string(finding.linear_rank);
  const std::string neighbours =
      finding.neighbour_dimension ? neighbour_sentence(*finding.neighbour_dimension) : "";
  if (!dimension.value) return unclear_dimension(finding, dimension) + neighbours;
  const bool agreed = neighbours_against_models(finding) == Neighbours::agree;
  const std::string found = (agreed ? "The data have " : "The models see ") +
                            plural(static_cast<std::uint64_t>(*dimension.value), "degree") + " of freedom: ";
  if (dimension.fills_its_span)
    return found + (agreed ? "the models see " : "") + "no direction thinner than the linear span (rank " +
           rank + ") " + all_betas(finding) + "." + neighbours;
  return found + "the local dimension is " + with_decimals(dimension.local_dimension, 2) + " " +
         betas_text(dimension.from_beta, dimension.to_beta) + ", the linear rank " + rank + "." + neighbours;
}

/// Statements that rest on models which are not trained long enough. Empty if all are.
std::string training_sentence(const DatasetFinding& finding) {
  constexpr std::size_t most_named = 3;
  const TrainingFinding& training = finding.training;
  const std::size_t doubtful = training.too_few_steps + training.still_falling + training.not_converged;
  if (doubtful == 0) return "";
  const std::string reason = training.too_few_steps > 0   ? plural(training.steps, "step")
                             : training.still_falling > 0 ? std::string("the loss was still falling")
                                                          : std::string("relevances or loss still changed");
  if (doubtful == training.groups)
    return "Not trained long enough (" + reason + "): degrees of freedom and symmetries are preliminary.";
  const std::string names = doubtful <= most_named ? ": " + join_words(training.doubtful, "; ") : "";
  return "Not trained long enough in " + std::to_string(doubtful) + " of " +
         plural(training.groups, "group") + names + " (" + reason + "). What rests on " +
         (doubtful == 1 ? "it" : "them") + " is preliminary.";
}

/// What is said where the nearest neighbours see other degrees of freedom than the models do.
std::string disagreement_sentence(const DatasetFinding& finding) {
  switch (neighbours_against_models(finding)) {
    case Neighbours::fewer:
      return "The nearest neighbours see fewer degrees of freedom: the models may not resolve the set. Train "
             "longer, or with a larger beta, which compresses more.";
    case Neighbours::more:
      return "The nearest neighbours see more degrees of freedom. Some directions are thinner than the "
             "decoder's noise sqrt(tau): train a smaller beta to tell structure from noise.";
    case Neighbours::agree:
      break;
  }
  return "";
}

/// The first of the words, and how many more there are.
std::string listed(const std::vector<std::string>& words) {
  const auto end = words.begin() + static_cast<std::ptrdiff_t>(std::min(words.size(), most_listed));
  std::string list = join_words({words.begin(), end});
  if (words.size() > most_listed) list += " and " + std::to_string(words.size() - most_listed) + " more";
  return list;
}

/// At most longest_equation bytes, cut between the components where a first one fits.
std::string shortened_equation(const std::string& equation) {
  if (equation.size() <= longest_equation) return equation;
  const std::size_t comma = equation.rfind(", ", longest_equation);
  return comma == std::string::npos ? shortened(equation, longest_equation)
                                    : equation.substr(0, comma) + ", ...";
}

std::string generator_line(const GeneratorFinding& generator) {
  const std::string equation = shortened_equation(generator.equation);
  return "  " + generator.name + ": " + equation +
         (generator.approximate
              ? " (approximate: " + percent(generator.residual) + " of its motion leaves the manifold)"
              : "");
}

void add_generators(const SymmetryFinding& symmetry, std::vector<std::string>& sentences) {
  const std::size_t count = symmetry.generators.size();
  const std::size_t shown = count == most_listed + 1 ? count : std::min(count, most_listed);
  for (std::size_t i = 0; i < shown; ++i) sentences.push_back(generator_line(symmetry.generators[i]));
  if (shown < count)
    sentences.push_back("  ... and " + std::to_string(count - shown) + " more: see analysis.json");
}

void add_densities(const SymmetryFinding& symmetry, std::vector<std::string>& sentences) {
  std::vector<std::string> kept, broken;
  for (const GeneratorFinding& generator : symmetry.generators) {
    if (generator.approximate) continue;  // not kept by the manifold in the first place
    const std::string text = generator.name + " (" + p_value(generator.density.test.p_value) + ")";
    if (generator.density.verdict == DensityVerdict::invariant) kept.push_back(text);
    if (generator.density.verdict == DensityVerdict::broken) broken.push_back(text);
  }
  if (!kept.empty()) sentences.push_back("The distribution is compatible with: " + listed(kept) + ".");
  if (!broken.empty())
    sentences.push_back("Kept by the manifold, broken by the distribution: " + listed(broken) + ".");
}

std::string no_symmetry(const DatasetFinding& finding) {
  const DimensionFinding& dimension = *finding.dimension;
  if (all_collapsed(finding)) return "not known. No latent is active.";
  if (!finding.symmetry_doubt.empty()) return "in doubt. " + finding.symmetry_doubt;
  if (dimension.fills_its_span && dimension.value)
    return "not defined. Every motion stays inside data that fill their span.";
  if (dimension.fills_its_span) return "not known. The models do not resolve the constraints.";
  if (any_motion_holds(finding))
    return "see the transformations that were tested. No set of affine motions stands out by itself.";
  return "none found. No affine motion stands out as tangent.";
}

/// "so(3), 3 generators", "so(2), 1 generator and 2 approximate ones", "none exact, 1 approximate generator"
std::string generators_phrase(const SymmetryFinding& symmetry) {
  const auto approximate = static_cast<std::uint64_t>(
      std::count_if(symmetry.generators.begin(), symmetry.generators.end(),
                    [](const GeneratorFinding& generator) { return generator.approximate; }));
  const std::uint64_t exact = symmetry.generators.size() - approximate;
  if (exact == 0) return "none exact, " + plural(approximate, "approximate generator");
  std::string phrase = symmetry.algebra + ", " + plural(exact, "generator");
  if (approximate > 0)
    phrase += " and " + std::to_string(approximate) + " approximate " + (approximate == 1 ? "one" : "ones");
  return phrase;
}

void add_symmetry(const DatasetFinding& finding, std::vector<std::string>& sentences) {
  if (!finding.dimension) return;
  if (!finding.symmetry) {
    sentences.push_back("Symmetry of the manifold: " + no_symmetry(finding));
    return;
  }
  const SymmetryFinding& symmetry = *finding.symmetry;
  std::string text = "Symmetry of the manifold: " + generators_phrase(symmetry) + ".";
  if (symmetry.found > 1) text += " Closure residual: " + percent(symmetry.closure_residual) + ".";
  sentences.push_back(text + " " + whole_percent(symmetry.confidence) + " of the bootstrap draws over " +
                      plural(symmetry.seeds, "seed") + " find at least as many." +
                      (symmetry.seeds == 1 ? " One seed does not test the training." : ""));
  add_generators(symmetry, sentences);
  add_densities(symmetry, sentences);
}

void add_constraint_sentences(const DatasetFinding& finding, std::vector<std::string>& sentences) {
  if (finding.constraints.empty())
    sentences.push_back(finding.constraint_notes.empty()
                            ? "Constraints: no linear or quadratic relation among the features was found."
                            : "Constraints: none found.");
  for (const ConstraintFinding& constraint : finding.constraints) {
    sentences.push_back((constraint.exact ? "Constraint: " : "Approximate constraint: ") +
                        constraint.equation + " (residual " + residual_text(constraint.residual) + ").");
  }
}

void add_candidates(const DatasetFinding& finding, std::vector<std::string>& sentences) {
  for (const CandidateFinding& candidate : finding.candidates) {
    const bool none =
        candidate.verdict == Verdict::no_symmetry || candidate.verdict == Verdict::nothing_moves;
    if (none && !candidate.named) continue;
    // Where the models see no manifold, nothing can leave it.
    const std::string manifold =
        shows_manifold(finding) ? "manifold residual " + rounded(candidate.manifold_residual, 2) + ", " : "";
    sentences.push_back("Tested " + candidate.name + ": " +
                        (keeps_manifold(candidate) && candidate.approximate ? "approximate " : "") +
                        to_string(candidate.verdict) + " (" + manifold + p_value(candidate.test.p_value) +
                        ").");
  }
}

}  // namespace

std::vector<std::string> finding_sentences(const DatasetFinding& finding) {
  std::vector<std::string> sentences = {dimension_sentence(finding)};
  const std::string disagreement = disagreement_sentence(finding);
  if (!disagreement.empty()) sentences.push_back(disagreement);
  if (finding.dimension && finding.training.without_noise > 0)
    sentences.emplace_back("Models of beta 0 are left out: their decoder has no noise.");
  const std::string training = finding.linear_rank > 0 ? training_sentence(finding) : "";
  if (!training.empty()) sentences.push_back(training);
  add_symmetry(finding, sentences);
  add_constraint_sentences(finding, sentences);
  add_candidates(finding, sentences);
  for (const auto* notes : {&finding.notes, &finding.constraint_notes})
    sentences.insert(sentences.end(), notes->begin(), notes->end());
  return sentences;
}

}  // namespace symscan
