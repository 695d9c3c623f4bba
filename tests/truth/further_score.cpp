#include <algorithm>
#include <cmath>
#include <ctime>

#include "host/findings/further_findings.hpp"
#include "tests/truth/further_sets.hpp"

namespace symscan::truth {
namespace {

using Eigen::Index;

/// "no exchange" is true wherever no exchange is among the generators.
bool right_group(const std::string& truth, const DiscreteFinding& found) {
  if (truth != "no exchange") return found.group == truth;
  return std::none_of(found.generators.begin(), found.generators.end(), [](const FiniteMapFinding& map) {
    return map.name.find("exchange") != std::string::npos;
  });
}

/// One column of a null set: a skewed distribution of its own.
double null_value(Draws& d, int kind) {
  switch (kind) {
    case 0:
      return d.exponential();
    case 1:
      return std::exp(0.7 * d.normal());
    case 2:
      return d.uniform() * d.uniform();
    case 3:
      return d.normal() + 2 * d.exponential();
    case 4:
      return d.below(3) == 0 ? 3 + 0.5 * d.normal() : d.normal();
    case 5:
      return d.poisson(2.5);
    default:
      return std::pow(d.uniform(), 3);
  }
}

}  // namespace

FurtherScore score_of(const FurtherSet& set) {
  Draws draws(set.name);
  const DatasetPoints points = set.points(draws);
  FindingsOptions options;
  options.fields = set.fields;
  options.discrete = !set.truth.discrete.empty();
  FurtherScore score{set.name, "", "", true, 0};
  const std::clock_t start = std::clock();
  const DatasetFinding finding = finding_of_points(points, set.columns, options);
  score.seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const auto judge = [&](const std::string& truth, const std::string& found, bool right) {
    score.truth += (score.truth.empty() ? "" : ", ") + truth;
    score.found += (score.found.empty() ? "" : ", ") + found;
    score.right = score.right && right;
  };
  const FurtherTruth& truth = set.truth;
  if (!truth.discrete.empty() && finding.discrete)
    judge(truth.discrete, finding.discrete->group, right_group(truth.discrete, *finding.discrete));
  if (truth.affine >= 0) {
    const int found = finding.symmetry ? finding.symmetry->found : 0;
    judge(std::to_string(truth.affine) + " affine", std::to_string(found), found == truth.affine);
  }
  if (truth.directions >= 0 && finding.fields)
    judge(std::to_string(truth.directions) + " directions", std::to_string(finding.fields->independent),
          finding.fields->independent == truth.directions);
  if (truth.laws >= 0 && finding.trajectories)
    judge(std::to_string(truth.laws) + " laws", std::to_string(finding.trajectories->independent),
          finding.trajectories->independent == truth.laws);
  if (truth.motions >= 0 && finding.target) {
    const auto motions = static_cast<int>(finding.target->motions.size());
    judge(std::to_string(truth.motions) + " motions, " + truth.algebra,
          std::to_string(motions) + ", " + finding.target->algebra,
          motions == truth.motions && finding.target->algebra == truth.algebra);
  }
  if (score.truth.empty()) score.right = false;
  return score;
}

DatasetPoints null_points(std::uint64_t seed) {
  Draws d(seed);
  const int columns = 2 + d.below(4);
  const Index rows = 500 + 250 * d.below(8);
  std::vector<int> kinds = {0, 1, 2, 3, 4, 5, 6};
  for (std::size_t i = kinds.size(); i > 1; --i)
    std::swap(kinds[i - 1], kinds[static_cast<std::size_t>(d.below(static_cast<int>(i)))]);
  DatasetPoints points;
  points.raw.resize(rows, columns);
  points.target.resize(rows);
  const int groups = 5 + d.below(40);
  for (Index i = 0; i < rows; ++i) {
    for (int c = 0; c < columns; ++c)
      points.raw(i, c) = (c + 1) * null_value(d, kinds[static_cast<std::size_t>(c)]);
    points.groups.push_back(static_cast<double>(i * groups / rows));
    points.target(i) = d.normal();
  }
  return points;
}

std::string claim_about(const DatasetPoints& points) {
  DatasetFinding finding;
  finding.columns = numbered(static_cast<int>(points.raw.cols()));
  FindingsOptions options;
  const DiscreteFinding discrete =
      find_discrete(points, finding, equal_rows_of(column_natures(points.raw), points.raw.rows()), 1);
  std::string claims;
  if (!discrete.generators.empty()) claims += " " + discrete.group;
  if (!find_trajectory_laws(points, finding.columns).laws.empty()) claims += " laws";
  if (!find_target_symmetry(points, finding.columns).motions.empty()) claims += " motions of the label";
  DataEvidence evidence;  // of columns that nothing ties together
  evidence.standard = standardise(points.raw, 0);
  evidence.variety.dimension = evidence.standard.rank();
  for (const char* dictionary : {"quadratic", "pairs"}) {
    options.fields = dictionary;
    if (!find_fields(points, evidence, options, finding).fields.empty())
      claims += std::string(" ") + dictionary + " fields";
  }
  return claims;
}

}  // namespace symscan::truth
