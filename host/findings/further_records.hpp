#pragma once
#include "host/base/json_record.hpp"
#include "host/findings/further_model.hpp"

// How the members of density_model.hpp and further_model.hpp are called in analysis.json.
namespace symscan {

template <>
struct JsonNames<DensityVerdict> {
  static constexpr std::pair<DensityVerdict, const char*> names[] = {
      {DensityVerdict::invariant, "invariant"},
      {DensityVerdict::broken, "broken"},
      {DensityVerdict::undecided, "undecided"}};
};

template <>
struct JsonRecord<DensityTest> {
  static constexpr const char* doc = "how much the distribution changes";
  static constexpr auto members = std::make_tuple(
      json_member("p_value", &DensityTest::p_value, "small: it changes"),
      json_member("effect", &DensityTest::effect,
                  "root of the Fisher information of the motion's parameter; null: not defined"),
      json_member("effect_limit", &DensityTest::effect_limit, "upper bound of 95 % confidence"),
      json_member("delta", &DensityTest::delta, "bound below which it counts as invariant"),
      json_member("effective_rows", &DensityTest::effective_rows,
                  "independent rows that would have the same errors"),
      json_member("serial", &DensityTest::serial,
                  "neighbouring rows are correlated, and errors allow for that"));
};

template <>
struct JsonRecord<DensityFinding> {
  static constexpr const char* doc = "whether the distribution stays the same";
  static constexpr auto members =
      std::make_tuple(json_member("verdict", &DensityFinding::verdict), json_inlined(&DensityFinding::test));
};

template <>
struct JsonRecord<FiniteMapFinding> {
  static constexpr const char* doc = "a finite map: x -> matrix x + shift, raw units";
  static constexpr auto members =
      std::make_tuple(json_member("name", &FiniteMapFinding::name),
                      json_member("matrix", &FiniteMapFinding::matrix, "[columns][columns]"),
                      json_member("shift", &FiniteMapFinding::shift, "[columns]"),
                      json_member("density", &FiniteMapFinding::density));
};

template <>
struct JsonRecord<DiscreteFinding> {
  static constexpr const char* doc = "the finite group of maps that leave the distribution unchanged";
  static constexpr auto members = std::make_tuple(
      json_member("group", &DiscreteFinding::group, "its name, or 'none'"),
      json_member("order", &DiscreteFinding::order, "number of its elements"),
      json_member("tried", &DiscreteFinding::tried, "maps that were tested; the level holds for all of them"),
      json_member("generators", &DiscreteFinding::generators, "of the group; their change is bounded"),
      json_member("undecided", &DiscreteFinding::undecided, "no change seen, a small one is not excluded"),
      json_member("broken", &DiscreteFinding::broken), json_member("notes", &DiscreteFinding::notes));
};

template <>
struct JsonRecord<FieldFinding> {
  static constexpr const char* doc = "a vector field with components from a dictionary of functions";
  static constexpr auto members = std::make_tuple(
      json_member("equation", &FieldFinding::equation),
      json_member("residual", &FieldFinding::residual, "share of its motion that leaves the set"),
      json_member("density", &FieldFinding::density),
      json_member("velocities", &FieldFinding::velocities, "[rows][columns] at the rows that are given"),
      json_member("orbits", &FieldFinding::orbits, "[a few][steps][columns] through some of the rows"));
};

template <>
struct JsonRecord<ScanFinding> {
  static constexpr const char* doc = "where in feature space a motion is broken";
  static constexpr auto members = std::make_tuple(
      json_member("motion", &ScanFinding::motion),
      json_member("centres", &ScanFinding::centres, "[cells][columns]"),
      json_member("change", &ScanFinding::change, "[cells] in standard deviations of its error"),
      json_member("threshold", &ScanFinding::threshold,
                  "sizes above it are more than chance, for all cells together"));
};

template <>
struct JsonRecord<FieldsFinding> {
  static constexpr const char* doc = "motions found in a dictionary of vector fields";
  static constexpr auto members = std::make_tuple(
      json_member("dictionary", &FieldsFinding::dictionary),
      json_member("searched", &FieldsFinding::searched, "independent fields that move the points"),
      json_member("keeps", &FieldsFinding::keeps, "'the set' or 'the distribution'"),
      json_member("undecided", &FieldsFinding::undecided,
                  "parts of the dictionary of which these rows cannot tell"),
      json_member("independent", &FieldsFinding::independent,
                  "directions in which the found fields move a typical point"),
      json_member("columns", &FieldsFinding::columns, "that the motions move"),
      json_member("rows", &FieldsFinding::rows, "[shown][columns] at which velocities are given"),
      json_member("fields", &FieldsFinding::fields, "a basis, simplest first"),
      json_member("notes", &FieldsFinding::notes));
};

template <>
struct JsonRecord<ConservedFinding> {
  static constexpr const char* doc = "a function that stays constant along every trajectory";
  static constexpr auto members =
      std::make_tuple(json_member("equation", &ConservedFinding::equation),
                      json_member("within", &ConservedFinding::within,
                                  "root of the share of its variance that lies within trajectories"));
};

template <>
struct JsonRecord<TrajectoriesFinding> {
  static constexpr const char* doc = "what trajectories conserve";
  static constexpr auto members = std::make_tuple(
      json_member("trajectories", &TrajectoriesFinding::trajectories, "with at least two rows"),
      json_member("searched", &TrajectoriesFinding::searched, "functions of the dictionary"),
      json_member("accepted", &TrajectoriesFinding::accepted,
                  "dimension of the space of conserved combinations of these"),
      json_member("independent", &TrajectoriesFinding::independent, "functionally independent laws"),
      json_member("laws", &TrajectoriesFinding::laws), json_member("notes", &TrajectoriesFinding::notes));
};

template <>
struct JsonRecord<TargetMotion> {
  static constexpr const char* doc = "a motion that leaves a function unchanged: dx = matrix x + shift";
  static constexpr auto members = std::make_tuple(
      json_member("name", &TargetMotion::name), json_member("equation", &TargetMotion::equation),
      json_member("matrix", &TargetMotion::matrix, "[columns][columns], raw units"),
      json_member("shift", &TargetMotion::shift, "[columns]"),
      json_member("residual", &TargetMotion::residual, "relative change of the function along the motion"),
      json_member("weight", &TargetMotion::weight,
                  "the function is multiplied by exp(weight t); 0: unchanged"));
};

template <>
struct JsonRecord<TargetFinding> {
  static constexpr const char* doc = "what leaves a labelled function y = f(x) unchanged";
  static constexpr auto members = std::make_tuple(
      json_member("how", &TargetFinding::how, "how the function was found"),
      json_member("unexplained", &TargetFinding::unexplained,
                  "share of the variance of y that it leaves, on rows it was not fitted to"),
      json_member("algebra", &TargetFinding::algebra, "that the motions form; '' where it cannot be said"),
      json_member("motions", &TargetFinding::motions), json_member("scaled", &TargetFinding::scaled),
      json_member("irrelevant", &TargetFinding::irrelevant, "columns on which it does not depend"),
      json_member("notes", &TargetFinding::notes));
};

}  // namespace symscan
