#include "host/config/check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "host/base/error.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

constexpr std::size_t longest_shown = 60;   // bytes of a user's text in a message
constexpr std::size_t longest_list = 100;   // bytes of a list of known keys
constexpr std::size_t longest_text = 4096;  // bytes of a text setting: PATH_MAX of Linux
constexpr std::int64_t largest_integer = std::int64_t{1} << 53;

std::string range_text(const Field& field) {
  const bool low = std::isfinite(field.minimum), high = std::isfinite(field.maximum);
  const std::string from = number_text(field.minimum), to = number_text(upper_bound(field));
  const std::string below = excludes_maximum(field) ? "below " : "";
  if (low && high) return (field.above_minimum ? " above " : " from ") + from + " to " + below + to;
  if (low) return (field.above_minimum ? " above " : " of at least ") + from;
  if (high) return (below.empty() ? " of at most " : " below ") + to;
  return "";
}

std::string items_text(const Field& field) {
  const ListLimits limits = list_limits(field);
  return " (" + std::to_string(limits.least) + " to " + std::to_string(limits.most) + " of them)";
}

std::string allowed_text(const Field& field) {
  switch (field.type) {
    case FieldType::integer:
      return "an integer" + range_text(field) + (field.word.empty() ? "" : " or \"" + field.word + "\"");
    case FieldType::number:
      return "a number" + range_text(field);
    case FieldType::boolean:
      return "true or false";
    case FieldType::text:
      return field.choices.empty() ? "a text" : "one of " + join_words(field.choices);
    case FieldType::integer_list:
      return "a list of integers" + range_text(field) + items_text(field);
    case FieldType::text_list:
      return "a list of texts" + items_text(field);
  }
  return "";
}

[[noreturn]] void refuse(const Field& field, const std::string& path, const Json& value) {
  std::string hint;
  if (!field.choices.empty() && value.is_string()) {
    hint = did_you_mean(value.get<std::string>(), field.choices);
  } else if (value.is_array() && !is_list_field(field)) {
    hint = " (a list of values to sweep cannot hold lists)";
  } else if (value.is_number() && field.type == FieldType::text) {
    hint = "; write it in quotes: \"" + describe(value) + "\"";
  }
  if (hint.empty() && value.is_string() &&
      value.get_ref<const std::string&>().find(',') != std::string::npos) {
    hint = "; to sweep several values, write them between [ and ]";
  }
  throw ConfigError(path + " must be " + allowed_text(field) + ", not " + describe(value) + hint);
}

bool in_range(const Field& field, double value) {
  return (field.above_minimum ? value > field.minimum : value >= field.minimum) && value <= field.maximum;
}

// Whether a number is an integer up to 2^53; larger ones could round into a range when they are compared as
// doubles.
bool is_exact_integer(const Json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>() <= std::uint64_t{largest_integer};
  if (value.is_number_integer()) {
    const auto integer = value.get<std::int64_t>();
    return -largest_integer <= integer && integer <= largest_integer;
  }
  const double number = value.get<double>();
  return number == std::floor(number) && std::abs(number) <= static_cast<double>(largest_integer);
}

Json check_integer(const Field& field, const std::string& path, const Json& value) {
  if (!field.word.empty() && value == field.word) return value;
  if (!value.is_number()) refuse(field, path, value);
  const double number = value.get<double>();
  if (!is_exact_integer(value) || !in_range(field, number)) refuse(field, path, value);
  return static_cast<std::int64_t>(number);
}

Json check_number(const Field& field, const std::string& path, const Json& value) {
  if (!value.is_number()) refuse(field, path, value);
  const double number = value.get<double>() + 0.0;  // -0 becomes 0
  if (!std::isfinite(number) || !in_range(field, number)) refuse(field, path, value);
  return number;
}

Json check_text(const Field& field, const std::string& path, const Json& value) {
  if (!value.is_string()) refuse(field, path, value);
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() > longest_text) {
    throw ConfigError(path + " has " + std::to_string(text.size()) + " bytes; at most " +
                      std::to_string(longest_text) + " are allowed");
  }
  if (find_non_utf8(text) != std::string::npos) {
    throw ConfigError(path + " must be valid UTF-8, not " + describe(value));
  }
  if (text.find('\0') != std::string::npos) {
    throw ConfigError(path + " must not hold a zero byte, as " + describe(value) + " does");
  }
  const auto& choices = field.choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
    refuse(field, path, value);
  }
  return value;
}

Json check_list(const Field& field, const std::string& path, const Json& value) {
  const ListLimits limits = list_limits(field);
  if (!value.is_array()) refuse(field, path, value);
  if (value.size() < limits.least || value.size() > limits.most) {
    throw ConfigError(path + " must be " + allowed_text(field) + ", not a list of " +
                      std::to_string(value.size()));
  }
  Field entry = field;
  entry.type = field.type == FieldType::integer_list ? FieldType::integer : FieldType::text;
  Json result = Json::array();
  for (std::size_t i = 0; i < value.size(); ++i) {
    result.push_back(check_value(entry, join_path(path, std::to_string(i)), value[i]));
  }
  return result;
}

