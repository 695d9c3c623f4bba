#pragma once
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "host/base/json.hpp"
#include "tests/host/report/example_analysis.hpp"

// Data for a report, of the size and the look of real runs: events of known shapes, relevances near the
// optimum of the linear VAE, activations that follow the principal components. Nothing here is the result of
// a training.
namespace symscan::example {

using Rows = std::vector<std::vector<double>>;

struct Shape {
  std::string dataset, shape, description;
  std::vector<std::string> columns, constant;
  Rows sample;
};

inline std::vector<double> fermion_pair(std::mt19937& random) {
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  double c = 0;
  do {
    c = 2 * uniform(random) - 1;
  } while (uniform(random) * 2 > 1 + c * c);
  const double phi = 2 * M_PI * uniform(random), s = std::sqrt(1 - c * c), energy = 100;
  const double x = energy * s * std::cos(phi), y = energy * s * std::sin(phi), z = energy * c;
  return {energy, x, y, z, energy, -x, -y, -z};
}

inline Shape make_shape(int kind, int events, std::mt19937& random) {
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::normal_distribution<double> normal;
  const std::vector<Shape> shapes = {
      {"circle", "a closed curve", "Points on the unit circle, uniform in the angle.", {"x", "y"}, {}, {}},
      {"disk",
       "a filled region of the plane",
       "Points of the unit disk, uniform in area.",
       {"x", "y"},
       {},
       {}},
      {"ee_mumu",
       "a sphere",
       "e+ e- to mu+ mu- in QED at tree level, 200 GeV; momenta in GeV.",
       {"E(mu-)", "px(mu-)", "py(mu-)", "pz(mu-)", "E(mu+)", "px(mu+)", "py(mu+)", "pz(mu+)"},
       {"E(mu-)", "E(mu+)"},
       {}},
      {"annulus (width 0.1)", "a closed curve with noise", "A circle with radial noise.", {"x", "y"}, {}, {}},
      {"sphere", "a closed surface", "Points on the unit sphere, uniform in area.", {"x", "y", "z"}, {}, {}},
      {"torus",
       "a closed surface",
       "Two angles on a flat torus.",
       {"cos a", "sin a", "cos b", "sin b"},
       {},
       {}}};
  Shape shape = shapes[kind % shapes.size()];
  for (int i = 0; i < events; ++i) {
    const double a = 2 * M_PI * uniform(random), b = 2 * M_PI * uniform(random);
    switch (kind % shapes.size()) {
      case 0:
        shape.sample.push_back({std::cos(a), std::sin(a)});
        break;
      case 1: {
        const double r = std::sqrt(uniform(random));
        shape.sample.push_back({r * std::cos(a), r * std::sin(a)});
        break;
      }
      case 2:
        shape.sample.push_back(fermion_pair(random));
        break;
      case 3: {
        const double r = 1 + 0.1 * normal(random);
        shape.sample.push_back({r * std::cos(a), r * std::sin(a)});
        break;
      }
      case 4: {
        const double x = normal(random), y = normal(random), z = normal(random), r = std::hypot(x, y, z);
        shape.sample.push_back({x / r, y / r, z / r});
        break;
      }
      default:
        shape.sample.push_back({std::cos(a), std::sin(a), std::cos(b), std::sin(b)});
    }
  }
  return shape;
}

/// Principal components of the standardised sample; constant columns count as zero.
struct Components {
  std::vector<double> eigenvalues;
  Rows scores;  ///< per event, in units of the component's standard deviation
};

inline Components components(const Rows& sample) {
  const int n = static_cast<int>(sample.size()), d = static_cast<int>(sample[0].size());
  Eigen::MatrixXd x(n, d);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < d; ++j) x(i, j) = sample[i][j];
  }
  for (int j = 0; j < d; ++j) {
    x.col(j).array() -= x.col(j).mean();
    const double deviation = std::sqrt(x.col(j).squaredNorm() / n);
    x.col(j) *= deviation > 1e-9 ? 1 / deviation : 0;
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(x.transpose() * x / n);
  Components result;
  const Eigen::MatrixXd scores = x * solver.eigenvectors();
  for (int j = d - 1; j >= 0; --j) result.eigenvalues.push_back(std::max(0.0, solver.eigenvalues()[j]));
  for (int i = 0; i < n; ++i) {
    std::vector<double> row;
    for (int j = d - 1; j >= 0; --j)
      row.push_back(scores(i, j) / std::sqrt(std::max(solver.eigenvalues()[j], 1e-9)));
    result.scores.push_back(row);
  }
  return result;
}

