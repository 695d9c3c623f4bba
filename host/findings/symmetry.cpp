#include "host/findings/symmetry.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <utility>

#include "host/analysis/algebra_name.hpp"
#include "host/analysis/feature_frame.hpp"
#include "host/base/linear_algebra.hpp"
#include "host/base/text.hpp"
#include "host/findings/density_test.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t searched_points = 2000;

MatrixXd as_field(const VectorXd& vector, Index r) {
  return Eigen::Map<const MatrixXd>(vector.data(), r, r + 1);
}

/// Generators of all seeds as one subspace: the leading directions of the mean of their projectors, in
/// coordinates in which the length of a field is the motion it causes. Returns fields of u.
std::vector<AffineField> consensus(const GroupAnalysis& group, const DataSpan& span, int count,
                                   double* angle) {
  const Index r = span.rank(), size = r * (r + 1);
  VectorXd weight(size);
  for (Index i = 0; i <= r; ++i)
    weight.segment(i * r, r).setConstant(i < r ? std::sqrt(span.variances(i)) : 1.0);
  MatrixXd mean = MatrixXd::Zero(size, size);
  std::vector<MatrixXd> bases;
  for (const ReplicaAnalysis& replica : group.replicas) {
    const MatrixXd fields = weight.asDiagonal() * replica.spectrum.fields.leftCols(count);
    bases.push_back(orthonormal(fields));
    mean += bases.back() * bases.back().transpose() / static_cast<double>(group.replicas.size());
  }
  const MatrixXd best = symmetric_eigen(mean).vectors.rightCols(count);
  *angle = 0;
  for (const MatrixXd& basis : bases) {
    const VectorXd cosines = singular_values(best.transpose() * basis);
    *angle = std::max(*angle, std::acos(std::min(1.0, cosines(count - 1))) * 180.0 / M_PI);
  }
  std::vector<AffineField> fields;
  for (int k = 0; k < count; ++k)
    fields.push_back(as_field(weight.cwiseInverse().cwiseProduct(best.col(count - 1 - k)), r));
  return fields;
}

/// A rotation turns by one radian, other fields have the largest entry 1.
void normalise(AffineField& field, FieldKind kind) {
  const Index r = field.rows();
  double size = field.cwiseAbs().maxCoeff();
  if (kind == FieldKind::rotation) size = eigenvalues_of(field.leftCols(r)).imag().cwiseAbs().maxCoeff();
  if (size > 0) field /= size;
}

std::string algebra_text(const std::string& rotations, const std::vector<GeneratorFinding>& generators) {
  std::map<FieldKind, int> counts;
  for (const GeneratorFinding& generator : generators)
    if (generator.kind != FieldKind::rotation && !generator.approximate) ++counts[generator.kind];
  std::string text = rotations;
  for (const auto& [kind, count] : counts) {
    text += (text.empty() ? "" : " + ") + std::to_string(count) + " " +
            (kind == FieldKind::other ? std::string("affine map") : to_string(kind)) + (count > 1 ? "s" : "");
  }
  return text.empty() ? "none" : text;
}

int bootstrap_draws(Index rank) {
  const auto size = static_cast<double>(rank * (rank + 1));
  return static_cast<int>(std::clamp(2e7 / (size * size * size), 4.0, 100.0));
}

/// Share of the bootstrap draws that see at least `count` generators.
double confidence_in(const GroupAnalysis& group, int count) {
  std::size_t enough = 0, draws = 0;
  for (const ReplicaAnalysis& replica : group.replicas) {
    for (const GeneratorGap& gap : replica.resampled) {
      enough += gap.count >= count ? 1 : 0;
      ++draws;
    }
  }
  return draws > 0 ? static_cast<double>(enough) / static_cast<double>(draws) : 0;
}

std::vector<std::vector<double>> rows_of(const MatrixXd& matrix) {
  std::vector<std::vector<double>> rows;
  for (Index row = 0; row < matrix.rows(); ++row) {
    const VectorXd values = matrix.row(row);
    rows.emplace_back(values.data(), values.data() + values.size());
  }
  return rows;
}

