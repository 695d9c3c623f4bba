#include "host/config/overrides.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "host/base/error.hpp"
#include "host/config/check.hpp"
#include "host/config/fields.hpp"
#include "host/config/json_text.hpp"
#include "host/config/nearest.hpp"

namespace symscan {
namespace {

Json override_value(const std::string& path, const std::string& text) {
  try {
    return parse_json_text(text, "the value of " + path, false);
  } catch (const ConfigError&) {
    // A broken list or object is a slip of the pen; anything else is a text that needs no quotes.
    if (!text.empty() && (text[0] == '[' || text[0] == '{' || text[0] == '"')) throw;
    return text;
  }
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

void set_dataset_key(Json& dataset, const std::string& key, const Json& value) {
  make_object(dataset);
  if (dataset.is_object()) dataset[key] = value;  // anything else is refused by the check of datasets
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
void set_dataset(Json& datasets, std::vector<std::string> parts, const std::string& path, const Json& value) {
  if (parts.empty()) {
    datasets = value;
    return;
  }
  if (const auto index = as_index(parts[0])) {
    Json& dataset = dataset_at(datasets, *index);
    if (parts.size() == 1) {
      dataset = value;
      return;
    }
    if (parts.size() == 2) return set_dataset_key(dataset, parts[1], value);
  } else if (parts.size() == 1) {
    if (!datasets.is_array()) return set_dataset_key(datasets, parts[0], value);
    for (Json& dataset : datasets) set_dataset_key(dataset, parts[0], value);
    return;
  }
  throw ConfigError("unknown key " + in_quotes(path) +
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
  const std::vector<std::string> parts = split_path(path);
  // A wrong key in a right section is compared with that section's keys, so that short names weigh enough.
  std::vector<std::string> tails;
  tails.reserve(known.size());
  for (const std::string& one : known) tails.push_back(split_path(one).back());
  std::string near = nearest_word(path, known);
  if (near.empty()) {
    const auto at = std::find(tails.begin(), tails.end(), nearest_word(parts.back(), tails));
    if (at != tails.end()) near = known[static_cast<std::size_t>(at - tails.begin())];
  }
  throw ConfigError("unknown key " + in_quotes(path) +
                    (near.empty() ? " ('symscan schema' lists all keys)" : "; did you mean '" + near + "'?"));
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
  const Json value = override_value(in_quotes(path), text.substr(equals + 1));
  if (in_dataset) return set_dataset(document["dataset"], {parts.begin() + 1, parts.end()}, path, value);
  if (path == "seed") document.erase("seeds");
  if (path == "seeds") document.erase("seed");
  set_setting(document, parts, value);
}

}  // namespace symscan
