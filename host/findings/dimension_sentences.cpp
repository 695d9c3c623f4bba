#include <algorithm>
#include <cmath>

#include "host/base/text.hpp"
#include "host/findings/finding_sentences.hpp"

namespace symscan {
namespace {

/// " Nearest neighbours: 2.01 (1.95 to 2.08)."
std::string neighbour_sentence(const DatasetFinding& finding) {
  if (!finding.neighbour_dimension || !std::isfinite(finding.neighbour_dimension->value)) return "";
  const NeighbourFinding& neighbours = *finding.neighbour_dimension;
  return " Nearest neighbours: " + with_decimals(neighbours.value, 2) + " (" +
         with_decimals(neighbours.low, 2) + " to " + with_decimals(neighbours.high, 2) + ").";
}

std::string degrees(int count) {
  return plural(static_cast<std::uint64_t>(count), "degree") + " of freedom";
}

std::string discrete_text(const DimensionFinding& dimension) {
  if (dimension.discrete == 0) return "";
  return dimension.discrete == dimension.value
             ? ", all in features that take few values only"
             : ", " + std::to_string(dimension.discrete) + " of them in features that take few values only";
}

/// Why the data have that many degrees of freedom.
std::string dimension_reason(const DatasetFinding& finding, const DimensionFinding& dimension) {
  const int features = static_cast<int>(finding.columns.size() - finding.angles.size());
  const int bound_by = features - dimension.at_most;
  switch (dimension.evidence) {
    case Evidence::constraints:
      if (!dimension.reason.empty()) return ": " + dimension.reason;
      if (bound_by == 0) return ": no constraint ties the features, angles among them, together";
      return ": " + plural(static_cast<std::uint64_t>(features), "feature") + " less " +
             plural(static_cast<std::uint64_t>(bound_by),
                    finding.outliers > 0 ? "independent constraint" : "independent exact constraint") +
             (finding.outliers > 0 ? " that all rows but " + std::to_string(finding.outliers) + " obey" : "");
    case Evidence::span:
      return bound_by == 0 ? ": they fill the space of their features"
                           : ": they fill the linear span that " +
                                 plural(static_cast<std::uint64_t>(bound_by), "exact linear constraint") +
                                 (bound_by == 1 ? " leaves" : " leave");
    case Evidence::neighbours:
      if (std::isfinite(dimension.above_scale))
        return " at distances above " + rounded(dimension.above_scale, 2) +
               " standard deviations, and more below, as a set with noise has";
      return ", as the distances between neighbours show";
    case Evidence::models:
    case Evidence::approximate:
    case Evidence::none:
      break;
  }
  return "";
}

/// Where nothing but the models tells: they show what they resolve, not what the data have.
std::string sentence_of_models(const DatasetFinding& finding) {
  // That they are not trained long enough is a sentence of its own.
  if (doubtful_groups(finding.training) > 0)
    return "The number of degrees of freedom is unclear: only the models tell of it.";
  return "The models show " + degrees(*finding.dimension->value) +
         " at their resolution; the rows alone do not tell how many the data have.";
}

}  // namespace

std::string dimension_sentence(const DatasetFinding& finding) {
  if (!finding.dimension) return "No feature varies: there is nothing to analyse.";
  const DimensionFinding& dimension = *finding.dimension;
  if (!dimension.value)
    return "The number of degrees of freedom is unclear: " + dimension.reason + "." +
           neighbour_sentence(finding);
  if (dimension.evidence == Evidence::models) return sentence_of_models(finding);
  return "The data have " + std::string(is_that_of_a_part(finding) ? "up to " : "") +
         degrees(*dimension.value) + dimension_reason(finding, dimension) + discrete_text(dimension) + "." +
         neighbour_sentence(finding);
}

bool parts_differ(const DatasetFinding& finding) {
  if (!finding.neighbour_dimension) return false;
  const std::vector<StratumFinding>& strata = finding.neighbour_dimension->strata;
  return std::any_of(strata.begin(), strata.end(),
                     [&](const StratumFinding& part) { return part.dimension != strata.front().dimension; });
}

bool is_that_of_a_part(const DatasetFinding& finding) {
  if (!parts_differ(finding) || std::isfinite(finding.dimension->above_scale)) return false;
  const std::vector<StratumFinding>& strata = finding.neighbour_dimension->strata;
  return std::all_of(strata.begin(), strata.end(),
                     [&](const StratumFinding& part) { return part.dimension <= *finding.dimension->value; });
}

std::size_t doubtful_groups(const TrainingFinding& training) {
  return training.too_few_steps + training.still_falling + training.not_converged;
}

std::string strata_sentence(const DatasetFinding& finding) {
  if (!parts_differ(finding)) return "";
  std::vector<std::string> parts;
  for (const StratumFinding& stratum : finding.neighbour_dimension->strata)
    parts.push_back(with_decimals(100 * stratum.share, 0) + " % of the rows with " +
                    degrees(stratum.dimension));
  return "Parts of the data differ: " + join_words(parts) + ".";
}

}  // namespace symscan