/// Makes findings of fields: names, equations, tests.
class GeneratorTests {
 public:
  GeneratorTests(const Subject& subject, const Group& group, const FeatureFrame& frame)
      : subject_(subject),
        frame_(frame),
        judge_(subject, group),
        unit_(subject.span.variances.cwiseSqrt()),
        standardised_(subject.span.coordinates(subject.points.prepared) * unit_.cwiseInverse().asDiagonal()),
        coordinates_(subject.span.coordinates(judge_.points)),
        exact_below_(judge_.exact_below()) {}

  GeneratorFinding finding_of(const AffineField& field, FieldKind kind) const {
    GeneratorFinding finding;
    finding.kind = kind;
    finding.name = frame_.name(field, kind);
    const FeatureFrame::RawField raw = frame_.raw_field(field);
    finding.matrix = rows_of(raw.matrix);
    finding.shift.assign(raw.shift.data(), raw.shift.data() + raw.shift.size());
    finding.equation = frame_.equation(raw);
    const AffineField in_span = frame_.to_span(field);
    finding.residual = judge_.sums.residual(in_span);
    finding.approximate = finding.residual > exact_below_;
    finding.density.test = density_test(in_span);
    finding.density.verdict =
        finding.density.test.p_value < broken_below ? DensityVerdict::broken : DensityVerdict::invariant;
    return finding;
  }

 private:
  DensityTest density_test(const AffineField& field) const {
    const Index r = field.rows();
    const MatrixXd linear = field.leftCols(r);
    const VectorXd constant = field.col(r);
    const MatrixXd matrix = unit_.cwiseInverse().asDiagonal() * linear * unit_.asDiagonal();
    const VectorXd shift = unit_.cwiseInverse().cwiseProduct(constant);
    DensityTest test;
    test.p_value = confirmed(subject_.options, [&](const TwoSampleSettings& settings) {
                     return test_flow_invariance(standardised_, matrix, shift, settings);
                   }).p_value;
    const MatrixXd moved =
        apply_flow(coordinates_, linear, constant, typical_time(coordinates_, linear, constant));
    judge_.compare_bounds(judge_.points + (moved - coordinates_) * subject_.span.basis.transpose(), test);
    return test;
  }

  const Subject& subject_;
  const FeatureFrame& frame_;
  Judge judge_;
  VectorXd unit_;
  MatrixXd standardised_;  ///< [n x r] all points, every direction of variance 1
  MatrixXd coordinates_;   ///< [n x r] the judge's points in the span
  double exact_below_;
};

/// Fills in the generators and the algebra that the exact ones form.
void name_generators(const Subject& subject, const Group& group, const FeatureFrame& frame,
                     const std::vector<AffineField>& fields, SymmetryFinding& finding) {
  const AlgebraParts parts = split_algebra(fields, frame.covariance());
  const GeneratorTests tests(subject, group, frame);
  std::vector<AffineField> exact_rotations;
  for (const auto& [part, rotation] : {std::pair{&parts.compact, true}, std::pair{&parts.translations, false},
                                       std::pair{&parts.others, false}}) {
    for (AffineField field : sparse_basis(*part, frame.sizes())) {
      const FieldKind kind = rotation ? FieldKind::rotation : kind_of(field, frame.sizes());
      normalise(field, kind);
      finding.generators.push_back(tests.finding_of(field, kind));
      if (rotation && !finding.generators.back().approximate) exact_rotations.push_back(field);
    }
  }
  const std::string rotations = name_compact_algebra(exact_rotations);
  finding.algebra = algebra_text(rotations, finding.generators);
  finding.rotations = rotations.empty() ? "none" : rotations;
}

/// The group's generators, `count` of them, whether or not they hold.
SymmetryFinding describe_symmetry(const Subject& subject, const Group& group, const GroupAnalysis& spectra,
                                  int count) {
  SymmetryFinding finding;
  finding.group = group.config->group;
  finding.label = subject.label_of(group);
  finding.found = count;
  finding.confidence = confidence_in(spectra, count);
  finding.seeds = spectra.replicas.size();
  finding.eigenvalues = shown_values(spectra.eigenvalues);
  finding.spread = shown_values(spectra.spread);
  finding.coordinates = subject.record.columns;
  const FeatureFrame frame(subject.span, subject.record.columns, subject.record.offset, subject.record.scale);
  std::vector<AffineField> fields;
  for (const AffineField& field : consensus(spectra, subject.span, count, &finding.subspace_angle))
    fields.push_back(frame.from_span(field));
  finding.closure_residual = closure_residual(fields, frame.second_moments());
  name_generators(subject, group, frame, fields, finding);
  return finding;
}

