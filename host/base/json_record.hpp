#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "host/base/error.hpp"
#include "host/base/json.hpp"

/// Structs as JSON objects. One description of a struct (JsonRecord) gives its JSON, the struct that a JSON
/// object means, and the JSON Schema of such objects. Members may be bool, integers, double (null: NaN),
/// text, enums (JsonNames), std::vector and std::optional (null: empty) of these, vectors of pairs of a name
/// and a value (an object), Json as it is, and other such structs.
namespace symscan {

/// To be specialised: `static constexpr auto members = std::make_tuple(json_member(...), ...)` and, for the
/// schema, `static constexpr const char* doc`.
template <class Struct>
struct JsonRecord;

/// To be specialised for an enum: `static constexpr std::pair<Enum, const char*> names[]`.
template <class Enum>
struct JsonNames;

template <class Struct, class Value>
struct JsonMember {
  const char* name;  ///< empty: the members of Value stand in the same object
  Value Struct::*member;
  const char* doc;
};

template <class Struct, class Value>
constexpr JsonMember<Struct, Value> json_member(const char* name, Value Struct::*member,
                                                const char* doc = "") {
  return {name, member, doc};
}

template <class Struct, class Value>
constexpr JsonMember<Struct, Value> json_inlined(Value Struct::*member) {
  return {"", member, ""};
}

namespace json_detail {

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsNamed : std::false_type {};
template <class T>
struct IsNamed<std::vector<std::pair<std::string, T>>> : std::true_type {
  using Value = T;
};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

[[noreturn]] inline void refuse(const std::string& where, const std::string& wanted) {
  throw DataError("'" + (where.empty() ? std::string("document") : where) + "' is not " + wanted);
}

}  // namespace json_detail

template <class Value>
Json record_json(const Value& value);

/// Reads `json` into `value`. `where`: its place, for errors. Throws DataError for what is missing or of
/// another type; members that are not described are ignored.
template <class Value>
void read_record(const Json& json, Value& value, const std::string& where = "");

/// The JSON Schema of a value: every member is required, others are not allowed.
template <class Value>
Json record_schema();

namespace json_detail {

template <class Struct>
void write_members(const Struct& value, Json& object) {
  std::apply(
      [&](const auto&... member) {
        const auto write = [&](const auto& m) {
          if constexpr (requires { JsonRecord<std::decay_t<decltype(value.*m.member)>>::members; }) {
            if (*m.name == '\0') return write_members(value.*m.member, object);
          }
          object[m.name] = record_json(value.*m.member);
        };
        (write(member), ...);
      },
      JsonRecord<Struct>::members);
}

template <class Struct>
void read_members(const Json& object, Struct& value, const std::string& where) {
  std::apply(
      [&](const auto&... member) {
        const auto read = [&](const auto& m) {
          if constexpr (requires { JsonRecord<std::decay_t<decltype(value.*m.member)>>::members; }) {
            if (*m.name == '\0') return read_members(object, value.*m.member, where);
          }
          const std::string place = where.empty() ? m.name : where + "." + m.name;
          const auto found = object.find(m.name);
          if (found == object.end()) throw DataError("'" + place + "' is missing");
          read_record(*found, value.*m.member, place);
        };
        (read(member), ...);
      },
      JsonRecord<Struct>::members);
}

template <class Struct>
void add_schemas(Json& properties) {
  std::apply(
      [&](const auto&... member) {
        const auto add = [&]<class Value>(const JsonMember<Struct, Value>& m) {
          if constexpr (requires { JsonRecord<Value>::members; }) {
            if (*m.name == '\0') return add_schemas<Value>(properties);
          }
          Json schema = record_schema<Value>();
          if (*m.doc != '\0') schema["description"] = m.doc;
          properties[m.name] = std::move(schema);
        };
        (add(member), ...);
      },
      JsonRecord<Struct>::members);
}

template <class Enum>
Json names_of_enum() {
  Json names = Json::array();
  for (const auto& entry : JsonNames<Enum>::names) names.push_back(entry.second);
  return names;
}

template <class Enum>
void read_enum(const Json& json, Enum& value, const std::string& where) {
  for (const auto& [candidate, name] : JsonNames<Enum>::names) {
    if (json == name) {
      value = candidate;
      return;
    }
  }
  refuse(where, "one of " + names_of_enum<Enum>().dump());
}

template <class Integer>
void read_integer(const Json& json, Integer& value, const std::string& where) {
  const auto fits = [&] {
    if (json.is_number_unsigned())
      return json.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<Integer>::max());
    return json.is_number_integer() && std::is_signed_v<Integer> &&
           json.get<std::int64_t>() >= static_cast<std::int64_t>(std::numeric_limits<Integer>::min()) &&
           json.get<std::int64_t>() <= static_cast<std::int64_t>(std::numeric_limits<Integer>::max());
  };
  if (!fits()) refuse(where, "an integer in range");
  value = json.get<Integer>();
}

}  // namespace json_detail

/// The text of an enum value.
template <class Enum>
const char* json_name(Enum value) {
  for (const auto& [candidate, name] : JsonNames<Enum>::names)
    if (candidate == value) return name;
  return "";
}

