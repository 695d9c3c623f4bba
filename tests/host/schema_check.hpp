#pragma once
#include <algorithm>
#include <string>

#include "host/base/json.hpp"

namespace symscan::test {

/// Where and why `value` is not what `schema` allows; empty if it is. Knows the keywords that symscan's own
/// schemas of results use, and fails for others. tests/oracle/schema_test.py compares with jsonschema.
std::string schema_error(const Json& schema, const Json& value, const std::string& where = "$");

namespace detail {

inline bool has_type(const Json& value, const std::string& type) {
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  return type == value.type_name();
}

inline std::string type_error(const Json& type, const Json& value, const std::string& where) {
  bool right = type.is_string() && has_type(value, type.get<std::string>());
  if (type.is_array())
    for (const Json& each : type) right |= has_type(value, each.get<std::string>());
  return right ? "" : where + " is " + value.type_name() + ", not " + type.dump();
}

inline std::string object_error(const Json& schema, const Json& value, const std::string& where) {
  if (!value.is_object()) return "";
  for (const Json& name : schema.value("required", Json::array()))
    if (!value.contains(name.get<std::string>())) return where + " lacks " + name.dump();
  const Json properties = schema.value("properties", Json::object());
  const Json others = schema.value("additionalProperties", Json(true));
  for (const auto& [name, member] : value.items()) {
    const bool known = properties.contains(name);
    if (!known && others == false) return where + " has the unknown member " + name;
    if (!known && others.is_boolean()) continue;
    const std::string error = schema_error(known ? properties[name] : others, member, where + "." + name);
    if (!error.empty()) return error;
  }
  return "";
}

inline std::string list_error(const Json& schema, const Json& value, const std::string& where) {
  for (std::size_t i = 0; value.is_array() && schema.contains("items") && i < value.size(); ++i) {
    const std::string error = schema_error(schema["items"], value[i], where + "[" + std::to_string(i) + "]");
    if (!error.empty()) return error;
  }
  return "";
}

inline std::string choice_error(const Json& schemas, const Json& value, const std::string& where) {
  std::string errors;
  for (const Json& schema : schemas) {
    const std::string error = schema_error(schema, value, where);
    if (error.empty()) return "";
    errors += (errors.empty() ? "" : "; ") + error;
  }
  return errors;
}

}  // namespace detail

inline std::string schema_error(const Json& schema, const Json& value, const std::string& where) {
  for (const auto& [keyword, rule] : schema.items()) {
    std::string error;
    if (keyword == "type") error = detail::type_error(rule, value, where);
    if (keyword == "const" && value != rule) error = where + " is not " + rule.dump();
    if (keyword == "enum" && std::find(rule.begin(), rule.end(), value) == rule.end())
      error = where + " is none of " + rule.dump();
    if (keyword == "minimum" && value.is_number() && value < rule) error = where + " is below " + rule.dump();
    if (keyword == "required") error = detail::object_error(schema, value, where);
    if (keyword == "additionalProperties" && !schema.contains("required"))
      error = detail::object_error(schema, value, where);
    if (keyword == "items") error = detail::list_error(schema, value, where);
    if (keyword == "anyOf") error = detail::choice_error(rule, value, where);
    static const Json known = {
        "type",  "const", "enum",       "minimum",     "required", "additionalProperties",
        "items", "anyOf", "properties", "description", "title",    "$schema"};
    if (std::find(known.begin(), known.end(), keyword) == known.end())
      error = "the schema uses '" + keyword + "', which this check does not know";
    if (!error.empty()) return error;
  }
  return "";
}

}  // namespace symscan::test
