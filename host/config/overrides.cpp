#include "host/config/overrides.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/config/check.hpp"
#include "host/config/fields.hpp"
#include "host/config/override_value.hpp"
#include "host/data/dataset.hpp"

namespace symscan {
namespace {

/// One "path=value" of the command line.
struct Override {
  std::string path, text;
  Json value(const OverrideForm& form) const { return override_value(path, text, form); }
};

const OverrideForm any_words = {.words = true};  // dataset=[circle,disk]

const Field* find_field(const std::vector<Field>& fields, const std::string& name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

// A kind that is not known (yet) is taken for a file: no other dataset has lists or texts.
OverrideForm form_of_dataset_key(const Json& dataset, const std::string& key) {
  const auto kind = dataset.find("kind");
  const bool is_builtin =
      kind != dataset.end() && kind->is_string() && find_builtin_dataset(kind->get<std::string>()) != nullptr;
  const Section section = dataset_section(is_builtin ? kind->get<std::string>() : "file");
  const Field* field = find_field(section.fields, key);
  return field == nullptr ? OverrideForm{} : override_form(*field, !is_builtin);
}

OverrideForm form_of_setting(const std::vector<std::string>& parts) {
  if (parts[0] == "seeds") return {.list = true};
  if (parts[0] == "name") return {.digits = true};
  if (parts[0] == "zip") return any_words;
  const Section* section = &config_root();
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const auto& children = section->sections;
    const auto child = std::find_if(children.begin(), children.end(),
                                    [&](const Section& one) { return one.name == parts[i]; });
    if (child == children.end()) return {};
    section = &*child;
  }
  const Field* field = find_field(section->fields, parts.back());
  return field == nullptr ? OverrideForm{} : override_form(*field, false);
}

void make_object(Json& value) {
  if (value.is_string()) value = Json{{"kind", value}};
  if (value.is_null()) value = Json::object();
}

std::optional<std::size_t> as_index(const std::string& text) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return index;
}

void set_dataset_key(Json& dataset, const std::string& key, const Override& given) {
  make_object(dataset);
  if (!dataset.is_object()) return;  // refused by the check of datasets
  dataset[key] = given.value(form_of_dataset_key(dataset, key));
}

Json& dataset_at(Json& datasets, std::size_t index) {
  if (!datasets.is_array() && index == 0) return datasets;
  const std::size_t count = datasets.is_array() ? datasets.size() : 1;
  if (index >= count) {
    throw ConfigError("dataset." + std::to_string(index) + " does not exist; the config has " +
                      (count == 1
                           ? "1 dataset, number 0"
                           : std::to_string(count) + " datasets, numbers 0 to " + std::to_string(count - 1)));
  }
  return datasets[index];
}

// `parts` follow "dataset".
void set_dataset(Json& datasets, const std::vector<std::string>& parts, const Override& given) {
  if (parts.empty()) {
    datasets = given.value(any_words);
    return;
  }
  if (const auto index = as_index(parts[0])) {
    Json& dataset = dataset_at(datasets, *index);
    if (parts.size() == 1) {
      dataset = given.value(any_words);
      return;
    }
    if (parts.size() == 2) return set_dataset_key(dataset, parts[1], given);
  } else if (parts.size() == 1) {
    if (!datasets.is_array()) return set_dataset_key(datasets, parts[0], given);
    for (Json& dataset : datasets) set_dataset_key(dataset, parts[0], given);
    return;
  }
  throw ConfigError("unknown key " + in_quotes(given.path) +
                    "; a dataset has one level of keys, as in dataset.n or dataset.0.n");
}

void set_setting(Json& document, const std::vector<std::string>& parts, const Json& value) {
  Json* here = &document;
  std::string path;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    path = join_path(path, parts[i]);
    here = &(*here)[parts[i]];
    if (here->is_null()) *here = Json::object();
    if (!here->is_object()) throw ConfigError(path + " must be an object, not " + describe(*here));
  }
  (*here)[parts.back()] = value;
}

void refuse_unknown(const std::string& path) {
  const std::vector<std::string> known = setting_paths();
  if (std::find(known.begin(), known.end(), path) != known.end()) return;
  const std::string key = split_path(path).back();
  std::string hint = did_you_mean_elsewhere(key);
  if (hint.empty()) hint = did_you_mean(path, known);
  // Short names weigh more when they are compared alone.
  if (hint.empty()) hint = did_you_mean_elsewhere(nearest_word(key, all_keys()));
  throw ConfigError("unknown key " + in_quotes(path) +
                    (hint.empty() ? " ('symscan schema' lists all keys)" : hint));
}

}  // namespace

void apply_override(Json& document, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw ConfigError("the setting " + in_quotes(text) + " is not of the form key=value, e.g. loss.beta=0.3");
  }
  if (!document.is_object()) throw ConfigError("the config must be an object, not " + describe(document));
  const std::string path = text.substr(0, equals);
  const std::vector<std::string> parts = split_path(path);
  const bool in_dataset = parts[0] == "dataset";
  if (!in_dataset) refuse_unknown(path);
  const Override given = {path, text.substr(equals + 1)};
  if (in_dataset) return set_dataset(document["dataset"], {parts.begin() + 1, parts.end()}, given);
  Json value = given.value(form_of_setting(parts));
  if (path == "seeds" && value.is_array() && value.size() == 1 && value[0].is_string()) value = value[0];
  if (path == "seed") document.erase("seeds");
  if (path == "seeds") document.erase("seed");
  set_setting(document, parts, value);
}

}  // namespace symscan
