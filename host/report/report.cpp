#include "host/report/report.hpp"

#include <string_view>

#include "host/base/error.hpp"
#include "host/report/assets.hpp"
#include "host/report/html_text.hpp"

namespace symscan {
namespace {

/// JSON that can stand inside <script>: neither "</script" nor "<!--" can occur, because no "<" does. Bytes
/// that are not UTF-8 become U+FFFD, so that a strange column name cannot cost the user the report.
std::string script_json(const Json& data) {
  const std::string text = data.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string escaped;
  escaped.reserve(text.size() + text.size() / 64);
  for (char c : text) {
    if (c == '<') {
      escaped += "\\u003c";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string title_of(const Json& data) {
  const auto name = data.find("name");
  if (name == data.end() || !name->is_string() || name->get_ref<const std::string&>().empty()) {
    return "symscan report";
  }
  // Through dump, which repairs bytes that are not UTF-8; the quotes go, escapes of plain names do not occur.
  const std::string repaired = Json::parse(name->dump(-1, ' ', false, Json::error_handler_t::replace));
  return escape_html(repaired) + " - symscan report";
}

std::string fill(std::string_view name, const Json& data) {
  if (name == "title") return title_of(data);
  if (name == "data") return script_json(data);
  return std::string(report_asset(name));
}

}  // namespace

std::string render_report(const Json& data) {
  if (!data.is_object())
    throw Error("The report's data is not a JSON object: rebuild it with 'symscan report'.");
  const auto schema = data.find("schema");
  if (schema == data.end() || *schema != 1) {
    throw Error(
        "The report's data has schema " + (schema == data.end() ? "none" : schema->dump()) +
        ", but this version writes reports of schema 1: use the symscan that wrote the run directory.");
  }
  return filled_page("report.html", [&](std::string_view name) { return fill(name, data); });
}

}  // namespace symscan
