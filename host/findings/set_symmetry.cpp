#include "host/findings/set_symmetry.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/analysis/algebra_structure.hpp"
#include "host/analysis/local_tangents.hpp"
#include "host/analysis/two_sample.hpp"
#include "host/base/linear_algebra.hpp"
#include "host/base/text.hpp"
#include "host/findings/density_test.hpp"
#include "host/findings/shown_values.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Without the directions in which there is only noise.
Standardised without_noise(const Standardised& all, double scale) {
  Standardised kept = all;
  const Index rank = std::max<Index>(1, (all.span.variances.array() > scale * scale).count());
  kept.span.basis = all.span.basis.leftCols(rank);
  kept.span.variances = all.span.variances.head(rank);
  kept.whitened = all.whitened.leftCols(rank);
  return kept;
}

void take_exact(const DataEvidence& evidence, SetFields& set) {
  VarietyAlgebra algebra = algebra_of(evidence.variety, evidence.rounding);
  set.evidence = Evidence::constraints;
  set.standard = evidence.standard;
  set.normals = evidence.variety.normals;
  set.tolerance = std::max(1e-6, 100 * evidence.rounding);
  set.residuals = std::move(algebra.residuals);
  if (algebra.clear)
    set.fields = std::move(algebra.fields);
  else
    set.note =
        "Motions tangent to the constraints cannot be told from others within the rounding of the data.";
}

/// Those that keep the exact constraints too, all or none: a field that leaves one is no symmetry.
bool keep_constraints(const DataEvidence& evidence, const std::vector<AffineField>& fields) {
  constexpr double most = 0.03;
  if (!evidence.has_exact_surface()) return true;
  return std::all_of(fields.begin(), fields.end(), [&](const AffineField& field) {
    return tangent_residual(evidence.variety.normals, field) < most;
  });
}

MatrixXd second_moments(Index rank) {
  return MatrixXd::Identity(rank + 1, rank + 1);
}

/// Relative error of the fields: exact ones have that of the rounding, others that of the normals.
double structure_tolerance(const SetFields& set) {
  if (set.evidence == Evidence::constraints) return 1e-5;
  if (set.evidence == Evidence::approximate) return 0.01;
  const double largest = set.residuals(static_cast<Index>(set.fields.size()) - 1);
  return std::clamp(10 * largest, 1e-4, 0.05);
}

/// What approximate relations show where they leave just the degrees of freedom: level sets of their left
/// sides are kept by a symmetry wherever the noise has put the rows.
bool take_approximate(const DataEvidence& evidence, const DimensionFinding& finding, SetFields& set) {
  constexpr double most_residual = 0.01, wide_gap = 10, near_tangent = 0.05, scatter = 5;
  constexpr Index few_points = 300;
  const int dimension = *finding.value;
  if (evidence.loose_dimension != dimension || evidence.loose_normals.points.rows() == 0 ||
      evidence.standard.rank() > most_algebra_rank)
    return false;
  const TangentSpectrum spectrum = tangent_spectrum(evidence.loose_normals);
  const auto count = (spectrum.residuals.array() < most_residual).count();
  if (count == 0 || count == spectrum.residuals.size() ||
      spectrum.residuals(count) < wide_gap * spectrum.residuals(count - 1))
    return false;
  // A relation that is only near the set has other motions; those of neighbours tell.
  const Normals fitted =
      normals_from_neighbours(evidence.standard.whitened, dimension, few_points,
                              std::isfinite(finding.above_scale) ? finding.above_scale : 0.0);
  for (Index k = 0; k < count; ++k)
    if (tangent_residual(fitted, spectrum.fields[static_cast<std::size_t>(k)]) >
        near_tangent + scatter * fitted.error)
      return false;
  set.evidence = Evidence::approximate;
  set.standard = evidence.standard;
  set.normals = evidence.loose_normals;
  set.residuals = spectrum.residuals;
  set.tolerance = 0.03;
  set.fields.assign(spectrum.fields.begin(), spectrum.fields.begin() + count);
  return true;
}

