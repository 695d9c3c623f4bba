#include "host/findings/findings.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <exception>
#include <thread>

#include "host/analysis/constraints.hpp"
#include "host/analysis/neighbour_dimension.hpp"
#include "host/base/error.hpp"
#include "host/data/dataset.hpp"
#include "host/findings/curves.hpp"
#include "host/findings/finding_sentences.hpp"
#include "host/findings/symmetry.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t scanned_points = 500;  ///< per replica, where only the spectrum is wanted

Json vector_json(const VectorXd& values, Index most = 40) {
  Json list = Json::array();
  for (Index i = 0; i < std::min(values.size(), most); ++i) list.push_back(values(i));
  return list;
}

Json matrix_json(const MatrixXd& matrix) {
  Json rows = Json::array();
  for (Index row = 0; row < matrix.rows(); ++row)
    rows.push_back(vector_json(matrix.row(row).transpose(), matrix.cols()));
  return rows;
}

Json truth_json(const DatasetRecord& record) {
  const DatasetFacts facts = dataset_facts(record.settings);
  if (facts.intrinsic_dimension < 0) return Json();
  return {{"intrinsic_dimension", facts.intrinsic_dimension},
          {"embedding_dimension", facts.embedding_dimension},
          {"symmetry", facts.symmetry},
          {"density_symmetry", facts.density_symmetry},
          {"constraints", facts.constraints}};
}

Json neighbours_json(const DatasetPoints& points) {
  const auto estimate = neighbour_dimension(points.prepared);
  if (!estimate) return Json();
  return {{"two_nn", {{"value", estimate->two_nn}, {"error", estimate->two_nn_error}}},
          {"levina_bickel", {{"value", estimate->levina_bickel}, {"error", estimate->levina_bickel_error}}},
          {"points", estimate->points},
          {"duplicates", estimate->duplicates}};
}

Json constraints_json(const ConstraintReport& report) {
  Json list = Json::array();
  for (const Constraint& constraint : report.constraints) {
    list.push_back({{"equation", constraint.equation},
                    {"degree", constraint.degree},
                    {"residual", constraint.residual},
                    {"width", constraint.width},
                    {"unit", constraint.unit},
                    {"exact", constraint.exact}});
  }
  return list;
}

Json density_json(const DensityTest& test) {
  const char* verdict = test.nothing_moves            ? "undecided"
                        : test.p_value < broken_below ? "broken"
                                                      : "invariant";
  return {{"verdict", verdict},
          {"p_value", test.p_value},
          {"bound_change", test.bound_change},
          {"bound_error", test.bound_error}};
}

Json symmetry_json(const RunResults& results, const SymmetryFindings& findings, const Group& group) {
  Json generators = Json::array();
  for (const Generator& generator : findings.generators) {
    generators.push_back({{"name", generator.name},
                          {"kind", to_string(generator.kind)},
                          {"matrix", matrix_json(generator.raw.matrix)},
                          {"shift", vector_json(generator.raw.shift, generator.raw.shift.size())},
                          {"equation", generator.equation},
                          {"eigenvalue", generator.residual},
                          {"approximate", generator.approximate},
                          {"density", density_json(generator.density)}});
  }
  return {{"group", findings.group},
          {"label", settings_text(*group.config, results.varying)},
          {"found", findings.count},
          {"algebra", findings.algebra},
          {"rotations", findings.rotations},
          {"confidence", findings.confidence},
          {"closure_residual", findings.closure_residual},
          {"seeds", findings.details.replicas.size()},
          {"subspace_angle_degrees", findings.subspace_angle},
          {"eigenvalues", vector_json(findings.details.eigenvalues)},
          {"spread", vector_json(findings.details.spread)},
          {"threshold_index", findings.count},
          {"coordinates", results.datasets[group.dataset].columns},
          {"generators", generators},
          {"notes", findings.notes}};
}

Json candidates_json(const std::vector<CandidateFindings>& findings) {
  Json list = Json::array();
  for (const CandidateFindings& finding : findings) {
    list.push_back({{"name", finding.name},
                    {"continuous", finding.continuous},
                    {"manifold_residual", finding.manifold_residual},
                    {"p_value", finding.density.p_value},
                    {"bound_change", finding.density.bound_change},
                    {"bound_error", finding.density.bound_error},
                    {"verdict", finding.verdict}});
  }
  return list;
}