/// A spectrum of one seed has wider gaps by chance than a mean over seeds.
bool shows_better(const GroupAnalysis& group, const GroupAnalysis& than) {
  const bool tested = group.replicas.size() > 1, other_tested = than.replicas.size() > 1;
  return tested == other_tested ? group.gap.ratio > than.gap.ratio : tested;
}

std::string nearly_tangent(const SymmetryFinding& symmetry) {
  return plural(static_cast<std::uint64_t>(symmetry.found), "motion") +
         (symmetry.found == 1 ? " is" : " are") + " nearly tangent, but ";
}

/// One training is no test where others of its group ended elsewhere.
std::string one_seed_doubt(const SymmetryFinding& symmetry, const Group& group) {
  return nearly_tangent(symmetry) + "only 1 of " + plural(group.done.size(), "seed") +
         " reached the lowest loss of its group: add seeds.";
}

}  // namespace

std::vector<double> shown_values(const VectorXd& values) {
  constexpr Index most = 40;
  return {values.data(), values.data() + std::min(values.size(), most)};
}

const GroupAnalysis* best_group(const std::vector<GroupAnalysis>& groups) {
  std::map<int, double> votes;
  for (const GroupAnalysis& group : groups)
    if (group.gap.count > 0)
      votes[group.gap.count] += std::log(group.gap.ratio) * static_cast<double>(group.replicas.size());
  int count = 0;
  double most = 0;
  for (const auto& [candidate, vote] : votes) {
    if (vote <= most) continue;
    count = candidate;
    most = vote;
  }
  const GroupAnalysis* best = nullptr;
  for (const GroupAnalysis& group : groups)
    if (count > 0 && group.gap.count == count && (best == nullptr || shows_better(group, *best)))
      best = &group;
  return best;
}

SymmetrySearch find_symmetry(const Subject& subject, const Group& group, int count) {
  const GroupAnalysis spectra =
      analyse_group(subject, group, searched_points, bootstrap_draws(subject.span.rank()));
  SymmetryFinding all = describe_symmetry(subject, group, spectra, count);
  if (all.seeds == 1 && group.done.size() > 1) return {std::nullopt, one_seed_doubt(all, group)};
  std::string doubt = doubt_about(all);
  if (doubt.empty()) return {std::move(all), ""};
  if (const int fewer = fewer_generators(spectra.eigenvalues, count); fewer > 0) {
    SymmetryFinding some = describe_symmetry(subject, group, spectra, fewer);
    if (doubt_about(some).empty()) return {std::move(some), ""};
  }
  return {std::nullopt, std::move(doubt)};
}

std::string doubt_about(const SymmetryFinding& symmetry) {
  constexpr double least_confidence = 0.8, most_closure = 0.1;
  char reason[160];
  if (symmetry.confidence < least_confidence) {
    std::snprintf(reason, sizeof reason, "only %.0f %% of the bootstrap draws find as many",
                  100 * symmetry.confidence);
  } else if (symmetry.closure_residual > most_closure) {
    std::snprintf(reason, sizeof reason, "%.0f %% of their commutators lie outside their span",
                  100 * symmetry.closure_residual);
  } else {
    return "";
  }
  return nearly_tangent(symmetry) + reason + ".";
}

int fewer_generators(const VectorXd& eigenvalues, int count) {
  int best = 0;
  double widest = 3;
  for (int fewer = count - 1; fewer >= 1; --fewer) {
    const double ratio = eigenvalues(fewer) / std::max(eigenvalues(fewer - 1), 1e-6);
    if (ratio <= widest) continue;
    widest = ratio;
    best = fewer;
  }
  return best;
}

}  // namespace symscan
