#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "host/analysis/field_kind.hpp"
#include "host/analysis/left_out.hpp"
#include "host/base/statistics.hpp"
#include "host/findings/density_model.hpp"
#include "host/findings/further_model.hpp"

/// What a run says about its data. This is the one model: analysis.json, its JSON Schema, the sentences, the
/// terminal and report.html are made from it. Std types only. How each member is called in analysis.json
/// stands in model_json.cpp. Raw units are those of the features; prepared units are those of training
/// (standardised, say). A number that is not defined is NaN here and null in JSON.
namespace symscan {

/// Means and standard deviations, one of each per entry.
struct Series {
  std::vector<double> mean, std;
  void add(const MeanAndSpread& value) {
    mean.push_back(value.mean);
    std.push_back(value.std);
  }
};

/// What is known of a built-in dataset; see DatasetFacts.
struct Truth {
  int intrinsic_dimension = -1;               ///< degrees of freedom; -1: not stated
  int embedding_dimension = -1;               ///< Gaussian axes of a continuous map; -1: unknown
  std::string symmetry, density_symmetry;     ///< Lie algebras, "none", or "" where not stated
  std::vector<std::string> constraints = {};  ///< equations
  int laws = -1;              ///< independent conserved quantities of trajectories; -1: not stated
  std::string discrete = {};  ///< finite group of the distribution, "none", or "": not stated
};

struct Estimate {
  double value = undefined, error = undefined;  ///< error: standard error
};

/// The dimension that pairs of neighbours at one distance show.
struct ScaleFinding {
  double distance = 0;  ///< standardised units
  double dimension = undefined, error = undefined;
};

/// A part of the points with a local dimension of its own.
struct StratumFinding {
  int dimension = 0;
  double share = 1;  ///< of the points
};

/// Intrinsic dimension from distances alone, without a model; see dimension_by_neighbours() and
/// neighbour_dimension().
struct NeighbourFinding {
  double value = undefined, low = undefined, high = undefined;  ///< calibrated, with its interval of 95 %
  std::vector<ScaleFinding> scales;                             ///< ascending distance
  std::vector<StratumFinding> strata;                           ///< one for ordinary sets
  Estimate two_nn, levina_bickel;                               ///< uncalibrated
  std::size_t points = 0;                                       ///< distinct points used
  std::size_t duplicates = 0;  ///< rows left out since they repeat another one
};

inline constexpr double not_defined = std::numeric_limits<double>::quiet_NaN();

/// What decides a statement about the data.
enum class Evidence {
  none,         ///< nothing decides
  constraints,  ///< exact relations among the features
  approximate,  ///< approximate relations among the features
  span,         ///< the linear span, which the data fill
  neighbours,   ///< distances between the points
  models,       ///< the trained models
};

/// The number of directions along which a point can move within the data, from all evidence.
struct DimensionFinding {
  std::optional<int> value;                      ///< none: unclear
  double low = not_defined, high = not_defined;  ///< what the evidence allows; both `value` where it is exact
  Evidence evidence = Evidence::none;            ///< what decided
  std::string
      reason;  ///< why it is unclear, or what else than equations decided, as the end of a sentence; or empty
  bool fills_its_span = false;       ///< value is the linear rank
  int at_most = 0;                   ///< rank of the span less that of the exact constraints' gradients
  int discrete = 0;                  ///< of the directions, those of columns that take few values
  double above_scale = not_defined;  ///< of noisy data: the distance from which on they have this dimension
  std::optional<int> models;         ///< what trained models show at their resolution; none: no whole number
  double local_dimension =
      not_defined;  ///< of the models: mean of E tr J^T J (J^T J + tau)^-1 over the betas
  double from_beta = not_defined, to_beta = not_defined;  ///< where the models show it
};

/// One generator of a symmetry: dx = matrix x + shift, in raw units.
struct GeneratorFinding {
  std::string name;  ///< "rotation in x-y"
  FieldKind kind = FieldKind::other;
  std::vector<std::vector<double>> matrix;  ///< [C x C], C the dataset's columns
  std::vector<double> shift;                ///< [C]
  std::string equation;                     ///< "dx = -y, dy = x"
  double residual = 0;                      ///< share of its motion that leaves the set
  bool approximate = false;                 ///< false: kept for readers of older analyses
  double leaves = 0;  ///< share of the events that the finite motion takes out of the data
  DensityFinding density;
};

/// Affine motions that stay tangent to the set everywhere.
struct SymmetryFinding {
  Evidence evidence = Evidence::constraints;  ///< whose tangents: those of exact constraints or of neighbours
  int found = 0;                              ///< number of generators
  std::string algebra;                        ///< that they form: "so(1,3) + scaling"; see AlgebraStructure
  std::string rotations;                      ///< its maximal compact subalgebra; "none" if there is none
  double closure_residual = 0;                ///< share of the commutators that lies outside their span
  std::vector<double> eigenvalues;       ///< shares of the motion that leave the set, ascending (at most 40)
  std::vector<std::string> coordinates;  ///< [C] names of the columns on which generators act
  std::vector<GeneratorFinding> generators;
  std::vector<std::string> notes;
};

/// Affine motions that leave the distribution of the events unchanged, found among those that keep the set.
struct DistributionFinding {
  int searched = 0;     ///< number of independent motions among which they were sought
  std::string among;    ///< which these are: "that keep the set", "of the span", ...
  std::string algebra;  ///< that they form; "none"
  std::vector<GeneratorFinding> generators;
  bool complete = true;  ///< false: too few rows to judge the other motions, which may be kept as well
};

/// What a named transformation turned out to be.
enum class Verdict {
  symmetry,        ///< of set and distribution: the change is bounded
  manifold_only,   ///< keeps the set, the distribution changes
  no_change_seen,  ///< no change of the distribution is seen, but a small one is not excluded
  untold,          ///< too few rows tell of it: a large change would not be seen
  no_symmetry,
  nothing_moves,  ///< the transformation does nothing to these data
};

/// A transformation that was named or suggested by the features; see parse_candidate().
struct CandidateFinding {
  std::string name;
  bool named = false;  ///< asked for by name
  bool continuous = false;
  double manifold_residual =
      0;                     ///< share of the motion that leaves the set, or the span if the set is unclear
  bool approximate = false;  ///< false: kept for readers of older analyses
  DensityTest test;
  Verdict verdict = Verdict::no_symmetry;
};

/// A linear or quadratic relation among the features; see Constraint.
struct ConstraintFinding {
  std::string equation;
  int degree = 1;
  double residual = 0;  ///< relative
  double width = 0;     ///< half of the interval of the central 68 % of the events, in `unit`
  std::string unit;
  bool exact = false;
};

/// A law that is no polynomial of degree two: a product of powers, or a sum of reciprocals.
struct LawFinding {
  std::string equation;
  double residual = 0;  ///< relative
  bool exact = false;
};

struct LocalDimension {
  double mean = 0, std = 0;
  std::vector<double> values;  ///< one per seed
};

/// Replicas that differ only in the seed.
struct GroupFinding {
  int group = -1;
  std::string label;  ///< settings that tell it from others
  double beta = 0, tau = 0;
  std::size_t seeds = 0;  ///< that were looked at
  MeanAndSpread active_latents;
  LocalDimension local_dimension;
  double normal_directions = 0;  ///< mean of E tr P: directions of the span that leave the manifold
  Series generator_eigenvalues;  ///< ascending, at most 40
  int generators = 0;            ///< how many stand apart
  double gap = 1;                ///< ratio of the first rejected to the last accepted eigenvalue
};

/// Where a curve over beta stays near one whole number; see find_plateau().
struct PlateauFinding {
  double value = 0, from = 0, to = 0;  ///< from, to: betas
  int dimension = 0;
};

/// Prediction of linear theory.
struct LinearPrediction {
  std::vector<double> kl;             ///< nats, one per beta, summed over latents
  std::vector<double> collapse_beta;  ///< betas at which a latent collapses, one per principal component
};

/// Groups that differ in beta alone, by ascending beta. Arrays have one entry per beta.
struct BetaCurve {
  std::string label;
  std::vector<double> beta, tau;
  Series local_dimension, active_latents;
  Series kl;                         ///< total, nats
  std::optional<Series> rate_slope;  ///< -2 dR / d ln tau
  std::optional<PlateauFinding> plateau;
  LinearPrediction theory;
};

/// Angles between what the most relevant latents do to the reconstruction and the principal directions.
struct AlignmentFinding {
  std::string label;
  std::vector<std::string> latents, directions;
  std::vector<std::vector<double>> angles;  ///< [latents x directions] degrees
};

/// Whether the models were trained long enough for statements; see training_state().
struct TrainingFinding {
  std::uint64_t steps = 0;            ///< fewest of a replica
  std::size_t groups = 0;             ///< with a finished replica
  std::size_t too_few_steps = 0;      ///< of these groups
  std::size_t still_falling = 0;      ///< the others whose loss still fell at the end
  std::size_t not_converged = 0;      ///< the others whose relevances still changed
  std::vector<std::string> doubtful;  ///< labels of the groups of these kinds
  std::size_t without_noise = 0;      ///< more groups, whose beta is 0: nothing of what follows is defined
};

/// What was found out about one dataset.
struct DatasetFinding {
  std::string dataset;               ///< its label
  std::vector<std::string> columns;  ///< that the analysis of the rows works with, see AnalysisTable
  std::vector<std::string> angles;   ///< seen through their cosine and sine, which are columns
  std::optional<Truth> truth;
  std::vector<std::string> notes;
  int linear_rank = 0;                                  ///< columns less exact linear relations
  std::optional<NeighbourFinding> neighbour_dimension;  ///< none: too few distinct points
  std::vector<ConstraintFinding> constraints;           ///< exact before approximate, linear before quadratic
  std::vector<LawFinding> laws;                         ///< that the constraints do not imply
  std::vector<std::string> constraint_notes;
  std::vector<GroupFinding> groups;
  std::vector<BetaCurve> beta_curves;
  TrainingFinding training;
  std::optional<DimensionFinding> dimension;  ///< none: no feature varies (linear_rank 0)
  std::optional<SymmetryFinding> symmetry;    ///< none: no motion is tangent, or the data fill their span
  std::optional<DistributionFinding> distribution;  ///< none: not sought
  std::optional<std::string> rotations;  ///< compact part of the algebra, or "none"; none: not known
  std::size_t outliers = 0;   ///< rows left out of dimension and motions: they disobey what nearly all obey
  std::string symmetry_note;  ///< why motions that keep the set were not sought, or cannot be told; or empty
  std::vector<CandidateFinding> candidates;
  std::optional<DiscreteFinding> discrete;          ///< none: not sought
  std::optional<FieldsFinding> fields;              ///< none: not asked for
  std::optional<TrajectoriesFinding> trajectories;  ///< none: the rows are not those of trajectories
  std::optional<TargetFinding> target;              ///< none: no function is given
  std::optional<ScanFinding> scan;                  ///< none: no motion is broken
  std::optional<AlignmentFinding> alignment;
  std::vector<LeftOut> left_out;  ///< parts that the budget did not afford, in the order in which they come
  double estimated_seconds = 0;   ///< of one ordinary core, for what was done with the rows
  std::vector<std::string> sentences;  ///< all of it in words, see finding_sentences()
};

/// Datasets of a kind that differ in one setting (annulus width, beam-energy spread). Arrays have one entry
/// per value.
struct BreakingCurve {
  std::string label, parameter;  ///< parameter: dotted name of the setting
  std::vector<double> values;
  Series local_dimension;
  Series generator_eigenvalue;                 ///< the smallest
  std::vector<std::vector<double>> relevance;  ///< [values x latents] nats
  std::vector<std::string> algebra;            ///< "not known" where a dataset has no rotations
};

/// Whether the models of a group have an active latent, at most seeds.
inline bool has_active_latents(const GroupFinding& group) {
  return group.active_latents.mean >= 0.5;
}

/// Whether no model of the dataset has an active latent.
inline bool all_collapsed(const DatasetFinding& finding) {
  for (const GroupFinding& group : finding.groups)
    if (has_active_latents(group)) return false;
  return !finding.groups.empty();
}

/// Whether the part was left out; see `parts` in work_budget.hpp.
inline bool is_left_out(const DatasetFinding& finding, const std::string& part) {
  for (const LeftOut& left : finding.left_out)
    if (left.part == part) return true;
  return false;
}

/// Whether the data are thinner than their linear span.
inline bool shows_manifold(const DatasetFinding& finding) {
  return finding.dimension && finding.dimension->value && !finding.dimension->fills_its_span;
}

/// Whether the transformation was found to keep the set, exactly or approximately.
inline bool keeps_manifold(const CandidateFinding& candidate) {
  return candidate.verdict == Verdict::symmetry || candidate.verdict == Verdict::manifold_only;
}

/// All that a run says about its data.
struct Findings {
  std::string name;     ///< of the sweep
  std::string results;  ///< digest_of() the results that were analysed
  std::vector<DatasetFinding> datasets;
  std::vector<BreakingCurve> breaking_curves;
};

}  // namespace symscan
