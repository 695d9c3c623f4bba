#include "host/findings/symmetry.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <utility>

#include "host/base/linear_algebra.hpp"
#include "kernels/generate/row_random.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t tangent_points = 2000;
constexpr std::uint64_t noise_seed = 7;

MatrixXd as_field(const VectorXd& vector, Index r) {
  return Eigen::Map<const MatrixXd>(vector.data(), r, r + 1);
}

/// Generators of all seeds as one subspace: the leading directions of the mean of their projectors, in
/// coordinates in which the length of a field is the motion it causes. Returns fields of u.
std::vector<AffineField> consensus(const GroupFindings& details, const DataSpan& span, int count,
                                   double* angle) {
  const Index r = span.rank(), size = r * (r + 1);
  VectorXd weight(size);
  for (Index i = 0; i <= r; ++i)
    weight.segment(i * r, r).setConstant(i < r ? std::sqrt(span.variances(i)) : 1.0);
  MatrixXd mean = MatrixXd::Zero(size, size);
  std::vector<MatrixXd> bases;
  for (const ReplicaFindings& replica : details.replicas) {
    const MatrixXd fields = weight.asDiagonal() * replica.spectrum.fields.leftCols(count);
    bases.push_back(orthonormal(fields));
    mean += bases.back() * bases.back().transpose() / static_cast<double>(details.replicas.size());
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

MatrixXd noise_for(Index rows, Index latents) {
  MatrixXd noise(rows, latents);
  for (Index row = 0; row < rows; ++row) {
    RowRandom random(noise_seed, static_cast<std::uint64_t>(row));
    for (Index j = 0; j < latents; ++j) noise(row, j) = random.normal();
  }
  return noise;
}

void compare_bounds(const TrainedModel& model, const MatrixXd& before, const MatrixXd& after, double tau,
                    DensityTest& test) {
  const MatrixXd noise = noise_for(before.rows(), model.latents());
  const VectorXd change = model.bound(after, noise, tau) - model.bound(before, noise, tau);
  const auto count = static_cast<double>(change.size());
  test.bound_change = change.mean();
  test.bound_error =
      std::sqrt((change.array() - change.mean()).square().sum() / (count * std::max(1.0, count - 1)));
}

/// The flow for one radian of the fastest rotation; other fields for half a standard deviation of motion.
double typical_time(const MatrixXd& points, const MatrixXd& matrix, const VectorXd& shift) {
  const double turning = eigenvalues_of(matrix).imag().cwiseAbs().maxCoeff();
  const MatrixXd motion = (points * matrix.transpose()).rowwise() + shift.transpose();
  const double speed = std::sqrt(motion.rowwise().squaredNorm().mean());
  const MatrixXd centred = points.rowwise() - points.colwise().mean();
  const double size = std::sqrt(centred.rowwise().squaredNorm().mean());
  if (turning > 0.05 * speed / std::max(size, 1e-300)) return 1.0 / turning;
  return speed > 0 ? 0.5 * size / speed : 0;
}

/// Few permutations first: they are enough where the p-value is far above the level. A test that calls the
/// distribution changed is repeated with other halves and other permutations, and the larger p-value counts:
/// of many generators one would otherwise be called broken by chance.
template <class Test>
InvarianceTest confirmed(const FindingsOptions& options, const Test& test) {
  TwoSampleSettings settings;
  settings.max_points = options.test_points;
  const int permutations = std::exchange(settings.permutations, 63);
  constexpr double clear = 0.3;
  const InvarianceTest quick = test(settings);
  if (quick.p_value >= clear) return quick;
  settings.permutations = permutations;
  const InvarianceTest first = test(settings);
  if (first.p_value >= broken_below) return first;
  settings.seed += 1;
  const InvarianceTest second = test(settings);
  return second.p_value > first.p_value ? second : first;
}

std::string algebra_text(const std::string& rotations, const std::vector<Generator>& generators) {
  std::map<FieldKind, int> counts;
  for (const Generator& generator : generators)
    if (generator.kind != FieldKind::rotation && !generator.approximate) ++counts[generator.kind];
  std::string text = rotations;
  for (const auto& [kind, count] : counts) {
    text += (text.empty() ? "" : " + ") + std::to_string(count) + " " +
            (kind == FieldKind::other ? std::string("affine map") : to_string(kind)) + (count > 1 ? "s" : "");
  }
  return text.empty() ? "none" : text;
}

}  // namespace

const GroupFindings* best_group(const std::vector<GroupFindings>& groups) {
  std::map<int, double> votes;
  for (const GroupFindings& group : groups)
    if (group.gap.count > 0) votes[group.gap.count] += std::log(group.gap.ratio);
  int count = 0;
  double most = 0;
  for (const auto& [candidate, vote] : votes) {
    if (vote <= most) continue;
    count = candidate;
    most = vote;
  }
  const GroupFindings* best = nullptr;
  for (const GroupFindings& group : groups)
    if (count > 0 && group.gap.count == count && (best == nullptr || group.gap.ratio > best->gap.ratio))
      best = &group;
  return best;
}

SymmetryFindings find_symmetry(const RunResults& results, Ledger& ledger, const Group& group,
                               const DatasetPoints& points, const DataSpan& span, int count,
                               const FindingsOptions& options) {
  SymmetryFindings findings;
  const Index r = span.rank();
  findings.group = group.config->group;
  findings.count = count;
  const auto size = static_cast<double>(r * (r + 1));
  const int bootstraps = static_cast<int>(std::clamp(2e7 / (size * size * size), 4.0, 100.0));
  findings.details =
      analyse_group(results, ledger, group, points, span, tangent_points, options.most_seeds, bootstraps);
  std::size_t enough = 0, draws = 0;
  for (const ReplicaFindings& replica : findings.details.replicas) {
    for (const GeneratorGap& gap : replica.resampled) {
      enough += gap.count >= count ? 1 : 0;
      ++draws;
    }
  }
  findings.confidence = draws > 0 ? static_cast<double>(enough) / static_cast<double>(draws) : 0;

  const DatasetRecord& record = results.datasets[group.dataset];
  const FeatureFrame frame(span, record.columns, record.offset, record.scale);
  std::vector<AffineField> fields;
  for (const AffineField& field : consensus(findings.details, span, count, &findings.subspace_angle))
    fields.push_back(frame.from_span(field));
  findings.closure_residual = closure_residual(fields, frame.second_moments());
  const AlgebraParts parts = split_algebra(fields, frame.covariance());
  const TrainedModel model = load_model(results, ledger, group.representative);
  const MatrixXd chosen = thinned(points.prepared, tangent_points);
  const auto tangents = model.tangents(chosen);
  const GeneratorSums sums(span, tangents.reconstruction, tangents.jacobians, group.tau);
  const VectorXd unit = span.variances.cwiseSqrt();
  const MatrixXd standardised = span.coordinates(points.prepared) * unit.cwiseInverse().asDiagonal();
  constexpr double exact = 0.006;
  const double exact_below = std::max(exact, 4 * sums.solve().floor);
  std::vector<AffineField> exact_rotations;
  for (const auto& [part, rotation] : {std::pair{&parts.compact, true}, std::pair{&parts.translations, false},
                                       std::pair{&parts.others, false}}) {
    for (AffineField field : sparse_basis(*part, frame.sizes())) {
      Generator generator;
      generator.kind = rotation ? FieldKind::rotation : kind_of(field, frame.sizes());
      normalise(field, generator.kind);
      generator.name = frame.name(field, generator.kind);
      generator.raw = frame.raw_field(field);
      generator.equation = frame.equation(generator.raw);
      const AffineField in_span = frame.to_span(field);
      generator.residual = sums.residual(in_span);
      generator.approximate = generator.residual > exact_below;
      if (rotation && !generator.approximate) exact_rotations.push_back(field);
      const MatrixXd matrix = unit.cwiseInverse().asDiagonal() * in_span.leftCols(r) * unit.asDiagonal();
      const VectorXd shift = unit.cwiseInverse().cwiseProduct(in_span.col(r));
      generator.density.p_value = confirmed(options, [&](const TwoSampleSettings& settings) {
                                    return test_flow_invariance(standardised, matrix, shift, settings);
                                  }).p_value;
      const MatrixXd before = span.coordinates(chosen);
      const MatrixXd moved = apply_flow(before, in_span.leftCols(r), in_span.col(r),
                                        typical_time(before, in_span.leftCols(r), in_span.col(r)));
      compare_bounds(model, chosen, chosen + (moved - before) * span.basis.transpose(), group.tau,
                     generator.density);
      findings.generators.push_back(std::move(generator));
    }
  }
  findings.rotations = name_compact_algebra(exact_rotations);
  findings.algebra = algebra_text(findings.rotations, findings.generators);
  if (findings.rotations.empty()) findings.rotations = "none";
  return findings;
}

std::string doubt_about(const SymmetryFindings& findings) {
  constexpr double least_confidence = 0.5, most_closure = 0.1;
  char reason[160];
  if (findings.confidence < least_confidence) {
    std::snprintf(reason, sizeof reason, "only %.0f %% of bootstrap draws see as many",
                  100 * findings.confidence);
  } else if (findings.closure_residual > most_closure) {
    std::snprintf(reason, sizeof reason, "%.0f %% of their commutators lies outside them",
                  100 * findings.closure_residual);
  } else {
    return "";
  }
  return std::to_string(findings.count) +
         " motions are nearly tangent to the manifold, but are not counted as a symmetry: " + reason + ".";
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

std::vector<CandidateFindings> test_candidates(const RunResults& results, Ledger& ledger, const Group& group,
                                               const DatasetPoints& points, const DataSpan& span,
                                               const std::vector<std::string>& names,
                                               const FindingsOptions& options) {
  const DatasetRecord& record = results.datasets[group.dataset];
  const auto features = static_cast<Index>(record.columns.size());
  const Eigen::Map<const VectorXd> offset(record.offset.data(), features),
      scale(record.scale.data(), features);
  const TrainedModel model = load_model(results, ledger, group.representative);
  const MatrixXd chosen = thinned(points.prepared, tangent_points);
  const auto tangents = model.tangents(chosen);
  const GeneratorSums sums(span, tangents.reconstruction, tangents.jacobians, group.tau);
  const MatrixXd posterior = model.decode(model.encode(chosen).mean);
  std::vector<Candidate> candidates;
  for (const std::string& name : names)
    for (Candidate& candidate : parse_candidate(name, record.columns))
      candidates.push_back(std::move(candidate));
  std::vector<CandidateFindings> findings;
  for (const Candidate& candidate : candidates) {
    CandidateFindings finding{candidate.name, candidate.continuous, 0, {}, ""};
    // The map in prepared units: p -> matrix p + shift.
    const MatrixXd matrix = scale.cwiseInverse().asDiagonal() * candidate.matrix * scale.asDiagonal();
    const VectorXd at_offset = candidate.continuous
                                   ? VectorXd(candidate.matrix * offset + candidate.shift)
                                   : VectorXd(candidate.matrix * offset + candidate.shift - offset);
    const VectorXd shift = scale.cwiseInverse().cwiseProduct(at_offset);
    MatrixXd moved;
    InvarianceTest test;
    if (candidate.continuous) {
      const Index r = span.rank();
      AffineField field(r, r + 1);
      field << span.basis.transpose() * matrix * span.basis,
          span.basis.transpose() * (matrix * span.mean + shift);
      const MatrixXd motion = (tangents.reconstruction * matrix.transpose()).rowwise() + shift.transpose();
      const double all = motion.squaredNorm(), inside = (motion * span.basis).squaredNorm();
      if (all > 0) finding.manifold_residual = (all - inside + sums.residual(field) * inside) / all;
      moved = apply_flow(chosen, matrix, shift, typical_time(chosen, matrix, shift));
      test = confirmed(options, [&](const TwoSampleSettings& settings) {
        return test_flow_invariance(points.prepared, matrix, shift, settings);
      });
    } else {
      const auto map = [&](const MatrixXd& rows) -> MatrixXd {
        return (rows * matrix.transpose()).rowwise() + shift.transpose();
      };
      moved = map(chosen);
      const double motion = (moved - chosen).squaredNorm();
      const double left =
          (model.decode(model.encode(moved).mean) - moved).squaredNorm() - (posterior - chosen).squaredNorm();
      if (motion > 0) finding.manifold_residual = std::max(0.0, left / motion);
      test = confirmed(options, [&](const TwoSampleSettings& settings) {
        return test_invariance(points.prepared, map, settings);
      });
    }
    finding.density.p_value = test.p_value;
    finding.density.nothing_moves = test.displacement < 1e-3;
    compare_bounds(model, chosen, moved, group.tau, finding.density);
    findings.push_back(std::move(finding));
  }
  constexpr double on_manifold = 0.05;
  for (CandidateFindings& finding : findings) {
    const bool manifold = finding.manifold_residual < on_manifold;
    const bool density = finding.density.p_value >= broken_below;
    finding.verdict = finding.density.nothing_moves ? "does nothing to these data"
                      : manifold && density         ? "symmetry of manifold and distribution"
                      : manifold                    ? "symmetry of the manifold only"
                      : density                     ? "no change of the distribution seen"
                                                    : "no symmetry";
  }
  return findings;
}

}  // namespace symscan