Json groups_json(const RunResults& results, const DatasetGroups& groups) {
  Json list = Json::array();
  for (std::size_t g = 0; g < groups.groups.size(); ++g) {
    const Group& group = *groups.groups[g];
    const GroupFindings& findings = groups.findings[g];
    Json values = Json::array();
    for (const ReplicaFindings& replica : findings.replicas) values.push_back(replica.local_dimension);
    Json local = mean_json(findings.local_dimension);
    local["values"] = values;
    list.push_back({{"group", group.config->group},
                    {"label", settings_text(*group.config, results.varying)},
                    {"beta", group.config->loss.beta},
                    {"tau", group.tau},
                    {"seeds", findings.replicas.size()},
                    {"active_latents", mean_json(group.active_latents)},
                    {"local_dimension", local},
                    {"normal_directions", findings.normal_directions},
                    {"generator_eigenvalues",
                     {{"mean", vector_json(findings.eigenvalues)}, {"std", vector_json(findings.spread)}}},
                    {"generators", findings.gap.count},
                    {"gap", findings.gap.ratio}});
  }
  return list;
}

/// The group whose models judge transformations when no generator stands out: that of the dimension's
/// plateau, else the first.
const Group& judging_group(const DatasetGroups& groups, const DimensionVerdict& verdict) {
  for (const Group* group : groups.groups)
    if (group->config->loss.beta == verdict.from) return *group;
  return *groups.groups.front();
}

bool understands(const DatasetRecord& record, const std::string& candidate) {
  try {
    (void)parse_candidate(candidate, record.columns);
    return true;
  } catch (const DataError&) {
    return false;
  }
}

std::vector<std::string> candidate_names(const DatasetRecord& record, const FindingsOptions& options) {
  std::vector<std::string> names;
  if (options.natural_candidates) names = natural_candidates(record.columns);
  for (const std::string& text : options.candidates)
    if (understands(record, text) && std::find(names.begin(), names.end(), text) == names.end())
      names.push_back(text);
  return names;
}

Json analyse_dataset(const RunResults& results, Ledger& ledger, const FindingsOptions& options,
                     const DatasetRows* loaded, DatasetGroups& own) {
  const DatasetRecord& record = results.datasets[static_cast<std::size_t>(own.dataset)];
  const DatasetPoints points = loaded != nullptr ? dataset_points(record, *loaded) : dataset_points(record);
  const DataSpan span = data_span(points.prepared);
  for (const Group* group : own.groups)
    own.findings.push_back(
        analyse_group(results, ledger, *group, points, span, scanned_points, options.most_seeds, 0));
  const ConstraintReport constraints = find_constraints(points.raw, record.columns, points.precision);
  std::vector<std::string> notes = points.notes;
  if (span.left_out > 0) {
    notes.push_back("The search for symmetries uses the " + std::to_string(most_directions) +
                    " directions of largest variance; " + std::to_string(span.left_out) +
                    " more are left out.");
  }
  Json entry = {{"dataset", results.index.labels[static_cast<std::size_t>(own.dataset)]},
                {"columns", record.columns},
                {"truth", truth_json(record)},
                {"notes", notes},
                {"linear_rank", span.rank()},
                {"neighbour_dimension", neighbours_json(points)},
                {"constraints", constraints_json(constraints)},
                {"constraint_notes", constraints.notes},
                {"groups", groups_json(results, own)},
                {"beta_curves", beta_curves(results, own)},
                {"dimension", nullptr},
                {"symmetry", nullptr},
                {"candidates", Json::array()},
                {"alignment", nullptr}};
  const auto names = candidate_names(record, options);
  if (!own.groups.empty() && span.rank() > 0) {
    const DimensionVerdict verdict = judge_dimension(results, own, span);
    entry["dimension"] = {{"value", verdict.dimension < 0 ? Json() : Json(verdict.dimension)},
                          {"local_dimension", verdict.value},
                          {"from_beta", verdict.from},
                          {"to_beta", verdict.to},
                          {"fills_its_span", verdict.full}};
    const GroupFindings* best = verdict.full ? nullptr : best_group(own.findings);
    const Group* shown = &judging_group(own, verdict);
    if (best != nullptr) {
      shown = own.groups[static_cast<std::size_t>(best - own.findings.data())];
      SymmetryFindings symmetry =
          find_symmetry(results, ledger, *shown, points, span, best->gap.count, options);
      std::string doubt = doubt_about(symmetry);
      if (const int fewer = fewer_generators(symmetry.details.eigenvalues, symmetry.count);
          !doubt.empty() && fewer > 0) {
        SymmetryFindings smaller = find_symmetry(results, ledger, *shown, points, span, fewer, options);
        if (doubt_about(smaller).empty()) {
          symmetry = std::move(smaller);
          doubt.clear();
        }
      }
      if (doubt.empty())
        entry["symmetry"] = symmetry_json(results, symmetry, *shown);
      else
        entry["notes"].push_back(doubt);
    }
    entry["candidates"] =
        candidates_json(test_candidates(results, ledger, *shown, points, span, names, options));
    entry["alignment"] = alignment(results, ledger, *shown, points, span);
  }
  entry["sentences"] = finding_sentences(entry);
  return entry;
}

}  // namespace