void take_neighbours(const DataEvidence& evidence, const DimensionFinding& dimension, SetFields& set) {
  if (take_approximate(evidence, dimension, set)) return;
  const bool noisy = std::isfinite(dimension.above_scale);
  set.standard = noisy ? without_noise(evidence.standard, dimension.above_scale) : evidence.standard;
  const Index d = *dimension.value;
  if (d >= set.standard.rank()) return;
  NeighbourAlgebra algebra =
      algebra_from_neighbours(set.standard.whitened, d, noisy ? dimension.above_scale : 0.0);
  if (algebra.residuals.size() == 0) {
    set.note = "Motions that keep the set were not sought: " + std::to_string(evidence.standard.rows.rows()) +
               " rows are too few for " + std::to_string(d) + " dimensions.";
    return;
  }
  if (!algebra.clear) {
    set.note = "Motions that keep the set cannot be told from others with " +
               std::to_string(evidence.standard.rows.rows()) + " rows in " + std::to_string(d) +
               " dimensions.";
    return;
  }
  set.evidence = Evidence::neighbours;
  set.residuals = std::move(algebra.residuals);
  set.normals = std::move(algebra.normals);
  set.tolerance = 0.03;
  if (!noisy && !keep_constraints(evidence, algebra.fields)) return;
  set.fields = std::move(algebra.fields);
  if (set.fields.empty() ||
      describe_algebra(set.fields, second_moments(set.standard.rank()), structure_tolerance(set)).closed)
    return;
  // Nearly tangent motions that form no algebra are no symmetries, or not all of them.
  set.fields.clear();
  set.evidence = Evidence::none;
  set.note =
      "The motions that are nearly tangent to the set form no algebra: more rows are needed to tell them.";
}

/// [D x r] Raw values per unit of the whitened coordinates.
MatrixXd raw_units(const Standardised& standard) {
  const Eigen::Map<const VectorXd> scale(standard.scale.data(), static_cast<Index>(standard.scale.size()));
  return scale.asDiagonal() * standard.span.basis * standard.span.variances.cwiseSqrt().asDiagonal();
}

/// A rotation turns by one radian per unit of its parameter, other fields have the largest entry 1.
void normalise_motion(AffineField& field, FieldKind kind) {
  const Index r = field.rows();
  double size =
      kind == FieldKind::translation ? field.cwiseAbs().maxCoeff() : field.leftCols(r).cwiseAbs().maxCoeff();
  if (kind == FieldKind::rotation || kind == FieldKind::screw || kind == FieldKind::spiral)
    size = eigenvalues_of(field.leftCols(r)).imag().cwiseAbs().maxCoeff();
  if (size > 0) field /= size;
}

/// Part of a field outside the span of others, relative to it; whitened fields are measured by their motion.
double outside(const std::vector<AffineField>& span, const AffineField& field) {
  const VectorXd vector = Eigen::Map<const VectorXd>(field.data(), field.size()).normalized();
  if (span.empty()) return 1;
  const MatrixXd basis = orthonormal(stacked(span));
  return (vector - basis * (basis.transpose() * vector)).norm();
}

/// Adds fields of `candidates` that are independent of those chosen, in their order, while `accept` likes
/// them, until there are `count`.
template <class Accept>
void choose(std::vector<AffineField>& chosen, const std::vector<AffineField>& candidates, std::size_t count,
            const Accept& accept) {
  constexpr double independent = 0.3;
  for (const AffineField& field : candidates)
    if (chosen.size() < count && outside(chosen, field) > independent && accept(field))
      chosen.push_back(field);
}

