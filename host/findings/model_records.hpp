#pragma once
#include "host/base/json_record.hpp"
#include "host/findings/model.hpp"

/// How the members of findings are called in analysis.json. See model.hpp for what they mean in full.
namespace symscan {

template <>
struct JsonNames<FieldKind> {
  static constexpr const auto& names = field_kind_names;
};

template <>
struct JsonNames<DensityVerdict> {
  static constexpr std::pair<DensityVerdict, const char*> names[] = {
      {DensityVerdict::invariant, "invariant"},
      {DensityVerdict::broken, "broken"},
      {DensityVerdict::undecided, "undecided"}};
};

template <>
struct JsonNames<Verdict> {
  static constexpr std::pair<Verdict, const char*> names[] = {
      {Verdict::symmetry, "symmetry of manifold and distribution"},
      {Verdict::manifold_only, "symmetry of the manifold only"},
      {Verdict::no_change_seen, "no change of the distribution seen"},
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
      json_member("constraints", &Truth::constraints, "equations"));
};

template <>
struct JsonRecord<Estimate> {
  static constexpr const char* doc = "a value and its standard error";
  static constexpr auto members = std::make_tuple(json_member("value", &Estimate::value),  //
                                                  json_member("error", &Estimate::error));
};

template <>
struct JsonRecord<NeighbourFinding> {
  static constexpr const char* doc = "intrinsic dimension from distances between nearest neighbours";
  static constexpr auto members = std::make_tuple(
      json_member("two_nn", &NeighbourFinding::two_nn, "Facco et al., Sci. Rep. 7 (2017) 12140"),
      json_member("levina_bickel", &NeighbourFinding::levina_bickel, "Levina & Bickel, NIPS 2004"),
      json_member("points", &NeighbourFinding::points, "distinct points used"),
      json_member("duplicates", &NeighbourFinding::duplicates, "rows that repeat another one, left out"));
};

template <>
struct JsonRecord<DimensionFinding> {
  static constexpr const char* doc = "degrees of freedom, and where they were read off";
  static constexpr auto members = std::make_tuple(
      json_member("value", &DimensionFinding::value, "null: no beta shows a whole number"),
      json_member("local_dimension", &DimensionFinding::local_dimension,
                  "mean over the range of betas; where the data fill their span, the largest of a group"),
      json_member("from_beta", &DimensionFinding::from_beta, "null: no range was chosen"),
      json_member("to_beta", &DimensionFinding::to_beta),
      json_member("fills_its_span", &DimensionFinding::fills_its_span,
                  "no direction is thinner than linear theory says"),
      json_member("at_most", &DimensionFinding::at_most, "columns less exact constraints"));
};

template <>
struct JsonRecord<DensityTest> {
  static constexpr const char* doc = "how much the distribution changes";
  static constexpr auto members = std::make_tuple(
      json_member("p_value", &DensityTest::p_value, "two-sample permutation test; small: it changes"),
      json_member("bound_change", &DensityTest::bound_change,
                  "nats per event by which the bound on the negative log-likelihood grows"),
      json_member("bound_error", &DensityTest::bound_error, "standard error of bound_change"));
};

template <>
struct JsonRecord<DensityFinding> {
  static constexpr const char* doc = "whether the distribution stays the same";
  static constexpr auto members =
      std::make_tuple(json_member("verdict", &DensityFinding::verdict), json_inlined(&DensityFinding::test));
};

template <>
struct JsonRecord<GeneratorFinding> {
  static constexpr const char* doc = "a generator of the symmetry: dx = matrix x + shift, raw units";
  static constexpr auto members = std::make_tuple(
      json_member("name", &GeneratorFinding::name), json_member("kind", &GeneratorFinding::kind),
      json_member("matrix", &GeneratorFinding::matrix, "[columns][columns]"),
      json_member("shift", &GeneratorFinding::shift, "[columns]"),
      json_member("equation", &GeneratorFinding::equation),
      json_member("eigenvalue", &GeneratorFinding::residual,
                  "share of its motion that leaves the learned manifold"),
      json_member("approximate", &GeneratorFinding::approximate,
                  "the share is well above what the models give an exact symmetry"),
      json_member("density", &GeneratorFinding::density));
};

template <>
struct JsonRecord<SymmetryFinding> {
  static constexpr const char* doc = "affine motions that stay tangent to the learned manifold";
  static constexpr auto members = std::make_tuple(
      json_member("group", &SymmetryFinding::group, "id of the group of replicas that shows them"),
      json_member("label", &SymmetryFinding::label, "its settings"),
      json_member("found", &SymmetryFinding::found, "number of generators"),
      json_member("algebra", &SymmetryFinding::algebra, "of the exact generators, or 'none'"),
      json_member("rotations", &SymmetryFinding::rotations, "its compact part, or 'none'"),
      json_member("confidence", &SymmetryFinding::confidence,
                  "share of bootstrap draws over points and seeds that see at least as many"),
      json_member("closure_residual", &SymmetryFinding::closure_residual,
                  "share of the commutators outside the span"),
      json_member("seeds", &SymmetryFinding::seeds),
      json_member("subspace_angle_degrees", &SymmetryFinding::subspace_angle,
                  "largest angle between the generators of a seed and those of all"),
      json_member("eigenvalues", &SymmetryFinding::eigenvalues, "of the spectrum, ascending, at most 40"),
      json_member("spread", &SymmetryFinding::spread, "standard deviation of each over the seeds"),
      json_member("coordinates", &SymmetryFinding::coordinates, "columns on which generators act"),
      json_member("generators", &SymmetryFinding::generators), json_member("notes", &SymmetryFinding::notes));
};

template <>
struct JsonRecord<CandidateFinding> {
  static constexpr const char* doc = "a transformation that was tested";
  static constexpr auto members = std::make_tuple(
      json_member("name", &CandidateFinding::name),
      json_member("named", &CandidateFinding::named, "asked for by name"),
      json_member("continuous", &CandidateFinding::continuous),
      json_member("manifold_residual", &CandidateFinding::manifold_residual,
                  "share of the motion that leaves the learned manifold"),
      json_member("approximate", &CandidateFinding::approximate,
                  "the share is well above what the models give an exact symmetry"),
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
struct JsonRecord<DatasetFinding> {
  static constexpr const char* doc = "what was found out about one dataset";
  static constexpr auto members = std::make_tuple(
      json_member("dataset", &DatasetFinding::dataset, "its label, as in summary.json"),
      json_member("columns", &DatasetFinding::columns),
      json_member("truth", &DatasetFinding::truth, "of a built-in dataset"),
      json_member("notes", &DatasetFinding::notes),
      json_member("linear_rank", &DatasetFinding::linear_rank, "principal components that vary"),
      json_member("neighbour_dimension", &DatasetFinding::neighbour_dimension,
                  "null: too few distinct points"),
      json_member("constraints", &DatasetFinding::constraints),
      json_member("constraint_notes", &DatasetFinding::constraint_notes),
      json_member("groups", &DatasetFinding::groups),
      json_member("beta_curves", &DatasetFinding::beta_curves),
      json_member("training", &DatasetFinding::training),
      json_member("dimension", &DatasetFinding::dimension, "null: nothing varies, or nothing is trained"),
      json_member("symmetry", &DatasetFinding::symmetry, "null: no motion stands out"),
      json_member("rotations", &DatasetFinding::rotations,
                  "compact part of the symmetry algebra, or 'none'; null: not known"),
      json_member("symmetry_doubt", &DatasetFinding::symmetry_doubt,
                  "why motions that stand out are not called a symmetry"),
      json_member("candidates", &DatasetFinding::candidates),
      json_member("alignment", &DatasetFinding::alignment),
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
