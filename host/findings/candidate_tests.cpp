#include "host/findings/candidate_tests.hpp"

#include <algorithm>
#include <cmath>

#include "host/analysis/angle_candidates.hpp"
#include "host/analysis/distinct_rows.hpp"
#include "host/analysis/finite_map_test.hpp"
#include "host/analysis/local_tangents.hpp"
#include "host/base/error.hpp"
#include "host/findings/density_test.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double on_the_span = 1e-6;  ///< share (root) of a motion that rounding may take off the linear span
constexpr std::size_t mapped_points = 500;
/// Of a permutation test that says something where it sees no change.
constexpr std::size_t fewest_of_a_half = 30;
constexpr std::size_t most_weighted_rows = 20'000;

/// How far a map takes the points off the exact constraints, relative to its motion: mean squares of
/// distances in standard deviations.
double distance_from_constraints(const DataEvidence& evidence, const MatrixXd& raw,
                                 const Candidate& candidate) {
  const MatrixXd some = thinned(raw, mapped_points);
  const auto features = static_cast<Index>(evidence.standard.scale.size());
  const Eigen::Map<const VectorXd> scale(evidence.standard.scale.data(), features);
  double away = 0, motion = 0;
  for (Index i = 0; i < some.rows(); ++i) {
    const VectorXd row = some.row(i), moved = candidate.matrix * row + candidate.shift;
    motion += (moved - row).cwiseQuotient(scale).squaredNorm();
    for (const Constraint& constraint : evidence.constraints.constraints) {
      if (!constraint.exact) continue;
      const double slope = constraint.gradient_at(moved).cwiseProduct(scale).norm();
      if (slope > 0) away += std::pow(constraint.value(moved) / slope, 2);
    }
  }
  return motion > 0 ? away / motion : 0;
}

/// Root of the share of a motion that leaves the span, and of what stays inside leaves the set.
double joined_shares(double off_span, double off_set) {
  return std::min(
      1.0, std::sqrt(off_span * off_span + std::max(0.0, 1 - off_span * off_span) * off_set * off_set));
}

MatrixXd mapped(const MatrixXd& rows, const AffineField& map) {
  const Index r = map.rows();
  return (rows * map.leftCols(r).transpose()).rowwise() + map.col(r).transpose();
}

}  // namespace

Verdict CandidateTests::verdict_of(bool set_known, bool keeps, DensityVerdict density,
                                   bool says_nothing) const {
  // A motion that keeps the distribution keeps the set on which it lies.
  if (!set_known && keeps && density == DensityVerdict::invariant) return Verdict::symmetry;
  const Verdict open = says_nothing ? Verdict::untold : Verdict::no_change_seen;
  if (!set_known) return density == DensityVerdict::broken ? Verdict::no_symmetry : open;
  if (!keeps) return Verdict::no_symmetry;
  if (density == DensityVerdict::invariant) return Verdict::symmetry;
  if (density == DensityVerdict::undecided) return open;
  return dimension.fills_its_span ? Verdict::no_symmetry : Verdict::manifold_only;
}

CandidateFinding CandidateTests::of_flow(const WhitenedMap& map, CandidateFinding finding) const {
  const double tolerance = std::max(set.tolerance, std::max(on_the_span, 100 * evidence.rounding));
  double share = map.leaves_span;
  if (set.evidence != Evidence::none && set.standard.rank() == evidence.standard.rank())
    share = joined_shares(share, tangent_residual(set.normals, map.field));
  else if (evidence.has_exact_surface())
    share = joined_shares(share, tangent_residual(evidence.variety.normals, map.field));
  finding.manifold_residual = share * share;
  const bool set_known = set.evidence != Evidence::none || dimension.fills_its_span || share > tolerance;
  const FlowInvariance flow = describer.test(map.field);
  DensityFinding density = density_finding(flow);
  constexpr double by_chance = 1e-4;  // a field near those kept may be another one, clearly broken
  if (set.standard.rank() == evidence.standard.rank() && kept.span.nearly_holds(map.field) &&
      density.test.p_value >= by_chance)
    trust_search(kept, density);
  finding.test = density.test;
  finding.verdict = flow.moves
                        ? verdict_of(set_known, share <= tolerance, density.verdict, tells_nothing(density))
                        : Verdict::nothing_moves;
  return finding;
}

std::vector<Index> CandidateTests::rows_seen_after(const Candidate& candidate) const {
  std::vector<Index> rows;
  for (Index i = 0; i < raw.rows(); i += stride)
    if (!acceptance || acceptance->accepts(candidate.matrix * raw.row(i).transpose() + candidate.shift))
      rows.push_back(i);
  return rows;
}

