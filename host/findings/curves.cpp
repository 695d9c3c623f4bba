#include "host/findings/curves.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

#include "host/analysis/local_dimension.hpp"

namespace symscan {
namespace {

/// Values of one curve, as mean and spread.
struct Series {
  Json mean = Json::array(), std = Json::array();
  void add(double m, double s) {
    mean.push_back(m);
    std.push_back(s);
  }
  void add(const MeanAndSpread& value) { add(value.mean, value.std); }
  Json json() const { return {{"mean", mean}, {"std", std}}; }
};

/// Settings that tell a dataset's groups apart, without beta.
std::string other_settings(const RunResults& results, const Group& group) {
  std::vector<std::string> paths = results.varying;
  std::erase(paths, "loss.beta");
  return settings_text(*group.config, paths);
}

struct CurvePoint {
  const Group* group;
  const GroupFindings* findings;
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
    at->second.push_back({groups.groups[g], &groups.findings[g]});
  }
  for (auto& [label, points] : curves) {
    std::stable_sort(points.begin(), points.end(), [](const CurvePoint& a, const CurvePoint& b) {
      return a.group->config->loss.beta < b.group->config->loss.beta;
    });
  }
  return curves;
}

/// Total KL of each seed at each beta; only seeds that finished everywhere.
Json slope_json(const RunResults& results, const std::vector<CurvePoint>& points,
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
    if (values.empty()) return Json();
    series.add(mean_and_spread(values));
  }
  return series.json();
}

Json plateau_json(const std::optional<Plateau>& plateau) {
  if (!plateau) return Json();
  return {{"value", plateau->value},
          {"from", plateau->from},
          {"to", plateau->to},
          {"dimension", plateau->dimension}};
}

}  // namespace

Json beta_curves(const RunResults& results, const DatasetGroups& groups) {
  Json curves = Json::array();
  for (const auto& [label, points] : curves_of(results, groups)) {
    std::vector<double> beta, dimension;
    Json tau = Json::array(), theory = Json::array(), collapse = Json::array();
    Series local, active, kl;
    for (const CurvePoint& point : points) {
      beta.push_back(point.group->config->loss.beta);
      tau.push_back(point.group->tau);
      local.add(point.findings->local_dimension);
      dimension.push_back(point.findings->local_dimension.mean);
      active.add(point.group->active_latents);
      kl.add(point.group->kl);
      double predicted = 0;
      for (const double value : point.group->theory_kl) predicted += value;
      theory.push_back(predicted);
    }
    const std::vector<double>& eigenvalues = results.datasets[groups.dataset].eigenvalues;
    const Group& first = *points.front().group;
    const double per_beta = first.tau / first.config->loss.beta;
    for (std::size_t i = 0;
         i < eigenvalues.size() && i < static_cast<std::size_t>(first.config->model.latent_dim); ++i)
      if (eigenvalues[i] > 1e-6 * eigenvalues.front()) collapse.push_back(eigenvalues[i] / per_beta);
    Json curve = {{"label", label},
                  {"beta", beta},
                  {"tau", tau},
                  {"local_dimension", local.json()},
                  {"active_latents", active.json()},
                  {"kl", kl.json()},
                  {"rate_slope", beta.size() > 1 ? slope_json(results, points, beta) : Json()},
                  {"plateau", plateau_json(find_plateau(beta, dimension))},
                  {"theory", {{"kl", theory}, {"collapse_beta", collapse}}}};
    curves.push_back(std::move(curve));
  }
  return curves;
}

namespace {

/// A latent that stays unused, or one for every direction: more would change nothing.
bool has_enough_latents(const Group& group, Eigen::Index rank) {
  const int latents = group.config->model.latent_dim;
  return latents >= rank || group.active_latents.mean + 0.5 < latents;
}

}  // namespace

DimensionVerdict judge_dimension(const RunResults& results, const DatasetGroups& groups,
                                 const DataSpan& span) {
  constexpr double thinner = 0.25, tolerance = 0.25;
  DimensionVerdict verdict;
  const auto curves = curves_of(results, groups);
  const auto enough = [&](const CurvePoint& point) { return has_enough_latents(*point.group, span.rank()); };
  bool any_enough = false, any_thin = false;
  for (const auto& [label, points] : curves) any_enough |= std::any_of(points.begin(), points.end(), enough);
  std::optional<Plateau> best;
  for (const auto& [label, points] : curves) {
    std::vector<double> beta, dimension;
    for (const CurvePoint& point : points) {
      if (any_enough && !enough(point)) continue;
      const double full =
          static_cast<double>(span.rank()) - normal_directions_of_full_set(span, point.group->tau);
      const double measured = point.findings->local_dimension.mean;
      if (full - measured < thinner || point.group->active_latents.mean < 0.5) continue;
      beta.push_back(point.group->config->loss.beta);
      dimension.push_back(measured);
    }
    any_thin |= !beta.empty();
    const auto plateau = find_plateau(beta, dimension, tolerance);
    if (!plateau) continue;
    const double length = std::log(plateau->to / plateau->from);
    const double distance = std::abs(plateau->value - plateau->dimension);
    const double best_length = best ? std::log(best->to / best->from) : -1.0;
    if (length > best_length || (length == best_length && distance < std::abs(best->value - best->dimension)))
      best = plateau;
  }
  if (best) return {best->dimension, best->value, best->from, best->to, false};
  if (any_thin) return verdict;
  verdict.full = true;
  verdict.dimension = static_cast<int>(span.rank());
  verdict.value = static_cast<double>(span.rank());
  return verdict;
}

