#include "host/config/default_settings.hpp"

#include "host/config/dataset_config.hpp"
#include "host/config/fields.hpp"

namespace symscan {
namespace {

/// `values` and `defaults`: of the section.
void append_defaults(const Section& section, const std::string& path, const Json& values,
                     const Json& defaults, std::vector<std::string>& paths) {
  const auto at = [](const Json& of, const std::string& key) { return of.value(key, Json()); };
  for (const Field& field : section.fields)
    if (at(values, field.name) == defaults.value(field.name, field.default_value))
      paths.push_back(join_path(path, field.name));
  for (const Section& child : section.sections) {
    const Json inner = at(values, child.name), of_default = at(defaults, child.name);
    const std::string below = join_path(path, child.name);
    if (inner.is_object())
      append_defaults(child, below, inner, of_default.is_object() ? of_default : Json::object(), paths);
    else if (inner == of_default)
      paths.push_back(below);
  }
}

void append_dataset(const std::string& path, const Json& dataset, std::vector<std::string>& paths) {
  for (const Field& field : dataset_section(dataset.at("kind").get<std::string>()).fields)
    if (dataset.value(field.name, Json()) == field.default_value)
      paths.push_back(join_path(path, field.name));
}

}  // namespace

std::vector<std::string> default_settings(const SweepConfig& sweep) {
  constexpr std::size_t most_datasets = 12;
  const Json& resolved = sweep.resolved;
  std::vector<std::string> paths;
  const Json& datasets = resolved.at("dataset");
  if (resolved.at("name") == default_name(datasets)) paths.emplace_back("name");
  if (datasets.is_object()) append_dataset("dataset", datasets, paths);
  for (std::size_t i = 0; datasets.is_array() && i < datasets.size() && datasets.size() <= most_datasets; ++i)
    append_dataset("dataset." + std::to_string(i), datasets[i], paths);
  // A training of fixed length has defaults of its own; that length itself is none.
  const bool automatic = sweep.replicas.front().train.automatic();
  Json silent = {{"dataset", "circle"}};
  if (!automatic) silent["train"]["epochs"] = 30;
  const Json defaults = parse_config(silent).resolved;
  append_defaults(config_root(), "", resolved, defaults, paths);
  if (!automatic) std::erase(paths, "train.epochs");
  if (resolved.at("seeds") == defaults.at("seeds")) paths.emplace_back("seeds");
  return paths;
}

}  // namespace symscan
