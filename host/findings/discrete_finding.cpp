#include "host/analysis/discrete_symmetries.hpp"
#include "host/findings/further_findings.hpp"
#include "host/findings/shown_values.hpp"

namespace symscan {
namespace {

using Eigen::Index;

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
      const auto size = static_cast<Index>(generator.matrix.size());
      ContinuousGenerator motion{Eigen::MatrixXd(size, size),
                                 Eigen::Map<const Eigen::VectorXd>(generator.shift.data(), size)};
      for (Index i = 0; i < size; ++i)
        for (Index j = 0; j < size; ++j)
          motion.matrix(i, j) = generator.matrix[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
      motions.push_back(std::move(motion));
    }
  };
  if (finding.symmetry) add(finding.symmetry->generators);
  if (finding.distribution) add(finding.distribution->generators);
  return motions;
}

}  // namespace

DiscreteFinding find_discrete(const DatasetPoints& points, const DatasetFinding& finding, Index stride) {
  DiscreteSettings settings;
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

}  // namespace symscan