inline Json curve(int epochs, double end, double start, double rate, double spread) {
  Json result = {{"mean", Json::array()}, {"min", Json::array()}, {"max", Json::array()}};
  for (int e = 1; e <= epochs; ++e) {
    const double value = end + (start - end) * std::exp(-rate * e);
    result["mean"].push_back(value);
    result["min"].push_back(value * (1 - spread));
    result["max"].push_back(value * (1 + spread));
  }
  return result;
}

inline Json make_curves(double reconstruction, double kl, double beta) {
  const int epochs = 30;
  Json epoch = Json::array();
  for (int e = 1; e <= epochs; ++e) epoch.push_back(e);
  return {{"epoch", epoch},
          {"loss", curve(epochs, reconstruction + beta * kl, 3.0, 0.35, 0.05)},
          {"validation_loss", curve(epochs, 1.04 * (reconstruction + beta * kl), 3.0, 0.34, 0.08)},
          {"reconstruction", curve(epochs, reconstruction, 2.9, 0.37, 0.06)},
          {"kl", curve(epochs, kl, 0.1, 0.3, 0.04)}};
}

inline Json make_group(int id, int latent_dim, double beta, const Components& pca, bool activations,
                       std::mt19937& random) {
  std::normal_distribution<double> normal;
  const double tau = beta / 2;
  Json theory = Json::array(), share = Json::array(), kl_std = Json::array();
  std::vector<double> kl;
  Json activity = Json::array(), variance = Json::array(), jacobian = Json::array(), small = Json::array();
  double total = 0, reconstruction = 0;
  int active = 0;
  for (int j = 0; j < latent_dim; ++j) {
    const double lambda = j < static_cast<int>(pca.eigenvalues.size()) ? pca.eigenvalues[j] : 0;
    const double prediction = lambda > tau ? 0.5 * std::log(lambda / tau) : 0;
    theory.push_back(prediction);
    kl.push_back(prediction > 0 ? prediction * (1.12 - 0.02 * j) : 2e-4 / (1 + j));
    active += prediction > 0;
    total += kl.back();
    reconstruction += std::min(lambda, tau);
    const double ratio = prediction > 0 ? tau / lambda : 1;
    activity.push_back(prediction > 0 ? 1.02 * (1 - ratio) : 1e-5);
    variance.push_back(ratio);
    jacobian.push_back(tau * (1 - ratio));
    kl_std.push_back(prediction > 0 ? 0.04 + 0.01 * std::abs(normal(random)) : 5e-5);
    small.push_back(0.004);
  }
  for (double value : kl) share.push_back(value / total);
  Json representative = nullptr;
  if (activations) {
    Json rows = Json::array(), order = Json::array();
    for (const auto& scores : pca.scores) {
      Json row = Json::array();
      for (int j = 0; j < latent_dim; ++j) {
        const double noise = 0.004 * normal(random);
        row.push_back(j < active ? std::sqrt(activity[j].get<double>()) * scores[j] + noise : noise);
      }
      rows.push_back(row);
    }
    for (int j = 0; j < latent_dim; ++j) order.push_back((j + 2) % latent_dim);
    representative = {{"replica", 3 * id}, {"seed", 1}, {"order", order}, {"activations", rows}};
  }
  const std::string label = "latent_dim " + std::to_string(latent_dim) + ", beta " + Json(beta).dump();
  return {{"id", id},
          {"label", label},
          {"latent_dim", latent_dim},
          {"beta", beta},
          {"tau", tau},
          {"hidden", {64, 32}},
          {"activation", "tanh"},
          {"replicas", {3 * id, 3 * id + 1, 3 * id + 2}},
          {"failed", 0},
          {"relevance", {{"measure", "kl"}, {"mean", kl}, {"std", kl_std}}},
          {"measures",
           {{"kl", {{"mean", kl}, {"std", kl_std}}},
            {"activity", {{"mean", activity}, {"std", small}}},
            {"posterior_variance", {{"mean", variance}, {"std", small}}},
            {"jacobian", {{"mean", jacobian}, {"std", small}}}}},
          {"share", share},
          {"theory_kl", theory},
          {"active_latents", {{"mean", active}, {"std", 0.0}, {"values", {active, active, active}}}},
          {"loss", statistic(reconstruction + beta * total, 0.01)},
          {"reconstruction", statistic(reconstruction, 0.008)},
          {"kl", statistic(total, 0.05)},
          {"curves", make_curves(reconstruction, total, beta)},
          {"representative", representative}};
}

