#include "host/findings/truth_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "host/base/text.hpp"
#include "host/findings/answer_symmetry.hpp"
#include "host/findings/answers.hpp"
#include "host/findings/finding_sentences.hpp"
#include "host/findings/implied_equations.hpp"

namespace symscan {
namespace {

// What quantities are called.
constexpr const char known_degrees[] = "Degrees of freedom", known_latents[] = "Active latents",
                     known_rotations[] = "Rotations of the set",
                     known_density[] = "Symmetry of the distribution",
                     known_group[] = "Finite group of the distribution",
                     known_laws[] = "Independent laws of the trajectories",
                     known_constraints[] = "Constraints";

/// "so(3) + so(2)" and "so(2)+so(3)" are the same.
bool same_algebra(const std::string& a, const std::string& b) {
  const auto parts_of = [](const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t plus = std::min(text.find('+', at), text.size());
      parts.push_back(lower_case(trimmed(text.substr(at, plus - at))));
      at = plus + 1;
    }
    std::sort(parts.begin(), parts.end());
    return parts;
  };
  return parts_of(a) == parts_of(b);
}

/// What is found of a set with noise depends on the distance, and says nothing against another truth.
std::optional<bool> judged(const DatasetFinding& finding, bool same) {
  return same || !above_a_scale(finding) ? std::optional(same) : std::nullopt;
}

std::optional<bool> degrees_agree(const DatasetFinding& finding, const Answer& answer, int known) {
  return answer.degrees_value ? judged(finding, *answer.degrees_value == known) : std::nullopt;
}

/// What the models with most directions show, between a torn map and a continuous one.
Known latents_of(const DatasetFinding& finding, const Truth& truth) {
  const int least = truth.intrinsic_dimension >= 0 ? truth.intrinsic_dimension : truth.embedding_dimension,
            most = truth.embedding_dimension;
  Known entry{known_latents,
              least < most ? std::to_string(least) + " to " + std::to_string(most) : std::to_string(most),
              "",
              {}};
  const auto group = std::max_element(finding.groups.begin(), finding.groups.end(),
                                      [](const GroupFinding& a, const GroupFinding& b) {
                                        return a.local_dimension.mean < b.local_dimension.mean;
                                      });
  if (group == finding.groups.end()) return entry;
  const MeanAndSpread& active = group->active_latents;
  entry.found = rounded(active.mean) + (active.std > 0 ? " \u00b1 " + rounded(active.std, 2) : "");
  if (answer_of(finding).converged == true)
    entry.agrees = std::lround(active.mean) >= least && std::lround(active.mean) <= most;
  return entry;
}

std::optional<bool> density_agrees(const std::string& found, const std::string& known) {
  const bool part = found.starts_with("at least ") || found.find(", as far as") != std::string::npos;
  if (part) return known == "none" ? std::optional(false) : std::nullopt;
  if (found.empty() || found == "undecided") return std::nullopt;
  return same_algebra(found, known);
}

Known group_of(const DatasetFinding& finding, const std::string& known) {
  Known entry{known_group, known, "", {}};
  if (!finding.discrete || finding.discrete->tried == 0) return entry;
  entry.found = finding.discrete->group;
  if (entry.found == known)
    entry.agrees = true;
  else if (finding.discrete->undecided.empty())
    entry.agrees = false;
  return entry;
}

Known constraints_known(const DatasetFinding& finding, const std::vector<std::string>& known) {
  constexpr std::size_t most_said = 12;
  std::vector<std::string> said;
  for (const ConstraintFinding& constraint : finding.constraints)
    if (constraint.exact) said.push_back(constraint.equation);
  for (const LawFinding& law : finding.laws)
    if (law.exact) said.push_back(law.equation);
  if (said.size() > most_said) {
    const std::size_t more = said.size() - most_said;
    said.resize(most_said);
    said.push_back("and " + std::to_string(more) + " more");
  }
  Known entry{known_constraints, join_words(known, "; "), said.empty() ? "none" : join_words(said, "; "),
              true};
  const std::vector<StatedEquation> found = exact_equations(finding);
  for (const std::string& equation : known) {
    const std::optional<bool> follows = follows_from(found, equation, finding.columns);
    if (follows == true) continue;
    entry.agrees = follows;
    if (follows == false) break;
  }
  const bool partly = relations_left_out(finding) || finding.outliers > 0;
  if (entry.agrees == false && partly) entry.agrees.reset();
  return entry;
}

/// The entry of one quantity as columns of the table.
struct TableCells {
  std::string known = "-", found = "", mark = "";
};

TableCells cells_of(const std::vector<Known>& all, const char* quantity) {
  for (const Known& entry : all)
    if (entry.quantity == quantity)
      return {entry.known, entry.found.empty() ? "?" : entry.found.substr(0, entry.found.find(", ")),
              !entry.agrees   ? "?"
              : *entry.agrees ? "ok"
                              : "NO"};
  return {};
}

std::string line_of(const std::string& dataset, const std::vector<Known>& all) {
  const auto cells = [&](const char* quantity) { return cells_of(all, quantity); };
  const TableCells degrees = cells(known_degrees), rotations = cells(known_rotations),
                   density = cells(known_density), group = cells(known_group), laws = cells(known_laws),
                   constraints = cells(known_constraints);
  char line[512];
  std::snprintf(
      line, sizeof line,
      "%-44.44s %3s %-6.12s %-3s  %-14s %-14s %-3s  %-14s %-14s %-3s  %-5s %-5s %-3s  %4s %5s %-3s  "
      "%s\n",
      dataset.c_str(), degrees.known.c_str(), degrees.found.c_str(), degrees.mark.c_str(),
      rotations.known.c_str(), rotations.found.c_str(), rotations.mark.c_str(), density.known.c_str(),
      density.found.c_str(), density.mark.c_str(), group.known.c_str(), group.found.c_str(),
      group.mark.c_str(), laws.known.c_str(), laws.found.c_str(), laws.mark.c_str(),
      constraints.mark.empty() ? "-" : constraints.mark.c_str());
  return line;
}

}  // namespace

