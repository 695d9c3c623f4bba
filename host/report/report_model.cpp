#include "host/report/report_model.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "host/report/report_records.hpp"

namespace symscan {
namespace {

/// Whole numbers lose their ".0" too.
void round_numbers(Json& value) {
  constexpr double exact = 1e15;
  if (value.is_number_float()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value.get<double>());
    const double rounded = std::strtod(text, nullptr);
    if (rounded == std::trunc(rounded) && std::abs(rounded) < exact)
      value = static_cast<std::int64_t>(rounded);
    else
      value = rounded;
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
