#include "host/findings/curves.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "host/analysis/local_dimension.hpp"
#include "host/config/labels.hpp"

namespace symscan {
namespace {

/// Settings that tell a dataset's groups apart, without beta.
std::string other_settings(const RunResults& results, const Group& group) {
  std::vector<std::string> paths = results.varying;
  std::erase(paths, "loss.beta");
  return settings_text(*group.config, paths);
}

struct CurvePoint {
  const Group* group;
  const GroupAnalysis* analysis;
};

/// Groups that differ in beta alone, by ascending beta.
std::vector<std::pair<std::string, std::vector<CurvePoint>>> curves_of(const RunResults& results,
                                                                       const DatasetGroups& groups) {
  std::vector<std::pair<std::string, std::vector<CurvePoint>>> curves;
  for (std::size_t g = 0; g < groups.groups.size(); ++g) {
    const std::string label = other_settings(results, *groups.groups[g]);
    auto at =
        std::find_if(curves.begin(), curves.end(), [&](const auto& curve) { return curve.first == label; });
    if (at == curves.end()) at = curves.insert(curves.end(), {label, {}});
    at->second.push_back({groups.groups[g], &groups.analyses[g]});
  }
  for (auto& [label, points] : curves) {
    std::stable_sort(points.begin(), points.end(), [](const CurvePoint& a, const CurvePoint& b) {
      return a.group->config->loss.beta < b.group->config->loss.beta;
    });
  }
  return curves;
}

/// -2 dR / d ln beta of each seed at each beta; only of seeds that finished everywhere.
std::optional<Series> slope_of(const RunResults& results, const std::vector<CurvePoint>& points,
                               const std::vector<double>& beta) {
  std::vector<std::vector<double>> slopes;
  for (const int first : points.front().group->done) {
    std::vector<double> rate;
    for (const CurvePoint& point : points) {
      for (const int id : point.group->done) {
        if (results.sweep.replicas[id].seed == results.sweep.replicas[first].seed)
          rate.push_back(results.replicas[id].result.kl);
      }
    }
    if (rate.size() == beta.size()) slopes.push_back(rate_slope(beta, rate));
  }
  Series series;
  for (std::size_t i = 0; i < beta.size(); ++i) {
    std::vector<double> values;
    for (const auto& slope : slopes)
      if (i < slope.size()) values.push_back(slope[i]);
    if (values.empty()) return std::nullopt;
    series.add(mean_and_spread(values));
  }
  return series;
}

/// Betas at which linear theory lets a latent of the group collapse, one per principal component that varies.
std::vector<double> collapse_betas(const std::vector<double>& eigenvalues, const Group& group) {
  std::vector<double> betas;
  const double tau_per_beta = group.tau / group.config->loss.beta;
  const auto latents = static_cast<std::size_t>(group.config->model.latent_dim);
  for (std::size_t i = 0; i < std::min(eigenvalues.size(), latents); ++i)
    if (eigenvalues[i] > 1e-6 * eigenvalues.front()) betas.push_back(eigenvalues[i] / tau_per_beta);
  return betas;
}

/// A latent that stays unused, or one for every direction: more would change nothing.
bool has_enough_latents(const Group& group, Eigen::Index rank) {
  const int latents = group.config->model.latent_dim;
  return latents >= rank || group.active_latents.mean + 0.5 < latents;
}

bool any_has_enough_latents(const DatasetGroups& groups, const DataSpan& span) {
  return std::any_of(groups.groups.begin(), groups.groups.end(),
                     [&](const Group* group) { return has_enough_latents(*group, span.rank()); });
}

/// The points of a curve at which the manifold is thinner than a set that fills its span.
struct ThinPart {
  std::vector<double> beta, dimension;
};

ThinPart thin_part(const std::vector<CurvePoint>& points, const DataSpan& span, bool only_enough) {
  constexpr double thinner = 0.25;
  ThinPart part;
  for (const CurvePoint& point : points) {
    if (only_enough && !has_enough_latents(*point.group, span.rank())) continue;
    const double full =
        static_cast<double>(span.rank()) - normal_directions_of_full_set(span, point.group->tau);
    const double measured = point.analysis->local_dimension.mean;
    if (full - measured < thinner || point.group->active_latents.mean < 0.5) continue;
    part.beta.push_back(point.group->config->loss.beta);
    part.dimension.push_back(measured);
  }
  return part;
}

/// Where the local dimension stays near a whole number while the manifold is thinner than its span.
std::optional<Plateau> plateau_of(const ThinPart& part) {
  constexpr double tolerance = 0.25;
  return find_plateau(part.beta, part.dimension, tolerance);
}

BetaCurve beta_curve(const RunResults& results, int dataset, const std::string& label,
                     const std::vector<CurvePoint>& points, const std::optional<Plateau>& plateau) {
  BetaCurve curve;
  curve.label = label;
  for (const CurvePoint& point : points) {
    curve.beta.push_back(point.group->config->loss.beta);
    curve.tau.push_back(point.group->tau);
    curve.local_dimension.add(point.analysis->local_dimension);
    curve.active_latents.add(point.group->active_latents);
    curve.kl.add(point.group->kl);
    const std::vector<double>& kl = point.group->theory_kl;
    curve.theory.kl.push_back(std::accumulate(kl.begin(), kl.end(), 0.0));
  }
  curve.theory.collapse_beta = collapse_betas(results.datasets[dataset].eigenvalues, *points.front().group);
  if (points.size() > 1) curve.rate_slope = slope_of(results, points, curve.beta);
  if (plateau) curve.plateau = PlateauFinding{plateau->value, plateau->from, plateau->to, plateau->dimension};
  return curve;
}

}  // namespace

std::vector<BetaCurve> beta_curves(const RunResults& results, const DatasetGroups& groups,
                                   const DataSpan& span) {
  const bool any_enough = any_has_enough_latents(groups, span);
  std::vector<BetaCurve> curves;
  for (const auto& [label, points] : curves_of(results, groups))
    curves.push_back(
        beta_curve(results, groups.dataset, label, points, plateau_of(thin_part(points, span, any_enough))));
  return curves;
}

namespace {

/// The longer plateau (in ln beta) says more; of equally long ones that nearer to its whole number.
bool says_more(const Plateau& plateau, const std::optional<Plateau>& other) {
  if (!other) return true;
  const auto length = [](const Plateau& p) { return std::log(p.to / p.from); };
  const auto distance = [](const Plateau& p) { return std::abs(p.value - p.dimension); };
  return length(plateau) > length(*other) ||
         (length(plateau) == length(*other) && distance(plateau) < distance(*other));
}

}  // namespace

ModelDimension judge_models(const RunResults& results, const DatasetGroups& groups, const DataSpan& span) {
  const auto curves = curves_of(results, groups);
  const bool any_enough = any_has_enough_latents(groups, span);
  bool any_thin = false;
  std::optional<Plateau> best;
  for (const auto& [label, points] : curves) {
    const ThinPart part = thin_part(points, span, any_enough);
    any_thin |= !part.beta.empty();
    const auto plateau = plateau_of(part);
    if (plateau && says_more(*plateau, best)) best = plateau;
  }
  if (best) return {best->dimension, best->value, best->from, best->to};
  if (any_thin) return {};
  const auto rank = static_cast<int>(span.rank());
  double largest = 0;
  for (const GroupAnalysis& analysis : groups.analyses)
    largest = std::max(largest, analysis.local_dimension.mean);
  return {rank, largest, not_defined, not_defined};
}

}  // namespace symscan