std::vector<Known> known_quantities(const DatasetFinding& finding) {
  std::vector<Known> all;
  if (!finding.truth) return all;
  const Truth& truth = *finding.truth;
  const Answer answer = answer_of(finding);
  if (truth.intrinsic_dimension >= 0)
    all.push_back({known_degrees, std::to_string(truth.intrinsic_dimension), answer.degrees,
                   degrees_agree(finding, answer, truth.intrinsic_dimension)});
  if (truth.embedding_dimension >= 0) all.push_back(latents_of(finding, truth));
  if (!truth.symmetry.empty()) {
    all.push_back({known_rotations, truth.symmetry, finding.rotations.value_or(""), {}});
    if (finding.rotations)
      all.back().agrees = judged(finding, same_algebra(*finding.rotations, truth.symmetry));
  }
  if (!truth.density_symmetry.empty())
    all.push_back({known_density, truth.density_symmetry, answer.distribution,
                   density_agrees(answer.distribution, truth.density_symmetry)});
  if (!truth.discrete.empty()) all.push_back(group_of(finding, truth.discrete));
  if (truth.laws >= 0) {
    all.push_back({known_laws, std::to_string(truth.laws), "", {}});
    if (answer.laws) {
      all.back().found = std::to_string(*answer.laws);
      all.back().agrees = *answer.laws == truth.laws;
    }
  }
  if (!truth.constraints.empty()) all.push_back(constraints_known(finding, truth.constraints));
  return all;
}

std::string truth_table(const Findings& findings) {
  std::string lines;
  int right = 0, judged = 0;
  for (const DatasetFinding& finding : findings.datasets) {
    if (!finding.truth) continue;
    const std::vector<Known> all = known_quantities(finding);
    lines += line_of(finding.dataset, all);
    for (const Known& entry : all) {
      const bool not_sought = entry.quantity == known_group && !finding.discrete;
      if (not_sought || entry.quantity == known_latents) continue;  // latents are of models, not of the data
      ++judged;
      right += entry.agrees == true ? 1 : 0;
    }
  }
  if (lines.empty()) return "";
  char head[512], foot[64];
  std::snprintf(head, sizeof head,
                "%-44s %3s %-6s %-3s  %-14s %-14s %-3s  %-14s %-14s %-3s  %-5s %-5s %-3s  %4s %5s %-3s  %s\n",
                "dataset", "dim", "found", "", "rotations", "found", "", "distribution", "found", "", "group",
                "found", "", "laws", "found", "", "constraints");
  std::snprintf(foot, sizeof foot, "%d of %d right\n", right, judged);
  return head + lines + foot;
}

}  // namespace symscan