/// `rows`: which of all rows `seen` are; empty: all.
CandidateTests::MapTest CandidateTests::test_of_map(const MatrixXd& seen, const std::vector<Index>& rows,
                                                    const AffineField& map) const {
  if (weights.size() == 0) {
    const InvarianceTest test = confirmed(options, [&](TwoSampleSettings settings) {
      settings.equal_rows = evidence.equal_rows;
      return test_invariance(
          seen, [&](const MatrixXd& points) { return mapped(points, map); }, settings);
    });
    return {test.p_value, test.points < fewest_of_a_half};
  }
  // Weights that depend on where an event lies are not to be permuted.
  const VectorXd own = rows.empty() ? weights : VectorXd(weights(rows));
  const FiniteMapSettings settings;
  const DistinctEvents events =
      distinct_events(seen, own, most_weighted_rows, settings.seed, evidence.equal_rows);
  if (!(events.weights.sum() > 0)) return {};
  const FiniteMapTest test(events.points, events.weights, settings);
  if (!test.enough_events()) return {};
  const AffineMap given{map.leftCols(map.rows()), map.col(map.rows())};
  if (test.leaves(given)) return {0, false};
  return {test.test(given, {}).p_value, false};
}

CandidateFinding CandidateTests::of_map(const Candidate& candidate, const WhitenedMap& map,
                                        CandidateFinding finding) const {
  constexpr double few_off = 0.02;
  constexpr int most_dense_dimension = 4;  ///< in which rows have near neighbours
  const MatrixXd& all = evidence.standard.whitened;
  const bool some_rows = acceptance || stride > 1;
  const std::vector<Index> rows = some_rows ? rows_seen_after(candidate) : std::vector<Index>();
  const MatrixXd part = some_rows ? MatrixXd(all(rows, Eigen::all)) : MatrixXd();
  const MatrixXd& seen = some_rows ? part : all;
  if (seen.rows() == 0) {
    finding.verdict = Verdict::untold;
    return finding;
  }
  bool keeps = map.leaves_span <= std::max(on_the_span, 100 * evidence.rounding);
  bool set_known = true;
  finding.manifold_residual = map.leaves_span * map.leaves_span;
  if (!keeps || dimension.fills_its_span) {
    // The span alone tells.
  } else if (dimension.evidence == Evidence::constraints) {
    finding.manifold_residual = distance_from_constraints(evidence, raw, candidate);
    keeps = std::sqrt(finding.manifold_residual) < std::max(1e-5, 100 * evidence.rounding);
    // A part of the variety may be led to another part.
    if (keeps && *dimension.value <= most_dense_dimension) {
      const MatrixXd some = thinned(seen, mapped_points);
      const double off = share_off_the_points(all, some, mapped(some, map.field));
      keeps = off <= few_off;
      if (!keeps) finding.manifold_residual = off;
    }
  } else if (dimension.evidence == Evidence::neighbours) {
    const MatrixXd some = thinned(seen, mapped_points);
    finding.manifold_residual = share_off_the_points(all, some, mapped(some, map.field));
    keeps = finding.manifold_residual <= few_off;
  } else {
    set_known = false;
  }
  const MapTest test = test_of_map(seen, rows, map.field);
  finding.test.p_value = test.p_value;
  finding.verdict = verdict_of(
      set_known, keeps, test.p_value < broken_below ? DensityVerdict::broken : DensityVerdict::undecided,
      test.says_nothing);
  return finding;
}

CandidateFinding CandidateTests::of_one(const Candidate& candidate) const {
  CandidateFinding finding;
  finding.name = candidate.name;
  finding.continuous = candidate.continuous;
  const WhitenedMap map(evidence.standard, candidate);
  if (!map.moves || evidence.standard.rank() == 0) {
    finding.verdict = Verdict::nothing_moves;
    return finding;
  }
  return candidate.continuous ? of_flow(map, std::move(finding)) : of_map(candidate, map, std::move(finding));
}

std::vector<CandidateFinding> CandidateTests::of(const std::vector<CandidateName>& names) const {
  std::vector<CandidateFinding> findings;
  for (const CandidateName& name : names) {
    for (const Candidate& candidate : parse_candidate(name.text, columns, angles)) {
      auto known = std::find_if(findings.begin(), findings.end(), [&](const CandidateFinding& finding) {
        return finding.name == candidate.name;
      });
      if (known == findings.end()) known = findings.insert(known, of_one(candidate));
      known->named |= name.named;
    }
  }
  return findings;
}

bool understands(const std::vector<std::string>& columns, const std::vector<Angle>& angles,
                 const std::string& candidate) {
  try {
    (void)parse_candidate(candidate, columns, angles);
    return true;
  } catch (const DataError&) {
    return false;
  }
}

std::vector<CandidateName> candidate_names(const std::vector<std::string>& columns,
                                           const std::vector<Angle>& angles, const FindingsOptions& options) {
  std::vector<CandidateName> names;
  if (options.natural_candidates)
    for (const std::string& text : natural_candidates(columns, angles)) names.push_back({text, false});
  for (const std::string& text : options.candidates) {
    if (!understands(columns, angles, text)) continue;
    const auto same = std::find_if(names.begin(), names.end(),
                                   [&](const CandidateName& name) { return name.text == text; });
    if (same != names.end())
      same->named = true;
    else
      names.push_back({text, true});
  }
  return names;
}

}  // namespace symscan