inline Json make_study(int kind, const std::vector<int>& latent_dims, const std::vector<double>& betas,
                       int events, std::mt19937& random) {
  const Shape shape = make_shape(kind, events, random);
  const Components pca = components(shape.sample);
  Json groups = Json::array();
  for (int latent_dim : latent_dims) {
    for (double beta : betas) {
      const int id = static_cast<int>(groups.size());
      const bool activations = latent_dim == latent_dims.back() && beta == betas[betas.size() / 2];
      groups.push_back(make_group(id, latent_dim, beta, pca, activations, random));
    }
  }
  Json notes = Json::array();
  if (kind == 2)
    notes.push_back("Rotations about the beam leave the density unchanged; others only the manifold.");
  return {{"dataset", shape.dataset},
          {"description", shape.description},
          {"shape", shape.shape},
          {"rows", 10000},
          {"columns", shape.columns},
          {"constant_columns", shape.constant},
          {"notes", notes},
          {"preprocess", "standardize"},
          {"eigenvalues", pca.eigenvalues},
          {"sample", shape.sample},
          {"summary",
           {"The VAE keeps as many latents as " + shape.shape + " needs; the others carry no information."}},
          {"groups", groups},
          {"analysis", make_analysis(kind, pca.eigenvalues)}};
}

/// A report of `studies` datasets, every one with all pairs of latent_dim and beta.
inline Json make_report(int studies, const std::vector<int>& latent_dims, const std::vector<double>& betas,
                        int events = 1500) {
  std::mt19937 random(20260131);
  Json list = Json::array();
  for (int kind = 0; kind < studies; ++kind)
    list.push_back(make_study(kind, latent_dims, betas, events, random));
  return {{"schema", 1},
          {"name", studies == 1 ? "circle" : "six shapes"},
          {"symscan_version", "0.1.0"},
          {"created", "2026-01-31 12:00 UTC"},
          {"backend", "cpu"},
          {"measure", "kl"},
          {"threshold", 0.01},
          {"settings",
           {{"name", "circle"},
            {"dataset", {{"kind", "circle"}, {"n", 10000}}},
            {"model", {{"hidden", {64, 32}}, {"activation", "tanh"}, {"latent_dim", latent_dims}}},
            {"loss", {{"kind", "sum"}, {"beta", betas}}},
            {"train", {{"epochs", 30}, {"batch_size", 128}, {"learning_rate", 1e-3}}},
            {"seeds", {1, 2, 3}}}},
          {"studies", list},
          {"breaking_curves", studies == 1 ? Json::array() : Json::array({make_breaking_curve()})},
          {"failures", Json::array()}};
}

}  // namespace symscan::example
