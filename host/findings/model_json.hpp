#pragma once
#include "host/base/json.hpp"
#include "host/findings/model.hpp"

namespace symscan {

/// Version of analysis.json, its member "schema".
inline constexpr int analysis_schema_version = 6;

/// analysis.json: the findings, with "schema" first. Numbers that are not defined become null.
Json to_json(const Findings& findings);

/// The inverse of to_json. Throws DataError, with the place of the member, for what is missing, of another
/// type or of another version.
Findings findings_from_json(const Json& analysis);

/// The JSON Schema of analysis.json (draft 2020-12), made from the same descriptions as to_json.
Json analysis_schema();

/// How a verdict is written in analysis.json and in sentences.
std::string to_string(Verdict verdict);

}  // namespace symscan