template <class Value>
Json record_json(const Value& value) {
  if constexpr (std::is_enum_v<Value>) {
    return json_name(value);
  } else if constexpr (std::is_floating_point_v<Value>) {
    return std::isfinite(value) ? Json(value) : Json();
  } else if constexpr (json_detail::IsOptional<Value>::value) {
    return value ? record_json(*value) : Json();
  } else if constexpr (json_detail::IsNamed<Value>::value) {
    Json object = Json::object();
    for (const auto& [name, entry] : value) object[name] = record_json(entry);
    return object;
  } else if constexpr (json_detail::IsVector<Value>::value) {
    Json list = Json::array();
    for (const auto& entry : value) list.push_back(record_json(entry));
    return list;
  } else if constexpr (requires { JsonRecord<Value>::members; }) {
    Json object = Json::object();
    json_detail::write_members(value, object);
    return object;
  } else {
    return value;
  }
}

template <class Value>
void read_record(const Json& json, Value& value, const std::string& where) {
  if constexpr (std::is_enum_v<Value>) {
    json_detail::read_enum(json, value, where);
  } else if constexpr (std::is_same_v<Value, bool>) {
    if (!json.is_boolean()) json_detail::refuse(where, "true or false");
    value = json.get<bool>();
  } else if constexpr (std::is_integral_v<Value>) {
    json_detail::read_integer(json, value, where);
  } else if constexpr (std::is_floating_point_v<Value>) {
    if (!json.is_number() && !json.is_null()) json_detail::refuse(where, "a number or null");
    value = json.is_null() ? std::numeric_limits<Value>::quiet_NaN() : json.get<Value>();
  } else if constexpr (std::is_same_v<Value, std::string>) {
    if (!json.is_string()) json_detail::refuse(where, "text");
    value = json.get<std::string>();
  } else if constexpr (std::is_same_v<Value, Json>) {
    value = json;
  } else if constexpr (json_detail::IsOptional<Value>::value) {
    value.reset();
    if (!json.is_null()) read_record(json, value.emplace(), where);
  } else if constexpr (json_detail::IsNamed<Value>::value) {
    if (!json.is_object()) json_detail::refuse(where, "an object");
    value.clear();
    for (const auto& [name, entry] : json.items())
      read_record(entry, value.emplace_back(name, typename json_detail::IsNamed<Value>::Value{}).second,
                  where + "." + name);
  } else if constexpr (json_detail::IsVector<Value>::value) {
    if (!json.is_array()) json_detail::refuse(where, "a list");
    value.clear();
    value.reserve(json.size());
    for (std::size_t i = 0; i < json.size(); ++i) {
      typename Value::value_type entry{};
      read_record(json[i], entry, where + "[" + std::to_string(i) + "]");
      value.push_back(std::move(entry));
    }
  } else {
    if (!json.is_object()) json_detail::refuse(where, "an object");
    json_detail::read_members(json, value, where);
  }
}

template <class Value>
Json record_schema() {
  if constexpr (std::is_enum_v<Value>) {
    return {{"enum", json_detail::names_of_enum<Value>()}};
  } else if constexpr (std::is_same_v<Value, bool>) {
    return {{"type", "boolean"}};
  } else if constexpr (std::is_integral_v<Value>) {
    Json schema = {{"type", "integer"}};
    if (std::is_unsigned_v<Value>) schema["minimum"] = 0;
    return schema;
  } else if constexpr (std::is_floating_point_v<Value>) {
    return {{"type", Json::array({"number", "null"})}};
  } else if constexpr (std::is_same_v<Value, std::string>) {
    return {{"type", "string"}};
  } else if constexpr (std::is_same_v<Value, Json>) {
    return Json::object();
  } else if constexpr (json_detail::IsOptional<Value>::value) {
    return {{"anyOf", Json::array({Json{{"type", "null"}}, record_schema<typename Value::value_type>()})}};
  } else if constexpr (json_detail::IsNamed<Value>::value) {
    return {{"type", "object"},
            {"additionalProperties", record_schema<typename json_detail::IsNamed<Value>::Value>()}};
  } else if constexpr (json_detail::IsVector<Value>::value) {
    return {{"type", "array"}, {"items", record_schema<typename Value::value_type>()}};
  } else {
    Json properties = Json::object(), required = Json::array();
    json_detail::add_schemas<Value>(properties);
    for (const auto& [name, schema] : properties.items()) required.push_back(name);
    return {{"description", JsonRecord<Value>::doc},
            {"type", "object"},
            {"properties", properties},
            {"required", required},
            {"additionalProperties", false}};
  }
}

/// The object of a document, its version first: {"schema": 2, ...}.
template <class Document>
Json versioned_json(const Document& document, int version) {
  Json json = {{"schema", version}};
  json.update(record_json(document));
  return json;
}

/// The inverse. Throws DataError, with the place of the member, for what is missing, of another type or of
/// another version.
template <class Document>
Document read_versioned(const Json& json, int version) {
  if (!json.is_object()) throw DataError("it is not a JSON object");
  const auto schema = json.find("schema");
  if (schema == json.end() || *schema != version) {
    throw DataError("its schema is " +
                    (schema == json.end()  ? "missing"
                     : schema->is_number() ? schema->dump()
                                           : "no number") +
                    ", this version writes " + std::to_string(version));
  }
  Document document;
  read_record(json, document);
  return document;
}

/// The JSON Schema (draft 2020-12) of such documents.
template <class Document>
Json versioned_schema(const char* title, int version) {
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
  schema.update(record_schema<Document>());
  Json properties = {{"schema", {{"const", version}}}};
  properties.update(schema["properties"]);
  schema["properties"] = properties;
  schema["required"].insert(schema["required"].begin(), "schema");
  return schema;
}

}  // namespace symscan