std::vector<std::string> known_keys(const Section& section) {
  std::vector<std::string> keys = section.other_keys;
  for (const Field& field : section.fields) keys.push_back(field.name);
  for (const Section& child : section.sections) keys.push_back(child.name);
  return keys;
}

Json check_field(const Field& field, const std::string& path, const Json& given) {
  const auto found = given.find(field.name);
  if (found == given.end()) {
    if (field.default_value.is_null() && !field.optional) {
      throw ConfigError(path + " is missing; give " + allowed_text(field) + " (" + field.doc + ")");
    }
    // Checked like a given value, so that a resolved config reads the same when it is resolved again.
    return field.default_value.is_null() ? Json() : check_value(field, path, field.default_value);
  }
  if (found->is_null() && field.optional) return nullptr;
  return check_swept(field, path, *found);
}

}  // namespace

Json check_value(const Field& field, const std::string& path, const Json& value) {
  switch (field.type) {
    case FieldType::integer:
      return check_integer(field, path, value);
    case FieldType::number:
      return check_number(field, path, value);
    case FieldType::text:
      return check_text(field, path, value);
    case FieldType::integer_list:
    case FieldType::text_list:
      return check_list(field, path, value);
    case FieldType::boolean:
      if (!value.is_boolean()) refuse(field, path, value);
      return value;
  }
  return value;
}

Json check_swept(const Field& field, const std::string& path, const Json& value) {
  if (!is_swept(field, value)) return check_value(field, path, value);
  if (value.empty()) throw ConfigError(path + " is an empty list; give at least one value to sweep");
  Json result = Json::array();
  for (std::size_t i = 0; i < value.size(); ++i) {
    result.push_back(check_value(field, join_path(path, std::to_string(i)), value[i]));
  }
  return result;
}

Json check_section(const Section& section, const std::string& path, const Json& given) {
  if (given.is_null() && section.optional) return nullptr;
  if (!given.is_object()) {
    throw ConfigError((path.empty() ? "the config" : path) + " must be an object such as {\"" +
                      known_keys(section).front() + "\": ...}" + (section.optional ? " or null" : "") +
                      ", not " + describe(given));
  }
  const std::vector<std::string> known = known_keys(section);
  for (const auto& [key, value] : given.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) throw_unknown_key(path, key, known);
  }
  Json result = Json::object();
  for (const Field& field : section.fields) {
    result[field.name] = check_field(field, join_path(path, field.name), given);
  }
  for (const Section& child : section.sections) {
    const Json nothing = child.optional ? Json(nullptr) : Json::object();
    const auto found = given.find(child.name);
    result[child.name] =
        check_section(child, join_path(path, child.name), found == given.end() ? nothing : *found);
  }
  return result;
}

void throw_unknown_key(const std::string& path, const std::string& key, const std::vector<std::string>& known,
                       const std::string& of) {
  std::string sentence = "unknown key " + in_quotes(join_path(path, key)) + of;
  std::string hint = did_you_mean(key, known);
  // Settings of other kinds of dataset are no help in a dataset.
  if (hint.empty() && split_path(path)[0] != "dataset") hint = did_you_mean_elsewhere(key);
  sentence += hint;
  const std::string list = join_words(known);
  if (list.size() <= longest_list) {
    sentence += " (known: " + list + ")";
  } else if (hint.empty()) {
    sentence += " ('symscan schema' lists all keys)";
  }
  throw ConfigError(sentence);
}

std::string did_you_mean_elsewhere(const std::string& key) {
  std::string paths;
  if (key.empty()) return "";
  for (const std::string& path : all_paths()) {
    if (same_word(split_path(path).back(), key)) paths += (paths.empty() ? "'" : "' or '") + path;
  }
  return paths.empty() ? "" : "; did you mean " + paths + "'?";
}

std::string in_quotes(const std::string& text) {
  // The quotes of JSON give way to single ones; what is inside stays escaped.
  const std::string dumped =
      Json(shortened(text, longest_shown)).dump(-1, ' ', false, Json::error_handler_t::replace);
  return "'" + printable_line(dumped.substr(1, dumped.size() - 2)) + "'";
}

std::string describe(const Json& value) {
  switch (value.type()) {
    case Json::value_t::string:
      return "the text " + in_quotes(value.get_ref<const std::string&>());
    case Json::value_t::array:
      return "a list";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::number_float:
      return number_text(value.get<double>());
    default:
      return value.dump();
  }
}

}  // namespace symscan
