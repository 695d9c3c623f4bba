#pragma once
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "host/base/json.hpp"

// What `symscan analyze` would store for the datasets of example_report.hpp. Nothing here is the result of an
// analysis.
namespace symscan::example {

inline Json statistic(double mean, double std) {
  return {{"mean", mean}, {"std", std}};
}

inline Json rotation(const std::vector<std::string>& names, const std::vector<std::pair<int, int>>& planes,
                     const std::string& name, const std::string& equation, double eigenvalue,
                     const Json& density) {
  Json matrix = Json::array();
  for (std::size_t i = 0; i < names.size(); ++i) matrix.push_back(std::vector<double>(names.size(), 0.0));
  for (const auto& [i, j] : planes) {
    matrix[i][j] = -1.0;
    matrix[j][i] = 1.0;
  }
  return {{"name", name},         {"kind", "rotation"},
          {"matrix", matrix},     {"shift", std::vector<double>(names.size(), 0.0)},
          {"equation", equation}, {"eigenvalue", eigenvalue},
          {"density", density}};
}

inline Json density_test(bool invariant) {
  return {{"verdict", invariant ? "invariant" : "broken"},
          {"p_value", invariant ? 0.43 : 0.0025},
          {"bound_change", invariant ? -0.011 : 0.37},
          {"bound_error", 0.021}};
}

/// The curves of `dimensions` degrees of freedom that fill `axes` Gaussian axes, over a scan of beta.
inline Json make_beta_curve(int dimensions, int axes, const std::vector<double>& eigenvalues) {
  const std::vector<double> beta = {0.01, 0.03, 0.1, 0.3, 1.0};
  Json tau = Json::array(), local = Json::array(), active = Json::array(), kl = Json::array(),
       slope = Json::array(), theory = Json::array(), collapse = Json::array(), small = Json::array();
  for (const double b : beta) {
    double total = 0;
    for (const double lambda : eigenvalues) total += lambda > b / 2 ? 0.5 * std::log(2 * lambda / b) : 0;
    tau.push_back(b / 2);
    local.push_back(b < 0.5 ? dimensions + 0.01 + 0.1 * b : 0.6 * dimensions);
    active.push_back(axes);
    kl.push_back(1.07 * total);
    slope.push_back(axes - 0.25);
    theory.push_back(total);
    small.push_back(0.03);
  }
  slope.front() = slope.back() = nullptr;
  for (const double lambda : eigenvalues) collapse.push_back(2 * lambda);
  return {{"label", "latent_dim 4"},
          {"beta", beta},
          {"tau", tau},
          {"local_dimension", {{"mean", local}, {"std", small}}},
          {"active_latents", {{"mean", active}, {"std", small}}},
          {"kl", {{"mean", kl}, {"std", small}}},
          {"rate_slope", {{"mean", slope}, {"std", small}}},
          {"plateau", {{"value", dimensions + 0.02}, {"from", 0.03}, {"to", 0.3}}},
          {"theory", {{"kl", theory}, {"collapse_beta", collapse}}}};
}

/// A symmetry that is broken step by step, such as a circle that gets a width.
inline Json make_breaking_curve() {
  return {{"label", "annulus"},
          {"parameter", "dataset.width"},
          {"values", {0.0, 0.05, 0.1, 0.2}},
          {"local_dimension", {{"mean", {1.01, 1.12, 1.38, 1.71}}, {"std", {0.01, 0.02, 0.02, 0.03}}}},
          {"generator_eigenvalue",
           {{"mean", {0.003, 0.011, 0.038, 0.12}}, {"std", {0.0005, 0.001, 0.004, 0.01}}}},
          {"relevance", {{"mean", {{1.3, 1.2, 0.0}, {1.3, 1.2, 0.01}, {1.25, 1.2, 0.04}, {1.2, 1.1, 0.15}}}}},
          {"algebra", {"so(2)", "so(2)", "so(2)", "none"}}};
}

inline Json circle_symmetry() {
  return {{"found", 1},
          {"algebra", "so(2)"},
          {"eigenvalues", {0.0031, 0.41, 0.47, 0.52, 0.6, 0.66}},
          {"spread", {0.0006, 0.03, 0.02, 0.03, 0.02, 0.04}},
          {"threshold_index", 1},
          {"coordinates", {"x", "y"}},
          {"generators", Json::array({rotation({"x", "y"}, {{0, 1}}, "rotation in x-y", "dx = -y, dy = x",
                                               0.0031, density_test(true))})},
          {"notes", Json::array()}};
}

inline Json sphere_symmetry() {
  const std::vector<std::string> names = {"px(mu-)", "py(mu-)", "pz(mu-)", "px(mu+)", "py(mu+)", "pz(mu+)"};
  const auto turn = [&](int i, int j, const std::string& axis, double eigenvalue, bool invariant) {
    const std::string a(1, "xyz"[i]), b(1, "xyz"[j]);
    return rotation(names, {{i, j}, {i + 3, j + 3}}, "rotation about " + axis,
                    "dp" + a + " = -p" + b + ", dp" + b + " = p" + a + " (both muons)", eigenvalue,
                    density_test(invariant));
  };
  return {{"found", 3},
          {"algebra", "so(3)"},
          {"eigenvalues", {0.0006, 0.0007, 0.0008, 0.036, 0.041, 0.2, 0.35}},
          {"spread", {0.0001, 0.0001, 0.0002, 0.004, 0.05, 0.02, 0.04}},
          {"threshold_index", 3},
          {"coordinates", names},
          {"generators",
           {turn(0, 1, "z", 0.0006, true), turn(1, 2, "x", 0.0007, false), turn(0, 2, "y", 0.0008, false)}},
          {"notes", Json::array({"E(mu-) and E(mu+) are constant and take no part."})}};
}

inline Json candidate(const std::string& name, bool continuous, double residual, double p_value,
                      const std::string& verdict) {
  return {{"name", name},       {"continuous", continuous}, {"manifold_residual", residual},
          {"p_value", p_value}, {"bound_change", -0.012},   {"bound_error", 0.02},
          {"verdict", verdict}};
}

/// Analyses as `symscan analyze` would store them: complete for circle, ee_mumu and annulus, all parts null
/// but the sentences for the sphere, none for the others.
inline Json make_analysis(int kind, const std::vector<double>& eigenvalues) {
  if (kind == 4) {
    Json analysis = {{"sentences", Json::array({"Too few seeds for a statement about symmetries."})}};
    for (const char* part : {"truth", "neighbour_dimension", "constraints", "constraint_notes", "groups",
                             "beta_curves", "symmetry", "candidates", "alignment", "breaking_curve"})
      analysis[part] = nullptr;
    return analysis;
  }
  if (kind != 0 && kind != 2 && kind != 3) return nullptr;
  const bool sphere = kind == 2;
  const int dimensions = sphere ? 2 : 1;
  Json symmetry = sphere ? sphere_symmetry() : circle_symmetry();
  symmetry.update({{"group", 0},
                   {"label", "latent_dim 4, beta 0.1"},
                   {"confidence", 0.99},
                   {"closure_residual", 0.004},
                   {"seeds", 3},
                   {"subspace_angle_degrees", 1.2}});
  Json truth = {
      {"intrinsic_dimension", dimensions},
      {"embedding_dimension", dimensions + 1},
      {"symmetry", sphere ? "so(3)" : "so(2)"},
      {"density_symmetry", "so(2)"},
      {"constraints", sphere ? Json::array({"px(mu-) + px(mu+) = 0"}) : Json::array({"x^2 + y^2 = 1"})}};
  const Json constraint = {{"equation", sphere ? "px(mu-) + px(mu+) = 0 GeV" : "x^2 + y^2 = 1"},
                           {"degree", sphere ? 1 : 2},
                           {"residual", 0.00021},
                           {"width", 0.0013},
                           {"unit", sphere ? "GeV" : ""},
                           {"exact", true}};
  const Json group = {
      {"group", 0},
      {"label", "latent_dim 4, beta 0.1"},
      {"beta", 0.1},
      {"tau", 0.05},
      {"seeds", 3},
      {"active_latents", statistic(dimensions + 1, 0)},
      {"local_dimension",
       {{"mean", dimensions + 0.03}, {"std", 0.01}, {"values", Json::array({dimensions + 0.03})}}},
      {"linear_rank", dimensions + 1},
      {"normal_directions", 0.97},
      {"generator_eigenvalues", {{"mean", symmetry["eigenvalues"]}, {"std", symmetry["spread"]}}},
      {"generators", symmetry["found"]},
      {"gap", sphere ? 45.0 : 132.0}};
  const std::string word = sphere ? "2 degrees" : "1 degree";
  return {{"sentences",
           {"The data has " + word + " of freedom.",
            "Its symmetries are " + symmetry["algebra"].get<std::string>() + "."}},
          {"truth", kind == 3 ? Json() : truth},
          {"neighbour_dimension",
           {{"two_nn", {{"value", dimensions + 0.01}, {"error", 0.02}}},
            {"levina_bickel", {{"value", dimensions - 0.04}, {"error", 0.01}}},
            {"points", 5000},
            {"duplicates", 12}}},
          {"constraints", Json::array({constraint})},
          {"constraint_notes", Json::array({"Relations of degree 3 and more are not looked for."})},
          {"groups", Json::array({group})},
          {"beta_curves", Json::array({make_beta_curve(dimensions, dimensions + 1, eigenvalues)})},
          {"symmetry", symmetry},
          {"candidates",
           {candidate("rotation(x,y)", true, 0.0031, 0.43, "symmetry of manifold and density"),
            candidate("reflection(x)", false, 0.004, 0.0025, "symmetry of the manifold only"),
            candidate("scaling", true, 0.97, 0.0025, "no symmetry")}},
          {"alignment",
           {{"label", "latent_dim 4, beta 0.1, seed 1"},
            {"latents", {"1 (KL 1.3)", "2 (KL 1.2)"}},
            {"directions", {"PC 1 (1.00)", "PC 2 (1.00)"}},
            {"angles_degrees", {{12.5, 77.5}, {77.5, 12.5}}}}},
          {"breaking_curve", kind == 3 ? make_breaking_curve() : Json()}};
}

}  // namespace symscan::example
