#pragma once
#include "host/findings/model.hpp"

/// Findings with every part that findings can have. The numbers are made up.
namespace symscan::example {

inline GeneratorFinding rotation(const std::string& name, const std::string& equation, DensityVerdict verdict,
                                 double p_value) {
  GeneratorFinding generator;
  generator.name = name;
  generator.kind = FieldKind::rotation;
  generator.matrix = {{0, -1}, {1, 0}};
  generator.shift = {0, 0};
  generator.equation = equation;
  generator.residual = 0.001;
  const bool broken = verdict == DensityVerdict::broken;
  generator.density = {verdict, {p_value, broken ? 0.83 : 0.01, broken ? 0.9 : 0.052, 0.1}};
  return generator;
}

inline NeighbourFinding neighbours(double value, double low, double high) {
  NeighbourFinding finding{value,        low,  high, {{0.01, value, 0.02}}, {{1, 1}}, {value, 0.1},
                           {value, 0.1}, 5000, 2};
  return finding;
}

inline ConstraintFinding constraint(const std::string& equation, bool exact, const std::string& unit = "") {
  return {equation, 2, 0.00021, 2.5, unit, exact};
}

inline CandidateFinding candidate(const std::string& name, Verdict verdict) {
  return {name, false, true, 0.0123, false, {0.002, 0.4, 0.5, 0.1}, verdict};
}

inline DimensionFinding dimension(int value, Evidence evidence, int at_most) {
  DimensionFinding finding;
  finding.value = value;
  finding.low = finding.high = value;
  finding.evidence = evidence;
  finding.at_most = at_most;
  finding.fills_its_span = evidence == Evidence::span;
  return finding;
}

/// What is found of a circle, and nothing more.
inline DatasetFinding circle() {
  DatasetFinding finding;
  finding.dataset = "circle";
  finding.columns = {"x", "y"};
  finding.linear_rank = 2;
  finding.neighbour_dimension = neighbours(1.011, 0.98, 1.04);
  finding.constraints = {constraint("x^2 + y^2 = 1", true)};
  finding.groups = {{0,
                     "beta 0.1",
                     0.1,
                     0.05,
                     2,
                     {2, 0},
                     {1.02, 0.01, {1.01, 1.03}},
                     1.1,
                     {{0.0031, 0.41}, {0.0006, 0.03}},
                     1,
                     130}};
  finding.training = {2400, 1, 0, 0, 0, {}, 0};
  finding.dimension = dimension(1, Evidence::constraints, 1);
  finding.dimension->models = 1;
  finding.dimension->local_dimension = 1.034;
  finding.dimension->from_beta = 0.03;
  finding.dimension->to_beta = 0.3;
  SymmetryFinding symmetry;
  symmetry.found = 1;
  symmetry.algebra = symmetry.rotations = "so(2)";
  symmetry.eigenvalues = {1e-30, 0.41, 0.47};
  symmetry.coordinates = {"x", "y"};
  symmetry.generators = {rotation("rotation in x-y", "dx = -y, dy = x", DensityVerdict::invariant, 0.43)};
  finding.distribution = DistributionFinding{1, "that keep the set", "so(2)", symmetry.generators};
  finding.symmetry = symmetry;
  finding.rotations = "so(2)";
  return finding;
}

inline FiniteMapFinding finite_map(const std::string& name, DensityVerdict verdict, double p_value) {
  return {name, {{0, -1}, {1, 0}}, {0, 0}, {verdict, {p_value, 0.02, 0.05, 0.1}}};
}

/// What goes beyond affine motions.
inline void add_further(DatasetFinding& finding) {
  finding.angles = {"phi"};
  finding.discrete =
      DiscreteFinding{"C4",
                      4,
                      12,
                      {finite_map("rotation by 90 degrees in x-y", DensityVerdict::invariant, 0.4)},
                      {finite_map("reflection of x", DensityVerdict::undecided, 0.2)},
                      {finite_map("exchange of x and y", DensityVerdict::broken, 1e-9)},
                      {"A note about finite maps."}};
  FieldFinding field;
  field.equation = "dx = -y^2, dy = x y";
  field.density = {DensityVerdict::invariant, {0.3, undefined, 0.1, 0.25}};
  field.velocities = {{-1, 0}, {0, 0}, {0, 0.5}};
  field.orbits = {{{1, 0}, {0.9, 0.1}, {0.8, 0.2}}};
  finding.fields = FieldsFinding{"quadratic",
                                 12,
                                 "the distribution",
                                 0,
                                 1,
                                 {"x", "y"},
                                 {{1, 0}, {0, 1}, {0.5, 0.5}},
                                 {field},
                                 {"A note about fields."}};
  finding.trajectories =
      TrajectoriesFinding{40, 13, 2, 1, {{"p^2/2 - cos(q)", 1e-9}}, {"A note about trajectories."}};
  finding.target =
      TargetFinding{"polynomial of degree 2, exact",
                    0,
                    "so(2)",
                    {{"rotation in x-y", "dx = -y, dy = x", {{0, -1}, {1, 0}}, {0, 0}, 1e-12, 0}},
                    {{"scaling of x, y", "dx = x, dy = y", {{1, 0}, {0, 1}}, {0, 0}, 0, 2}},
                    {"z"},
                    {"A note about the function."}};
  finding.scan = ScanFinding{"rotation in x-y", {{1, 0}, {0, 1}, {-1, 0}}, {0.5, -4.2, 1}, 3.5};
}

/// Every member of findings set to something.
inline Findings complete() {
  DatasetFinding finding = circle();
  finding.truth = Truth{1, 2, "so(2)", "so(2)", {"x^2 + y^2 = 1"}, 1, "C4"};
  finding.notes = {"A note about the data."};
  finding.constraint_notes = {"A note about constraints."};
  BetaCurve curve;
  curve.label = "latent_dim 4";
  curve.beta = {0.1, 0.3};
  curve.tau = {0.05, 0.15};
  curve.local_dimension = curve.active_latents = curve.kl = Series{{1, 2}, {0.1, 0.2}};
  curve.rate_slope = Series{{undefined, 1}, {0, 0}};
  curve.plateau = PlateauFinding{1.02, 0.1, 0.3, 1};
  curve.theory = {{2.3, 1.2}, {2, 2}};
  finding.beta_curves = {curve, {}};
  finding.symmetry->notes = {"A note about generators."};
  finding.candidates = {candidate("parity", Verdict::symmetry), candidate("scaling", Verdict::no_symmetry)};
  finding.alignment = AlignmentFinding{"latent_dim 4", {"1 (KL 2)"}, {"PC 1 (1)", "PC 2 (1)"}, {{3, 87}}};
  finding.laws = {{"T^2 = a^3", 1e-12, true}};
  add_further(finding);
  finding.left_out = {{"finite maps", 300}};
  finding.estimated_seconds = 12;
  finding.training = {240, 3, 1, 1, 0, {"beta 0.1", "beta 0.3"}, 1};
  finding.sentences = {"The data have 1 degree of freedom."};
  DatasetFinding empty;
  empty.dataset = "nothing varies";
  Findings findings{"six shapes", "0123456789abcdef0123456789abcdef", {finding, empty}, {}};
  findings.breaking_curves = {{"annulus, beta 0.1",
                               "dataset.width",
                               {0, 0.1, 0.2},
                               {{1, 1.2, 1.6}, {0, 0, 0}},
                               {{0.003, 0.01, 0.1}, {0, 0, 0}},
                               {{1.3, 1.2}, {1.3, 1.1}, {1.2, 1}},
                               {"so(2)", "so(2)", "none"}}};
  return findings;
}

}  // namespace symscan::example
