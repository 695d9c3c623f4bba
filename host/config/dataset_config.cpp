#include "host/config/dataset_config.hpp"

#include <algorithm>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/config/check.hpp"
#include "host/config/config.hpp"
#include "host/config/fields.hpp"
#include "host/config/labels.hpp"
#include "host/data/file_set.hpp"

namespace symscan {
namespace {

std::string checked_kind(const Json& dataset, const std::string& path) {
  const std::vector<std::string> kinds = dataset_kinds();
  const auto found = dataset.find("kind");
  if (found == dataset.end()) {
    throw ConfigError(path + ".kind is missing; give one of " + join_words(kinds));
  }
  if (found->is_array()) {
    throw ConfigError(path + ".kind must be one text; for several datasets give dataset a list of objects");
  }
  if (!found->is_string()) {
    throw ConfigError(path + ".kind must be one of " + join_words(kinds) + ", not " + describe(*found));
  }
  auto kind = found->get<std::string>();
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
    throw ConfigError("unknown dataset kind " + in_quotes(kind) + " in " + path + ".kind" +
                      did_you_mean(kind, kinds) + " (known: " + join_words(kinds) + ")");
  }
  return kind;
}

Json check_dataset(const Json& given, const std::string& path) {
  Json dataset = given;
  if (given.is_string()) dataset = Json{{"kind", given}};
  if (!dataset.is_object()) {
    throw ConfigError(path + " must be an object such as {\"kind\": \"circle\"}, not " + describe(given));
  }
  const std::string kind = checked_kind(dataset, path);
  const Section section = dataset_section(kind);
  std::vector<std::string> known = {"kind"};
  for (const Field& field : section.fields) known.push_back(field.name);
  for (const auto& [key, value] : dataset.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      throw_unknown_key(path, key, known, " of the dataset kind '" + kind + "'");
    }
  }
  Json result = {{"kind", kind}};
  result.update(check_section(section, path, dataset));
  return result;
}

void resolve_path(Json& path, const std::filesystem::path& folder) {
  if (path.is_array()) {
    for (Json& entry : path) resolve_path(entry, folder);
    return;
  }
  if (!path.is_string()) return;
  const std::filesystem::path given = path.get<std::string>();
  if (given.empty() || given.is_absolute()) return;
  std::error_code error;
  const std::filesystem::path here = (folder / given).lexically_normal();
  if (std::filesystem::is_regular_file(here, error) || fits_files(here.string())) path = here.string();
}

}  // namespace

Json check_datasets(const Json& given) {
  if (!given.is_array()) return check_dataset(given, "dataset");
  if (given.empty()) throw ConfigError("dataset is an empty list; give at least one dataset");
  Json datasets = Json::array();
  for (std::size_t i = 0; i < given.size(); ++i) {
    datasets.push_back(check_dataset(given[i], "dataset." + std::to_string(i)));
  }
  return datasets;
}

void resolve_data_paths(Json& document, const std::filesystem::path& folder) {
  if (!document.is_object() || !document.contains("dataset")) return;
  Json& dataset = document["dataset"];
  const auto resolve = [&](Json& one) {
    if (!one.is_object()) return;
    for (const char* key : {"path", "more_files"})
      if (one.contains(key)) resolve_path(one[key], folder);
  };
  if (dataset.is_array()) {
    for (Json& one : dataset) resolve(one);
  } else {
    resolve(dataset);
  }
}

std::string default_name(const Json& datasets) {
  std::string name = datasets.is_array() ? join_words(dataset_labels({datasets.begin(), datasets.end()}))
                                         : dataset_label(datasets);
  if (name.size() <= 100 && !has_control_characters(name)) return name;
  return datasets.is_array() ? std::to_string(datasets.size()) + " datasets"
                             : datasets["kind"].get<std::string>();
}

}  // namespace symscan
