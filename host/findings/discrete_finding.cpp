#include "host/analysis/candidates.hpp"
#include "host/analysis/discrete_symmetries.hpp"
#include "host/findings/candidate_tests.hpp"
#include "host/findings/further_findings.hpp"
#include "host/findings/shown_values.hpp"

namespace symscan {
namespace {

using Eigen::Index;

Eigen::MatrixXd matrix_of(const std::vector<std::vector<double>>& rows) {
  const auto size = static_cast<Index>(rows.size());
  Eigen::MatrixXd matrix(size, size);
  for (Index i = 0; i < size; ++i)
    for (Index j = 0; j < size; ++j)
      matrix(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  return matrix;
}

FiniteMapFinding finite_map_finding(const DiscreteElement& element, double delta) {
  FiniteMapFinding map;
  map.name = element.text;
  map.matrix = rows_of(element.matrix);
  map.shift.assign(element.shift.data(), element.shift.data() + element.shift.size());
  map.density.test.p_value = element.p_value;
  map.density.test.effect = element.effect;
  map.density.test.effect_limit = element.effect_limit;
  map.density.test.delta = delta;
  map.density.verdict = element.verdict == Invariance::established ? DensityVerdict::invariant
                        : element.verdict == Invariance::broken    ? DensityVerdict::broken
                                                                   : DensityVerdict::undecided;
  return map;
}

std::vector<FiniteMapFinding> finite_map_findings(const std::vector<DiscreteElement>& elements,
                                                  double delta) {
  std::vector<FiniteMapFinding> maps;
  for (const DiscreteElement& element : elements) maps.push_back(finite_map_finding(element, delta));
  return maps;
}

/// Names of columns cos(phi) and sin(phi) as those of the angle: "shift of phi by 120 degrees", "phi ->
/// -phi".
void name_angles(std::vector<FiniteMapFinding>& maps, const std::vector<std::string>& angles) {
  for (FiniteMapFinding& map : maps)
    for (const std::string& angle : angles) {
      const std::string plane = " in cos(" + angle + ")-sin(" + angle + ")", turn = "rotation by ";
      if (map.name.starts_with(turn) && map.name.ends_with(plane))
        map.name = "shift of " + angle + " by " +
                   map.name.substr(turn.size(), map.name.size() - turn.size() - plane.size());
      if (map.name == "reflection sin(" + angle + ") -> -sin(" + angle + ")")
        map.name = "reflection " + angle + " -> -" + angle;
    }
}

/// Motions that the distribution keeps, as far as the rows tell.
std::vector<ContinuousGenerator> continuous_motions(const DatasetFinding& finding) {
  std::vector<ContinuousGenerator> motions;
  const auto add = [&](const std::vector<GeneratorFinding>& generators) {
    for (const GeneratorFinding& generator : generators) {
      if (generator.density.verdict == DensityVerdict::broken) continue;
      const auto size = static_cast<Index>(generator.shift.size());
      motions.push_back(
          {matrix_of(generator.matrix), Eigen::Map<const Eigen::VectorXd>(generator.shift.data(), size)});
    }
  };
  if (finding.symmetry) add(finding.symmetry->generators);
  if (finding.distribution) add(finding.distribution->generators);
  return motions;
}

bool same_map(const FiniteMapFinding& map, const Candidate& candidate) {
  constexpr double rounding = 1e-9;
  const Eigen::Map<const Eigen::VectorXd> shift(map.shift.data(), static_cast<Index>(map.shift.size()));
  return (matrix_of(map.matrix) - candidate.matrix).norm() < rounding &&
         (shift - candidate.shift).norm() <= rounding * (1 + candidate.shift.norm());
}

/// What a candidate turned out to be, in the light of a map that was found to be the same.
Verdict agreed_verdict(Verdict tested, DensityVerdict found, bool manifold) {
  const bool open = tested == Verdict::no_change_seen || tested == Verdict::untold;
  if (found == DensityVerdict::broken && (tested == Verdict::symmetry || open))
    return manifold ? Verdict::manifold_only : Verdict::no_symmetry;
  if (found == DensityVerdict::invariant && open) return Verdict::symmetry;
  if (found == DensityVerdict::invariant && tested == Verdict::manifold_only) return Verdict::symmetry;
  if (found == DensityVerdict::invariant && tested == Verdict::no_symmetry && !manifold)
    return Verdict::symmetry;
  return tested;
}

}  // namespace

DiscreteFinding find_discrete(const DatasetPoints& points, const DatasetFinding& finding,
                              EqualRows equal_rows, Index stride) {
  DiscreteSettings settings;
  settings.equal_rows = equal_rows;
  Eigen::MatrixXd rows = points.raw;
  Eigen::VectorXd weights = points.weights;
  if (stride > 1) {
    const Index count = (rows.rows() + stride - 1) / stride;
    rows = Eigen::MatrixXd(points.raw(Eigen::seqN(0, count, stride), Eigen::all));
    if (weights.size() > 0) weights = Eigen::VectorXd(points.weights(Eigen::seqN(0, count, stride)));
  }
  const DiscreteSymmetries found =
      discrete_symmetries(rows, finding.columns, weights, settings, continuous_motions(finding));
  DiscreteFinding result;
  result.group = found.generators.empty() ? "none" : found.group;
  result.order = found.order;
  result.tried = found.tried;
  result.generators = finite_map_findings(found.generators, settings.delta);
  result.undecided = finite_map_findings(found.undecided, settings.delta);
  result.broken = finite_map_findings(found.broken, settings.delta);
  result.notes = found.notes;
  for (std::vector<FiniteMapFinding>* maps : {&result.generators, &result.undecided, &result.broken})
    name_angles(*maps, finding.angles);
  return result;
}

void agree_on_finite_maps(DatasetFinding& finding) {
  if (!finding.discrete) return;
  for (CandidateFinding& candidate : finding.candidates) {
    if (candidate.continuous || !understands(finding.columns, {}, candidate.name)) continue;
    const Candidate named = parse_candidate(candidate.name, finding.columns).front();
    for (const auto* maps : {&finding.discrete->generators, &finding.discrete->broken})
      for (const FiniteMapFinding& map : *maps)
        if (same_map(map, named)) {
          const Verdict verdict =
              agreed_verdict(candidate.verdict, map.density.verdict, shows_manifold(finding));
          if (verdict != candidate.verdict) candidate.test = map.density.test;
          candidate.verdict = verdict;
        }
  }
}

}  // namespace symscan
