#include "host/report/report_model.hpp"

#include <cstdio>
#include <cstdlib>

#include "host/report/report_records.hpp"

namespace symscan {
namespace {

void round_numbers(Json& value) {
  if (value.is_number_float()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value.get<double>());
    value = std::strtod(text, nullptr);
  } else if (value.is_structured()) {
    for (Json& entry : value) round_numbers(entry);
  }
}

}  // namespace

Json report_json(const Report& report) {
  Json data = versioned_json(report, report_schema_version);
  round_numbers(data["studies"]);
  return data;
}

Json report_schema() {
  return versioned_schema<Report>("data of symscan's report.html", report_schema_version);
}

}  // namespace symscan
