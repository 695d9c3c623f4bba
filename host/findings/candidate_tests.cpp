#include "host/findings/candidate_tests.hpp"

#include <algorithm>

#include "host/analysis/candidates.hpp"
#include "host/base/error.hpp"
#include "host/findings/density_test.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A candidate in prepared units: p -> matrix p + shift, or dp/dt = matrix p + shift.
struct PreparedMap {
  PreparedMap(const Candidate& candidate, const DatasetRecord& record) {
    const auto features = static_cast<Index>(record.columns.size());
    const Eigen::Map<const VectorXd> offset(record.offset.data(), features),
        scale(record.scale.data(), features);
    matrix = scale.cwiseInverse().asDiagonal() * candidate.matrix * scale.asDiagonal();
    const VectorXd at_offset = candidate.continuous
                                   ? VectorXd(candidate.matrix * offset + candidate.shift)
                                   : VectorXd(candidate.matrix * offset + candidate.shift - offset);
    shift = scale.cwiseInverse().cwiseProduct(at_offset);
  }

  MatrixXd applied(const MatrixXd& rows) const {
    return (rows * matrix.transpose()).rowwise() + shift.transpose();
  }

  MatrixXd matrix;
  VectorXd shift;
};

/// Share of a flow's motion that leaves the learned manifold, or the span of the data.
double flow_residual(const Subject& subject, const Judge& judge, const PreparedMap& map) {
  const DataSpan& span = subject.span;
  const Index r = span.rank();
  MatrixXd field(r, r + 1);
  field << span.basis.transpose() * map.matrix * span.basis,
      span.basis.transpose() * (map.matrix * span.mean + map.shift);
  const MatrixXd motion = map.applied(judge.tangents.reconstruction);
  const double all = motion.squaredNorm(), inside = (motion * span.basis).squaredNorm();
  return all > 0 ? std::max(0.0, (all - inside + judge.sums.residual(field) * inside) / all) : 0;
}

/// How much farther from the learned manifold a map takes the points, relative to their motion.
double map_residual(const Judge& judge, const MatrixXd& moved) {
  const auto distance = [&](const MatrixXd& rows) {
    return (judge.model.decode(judge.model.encode(rows).mean) - rows).squaredNorm();
  };
  const double motion = (moved - judge.points).squaredNorm();
  return motion > 0 ? std::max(0.0, (distance(moved) - distance(judge.points)) / motion) : 0;
}

Verdict verdict_of(const CandidateFinding& finding, bool nothing_moves, bool resolved) {
  constexpr double on_manifold = 0.05;
  const bool manifold = resolved && finding.manifold_residual < on_manifold;
  const bool density = finding.test.p_value >= broken_below;
  if (nothing_moves) return Verdict::nothing_moves;
  if (manifold) return density ? Verdict::symmetry : Verdict::manifold_only;
  return density ? Verdict::no_change_seen : Verdict::no_symmetry;
}

CandidateFinding test_candidate(const Subject& subject, const Judge& judge, const Candidate& candidate,
                                bool resolved) {
  CandidateFinding finding;
  finding.name = candidate.name;
  finding.continuous = candidate.continuous;
  const PreparedMap map(candidate, subject.record);
  const MatrixXd& all = subject.points.prepared;
  MatrixXd moved;
  InvarianceTest test;
  if (candidate.continuous) {
    finding.manifold_residual = flow_residual(subject, judge, map);
    moved =
        apply_flow(judge.points, map.matrix, map.shift, typical_time(judge.points, map.matrix, map.shift));
    test = confirmed(subject.options, [&](const TwoSampleSettings& settings) {
      return test_flow_invariance(all, map.matrix, map.shift, settings);
    });
  } else {
    moved = map.applied(judge.points);
    finding.manifold_residual = map_residual(judge, moved);
    test = confirmed(subject.options, [&](const TwoSampleSettings& settings) {
      return test_invariance(
          all, [&](const MatrixXd& rows) { return map.applied(rows); }, settings);
    });
  }
  finding.test.p_value = test.p_value;
  judge.compare_bounds(moved, finding.test);
  constexpr double no_displacement = 1e-3;
  finding.verdict = verdict_of(finding, test.displacement < no_displacement, resolved);
  return finding;
}

}  // namespace

bool understands(const DatasetRecord& record, const std::string& candidate) {
  try {
    (void)parse_candidate(candidate, record.columns);
    return true;
  } catch (const DataError&) {
    return false;
  }
}

std::vector<CandidateName> candidate_names(const DatasetRecord& record, const FindingsOptions& options) {
  std::vector<CandidateName> names;
  if (options.natural_candidates)
    for (const std::string& text : natural_candidates(record.columns)) names.push_back({text, false});
  for (const std::string& text : options.candidates) {
    if (!understands(record, text)) continue;
    const auto same = std::find_if(names.begin(), names.end(),
                                   [&](const CandidateName& name) { return name.text == text; });
    if (same != names.end())
      same->named = true;
    else
      names.push_back({text, true});
  }
  return names;
}

std::vector<CandidateFinding> test_candidates(const Subject& subject, const Group& group,
                                              const std::vector<CandidateName>& names, bool resolved) {
  std::vector<CandidateFinding> findings;
  if (names.empty()) return findings;
  const Judge judge(subject, group);
  const double exact_below = judge.exact_below();
  for (const CandidateName& name : names) {
    for (const Candidate& candidate : parse_candidate(name.text, subject.record.columns)) {
      auto known = std::find_if(findings.begin(), findings.end(), [&](const CandidateFinding& finding) {
        return finding.name == candidate.name;
      });
      if (known == findings.end())
        known = findings.insert(known, test_candidate(subject, judge, candidate, resolved));
      known->named |= name.named;
      known->approximate = known->continuous && known->manifold_residual > exact_below;
    }
  }
  return findings;
}

}  // namespace symscan
