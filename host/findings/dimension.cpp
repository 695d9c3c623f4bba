#include "host/findings/dimension.hpp"

#include <algorithm>
#include <cmath>

#include "host/analysis/distinct_rows.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

/// Whether a calibrated estimate agrees with a whole number. The interval holds the sampling and the
/// reference sets; curvature and borders beyond them make estimates low by a few per cent of the dimension.
bool agrees(const DimensionByNeighbours& estimate, int dimension) {
  const double beyond = 0.05 * dimension;
  return estimate.low - beyond <= dimension && dimension <= estimate.high + beyond;
}

/// Whether the estimates at the shorter distances stay near a whole number: those of thin or clustered data
/// drift with the distance instead.
bool is_steady(const DimensionByNeighbours& estimate, double whole) {
  constexpr double reach = 3;  // of the shortest distance
  for (const ScaleDimension& scale : estimate.scales)
    if (scale.distance < reach * estimate.scales.front().distance &&
        std::abs(scale.value - whole) > 0.35 + 0.03 * whole + 2 * scale.error)
      return false;
  return true;
}

/// The only whole number that the estimate allows, if it is near one.
std::optional<int> whole_number(const DimensionByNeighbours& estimate) {
  constexpr double near = 0.25;
  const double whole = std::round(estimate.value);
  if (whole < 1 || std::abs(estimate.value - whole) > near) return std::nullopt;
  if (estimate.low <= whole - 1 || estimate.high >= whole + 1) return std::nullopt;
  if (!is_steady(estimate, whole)) return std::nullopt;
  return static_cast<int>(whole);
}

const int most_searched_features = ConstraintSettings{}.most_quadratic_features;

void decide(DimensionFinding& finding, int value, Evidence evidence) {
  finding.value = value;
  finding.low = finding.high = value;
  finding.evidence = evidence;
}

std::string range_text(double low, double high) {
  const int least = std::max(0, static_cast<int>(std::floor(low + 0.1))),
            most = static_cast<int>(std::ceil(high - 0.1));
  return least >= most ? std::to_string(most) : std::to_string(least) + " to " + std::to_string(most);
}

/// Neighbours are clearly below what the constraints leave.
void decide_below(const DataEvidence& evidence, int bound, DimensionFinding& finding) {
  const DimensionByNeighbours& neighbours = *evidence.neighbours;
  // Thin directions and tails hide from distances, but not from distances between scores, unless they are far
  // below the distance between neighbours: then it may be noise that fills the span.
  constexpr double not_far_below = 0.7, near = 0.5;
  const auto whole = whole_number(neighbours);
  const auto& even = evidence.even_neighbours;
  if (!whole && even && agrees(*even, bound) && even->value > bound - near &&
      neighbours.value > not_far_below * bound) {
    decide(finding, bound + evidence.discrete, Evidence::span);
    return;
  }
  if (whole && !(even && even->low > *whole + near)) {
    decide(finding, *whole + evidence.discrete, Evidence::neighbours);
    return;
  }
  finding.low = std::max(0.0, neighbours.low) + evidence.discrete;
  finding.high = std::min<double>(neighbours.high, bound) + evidence.discrete;
  finding.reason = "the nearest neighbours show " + range_text(finding.low, finding.high) +
                   ", the constraints leave at most " + std::to_string(finding.at_most);
}

/// The distance from which on all estimates are near the dimension that approximate relations leave; none if
/// there are fewer than three such scales, or if small distances do not show more.
std::optional<double> loose_scale(const DataEvidence& evidence) {
  constexpr double near = 0.3, fewest = 3;
  const auto& scales = evidence.neighbours->scales;
  const int loose = evidence.loose_dimension - evidence.discrete;
  if (loose < 1 || scales.empty() || scales.front().value < loose + 0.5) return std::nullopt;
  int count = 0;
  double from = 0;
  for (auto scale = scales.rbegin(); scale != scales.rend(); ++scale) {
    if (scale->value > loose + 0.5) break;
    if (std::abs(scale->value - loose) <= near) ++count;
    from = scale->distance;
  }
  return count >= fewest ? std::optional(from) : std::nullopt;
}

Eigen::Index different_rows(const DataEvidence& evidence) {
  return static_cast<Eigen::Index>(distinct_rows(evidence.standard.rows).size());
}

/// Whether the rows may span no more directions since there are so few different ones.
bool spanned_by_few_rows(const DataEvidence& evidence) {
  return evidence.standard.rank() + 1 >= different_rows(evidence);
}

/// Whether they span as many directions as columns vary: there are no more.
bool spans_all_columns(const DataEvidence& evidence) {
  const auto varying =
      std::count_if(evidence.natures.begin(), evidence.natures.end(),
                    [](const ColumnNature& nature) { return nature.kind != ColumnKind::constant; });
  return evidence.standard.rank() >= varying;
}