Json breaking_curves(const RunResults& results, const std::vector<DatasetGroups>& datasets,
                     const Json& entries) {
  Json curves = Json::array();
  std::vector<bool> used(datasets.size(), false);
  for (std::size_t first = 0; first < datasets.size(); ++first) {
    if (used[first]) continue;
    const Json& settings = results.datasets[datasets[first].dataset].settings;
    // Datasets that differ from the first in one number, the same one.
    std::string parameter;
    std::vector<std::pair<double, std::size_t>> members;
    for (std::size_t other = first; other < datasets.size(); ++other) {
      const Json& compared = results.datasets[datasets[other].dataset].settings;
      std::vector<std::string> differing;
      for (const auto& [key, value] : settings.items())
        if (!compared.contains(key) || compared[key] != value) differing.push_back(key);
      if (compared.size() != settings.size() || differing.size() > 1) continue;
      if (differing.empty()) {
        members.emplace_back(0.0, other);
        continue;
      }
      const std::string& key = differing.front();
      if (key == "n" || key == "seed" || !compared[key].is_number() ||
          (!parameter.empty() && parameter != key))
        continue;
      parameter = key;
      members.emplace_back(compared[key].get<double>(), other);
    }
    if (parameter.empty()) continue;
    members.front().first = settings[parameter].get<double>();
    for (const auto& member : members) used[member.second] = true;
    if (members.size() < 3) continue;
    std::sort(members.begin(), members.end());
    // Groups with the same settings everywhere.
    const std::vector<std::string>& paths = results.varying;
    for (const Group* model : datasets[first].groups) {
      const std::string label = settings_text(*model->config, paths);
      Json values = Json::array(), algebra = Json::array(), relevance = Json::array();
      Series local, eigenvalue;
      for (const auto& [value, index] : members) {
        const DatasetGroups& groups = datasets[index];
        for (std::size_t g = 0; g < groups.groups.size(); ++g) {
          if (settings_text(*groups.groups[g]->config, paths) != label ||
              groups.findings[g].eigenvalues.size() == 0)
            continue;
          values.push_back(value);
          local.add(groups.findings[g].local_dimension);
          eigenvalue.add(groups.findings[g].eigenvalues(0), groups.findings[g].spread(0));
          Json kl = Json::array();
          for (const MeanAndSpread& rank : sorted_measure(results, *groups.groups[g], RelevanceMeasure::kl))
            kl.push_back(rank.mean);
          relevance.push_back(std::move(kl));
          const Json& symmetry = entries[static_cast<std::size_t>(groups.dataset)]["symmetry"];
          algebra.push_back(symmetry.is_null() ? Json("none") : symmetry["algebra"]);
        }
      }
      if (values.size() < 3) continue;
      curves.push_back({{"label", settings.at("kind").get<std::string>() + ", " + label},
                        {"parameter", "dataset." + parameter},
                        {"values", values},
                        {"local_dimension", local.json()},
                        {"generator_eigenvalue", eigenvalue.json()},
                        {"relevance", {{"mean", relevance}}},
                        {"algebra", algebra}});
    }
  }
  return curves;
}

Json alignment(const RunResults& results, Ledger& ledger, const Group& group, const DatasetPoints& points,
               const DataSpan& span) {
  constexpr std::size_t shown = 8, looked_at = 500;
  const ReplicaResult& result = results.replicas[group.representative].result;
  const auto order = relevance_order(result, RelevanceMeasure::kl);
  const auto tangents =
      load_model(results, ledger, group.representative).tangents(thinned(points.prepared, looked_at));
  Eigen::MatrixXd columns = Eigen::MatrixXd::Zero(points.prepared.cols(), group.config->model.latent_dim);
  for (const Eigen::MatrixXd& jacobian : tangents.jacobians) columns += jacobian;
  Json latents = Json::array(), directions = Json::array(), angles = Json::array();
  const auto principal = std::min<Eigen::Index>(span.rank(), static_cast<Eigen::Index>(shown));
  char text[64];
  for (Eigen::Index k = 0; k < principal; ++k) {
    std::snprintf(text, sizeof text, "PC %d (%.3g)", static_cast<int>(k) + 1, span.variances(k));
    directions.push_back(text);
  }
  for (std::size_t rank = 0; rank < order.size() && rank < shown; ++rank) {
    const std::size_t j = order[rank];
    if (result.latent_kl[j] <= group.config->relevance.threshold) continue;
    std::snprintf(text, sizeof text, "%d (KL %.3g)", static_cast<int>(rank) + 1, result.latent_kl[j]);
    latents.push_back(text);
    const Eigen::VectorXd column = columns.col(static_cast<Eigen::Index>(j));
    Json row = Json::array();
    for (Eigen::Index k = 0; k < principal; ++k) {
      const double cosine = column.norm() > 0 ? std::abs(column.normalized().dot(span.basis.col(k))) : 0.0;
      row.push_back(std::acos(std::min(1.0, cosine)) * 180.0 / M_PI);
    }
    angles.push_back(std::move(row));
  }
  if (latents.empty()) return Json();
  return {{"label", settings_text(*group.config, results.varying)},
          {"latents", latents},
          {"directions", directions},
          {"angles_degrees", angles}};
}

}  // namespace symscan
