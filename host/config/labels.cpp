// How datasets and points of a sweep are called in tables and reports.
#include "host/config/labels.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "host/base/text.hpp"
#include "host/config/check.hpp"
#include "host/config/config.hpp"
#include "host/config/fields.hpp"
#include "host/data/formats.hpp"

namespace symscan {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_value = 40;  // bytes of one value in a label

std::string value_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return number_text(value.get<double>());
  if (!value.is_array()) return describe(value);
  std::string text;
  for (const Json& entry : value) text += (text.empty() ? "" : "/") + value_text(entry);
  return text;
}

bool is_file(const Json& dataset) {
  return dataset.value("kind", Json()) == "file";
}

std::string path_of(const Json& dataset) {
  const Json path = dataset.value("path", Json());
  return path.is_string() ? path.get<std::string>() : value_text(path);
}

std::string file_stem(const fs::path& path) {
  const fs::path name = path.filename();
  const fs::path stem = ending_of(name).compression.empty() ? name.stem() : name.stem().stem();
  return stem.empty() ? "file" : stem.string();
}

// The settings of these names that differ from their defaults, e.g. "n 500, seed 2".
std::string settings_of(const Json& dataset, const std::vector<Field>& fields,
                        const std::set<std::string>& names) {
  std::string settings;
  for (const Field& field : fields) {
    const auto found = dataset.find(field.name);
    if (!names.contains(field.name) || found == dataset.end() || *found == field.default_value) continue;
    settings +=
        (settings.empty() ? "" : ", ") + field.name + " " + shortened(value_text(*found), longest_value);
  }
  return settings;
}

/// What the label of one dataset is made of.
struct LabelParts {
  std::string head;
  std::vector<Field> fields;
  std::set<std::string> shown;  ///< names of the settings that the label shows

  std::string label(const Json& dataset) const {
    const std::string settings = settings_of(dataset, fields, shown);
    return settings.empty() ? head : head + " (" + settings + ")";
  }
};

// How a file is read, or which of its columns, makes no short label: only plain settings such as max_rows do.
// Nor do acceptance and angles, which change no row.
bool is_shown(const Field& field, bool of_file) {
  if (field.name == "acceptance" || field.name == "angles" || field.name == "skip_rows") return false;
  return !of_file || (field.name != "path" && field.choices.empty() && !is_list_field(field));
}

LabelParts parts_of(const Json& dataset) {
  LabelParts parts;
  const Json kind = dataset.value("kind", Json("dataset"));
  const std::vector<std::string> kinds = dataset_kinds();
  parts.head = value_text(kind);
  if (std::find(kinds.begin(), kinds.end(), parts.head) == kinds.end()) return parts;
  parts.fields = dataset_section(parts.head).fields;
  const bool of_file = is_file(dataset);
  for (const Field& field : parts.fields) {
    if (is_shown(field, of_file)) parts.shown.insert(field.name);
  }
  if (of_file) parts.head = dataset.value("path", Json()).is_string() ? file_stem(path_of(dataset)) : "file";
  return parts;
}

// Longer and longer names of a file: data, data.csv, a/data, a/data.csv, ...
std::string head_at(const std::string& path, std::size_t level) {
  fs::path file = path;
  std::string head = level % 2 == 0 ? file_stem(file) : file.filename().string();
  for (std::size_t parent = 0; parent < level / 2 && file.has_parent_path() && file.has_relative_path();
       ++parent) {
    file = file.parent_path();
    head = file.filename().string() + "/" + head;
  }
  return head;
}

using Members = std::vector<std::size_t>;  // datasets that share a label, by their position

// Gives the datasets of one label heads that are as different as their paths.
void lengthen_heads(const std::vector<Json>& datasets, const Members& members,
                    std::vector<LabelParts>& parts) {
  std::set<std::string> paths;
  std::size_t longest = 0, files = 0;
  for (const std::size_t i : members) {
    if (!is_file(datasets[i])) continue;
    ++files;
    const fs::path path = path_of(datasets[i]);
    paths.insert(path.string());
    longest = std::max(longest, static_cast<std::size_t>(std::distance(path.begin(), path.end())));
  }
  const bool all_files = files == members.size();
  if (paths.empty() || (paths.size() == 1 && all_files)) return;
  // circle.csv beside the built-in circle keeps its ending.
  for (std::size_t level = all_files ? 0 : 1; level <= 2 * longest; ++level) {
    std::set<std::string> heads;
    for (const std::string& path : paths) heads.insert(head_at(path, level));
    if (heads.size() < paths.size()) continue;
    for (const std::size_t i : members) {
      if (is_file(datasets[i])) parts[i].head = head_at(path_of(datasets[i]), level);
    }
    return;
  }
  // Only the writing differs, as in a/b and a//b.
  for (const std::size_t i : members) {
    if (is_file(datasets[i])) parts[i].head = path_of(datasets[i]);
  }
}