/// Adds those of `candidates` that are farthest from what is chosen until there are `count`.
void fill_up(std::vector<AffineField>& chosen, const std::vector<AffineField>& candidates,
             std::size_t count) {
  while (chosen.size() < count) {
    const AffineField* farthest = nullptr;
    double most = 1e-6;
    for (const AffineField& field : candidates) {
      const double distance = outside(chosen, field);
      if (distance <= most) continue;
      most = distance;
      farthest = &field;
    }
    if (farthest == nullptr) return;
    chosen.push_back(*farthest);
  }
}

/// Fields that the distribution keeps, as they are said.
struct Said {
  std::vector<AffineField> fields;
  std::size_t familiar = 0;  ///< the first of them, which have no error of an estimate
};

/// The familiar fields that nearly lie in the span of `found`, which has the errors of an estimate, and that
/// the distribution keeps as they are; where there are not enough, a sparse basis of it.
Said snapped(const FieldDescriber& describer, const std::vector<AffineField>& found,
             const std::vector<AffineField>& familiar, const std::vector<AffineField>& sparse) {
  constexpr double near = 0.15;
  const double broken = broken_below / static_cast<double>(std::max<std::size_t>(1, found.size()));
  Said said;
  choose(said.fields, familiar, found.size(), [&](const AffineField& field) {
    return outside(found, field) < near && describer.test(field).p_value >= broken;
  });
  said.familiar = said.fields.size();
  choose(said.fields, sparse, found.size(), [](const AffineField&) { return true; });
  fill_up(said.fields, sparse, found.size());
  return said;
}

/// The algebra of fields that have the errors of an estimate: the first tolerance at which they are named.
/// None if they form none: what a distribution keeps does.
std::optional<std::string> estimated_structure(const std::vector<AffineField>& fields) {
  if (fields.empty()) return "none";
  for (const double tolerance : {1e-3, 0.01, 0.03}) {
    const AlgebraStructure structure =
        describe_algebra(fields, second_moments(fields.front().rows()), tolerance);
    if (structure.closed) return structure.name;
  }
  constexpr std::size_t most_named = 120;  // more are not looked at
  return fields.size() > most_named ? std::optional(plural(fields.size(), "motion")) : std::nullopt;
}

SymmetryFinding symmetry_finding(const SetFields& set, const std::vector<std::string>& columns) {
  SymmetryFinding finding;
  finding.evidence = set.evidence;
  finding.found = static_cast<int>(set.fields.size());
  const AlgebraStructure structure =
      describe_algebra(set.fields, second_moments(set.standard.rank()), structure_tolerance(set));
  finding.algebra = structure.name;
  finding.rotations = structure.compact;
  finding.closure_residual = structure.closure;
  finding.eigenvalues = shown_values(set.residuals.cwiseAbs2());
  finding.coordinates = columns;
  return finding;
}

}  // namespace

bool FieldDescriber::Kept::holds(const AffineField& field) const {
  constexpr double near = 0.15;
  return !fields.empty() && field.rows() == fields.front().rows() && outside(fields, field) < near;
}

SetFields fields_of_set(const DataEvidence& evidence, const DimensionFinding& dimension) {
  SetFields set;
  set.standard = evidence.standard;
  if (evidence.discrete > 0 || evidence.always_at_atoms > 0) {
    set.note = "Motions that keep the set were not sought, since some columns take few values only.";
  } else if (!dimension.value || dimension.fills_its_span) {
    return set;
  } else if (dimension.evidence == Evidence::constraints && evidence.standard.rank() > most_algebra_rank) {
    set.note = "Motions that keep the set were not sought: the data span more than " +
               std::to_string(most_algebra_rank) + " directions.";
  } else if (dimension.evidence == Evidence::constraints) {
    take_exact(evidence, set);
  } else if (dimension.evidence == Evidence::neighbours) {
    take_neighbours(evidence, dimension, set);
  }
  return set;
}

