#include "host/findings/model_json.hpp"

#include "host/findings/model_records.hpp"

namespace symscan {

Json to_json(const Findings& findings) {
  return versioned_json(findings, analysis_schema_version);
}

Findings findings_from_json(const Json& analysis) {
  return read_versioned<Findings>(analysis, analysis_schema_version);
}

Json analysis_schema() {
  return versioned_schema<Findings>("symscan analysis.json", analysis_schema_version);
}

std::string to_string(Verdict verdict) {
  return json_name(verdict);
}

}  // namespace symscan
