#pragma once
#include "host/base/json_record.hpp"
#include "host/findings/further_records.hpp"
#include "host/findings/model.hpp"

/// How the members of findings are called in analysis.json. See model.hpp for what they mean in full.
namespace symscan {

template <>
struct JsonNames<FieldKind> {
  static constexpr const auto& names = field_kind_names;
};

template <>
struct JsonNames<Evidence> {
  static constexpr std::pair<Evidence, const char*> names[] = {
      {Evidence::none, "none"},
      {Evidence::constraints, "constraints"},
      {Evidence::approximate, "approximate constraints"},
      {Evidence::span, "span"},
      {Evidence::neighbours, "neighbours"},
      {Evidence::models, "models"}};
};

template <>
struct JsonNames<Verdict> {
  static constexpr std::pair<Verdict, const char*> names[] = {
      {Verdict::symmetry, "symmetry"},
      {Verdict::manifold_only, "symmetry of the set only"},
      {Verdict::no_change_seen, "no change seen"},
      {Verdict::untold, "cannot be told"},
      {Verdict::no_symmetry, "no symmetry"},
      {Verdict::nothing_moves, "does nothing to these data"}};
};

template <>
struct JsonRecord<MeanAndSpread> {
  static constexpr const char* doc = "mean and sample standard deviation over the seeds";
  static constexpr auto members = std::make_tuple(json_member("mean", &MeanAndSpread::mean),  //
                                                  json_member("std", &MeanAndSpread::std));
};

template <>
struct JsonRecord<Series> {
  static constexpr const char* doc = "means and standard deviations, one of each per entry";
  static constexpr auto members = std::make_tuple(json_member("mean", &Series::mean),  //
                                                  json_member("std", &Series::std));
};

template <>
struct JsonRecord<Truth> {
  static constexpr const char* doc = "what is known of a built-in dataset";
  static constexpr auto members = std::make_tuple(
      json_member("intrinsic_dimension", &Truth::intrinsic_dimension, "degrees of freedom"),
      json_member("embedding_dimension", &Truth::embedding_dimension,
                  "Gaussian axes of a continuous map; -1: unknown"),
      json_member("symmetry", &Truth::symmetry, "Lie algebra of the manifold, 'none', or '': not stated"),
      json_member("density_symmetry", &Truth::density_symmetry, "the same for the distribution"),
      json_member("constraints", &Truth::constraints, "equations"),
      json_member("laws", &Truth::laws, "independent conserved quantities of trajectories; -1: not stated"),
      json_member("discrete", &Truth::discrete, "finite group of the distribution; '': not stated"));
};

template <>
struct JsonRecord<Estimate> {
  static constexpr const char* doc = "a value and its standard error";
  static constexpr auto members = std::make_tuple(json_member("value", &Estimate::value),  //
                                                  json_member("error", &Estimate::error));
};

template <>
struct JsonRecord<ScaleFinding> {
  static constexpr const char* doc = "the dimension that neighbours at one distance show";
  static constexpr auto members =
      std::make_tuple(json_member("distance", &ScaleFinding::distance, "standardised units"),
                      json_member("dimension", &ScaleFinding::dimension, "calibrated"),
                      json_member("error", &ScaleFinding::error));
};

template <>
struct JsonRecord<StratumFinding> {
  static constexpr const char* doc = "points with a local dimension of their own";
  static constexpr auto members = std::make_tuple(json_member("dimension", &StratumFinding::dimension),
                                                  json_member("share", &StratumFinding::share));
};

template <>
struct JsonRecord<LawFinding> {
  static constexpr const char* doc = "a product of powers, or a sum of reciprocals";
  static constexpr auto members = std::make_tuple(json_member("equation", &LawFinding::equation),
                                                  json_member("residual", &LawFinding::residual, "relative"),
                                                  json_member("exact", &LawFinding::exact));
};

template <>
struct JsonRecord<NeighbourFinding> {
  static constexpr const char* doc = "intrinsic dimension from distances between nearest neighbours";
  static constexpr auto members = std::make_tuple(
      json_member("value", &NeighbourFinding::value,
                  "ratios of distances (Denti et al., Sci. Rep. 12 (2022) 20005), calibrated"),
      json_member("low", &NeighbourFinding::low, "interval of 95 %"),
      json_member("high", &NeighbourFinding::high), json_member("scales", &NeighbourFinding::scales),
      json_member("strata", &NeighbourFinding::strata),
      json_member("two_nn", &NeighbourFinding::two_nn, "Facco et al., Sci. Rep. 7 (2017) 12140"),
      json_member("levina_bickel", &NeighbourFinding::levina_bickel, "Levina & Bickel, NIPS 2004"),
      json_member("points", &NeighbourFinding::points, "distinct points used"),
      json_member("duplicates", &NeighbourFinding::duplicates, "rows that repeat another one, left out"));
};

template <>
struct JsonRecord<DimensionFinding> {
  static constexpr const char* doc = "degrees of freedom, from all evidence";
  static constexpr auto members = std::make_tuple(
      json_member("value", &DimensionFinding::value, "null: unclear"),
      json_member("low", &DimensionFinding::low, "what the evidence allows"),
      json_member("high", &DimensionFinding::high),
      json_member("evidence", &DimensionFinding::evidence, "what decided"),
      json_member("reason", &DimensionFinding::reason,
                  "why it is unclear, or what else than equations decided"),
      json_member("fills_its_span", &DimensionFinding::fills_its_span, "value is the linear rank"),
      json_member("at_most", &DimensionFinding::at_most,
                  "linear rank less the rank of the exact constraints' gradients"),
      json_member("discrete", &DimensionFinding::discrete, "of these, columns that take few values"),
      json_member("above_scale", &DimensionFinding::above_scale,
                  "of noisy data: the distance from which on they have this dimension"),
      json_member("models", &DimensionFinding::models,
                  "what trained models show at their resolution; null: no whole number"),
      json_member("local_dimension", &DimensionFinding::local_dimension,
                  "of the models: soft rank of the decoder's Jacobian, mean over the range of betas"),
      json_member("from_beta", &DimensionFinding::from_beta, "null: no range was chosen"),
      json_member("to_beta", &DimensionFinding::to_beta));
};

template <>
struct JsonRecord<GeneratorFinding> {
  static constexpr const char* doc = "a generator of the symmetry: dx = matrix x + shift, raw units";
  static constexpr auto members = std::make_tuple(
      json_member("name", &GeneratorFinding::name), json_member("kind", &GeneratorFinding::kind),
      json_member("matrix", &GeneratorFinding::matrix, "[columns][columns]"),
      json_member("shift", &GeneratorFinding::shift, "[columns]"),
      json_member("equation", &GeneratorFinding::equation),
      json_member("eigenvalue", &GeneratorFinding::residual, "share of its motion that leaves the set"),
      json_member("approximate", &GeneratorFinding::approximate, "false: kept for readers of older analyses"),
      json_member("leaves", &GeneratorFinding::leaves,
                  "share of the events that the finite motion takes out of the data"),
      json_member("density", &GeneratorFinding::density));
};

template <>
struct JsonRecord<SymmetryFinding> {
  static constexpr const char* doc = "affine motions that stay tangent to the set";
  static constexpr auto members = std::make_tuple(
      json_member("evidence", &SymmetryFinding::evidence, "whose tangents"),
      json_member("found", &SymmetryFinding::found, "number of generators"),
      json_member("algebra", &SymmetryFinding::algebra, "that they form"),
      json_member("rotations", &SymmetryFinding::rotations, "its maximal compact subalgebra, or 'none'"),
      json_member("closure_residual", &SymmetryFinding::closure_residual,
                  "share of the commutators outside the span"),
      json_member("eigenvalues", &SymmetryFinding::eigenvalues,
                  "shares of the motion that leave the set, ascending, at most 40"),
      json_member("coordinates", &SymmetryFinding::coordinates, "columns on which generators act"),
      json_member("generators", &SymmetryFinding::generators), json_member("notes", &SymmetryFinding::notes));
};

template <>
struct JsonRecord<DistributionFinding> {
  static constexpr const char* doc = "affine motions that leave the distribution unchanged";
  static constexpr auto members =
      std::make_tuple(json_member("searched", &DistributionFinding::searched,
                                  "independent motions among which they were sought"),
                      json_member("among", &DistributionFinding::among, "which these are"),
                      json_member("algebra", &DistributionFinding::algebra),
                      json_member("complete", &DistributionFinding::complete,
                                  "false: too few rows to judge the other motions"),
                      json_member("generators", &DistributionFinding::generators));
};

template <>
struct JsonRecord<CandidateFinding> {
  static constexpr const char* doc = "a transformation that was tested";
  static constexpr auto members = std::make_tuple(
      json_member("name", &CandidateFinding::name),
      json_member("named", &CandidateFinding::named, "asked for by name"),
      json_member("continuous", &CandidateFinding::continuous),
      json_member("manifold_residual", &CandidateFinding::manifold_residual,
                  "share of the motion that leaves the set, or the linear span where the set is unclear"),
      json_member("approximate", &CandidateFinding::approximate, "false: kept for readers of older analyses"),
      json_inlined(&CandidateFinding::test), json_member("verdict", &CandidateFinding::verdict));
};

template <>
struct JsonRecord<ConstraintFinding> {
  static constexpr const char* doc = "a linear or quadratic relation among the features";
  static constexpr auto members = std::make_tuple(
      json_member("equation", &ConstraintFinding::equation),
      json_member("degree", &ConstraintFinding::degree),
      json_member("residual", &ConstraintFinding::residual,
                  "relative to the spread of the left side if nothing tied the features together"),
      json_member("width", &ConstraintFinding::width, "half of the interval of the central 68 %, in unit"),
      json_member("unit", &ConstraintFinding::unit), json_member("exact", &ConstraintFinding::exact));
};

template <>
struct JsonRecord<LocalDimension> {
  static constexpr const char* doc = "soft rank of the decoder's Jacobian J: E tr J^T J (J^T J + tau)^-1";
  static constexpr auto members =
      std::make_tuple(json_member("mean", &LocalDimension::mean), json_member("std", &LocalDimension::std),
                      json_member("values", &LocalDimension::values, "per seed"));
};

template <>
struct JsonRecord<GroupFinding> {
  static constexpr const char* doc = "replicas that differ only in the seed";
  static constexpr auto members = std::make_tuple(
      json_member("group", &GroupFinding::group, "its id in summary.json"),
      json_member("label", &GroupFinding::label), json_member("beta", &GroupFinding::beta),
      json_member("tau", &GroupFinding::tau),
      json_member("seeds", &GroupFinding::seeds, "number of replicas that were looked at"),
      json_member("active_latents", &GroupFinding::active_latents),
      json_member("local_dimension", &GroupFinding::local_dimension),
      json_member("normal_directions", &GroupFinding::normal_directions,
                  "directions of the span that leave the manifold"),
      json_member("generator_eigenvalues", &GroupFinding::generator_eigenvalues, "ascending, at most 40"),
      json_member("generators", &GroupFinding::generators, "how many stand apart"),
      json_member("gap", &GroupFinding::gap, "ratio of the first rejected to the last accepted eigenvalue"));
};

template <>
struct JsonRecord<PlateauFinding> {
  static constexpr const char* doc = "where a curve over beta stays near one whole number";
  static constexpr auto members = std::make_tuple(
      json_member("value", &PlateauFinding::value, "mean over the plateau"),
      json_member("from", &PlateauFinding::from, "beta"), json_member("to", &PlateauFinding::to, "beta"),
      json_member("dimension", &PlateauFinding::dimension, "the whole number"));
};

template <>
struct JsonRecord<LinearPrediction> {
  static constexpr const char* doc = "prediction of linear theory";
  static constexpr auto members = std::make_tuple(
      json_member("kl", &LinearPrediction::kl, "nats, summed over latents, per beta"),
      json_member("collapse_beta", &LinearPrediction::collapse_beta, "betas at which a latent collapses"));
};

template <>
struct JsonRecord<BetaCurve> {
  static constexpr const char* doc = "groups that differ in beta alone; lists have one entry per beta";
  static constexpr auto members = std::make_tuple(
      json_member("label", &BetaCurve::label), json_member("beta", &BetaCurve::beta, "ascending"),
      json_member("tau", &BetaCurve::tau), json_member("local_dimension", &BetaCurve::local_dimension),
      json_member("active_latents", &BetaCurve::active_latents),
      json_member("kl", &BetaCurve::kl, "total, nats"),
      json_member("rate_slope", &BetaCurve::rate_slope, "-2 dR / d ln tau"),
      json_member("plateau", &BetaCurve::plateau, "of the local dimension"),
      json_member("theory", &BetaCurve::theory));
};

template <>
struct JsonRecord<AlignmentFinding> {
  static constexpr const char* doc = "angles between latents and principal directions of the data";
  static constexpr auto members = std::make_tuple(
      json_member("label", &AlignmentFinding::label), json_member("latents", &AlignmentFinding::latents),
      json_member("directions", &AlignmentFinding::directions),
      json_member("angles_degrees", &AlignmentFinding::angles, "[latents][directions]"));
};

template <>
struct JsonRecord<TrainingFinding> {
  static constexpr const char* doc = "whether the models were trained long enough for statements";
  static constexpr auto members = std::make_tuple(
      json_member("steps", &TrainingFinding::steps, "fewest of a replica"),
      json_member("groups", &TrainingFinding::groups, "with a finished replica"),
      json_member("too_few_steps", &TrainingFinding::too_few_steps, "number of these groups"),
      json_member("still_falling", &TrainingFinding::still_falling, "number of the others"),
      json_member("not_converged", &TrainingFinding::not_converged,
                  "number of the others whose relevances still changed"),
      json_member("doubtful", &TrainingFinding::doubtful, "labels of the groups of these kinds"),
      json_member("without_noise", &TrainingFinding::without_noise,
                  "more groups, with beta 0, for which nothing is defined"));
};

template <>
struct JsonRecord<LeftOut> {
  static constexpr const char* doc = "a part that the budget did not afford";
  static constexpr auto members =
      std::make_tuple(json_member("part", &LeftOut::part),
                      json_member("seconds", &LeftOut::seconds, "of one core, that it would take, about"));
};

template <>
struct JsonRecord<DatasetFinding> {
  static constexpr const char* doc = "what was found out about one dataset";
  static constexpr auto members = std::make_tuple(
      json_member("dataset", &DatasetFinding::dataset, "its label, as in summary.json"),
      json_member("columns", &DatasetFinding::columns),
      json_member("angles", &DatasetFinding::angles, "columns cos(NAME) and sin(NAME) are the angle NAME"),
      json_member("truth", &DatasetFinding::truth, "of a built-in dataset"),
      json_member("notes", &DatasetFinding::notes),
      json_member("linear_rank", &DatasetFinding::linear_rank, "columns less exact linear relations"),
      json_member("neighbour_dimension", &DatasetFinding::neighbour_dimension,
                  "null: too few distinct points"),
      json_member("constraints", &DatasetFinding::constraints),
      json_member("laws", &DatasetFinding::laws, "that the constraints do not imply"),
      json_member("constraint_notes", &DatasetFinding::constraint_notes),
      json_member("groups", &DatasetFinding::groups),
      json_member("beta_curves", &DatasetFinding::beta_curves),
      json_member("training", &DatasetFinding::training),
      json_member("dimension", &DatasetFinding::dimension, "null: nothing varies"),
      json_member("symmetry", &DatasetFinding::symmetry,
                  "null: no motion is tangent, or the data fill their span"),
      json_member("distribution", &DatasetFinding::distribution, "null: not sought"),
      json_member("rotations", &DatasetFinding::rotations,
                  "compact part of the symmetry algebra, or 'none'; null: not known"),
      json_member("outliers", &DatasetFinding::outliers,
                  "rows left out of dimension and motions: they disobey what nearly all obey"),
      json_member("symmetry_note", &DatasetFinding::symmetry_note,
                  "why motions that keep the set were not sought"),
      json_member("candidates", &DatasetFinding::candidates),
      json_member("discrete", &DatasetFinding::discrete,
                  "finite maps that keep the distribution; null: not sought"),
      json_member("fields", &DatasetFinding::fields, "motions from a dictionary; null: not asked for"),
      json_member("trajectories", &DatasetFinding::trajectories,
                  "what trajectories conserve; null: no dataset.group"),
      json_member("target", &DatasetFinding::target,
                  "what leaves dataset.target unchanged; null: none is given"),
      json_member("scan", &DatasetFinding::scan, "where a motion is broken; null: none is"),
      json_member("alignment", &DatasetFinding::alignment),
      json_member("left_out", &DatasetFinding::left_out, "parts that the budget did not afford"),
      json_member("estimated_seconds", &DatasetFinding::estimated_seconds,
                  "of one ordinary core, for what was done with the rows: counted, not measured"),
      json_member("sentences", &DatasetFinding::sentences, "all of it in words"));
};

template <>
struct JsonRecord<BreakingCurve> {
  static constexpr const char* doc =
      "datasets of a kind that differ in one setting; lists have one entry per value";
  static constexpr auto members = std::make_tuple(
      json_member("label", &BreakingCurve::label),
      json_member("parameter", &BreakingCurve::parameter, "dotted name of the setting"),
      json_member("values", &BreakingCurve::values),
      json_member("local_dimension", &BreakingCurve::local_dimension),
      json_member("generator_eigenvalue", &BreakingCurve::generator_eigenvalue, "the smallest"),
      json_member("relevance", &BreakingCurve::relevance, "[values][latents] nats, most relevant first"),
      json_member("algebra", &BreakingCurve::algebra));
};

template <>
struct JsonRecord<Findings> {
  static constexpr const char* doc = "what a run says about its data";
  static constexpr auto members =
      std::make_tuple(json_member("name", &Findings::name, "of the sweep"),
                      json_member("results", &Findings::results, "digest of the results that were analysed"),
                      json_member("datasets", &Findings::datasets),
                      json_member("breaking_curves", &Findings::breaking_curves));
};

}  // namespace symscan