FieldDescriber::FieldDescriber(const Standardised& standard, const std::vector<std::string>& columns,
                               const VectorXd& weights, const EventWindow& window)
    : standard_(standard),
      columns_(columns),
      frame_(standard.span, columns, standard.offset, standard.scale),
      flow_(std::make_unique<const FlowInvarianceTest>(standard.whitened, weights, FlowInvarianceSettings{},
                                                       window.in_coordinates(raw_units(standard)))) {}

FieldDescriber::~FieldDescriber() = default;

WhitenedMap::WhitenedMap(const Standardised& standard, const Candidate& candidate) {
  const auto features = static_cast<Index>(standard.scale.size());
  const Index r = standard.rank();
  const Eigen::Map<const VectorXd> offset(standard.offset.data(), features),
      scale(standard.scale.data(), features);
  const VectorXd per_scale = scale.cwiseInverse(), size = standard.span.variances.cwiseSqrt();
  const MatrixXd matrix = per_scale.asDiagonal() * candidate.matrix * scale.asDiagonal();
  VectorXd at_mean = candidate.matrix * offset + candidate.shift;
  if (!candidate.continuous) at_mean -= offset;
  const VectorXd shift = per_scale.cwiseProduct(at_mean);
  const MatrixXd& basis = standard.span.basis;
  field.resize(r, r + 1);
  field << size.cwiseInverse().asDiagonal() * (basis.transpose() * matrix * basis) * size.asDiagonal(),
      size.cwiseInverse().cwiseProduct(basis.transpose() * (matrix * standard.span.mean + shift));
  if (!candidate.continuous)
    field.col(r) -= size.cwiseInverse().cwiseProduct(basis.transpose() * standard.span.mean);
  const MatrixXd some = thinned(standard.rows, 2000);
  MatrixXd motion = (some * matrix.transpose()).rowwise() + shift.transpose();
  if (!candidate.continuous) motion -= some;
  const double all = motion.squaredNorm(), inside = (motion * basis).squaredNorm();
  moves = all > 1e-18 * some.squaredNorm();
  leaves_span = moves ? std::sqrt(std::max(0.0, all - inside) / all) : 0.0;
}

std::vector<AffineField> FieldDescriber::sparse(const std::vector<AffineField>& fields) const {
  if (fields.empty()) return {};
  std::vector<AffineField> in_features;
  for (const AffineField& field : fields) in_features.push_back(frame_.from_span(standard_.to_span(field)));
  std::vector<AffineField> basis;
  for (const AffineField& field : sparse_basis(std::move(in_features), frame_.sizes()))
    basis.push_back(standard_.to_whitened(frame_.to_span(field)).normalized());
  return basis;
}

std::vector<AffineField> FieldDescriber::familiar(const std::vector<AffineField>& fields,
                                                  double tolerance) const {
  std::vector<AffineField> basis;
  for (const std::string& text : natural_candidates(columns_)) {
    const Candidate candidate = parse_candidate(text, columns_).front();
    if (!candidate.continuous) continue;
    const WhitenedMap map(standard_, candidate);
    if (map.leaves_span < tolerance && map.field.norm() > 0 && outside(fields, map.field) < tolerance &&
        outside(basis, map.field) > 0.3)
      basis.push_back(map.field.normalized());
  }
  const std::vector<AffineField> rest = sparse(fields);
  choose(basis, rest, fields.size(), [](const AffineField&) { return true; });
  fill_up(basis, rest, fields.size());
  return basis;
}

GeneratorFinding FieldDescriber::describe(const AffineField& field, double field_error) const {
  AffineField feature_field = frame_.from_span(standard_.to_span(field));
  GeneratorFinding finding;
  finding.kind = kind_of(feature_field, frame_.sizes(), field_error);
  normalise_motion(feature_field, finding.kind);
  finding.name = frame_.name(feature_field, finding.kind);
  const FeatureFrame::RawField raw = frame_.raw_field(feature_field);
  finding.matrix = rows_of(raw.matrix);
  finding.shift.assign(raw.shift.data(), raw.shift.data() + raw.shift.size());
  finding.equation = frame_.equation(raw, std::clamp(field_error, 1e-5, 0.03));
  finding.density = density_finding(test(field));
  return finding;
}

