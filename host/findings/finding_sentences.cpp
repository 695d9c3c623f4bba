#include "host/findings/finding_sentences.hpp"

#include <algorithm>
#include <cstdio>

namespace symscan {
namespace {

std::string number(double value, const char* format = "%.3g") {
  char text[40];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string plural(long count, const std::string& word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

std::string dimension_sentence(const Json& entry) {
  const Json& dimension = entry.at("dimension");
  if (dimension.is_null()) return "The features do not vary: there is nothing to analyse.";
  const Json& neighbours = entry.at("neighbour_dimension");
  std::string check;
  if (!neighbours.is_null()) {
    const auto estimate = [&](const char* name) {
      const Json& value = neighbours.at(name).at("value");
      return value.is_number() ? number(value.get<double>(), "%.2f") : std::string("undefined");
    };
    check = " (nearest neighbours: TwoNN " + estimate("two_nn") + ", Levina-Bickel " +
            estimate("levina_bickel") + ")";
  }
  const long rank = entry.at("linear_rank").get<long>();
  if (dimension.at("fills_its_span").get<bool>()) {
    return "The data have " + plural(rank, "degree") + " of freedom" + check +
           ": at every beta they fill the space that their features span, no curved constraint shows.";
  }
  if (dimension.at("value").is_null()) {
    return "The number of degrees of freedom is not clear: at no beta is the local dimension near a whole "
           "number" +
           check + ". Train a scan, such as 'loss.beta=[0.03,0.1,0.3,1]' 'seeds=[1,2,3]'.";
  }
  const double from = dimension.at("from_beta").get<double>(), to = dimension.at("to_beta").get<double>();
  return "The data have " + plural(dimension.at("value").get<long>(), "degree") +
         " of freedom: local dimension " + number(dimension.at("local_dimension").get<double>(), "%.2f") +
         (from < to ? " from beta " + number(from) + " to " + number(to) : " at beta " + number(from)) +
         check + ", within the " + plural(rank, "direction") + " that the features span.";
}

/// Where the nearest neighbours see other degrees of freedom than the models do. Empty if they agree.
std::string disagreement_sentence(const Json& entry) {
  constexpr double apart = 0.5;
  const Json &dimension = entry.at("dimension"), &neighbours = entry.at("neighbour_dimension");
  if (dimension.is_null() || neighbours.is_null() || dimension.at("value").is_null()) return "";
  const Json &first = neighbours.at("two_nn").at("value"),
             &second = neighbours.at("levina_bickel").at("value");
  if (!first.is_number() || !second.is_number()) return "";
  const auto found = dimension.at("value").get<double>();
  const double low = std::min(first.get<double>(), second.get<double>()),
               high = std::max(first.get<double>(), second.get<double>());
  if (high < found - apart) {
    return "The nearest neighbours see fewer degrees of freedom: the set may be too curved for these models; "
           "train more latents, more epochs or a larger beta.";
  }
  if (low > found + apart) {
    return "The nearest neighbours see more degrees of freedom: some directions are thinner than the "
           "decoder's "
           "noise sqrt(tau); a smaller beta shows whether they are structure or noise.";
  }
  return "";
}

void symmetry_sentences(const Json& entry, std::vector<std::string>& sentences) {
  const Json& symmetry = entry.at("symmetry");
  const Json& dimension = entry.at("dimension");
  if (dimension.is_null()) return;
  if (symmetry.is_null()) {
    sentences.push_back(
        dimension.at("fills_its_span").get<bool>()
            ? "Symmetry of the manifold: none stands out, since every motion stays inside a set that "
              "fills its space."
            : "Symmetry of the manifold: none; no affine motion stands out as tangent everywhere.");
    return;
  }
  const long found = symmetry.at("found").get<long>();
  std::string text = "Symmetry of the manifold: " + symmetry.at("algebra").get<std::string>() + " (" +
                     plural(found, "generator");
  if (found > 1)
    text +=
        ", closure residual " + number(100 * symmetry.at("closure_residual").get<double>(), "%.2g") + " %";
  text += "; at least as many in " + number(100 * symmetry.at("confidence").get<double>(), "%.0f") +
          " % of bootstrap draws over " + plural(symmetry.at("seeds").get<long>(), "seed") + ").";
  sentences.push_back(text);
  std::vector<std::string> kept, broken;
  constexpr std::size_t most_equations = 8, longest = 200;
  std::size_t shown = 0;
  const std::size_t all = symmetry.at("generators").size();
  for (const Json& generator : symmetry.at("generators")) {
    const std::string name = generator.at("name").get<std::string>();
    const bool approximate = generator.at("approximate").get<bool>();
    std::string equation = generator.at("equation").get<std::string>();
    if (equation.size() > longest)
      equation.replace(equation.rfind(", ", longest), std::string::npos, ", ...");
    if (++shown == most_equations + 1 && all > most_equations + 1)
      sentences.push_back("  ... and " + std::to_string(all - most_equations) + " more: see analysis.json");
    if (shown <= most_equations || all == most_equations + 1)
      sentences.push_back(
          "  " + name + ": " + equation +
          (approximate ? " (approximate: " + number(100 * generator.at("eigenvalue").get<double>(), "%.2g") +
                             " % of its motion leaves the manifold)"
                       : ""));
    const std::string verdict = generator.at("density").at("verdict").get<std::string>();
    const std::string p =
        name + " (p = " + number(generator.at("density").at("p_value").get<double>(), "%.2g") + ")";
    (verdict == "broken" ? broken : kept).push_back(p);
  }
  const auto listed = [=](const std::vector<std::string>& words) {
    std::string list;
    for (std::size_t i = 0; i < std::min(words.size(), most_equations); ++i)
      list += (list.empty() ? "" : ", ") + words[i];
    if (words.size() > most_equations)
      list += " and " + std::to_string(words.size() - most_equations) + " more";
    return list;
  };
  if (!kept.empty()) sentences.push_back("The distribution is compatible with: " + listed(kept) + ".");
  if (!broken.empty())
    sentences.push_back("Kept by the manifold, broken by the distribution: " + listed(broken) + ".");
}

}  // namespace

std::vector<std::string> finding_sentences(const Json& entry) {
  std::vector<std::string> sentences = {dimension_sentence(entry)};
  const std::string disagreement = disagreement_sentence(entry);
  if (!disagreement.empty()) sentences.push_back(disagreement);
  symmetry_sentences(entry, sentences);
  const Json& constraints = entry.at("constraints");
  if (constraints.empty())
    sentences.push_back("Constraints: no linear or quadratic relation holds among the features.");
  for (const Json& constraint : constraints) {
    const std::string text =
        (constraint.at("exact").get<bool>() ? "Constraint: " : "Approximate constraint: ") +
        constraint.at("equation").get<std::string>();
    sentences.push_back(text + " (residual " + number(constraint.at("residual").get<double>(), "%.1e") +
                        ").");
  }
  for (const Json& candidate : entry.at("candidates")) {
    const std::string verdict = candidate.at("verdict").get<std::string>();
    if (verdict == "no symmetry" || verdict == "does nothing to these data") continue;
    sentences.push_back("Tested " + candidate.at("name").get<std::string>() + ": " + verdict +
                        " (manifold residual " +
                        number(candidate.at("manifold_residual").get<double>(), "%.2g") +
                        ", p = " + number(candidate.at("p_value").get<double>(), "%.2g") + ").");
  }
  for (const char* key : {"notes", "constraint_notes"})
    for (const Json& note : entry.at(key)) sentences.push_back(note.get<std::string>());
  return sentences;
}

}  // namespace symscan
