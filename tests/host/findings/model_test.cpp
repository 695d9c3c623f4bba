// analysis.json from findings and back, and its schema.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/findings/model_json.hpp"
#include "tests/host/findings/example_findings.hpp"
#include "tests/host/schema_check.hpp"

namespace symscan {
namespace {

/// Every place in a document: calls visit(parent, key or index).
void visit_members(const Json& json, const Json::json_pointer& at,
                   const std::function<void(const Json::json_pointer&)>& visit) {
  if (!json.is_structured()) return;
  for (const auto& [key, value] : json.items()) {
    const auto place = json.is_array() ? at / static_cast<std::size_t>(std::stoul(key)) : at / key;
    visit(place);
    visit_members(value, place, visit);
  }
}

std::string message_of(const Json& analysis) {
  try {
    (void)findings_from_json(analysis);
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST(Findings, ComeBackFromJson) {
  const Json analysis = to_json(example::complete());
  EXPECT_EQ(to_json(findings_from_json(analysis)), analysis);
  const Findings back = findings_from_json(Json::parse(analysis.dump()));
  ASSERT_EQ(back.datasets.size(), 2u);
  EXPECT_EQ(back.datasets[0].dimension->value, 1);
  EXPECT_EQ(back.datasets[0].candidates[1].verdict, Verdict::no_symmetry);
  EXPECT_EQ(back.datasets[0].symmetry->generators[0].density.verdict, DensityVerdict::invariant);
  EXPECT_DOUBLE_EQ(back.datasets[0].symmetry->generators[0].density.test.effect_limit, 0.052);
  EXPECT_FALSE(back.datasets[1].symmetry.has_value());
}

TEST(Findings, NumbersThatAreNotDefinedAreNull) {
  const Json analysis = to_json(example::complete());
  const Json& slope = analysis["datasets"][0]["beta_curves"][0]["rate_slope"];
  EXPECT_TRUE(slope["mean"][0].is_null());
  EXPECT_TRUE(std::isnan(findings_from_json(analysis).datasets[0].beta_curves[0].rate_slope->mean[0]));
  EXPECT_TRUE(analysis["datasets"][1]["dimension"].is_null());
}

TEST(Findings, AgreeWithTheirSchema) {
  const Json schema = analysis_schema();
  EXPECT_EQ(test::schema_error(schema, to_json(example::complete())), "");
  EXPECT_EQ(test::schema_error(schema, to_json(Findings{})), "");
  // Each member is required, and no other is allowed.
  const Json analysis = to_json(example::complete());
  int removed = 0;
  visit_members(analysis, Json::json_pointer(), [&](const Json::json_pointer& place) {
    const Json::json_pointer parent = place.parent_pointer();
    if (!analysis[parent].is_object()) return;
    Json changed = analysis;
    changed[parent].erase(place.back());
    EXPECT_NE(test::schema_error(schema, changed), "") << place << " may be missing";
    changed[parent]["nonsense"] = 1;
    EXPECT_NE(test::schema_error(schema, changed), "") << parent << " may hold anything";
    ++removed;
  });
  EXPECT_GT(removed, 100);
}

TEST(Findings, DamagedJsonIsOneSentenceThatNamesThePlace) {
  const Json analysis = to_json(example::complete());
  visit_members(analysis, Json::json_pointer(), [&](const Json::json_pointer& place) {
    Json changed = analysis;
    changed[place] = Json::array({"nonsense", {{"a", 1}}});
    EXPECT_NE(message_of(changed), "") << place;
    if (!analysis[place.parent_pointer()].is_object() || place.back() == "schema") return;
    changed = analysis;
    changed[place.parent_pointer()].erase(place.back());
    EXPECT_NE(message_of(changed).find(place.back() + "' is missing"), std::string::npos) << place;
  });
  Json changed = analysis;
  changed["datasets"][0]["symmetry"]["found"] = 2.5;
  EXPECT_EQ(message_of(changed), "'datasets[0].symmetry.found' is not an integer in range");
  changed = analysis;
  changed["datasets"][0]["training"]["groups"] = -1;
  EXPECT_EQ(message_of(changed), "'datasets[0].training.groups' is not an integer in range");
  changed = analysis;
  changed["datasets"][0]["candidates"][0]["verdict"] = "perhaps";
  EXPECT_NE(message_of(changed).find("verdict' is not one of [\"symmetry\""), std::string::npos);
}

TEST(Findings, OfAnotherVersionAreRefused) {
  Json analysis = to_json(example::complete());
  analysis["schema"] = 2;
  EXPECT_EQ(message_of(analysis), "its schema is 2, this version writes 6");
  analysis.erase("schema");
  EXPECT_EQ(message_of(analysis), "its schema is missing, this version writes 6");
  EXPECT_NE(message_of(Json::array()), "");
}

TEST(Findings, SchemaInTheRepositoryIsThatOfTheProgram) {
  const std::string file = std::string(SYMSCAN_SOURCE_DIR) + "/configs/analysis.schema.json";
  EXPECT_EQ(read_text_file(file), analysis_schema().dump(2) + "\n") << "symscan schema --analysis > " << file;
}

}  // namespace
}  // namespace symscan