FlowInvariance FieldDescriber::test(const AffineField& field) const {
  const Index r = field.rows();
  return flow_->test(field.leftCols(r), field.col(r));
}

FieldDescriber::Kept FieldDescriber::keeping_distribution(const std::vector<AffineField>& fields) const {
  std::vector<FlowInvarianceTest::Field> given;
  for (const AffineField& field : fields)
    given.push_back({field.leftCols(field.rows()), field.col(field.rows())});
  const FlowInvarianceTest::Subspace found = flow_->invariant_subspace(given);
  Kept kept;
  for (Index k = 0; k < found.combinations.cols(); ++k) {
    AffineField sum = AffineField::Zero(fields.front().rows(), fields.front().cols());
    for (std::size_t i = 0; i < fields.size(); ++i)
      sum += found.combinations(static_cast<Index>(i), k) * fields[i];
    kept.fields.push_back(std::move(sum));
    kept.p_value = std::min(kept.p_value, found.tests[static_cast<std::size_t>(k)].p_value);
  }
  return kept;
}

Index FieldDescriber::independent_stride() const {
  const Index r = standard_.rank(), rows = standard_.whitened.rows();
  AffineField translation = AffineField::Zero(r, r + 1), scaling = translation;
  translation.col(r).setOnes();
  scaling.leftCols(r).setIdentity();
  Index stride = 1;
  for (const AffineField& field : {translation, scaling}) {
    const FlowInvariance result = test(field);
    if (result.serial && result.effective_events >= 1)
      stride = std::max(stride,
                        static_cast<Index>(std::ceil(static_cast<double>(rows) / result.effective_events)));
  }
  return stride;
}

double FieldDescriber::share_led_out(const AffineField& field) const {
  const Index r = field.rows();
  const MatrixXd some = thinned(standard_.whitened, 300);
  const double time = typical_time(some, field.leftCols(r), field.col(r));
  return share_off_the_points(standard_.whitened, some,
                              apply_flow(some, field.leftCols(r), field.col(r), time));
}

void trust_search(const FieldDescriber::Kept& kept, DensityFinding& density) {
  if (density.verdict != DensityVerdict::broken) return;
  density.test.p_value = kept.p_value;
  density.verdict =
      density.test.effect_limit <= density.test.delta ? DensityVerdict::invariant : DensityVerdict::undecided;
}

DensityFinding density_finding(const FlowInvariance& result) {
  DensityFinding finding;
  finding.test = {result.p_value, result.effect,           result.effect_limit,
                  result.delta,   result.effective_events, result.serial};
  if (result.moves && result.verdict == Invariance::established) finding.verdict = DensityVerdict::invariant;
  if (result.moves && result.verdict == Invariance::broken) finding.verdict = DensityVerdict::broken;
  return finding;
}

namespace {

constexpr double estimate_error = 0.03;

/// What the distribution keeps of `fields`, a familiar basis of them; their generators are added to it.
std::optional<DistributionFinding> distribution_among(const FieldDescriber& describer,
                                                      const std::vector<AffineField>& fields,
                                                      const std::vector<AffineField>& familiar, double error,
                                                      FieldDescriber::Kept& found, Said* said) {
  found = describer.keeping_distribution(fields);
  *said = snapped(describer, found.fields, familiar, describer.sparse(found.fields));
  DistributionFinding finding;
  finding.searched = static_cast<int>(fields.size());
  const auto algebra = estimated_structure(said->fields);
  if (!algebra) {
    found = {};
    *said = {};
    return std::nullopt;
  }
  finding.algebra = *algebra;
  for (std::size_t k = 0; k < said->fields.size(); ++k) {
    finding.generators.push_back(
        describer.describe(said->fields[k], k < said->familiar ? error : estimate_error));
    trust_search(found, finding.generators.back().density);
  }
  return finding;
}

}  // namespace