std::size_t count_labels(const std::vector<Json>& datasets, const Members& members,
                         const std::vector<LabelParts>& parts) {
  std::set<std::string> labels;
  for (const std::size_t i : members) labels.insert(parts[i].label(datasets[i]));
  return labels.size();
}

// Shows hidden settings where they tell datasets apart.
void add_settings(const std::vector<Json>& datasets, const Members& members, std::vector<LabelParts>& parts) {
  for (const Field& field : parts[members.front()].fields) {
    if (field.name == "path") continue;
    const std::size_t before = count_labels(datasets, members, parts);
    if (before == members.size()) return;
    for (const std::size_t i : members) parts[i].shown.insert(field.name);
    if (count_labels(datasets, members, parts) > before) continue;
    for (const std::size_t i : members) {
      if (!is_shown(field, is_file(datasets[i]))) parts[i].shown.erase(field.name);
    }
  }
}

// What is still alike, such as long lists that only differ at their ends, is numbered.
void number_equals(const std::vector<Json>& datasets, std::vector<std::string>& labels) {
  std::set<std::string> taken;
  std::map<std::string, std::string> given;  // dataset: its label
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    const std::string key = datasets[i].dump(-1, ' ', false, Json::error_handler_t::replace);
    if (const auto known = given.find(key); known != given.end()) {
      labels[i] = known->second;
      continue;
    }
    const std::string label = labels[i];
    for (int number = 2; taken.contains(labels[i]); ++number)
      labels[i] = label + " #" + std::to_string(number);
    taken.insert(labels[i]);
    given.emplace(key, labels[i]);
  }
}

void append_varying(const Section& section, const std::string& path, const Json& values,
                    std::vector<std::string>& paths) {
  for (const Field& field : section.fields) {
    const Json& value = values.at(field.name);
    if (!is_swept(field, value)) continue;
    // Values may repeat where a zip names the setting.
    const bool varies =
        std::any_of(value.begin(), value.end(), [&](const Json& one) { return one != value[0]; });
    if (varies) paths.push_back(join_path(path, field.name));
  }
  for (const Section& child : section.sections) {
    const Json& inner = values.at(child.name);
    if (inner.is_object()) append_varying(child, join_path(path, child.name), inner, paths);
  }
}

// "latent_dim", but "loss kind": a kind alone would be that of the dataset.
std::string setting_name(const std::vector<std::string>& parts) {
  return parts.back() == "kind" && parts.size() > 1 ? parts[parts.size() - 2] + " kind" : parts.back();
}

std::string setting_value(const Json& value) {
  if (!value.is_array()) return value_text(value);
  std::string text;
  for (const Json& entry : value) text += (text.empty() ? "" : ", ") + value_text(entry);
  return "[" + text + "]";
}

}  // namespace

std::string dataset_label(const Json& dataset) {
  return parts_of(dataset).label(dataset);
}

std::vector<std::string> dataset_labels(const std::vector<Json>& datasets) {
  std::vector<LabelParts> parts;
  for (const Json& dataset : datasets) parts.push_back(parts_of(dataset));
  const auto alike = [&] {
    std::map<std::string, Members> groups;
    for (std::size_t i = 0; i < datasets.size(); ++i) groups[parts[i].label(datasets[i])].push_back(i);
    return groups;
  };
  for (const auto& [label, members] : alike()) lengthen_heads(datasets, members, parts);
  for (const auto& [label, members] : alike()) add_settings(datasets, members, parts);
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < datasets.size(); ++i) labels.push_back(parts[i].label(datasets[i]));
  number_equals(datasets, labels);
  return labels;
}

std::vector<std::string> varying_settings(const SweepConfig& sweep) {
  std::vector<std::string> paths;
  append_varying(config_root(), "", sweep.resolved, paths);
  return paths;
}

std::string settings_text(const ReplicaConfig& replica, const std::vector<std::string>& paths) {
  std::string text;
  const Json resolved = replica.points->config(replica.point);
  for (const std::string& path : paths) {
    const Json value = value_at(resolved, path);
    if (value.is_null()) continue;
    text += (text.empty() ? "" : ", ") + setting_name(split_path(path)) + " " + setting_value(value);
  }
  return text;
}

}  // namespace symscan
