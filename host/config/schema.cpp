#include "host/config/schema.hpp"

#include <cmath>

#include "host/config/check.hpp"
#include "host/config/config.hpp"
#include "host/config/dataset_config.hpp"
#include "host/config/fields.hpp"

namespace symscan {
namespace {

Json bound(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e16) return static_cast<std::int64_t>(value);
  return value;
}

void add_range(Json& schema, const Field& field) {
  if (std::isfinite(field.minimum)) {
    schema[field.above_minimum ? "exclusiveMinimum" : "minimum"] = bound(field.minimum);
  }
  if (std::isfinite(field.maximum)) {
    schema[excludes_maximum(field) ? "exclusiveMaximum" : "maximum"] = bound(upper_bound(field));
  }
}

// One entry: of a list for list fields, else the value itself.
Json entry_schema(const Field& field) {
  Json schema;
  switch (field.type) {
    case FieldType::integer:
    case FieldType::integer_list:
      schema["type"] = "integer";
      add_range(schema, field);
      break;
    case FieldType::number:
      schema["type"] = "number";
      add_range(schema, field);
      break;
    case FieldType::boolean:
      schema["type"] = "boolean";
      break;
    case FieldType::text:
    case FieldType::text_list:
      schema["type"] = "string";
      if (!field.choices.empty()) schema["enum"] = field.choices;
      break;
  }
  return schema;
}

Json value_schema(const Field& field) {
  Json entry = entry_schema(field);
  if (!field.word.empty()) return {{"anyOf", Json::array({entry, {{"const", field.word}}})}};
  if (!is_list_field(field)) return entry;
  const ListLimits limits = list_limits(field);
  return {{"type", "array"}, {"items", entry}, {"minItems", limits.least}, {"maxItems", limits.most}};
}

Json list_of(const Json& schema) {
  return {{"type", "array"}, {"items", schema}, {"minItems", 1}};
}

// A value or a list of values to sweep.
Json field_schema(const Field& field) {
  const Json value = value_schema(field);
  Json schema = {{"description", field.doc}};
  if (!field.default_value.is_null() || field.optional) schema["default"] = field.default_value;
  schema["anyOf"] = Json::array({value, list_of(value)});
  if (field.optional) schema["anyOf"].push_back({{"type", "null"}});
  return schema;
}

Json object_schema(const std::string& doc, Json properties) {
  return {{"description", doc},
          {"type", "object"},
          {"properties", std::move(properties)},
          {"additionalProperties", false}};
}

Json section_properties(const Section& section);

Json section_schema(const Section& section) {
  Json schema = object_schema(section.doc, section_properties(section));
  if (section.optional) schema["type"] = Json::array({"object", "null"});
  if (section.optional) schema["default"] = nullptr;
  return schema;
}

Json section_properties(const Section& section) {
  Json properties = Json::object();
  for (const Field& field : section.fields) properties[field.name] = field_schema(field);
  for (const Section& child : section.sections) properties[child.name] = section_schema(child);
  return properties;
}

// What the dataset may hold if it is of this kind.
Json kind_schema(const std::string& kind) {
  const Section section = dataset_section(kind);
  Json properties = {{"kind", {{"const", kind}}}};
  properties.update(section_properties(section));
  Json then = object_schema(section.doc, std::move(properties));
  Json required = Json::array();
  for (const Field& field : section.fields) {
    if (field.default_value.is_null() && !field.optional) required.push_back(field.name);
  }
  if (!required.empty()) then["required"] = required;
  return {{"if", {{"properties", {{"kind", {{"const", kind}}}}}}}, {"then", then}};
}

Json dataset_schema() {
  const std::vector<std::string> kinds = dataset_kinds();
  const std::vector<std::string> builtin(kinds.begin(), kinds.end() - 1);
  Json object = {{"type", "object"},
                 {"required", {"kind"}},
                 {"properties", {{"kind", {{"description", "Which dataset."}, {"enum", kinds}}}}},
                 {"allOf", Json::array()}};
  for (const std::string& kind : kinds) object["allOf"].push_back(kind_schema(kind));
  return {{"description", "One dataset; a text stands for {\"kind\": text}."},
          {"anyOf", Json::array({object, {{"enum", builtin}}})}};
}

Json seeds_schema() {
  const Json seed = value_schema(seed_field());
  Json many = list_of(seed);
  many["uniqueItems"] = true;
  return {
      {"description",
       "Seeds of the replicas of every point of the sweep; \"1..100\": the numbers from 1 to 100; "
       "\"auto\": as many as it takes to meet the lowest loss several times. " +
           seed_field().doc},
      {"default", Json::array({seed_field().default_value})},
      {"anyOf",
       Json::array(
           {seed, many, {{"const", "auto"}}, {{"type", "string"}, {"pattern", "^[0-9]+\\.\\.[0-9]+$"}}})}};
}

Json seed_schema() {
  Json schema = {{"description", "One seed, instead of seeds."}};
  schema.update(value_schema(seed_field()));
  return schema;
}

Json zip_schema() {
  const Json group = {
      {"type", "array"}, {"items", {{"type", "string"}}}, {"minItems", 2}, {"uniqueItems", true}};
  return {{"description",
           "Keys whose lists advance together instead of as a product, e.g. "
           "[[\"model.latent_dim\", \"loss.beta\"]]; their lists have equal lengths."},
          {"type", "array"},
          {"items", group}};
}

}  // namespace

Json config_schema() {
  const Section& root = config_root();
  const Json dataset = {{"$ref", "#/$defs/dataset"}};
  Json properties = {
      {"$schema", {{"description", "Address of this schema, for editors; ignored."}, {"type", "string"}}},
      {"name",
       {{"description", name_field().doc},
        {"type", {"string", "null"}},
        {"minLength", 1},
        {"maxLength", 200}}},
      {"dataset",
       {{"description", "What to train on; a list is swept."},
        {"anyOf", Json::array({dataset, list_of(dataset)})}}}};
  properties.update(section_properties(root));
  properties["seeds"] = seeds_schema();
  properties["seed"] = seed_schema();
  properties["zip"] = zip_schema();
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "symscan config"}};
  schema.update(object_schema(root.doc, std::move(properties)));
  schema["required"] = Json::array({"dataset"});
  schema["not"] = {{"required", {"seed", "seeds"}}};
  schema["$defs"] = {{"dataset", dataset_schema()}};
  return schema;
}

}  // namespace symscan
