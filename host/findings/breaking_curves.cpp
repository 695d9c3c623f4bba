#include "host/findings/breaking_curves.hpp"

#include <algorithm>
#include <optional>

#include "host/config/labels.hpp"

namespace symscan {
namespace {

constexpr std::size_t fewest_values = 3;

/// Datasets that differ in one number, the same one, by ascending value of it.
struct Family {
  std::string parameter;
  std::vector<std::pair<double, std::size_t>> members;  ///< value, position among the datasets
};

/// The only setting that differs; empty if none does, nothing if several do.
std::optional<std::string> single_difference(const Json& settings, const Json& other) {
  if (settings.size() != other.size()) return std::nullopt;
  std::string found;
  for (const auto& [key, value] : settings.items()) {
    if (other.contains(key) && other[key] == value) continue;
    if (!found.empty()) return std::nullopt;
    found = key;
  }
  return found;
}

/// Whether a setting changes the shape of the data, by a number. Those of a file say what is read of it.
bool is_parameter(const Json& settings, const std::string& key) {
  return settings["kind"] != "file" && key != "n" && key != "seed" && settings.contains(key) &&
         settings[key].is_number();
}

/// The datasets from `first` on that differ from it in one number and are preprocessed alike. Those before
/// are in families of their own.
Family family_of(const RunResults& results, const std::vector<DatasetGroups>& datasets, std::size_t first) {
  Family family;
  const DatasetRecord& record = results.datasets[datasets[first].dataset];
  const Json& settings = record.settings;
  for (std::size_t other = first; other < datasets.size(); ++other) {
    const DatasetRecord& compared_record = results.datasets[datasets[other].dataset];
    if (compared_record.preprocess != record.preprocess) continue;
    const Json& compared = compared_record.settings;
    const auto key = single_difference(settings, compared);
    if (!key) continue;
    if (key->empty()) {
      family.members.emplace_back(0.0, other);
    } else if (is_parameter(compared, *key) && (family.parameter.empty() || family.parameter == *key)) {
      family.parameter = *key;
      family.members.emplace_back(compared[*key].get<double>(), other);
    }
  }
  if (family.parameter.empty()) return {};
  for (auto& [value, index] : family.members)
    value = results.datasets[datasets[index].dataset].settings[family.parameter].get<double>();
  return family;
}

void add_point(const RunResults& results, double value, const Group& group, const GroupAnalysis& analysis,
               const DatasetFinding& finding, BreakingCurve& curve) {
  curve.values.push_back(value);
  curve.local_dimension.add(analysis.local_dimension);
  curve.generator_eigenvalue.add({analysis.eigenvalues(0), analysis.spread(0)});
  std::vector<double> relevance;
  for (const MeanAndSpread& latent : sorted_measure(results, group, RelevanceMeasure::kl))
    relevance.push_back(latent.mean);
  curve.relevance.push_back(std::move(relevance));
  curve.algebra.push_back(finding.symmetry ? finding.symmetry->algebra
                                           : finding.rotations.value_or("not known"));
}

/// The curve of the groups that have the same settings as `model` in every dataset of the family.
BreakingCurve curve_of(const RunResults& results, const std::vector<DatasetGroups>& datasets,
                       const std::vector<DatasetFinding>& findings, const Family& family,
                       const Group& model) {
  const std::string label = settings_text(*model.config, results.varying);
  const Json& settings = results.datasets[model.dataset].settings;
  BreakingCurve curve;
  curve.label = settings.at("kind").get<std::string>() + ", " + label;
  const auto is_other = [&](const DatasetRecord& record) {
    return record.preprocess != model.config->preprocess;
  };
  if (std::any_of(results.datasets.begin(), results.datasets.end(), is_other))
    curve.label += ", " + to_string(model.config->preprocess);
  curve.parameter = "dataset." + family.parameter;
  for (const auto& [value, index] : family.members) {
    const DatasetGroups& groups = datasets[index];
    for (std::size_t g = 0; g < groups.groups.size(); ++g) {
      if (settings_text(*groups.groups[g]->config, results.varying) == label &&
          groups.analyses[g].eigenvalues.size() > 0)
        add_point(results, value, *groups.groups[g], groups.analyses[g], findings[index], curve);
    }
  }
  return curve;
}

}  // namespace

std::vector<BreakingCurve> breaking_curves(const RunResults& results,
                                           const std::vector<DatasetGroups>& datasets,
                                           const std::vector<DatasetFinding>& findings) {
  std::vector<BreakingCurve> curves;
  std::vector<bool> used(datasets.size(), false);
  for (std::size_t first = 0; first < datasets.size(); ++first) {
    if (used[first]) continue;
    Family family = family_of(results, datasets, first);
    for (const auto& [value, index] : family.members) used[index] = true;
    if (family.members.size() < fewest_values) continue;
    std::sort(family.members.begin(), family.members.end());
    for (const Group* model : datasets[first].groups) {
      BreakingCurve curve = curve_of(results, datasets, findings, family, *model);
      if (curve.values.size() >= fewest_values) curves.push_back(std::move(curve));
    }
  }
  return curves;
}

}  // namespace symscan
