#include "host/findings/model_json.hpp"

#include "host/findings/model_records.hpp"

namespace symscan {

Json to_json(const Findings& findings) {
  return versioned_json(findings, analysis_schema_version);
}

Findings findings_from_json(const Json& analysis) {
  if (!analysis.is_object()) throw DataError("it is not a JSON object");
  const auto schema = analysis.find("schema");
  if (schema == analysis.end() || *schema != analysis_schema_version) {
    throw DataError("its schema is " +
                    (schema == analysis.end() ? "missing"
                     : schema->is_number()    ? schema->dump()
                                              : "no number") +
                    ", this version writes " + std::to_string(analysis_schema_version));
  }
  Findings findings;
  read_record(analysis, findings);
  return findings;
}

Json analysis_schema() {
  return versioned_schema<Findings>("symscan analysis.json", analysis_schema_version);
}

std::string to_string(Verdict verdict) {
  return json_name(verdict);
}

}  // namespace symscan
