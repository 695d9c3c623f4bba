#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/base/field.hpp"
#include "host/base/json.hpp"

namespace symscan {

/// The settings under one key of the config. The tables of fields.cpp and of the datasets are the only source
/// of defaults, checks, JSON Schema and documentation.
struct Section {
  std::string name;  ///< key, e.g. "train"; empty for the whole config
  std::string doc;   ///< one sentence
  std::vector<Field> fields;
  std::vector<Section> sections = {};        ///< nested, after the fields
  bool optional = false;                     ///< the section may be null, and is by default
  std::vector<std::string> other_keys = {};  ///< known keys that are checked elsewhere
};

/// The whole config; `dataset`, `name`, `seeds` and `zip` are among its other keys.
const Section& config_root();
const Field& name_field();
const Field& seed_field();

/// Names of all datasets: the built-in ones, then "file".
std::vector<std::string> dataset_kinds();
/// Settings of one kind, which must be known.
Section dataset_section(const std::string& kind);

/// How many entries a value of a list field may have (a sweep over such a field is a list of such lists).
struct ListLimits {
  std::size_t least, most;
};
ListLimits list_limits(const Field& field);

/// True for fields whose value is itself a list, such as model.hidden.
bool is_list_field(const Field& field);
/// Whether `value` (checked) is a list of values to sweep rather than one value.
bool is_swept(const Field& field, const Json& value);
/// Whether the range excludes the maximum: it is then given as the double just below a round number.
bool excludes_maximum(const Field& field);
/// The number that the range excludes or includes at its upper end.
double upper_bound(const Field& field);

/// Dotted paths of all settings outside the datasets, and "dataset" itself, e.g. "loss.beta".
std::vector<std::string> setting_paths();

/// As above, and the settings of all datasets, e.g. "dataset.n"; each once.
std::vector<std::string> all_paths();
/// The last parts of all paths, e.g. "beta".
std::vector<std::string> all_keys();

std::string join_path(const std::string& prefix, const std::string& key);
std::vector<std::string> split_path(const std::string& path);
/// What a config has at a dotted path; null where a section is left out.
Json value_at(const Json& config, const std::string& path);

}  // namespace symscan
