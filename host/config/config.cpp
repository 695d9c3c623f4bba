#include "host/config/config.hpp"

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/config/check.hpp"
#include "host/config/dataset_config.hpp"
#include "host/config/fields.hpp"
#include "host/config/idle_settings.hpp"
#include "host/config/labels.hpp"
#include "host/config/overrides.hpp"
#include "host/config/seeds.hpp"
#include "host/config/sweep.hpp"
#include "host/config/training_length.hpp"

namespace symscan {
namespace {

Json check_name(const Json& document, const Json& datasets) {
  const auto found = document.find("name");
  if (found == document.end() || found->is_null()) return default_name(datasets);
  Json name = check_value(name_field(), "name", *found);
  const auto& text = name.get_ref<const std::string&>();
  if (text.empty() || text.size() > 200)
    throw ConfigError("name must have 1 to 200 bytes, not " + std::to_string(text.size()));
  if (has_control_characters(text))
    throw ConfigError("name must be one line without control characters, not " + describe(name));
  return name;
}

// Every key with its default, in a fixed order; the lists to sweep stay.
Json resolve(const Json& given) {
  const Json document = with_fixed_length_defaults(given);
  const Json settings = check_section(config_root(), "", document);
  if (!document.contains("dataset")) {
    throw ConfigError("dataset is missing; give one, such as \"dataset\": {\"kind\": \"circle\"}");
  }
  if (document.contains("$schema") && !document["$schema"].is_string()) {
    throw ConfigError("$schema must be a text, not " + describe(document["$schema"]));
  }
  const Json datasets = check_datasets(document["dataset"]);
  Json resolved = {{"name", check_name(document, datasets)}, {"dataset", datasets}};
  resolved.update(settings);
  resolved["seeds"] = check_seeds(document);
  if (document.contains("zip")) {
    const Json zip = check_zip(document["zip"]);
    if (!zip.empty()) resolved["zip"] = zip;
  }
  return resolved;
}

std::string automatic_seeds_note() {
  return "seeds auto: " + std::to_string(automatic_seed_set) +
         " of every group first, then more where the lowest loss is rare, at most " +
         std::to_string(most_automatic_seeds);
}

SweepConfig make_sweep(const Json& document, std::size_t most) {
  SweepConfig sweep;
  sweep.resolved = resolve(document);
  sweep.name = sweep.resolved["name"].get<std::string>();
  sweep.replicas = expand_sweep(sweep.resolved, most);
  Json silent = {{"dataset", sweep.resolved["dataset"]}};
  if (!sweep.replicas.front().train.automatic()) silent["train"]["epochs"] = 30;
  const Json defaults = resolve(silent);
  sweep.notes = notes_on_idle_settings(sweep, defaults);
  if (seeds_are_automatic(sweep.resolved)) sweep.notes.push_back(automatic_seeds_note());
  return sweep;
}

}  // namespace

SweepConfig parse_config(const Json& document, const std::vector<std::string>& overrides) {
  Json changed = document;
  for (const std::string& text : overrides) apply_override(changed, text);
  return make_sweep(changed, most_replicas);
}

SweepConfig parse_config_of(const Json& document, std::size_t most) {
  return make_sweep(document, most);
}

}  // namespace symscan