DescribedSymmetry describe_set(const SetFields& set, const FieldDescriber& describer,
                               const std::vector<std::string>& columns) {
  DescribedSymmetry described;
  if (set.fields.empty()) return described;
  const double error = structure_tolerance(set);
  const std::vector<AffineField> all = describer.familiar(set.fields, error);
  Said kept;
  auto distribution = distribution_among(describer, set.fields, all, error, described.kept, &kept);
  if (distribution) distribution->among = "that keep the set";
  SymmetryFinding& symmetry = described.symmetry.emplace(symmetry_finding(set, columns));
  if (distribution && kept.fields.size() == set.fields.size()) distribution->algebra = symmetry.algebra;
  std::vector<AffineField> basis = kept.fields;
  choose(basis, all, set.fields.size(), [](const AffineField&) { return true; });
  fill_up(basis, set.fields, set.fields.size());
  for (std::size_t k = 0; k < basis.size(); ++k) {
    const bool is_kept = k < kept.fields.size();
    GeneratorFinding generator = is_kept ? distribution->generators[k] : describer.describe(basis[k], error);
    generator.residual = std::pow(tangent_residual(set.normals, basis[k]), 2);
    // A fitted motion has an error, and on a thin set a small one is seen.
    if (set.evidence != Evidence::constraints && generator.density.verdict == DensityVerdict::broken &&
        generator.density.test.effect < generator.density.test.delta)
      generator.density.verdict = DensityVerdict::undecided;
    if (generator.density.verdict == DensityVerdict::broken)
      generator.leaves = describer.share_led_out(basis[k]);
    if (is_kept) distribution->generators[k] = generator;
    symmetry.generators.push_back(std::move(generator));
  }
  // As a Lie algebra one boost is one scaling; people tell them apart.
  const AffineField& first = set.fields.front();
  if (symmetry.algebra == "scaling" && set.fields.size() == 1 &&
      std::abs(first.leftCols(first.rows()).trace()) < error * first.norm())
    symmetry.algebra = "boost";
  described.unclear = !distribution;
  described.distribution = std::move(distribution);
  return described;
}

DescribedSymmetry distribution_of_span(const FieldDescriber& describer) {
  constexpr Index most_directions_searched = 8, least_events = 500;
  const Standardised& standard = describer.standard();
  const Index r = standard.rank();
  if (r < 1 || r > most_directions_searched || standard.whitened.rows() < least_events) return {};
  std::vector<AffineField> fields;
  for (const auto& field : FlowInvarianceTest::all_affine(r)) {
    AffineField affine(r, r + 1);
    affine << field.matrix, field.shift;
    fields.push_back(std::move(affine));
  }
  Said said;
  DescribedSymmetry described;
  described.distribution =
      distribution_among(describer, fields, describer.familiar(fields, 1e-6), 1e-5, described.kept, &said);
  if (described.distribution) described.distribution->among = "of the span";
  described.unclear = !described.distribution;
  return described;
}

DescribedSymmetry distribution_of_constraints(const DataEvidence& evidence, const FieldDescriber& describer) {
  if (!evidence.has_exact_surface() || evidence.standard.rank() > most_algebra_rank) return {};
  const VarietyAlgebra algebra = algebra_of(evidence.variety, evidence.rounding);
  if (!algebra.clear || algebra.fields.empty()) return {};
  Said said;
  DescribedSymmetry described;
  described.distribution = distribution_among(
      describer, algebra.fields, describer.familiar(algebra.fields, 1e-5), 1e-5, described.kept, &said);
  if (described.distribution) described.distribution->among = "that keep the exact constraints";
  described.unclear = !described.distribution;
  return described;
}

}  // namespace symscan