/// Nothing bounds the number from above.
void leave_to_more_rows(const DataEvidence& evidence, double low, DimensionFinding& finding) {
  finding.low = low;
  finding.high = not_defined;
  const Eigen::Index rows = different_rows(evidence);
  finding.reason = plural(static_cast<std::uint64_t>(rows),
                          rows < evidence.standard.rows.rows() ? "different row" : "row") +
                   " span at most " + std::to_string(evidence.standard.rank()) +
                   " directions, however many the data have: more rows than features are needed";
}

void decide_without_neighbours(const DataEvidence& evidence, const std::optional<ModelDimension>& models,
                               int bound, DimensionFinding& finding) {
  if (bound == 0 && evidence.discrete > 0 && (evidence.combinations_missing > 0 || evidence.discrete_tied)) {
    finding.low = 0;
    finding.high = finding.at_most;
    finding.reason = "the features take few values only, and " +
                     (evidence.combinations_missing == 0
                          ? "relations tie them together"
                          : plural(evidence.combinations_missing, "combination") + " of these " +
                                (evidence.combinations_missing == 1 ? "is" : "are") + " never there");
  } else if (bound == 0 && evidence.discrete > 0) {
    decide(finding, evidence.discrete, Evidence::span);
  } else if (!spans_all_columns(evidence) && spanned_by_few_rows(evidence)) {
    leave_to_more_rows(evidence, 0, finding);
  } else if (models && models->value && *models->value <= finding.at_most) {
    decide(finding, *models->value, Evidence::models);
  } else {
    finding.low = 0;
    finding.high = finding.at_most;
    finding.reason =
        std::string(evidence.neighbours_left_out ? "the distances between neighbours were not looked at"
                                                 : "there are too few distinct rows for an estimate") +
        ", the constraints leave at most " + std::to_string(finding.at_most);
  }
}

/// One whole number, far below what the rows span.
bool clearly_below(const DimensionByNeighbours& estimate, int bound) {
  constexpr double far = 0.25;
  return whole_number(estimate) && estimate.high < far * bound;
}

}  // namespace

DimensionFinding judge_dimension(const DataEvidence& evidence, const std::optional<ModelDimension>& models) {
  DimensionFinding finding;
  const int bound = evidence.continuous_at_most(), rank = static_cast<int>(evidence.standard.rank());
  finding.at_most = bound + evidence.discrete;
  finding.discrete = evidence.discrete;
  if (models) {
    finding.models = models->value;
    finding.local_dimension = models->local_dimension;
    finding.from_beta = models->from_beta;
    finding.to_beta = models->to_beta;
  }
  const Evidence exact = finding.at_most < rank ? Evidence::constraints : Evidence::span;
  constexpr int fewest_with_neighbours = 40;
  const bool few_rows = rank + 1 >= fewest_with_neighbours && spanned_by_few_rows(evidence);
  if (!evidence.neighbours) {
    decide_without_neighbours(evidence, models, bound, finding);
  } else if (const auto& plateau = evidence.neighbours->plateau; plateau && plateau->dimension < bound) {
    decide(finding, plateau->dimension + evidence.discrete, Evidence::neighbours);
    finding.above_scale = plateau->from;
  } else if (const auto from = loose_scale(evidence); from && evidence.loose_dimension < finding.at_most) {
    decide(finding, evidence.loose_dimension, Evidence::neighbours);
    finding.above_scale = *from;
  } else if (few_rows && !clearly_below(*evidence.neighbours, bound)) {
    leave_to_more_rows(evidence, std::max(0.0, evidence.neighbours->low) + evidence.discrete, finding);
  } else if (few_rows) {
    decide(finding, *whole_number(*evidence.neighbours) + evidence.discrete, Evidence::neighbours);
  } else if (bound > most_searched_features && evidence.always_at_atoms == 0 &&
             evidence.neighbours->low <= bound - 1) {
    finding.low = std::max(0.0, evidence.neighbours->low) + evidence.discrete;
    finding.high = finding.at_most;
    finding.reason = "the nearest neighbours show " + range_text(finding.low, finding.high) +
                     ", and quadratic relations were not sought among so many features";
  } else if (evidence.constraints.quadratic_left_out && evidence.always_at_atoms == 0 &&
             evidence.neighbours->low <= bound - 1) {
    finding.low = std::max(0.0, evidence.neighbours->low) + evidence.discrete;
    finding.high = finding.at_most;
    finding.reason = "the nearest neighbours show " + range_text(finding.low, finding.high) +
                     ", and quadratic relations were not sought among so few rows";
  } else if (agrees(*evidence.neighbours, bound) || evidence.neighbours->value > bound) {
    decide(finding, finding.at_most, exact);
    if (evidence.always_at_atoms > 0)
      finding.reason = "in all rows, or nearly all, " +
                       plural(static_cast<std::uint64_t>(evidence.always_at_atoms), "feature") +
                       " at least sits at one of its repeated values, as on the faces of a cube";
  } else {
    decide_below(evidence, bound, finding);
  }
  finding.fills_its_span = finding.value == rank;
  return finding;
}

}  // namespace symscan