Json find_all(const RunResults& results, Ledger& ledger, const FindingsOptions& options,
              const std::vector<DatasetRows>& loaded) {
  const auto groups = make_groups(results);
  const std::size_t count = results.datasets.size();
  std::vector<std::string> unknown;  // named candidates that no dataset has
  for (const std::string& text : options.candidates) {
    const auto has = [&](const DatasetRecord& record) { return understands(record, text); };
    if (std::none_of(results.datasets.begin(), results.datasets.end(), has)) unknown.push_back(text);
  }
  if (!unknown.empty() && count > 0)
    (void)parse_candidate(unknown.front(), results.datasets.front().columns);  // says why

  std::vector<DatasetGroups> all(count);
  std::vector<Json> entries(count);
  std::vector<std::exception_ptr> errors(count);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t d = next++; d < count; d = next++) {
      try {
        all[d].dataset = static_cast<int>(d);
        for (const Group& group : groups)
          if (group.dataset == static_cast<int>(d) && !group.done.empty()) all[d].groups.push_back(&group);
        entries[d] = analyse_dataset(results, ledger, options, loaded.empty() ? nullptr : &loaded[d], all[d]);
      } catch (...) {
        errors[d] = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min<std::size_t>(static_cast<std::size_t>(options.threads), count); ++i)
      others.emplace_back(work);
    work();
  }
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
  const Json curves = breaking_curves(results, all, entries);
  return {{"schema", 1}, {"name", results.sweep.name}, {"datasets", entries}, {"breaking_curves", curves}};
}

std::string truth_table(const Json& analysis) {
  std::string text;
  int right = 0, judged = 0;
  char line[256];
  for (const Json& entry : analysis.at("datasets")) {
    const Json& truth = entry.at("truth");
    if (truth.is_null()) continue;
    const Json& dimension = entry.at("dimension");
    const Json& symmetry = entry.at("symmetry");
    const int known = truth.at("intrinsic_dimension").get<int>();
    const std::string algebra = truth.at("symmetry").get<std::string>();
    const bool has_dimension = !dimension.is_null() && !dimension.at("value").is_null();
    const std::string found = symmetry.is_null() ? "none" : symmetry.at("rotations").get<std::string>();
    const bool dimension_right = has_dimension && dimension.at("value").get<int>() == known;
    const bool algebra_right = algebra.empty() || algebra == found;
    judged += algebra.empty() ? 1 : 2;
    right += (dimension_right ? 1 : 0) + (!algebra.empty() && algebra_right ? 1 : 0);
    std::snprintf(line, sizeof line, "%-34.34s %3d %5s %-3s  %-14s %-14s %s\n",
                  entry.at("dataset").get<std::string>().c_str(), known,
                  has_dimension ? std::to_string(dimension.at("value").get<int>()).c_str() : "?",
                  dimension_right ? "ok" : "NO", algebra.empty() ? "-" : algebra.c_str(), found.c_str(),
                  algebra.empty() ? ""
                  : algebra_right ? "ok"
                                  : "NO");
    text += line;
  }
  if (text.empty()) return text;
  std::snprintf(line, sizeof line, "%-34s %3s %5s %-3s  %-14s %-14s\n", "dataset", "dim", "found", "",
                "rotations", "found");
  text.insert(0, line);
  std::snprintf(line, sizeof line, "%d of %d right\n", right, judged);
  return text + line;
}

}  // namespace symscan
