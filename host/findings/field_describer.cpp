#include "host/findings/field_describer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/analysis/angle_candidates.hpp"
#include "host/analysis/local_tangents.hpp"
#include "host/analysis/two_sample.hpp"
#include "host/base/linear_algebra.hpp"
#include "host/findings/density_test.hpp"
#include "host/findings/group_analysis.hpp"
#include "host/findings/shown_values.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

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

}  // namespace

FieldDescriber::FieldDescriber(const Standardised& standard, const std::vector<std::string>& columns,
                               const VectorXd& weights, EqualRows equal_rows, const EventWindow& window,
                               const ColumnMeaning& meaning)
    : standard_(standard),
      columns_(columns),
      meaning_(meaning),
      frame_(standard.span, columns, standard.offset, standard.scale),
      flow_(std::make_unique<const FlowInvarianceTest>(standard.whitened, weights,
                                                       FlowInvarianceSettings{.equal_rows = equal_rows},
                                                       window.in_coordinates(raw_units(standard)))) {
  const std::vector<std::string> natural = natural_candidates(columns_, meaning_.angles);
  const auto add = [&](bool there, const char* motion, const char* also) {
    if (!there || std::find(natural.begin(), natural.end(), motion) == natural.end()) return;
    const WhitenedMap map(standard_, parse_candidate(motion, columns_).front());
    if (map.field.norm() > 0) also_.emplace_back(map.field.normalized(), also);
  };
  add(meaning_.transverse_angles, "rotation(px,py)", " (a shift of all phi)");
  add(meaning_.rapidities, "boost(z)", " (a shift of all rapidities)");
}

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
  std::vector<Candidate> candidates = angle_shifts(columns_, meaning_.angles);
  for (const std::string& text : natural_candidates(columns_, meaning_.angles))
    candidates.push_back(parse_candidate(text, columns_, meaning_.angles).front());
  std::vector<AffineField> named;
  for (const Candidate& candidate : candidates) {
    if (!candidate.continuous) continue;
    const WhitenedMap map(standard_, candidate);
    if (map.leaves_span < tolerance && map.field.norm() > 0) named.push_back(map.field.normalized());
  }
  const FieldSpan span(fields);
  std::vector<AffineField> basis;
  choose_fields(basis, named, fields.size(),
                [&](const AffineField& field) { return span.outside(field) < tolerance; });
  complete_fields(basis, sparse(fields), fields.size());
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
  const double cut = std::clamp(field_error, 1e-5, 0.03);
  finding.equation = frame_.equation(raw, cut);
  if (!meaning_.angles.empty()) name_angles(raw, cut, finding);
  for (const auto& [motion, also] : also_)
    if (std::abs(motion.cwiseProduct(field.normalized()).sum()) > 1 - 1e-6) finding.name += also;
  finding.density = density_finding(test(field));
  return finding;
}

void FieldDescriber::name_angles(const FeatureFrame::RawField& raw, double cut,
                                 GeneratorFinding& finding) const {
  std::vector<AngleShift> shifts = shifts_of(raw.matrix, raw.shift, frame_.deviation(), meaning_.angles, cut);
  if (shifts.empty()) return;
  if (only_shifts(raw.matrix, raw.shift, frame_.deviation(), shifts, cut)) {
    const double forward = shifts.front().speed < 0 ? -1 : 1;
    for (AngleShift& shift : shifts) shift.speed *= forward;
    finding.matrix = rows_of(MatrixXd(forward * raw.matrix));
    for (double& component : finding.shift) component *= forward;
    finding.name = name_of_shifts(shifts);
    finding.equation = equation_of_shifts(shifts);
    return;
  }
  std::vector<Index> said;
  for (const AngleShift& shift : shifts) {
    said.push_back(shift.angle.cosine);
    said.push_back(shift.angle.sine);
  }
  finding.name = with_shifts(finding.name, shifts);
  finding.equation = equation_of_shifts(shifts) + ", " + frame_.equation(raw, cut, said);
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
  kept.complete = found.complete;
  for (Index k = 0; k < found.combinations.cols(); ++k) {
    AffineField sum = AffineField::Zero(fields.front().rows(), fields.front().cols());
    for (std::size_t i = 0; i < fields.size(); ++i)
      sum += found.combinations(static_cast<Index>(i), k) * fields[i];
    kept.fields.push_back(std::move(sum));
    kept.p_value = std::min(kept.p_value, found.tests[static_cast<std::size_t>(k)].p_value);
  }
  kept.span = FieldSpan(kept.fields);
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
    // Of sorted rows not one may be independent.
    if (result.serial)
      stride = std::max(stride, static_cast<Index>(std::ceil(static_cast<double>(rows) /
                                                             std::max(1.0, result.effective_events))));
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

}  // namespace symscan
