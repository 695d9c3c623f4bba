#include "host/report/html_text.hpp"

#include "host/report/assets.hpp"

namespace symscan {

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string filled_page(std::string_view asset, const std::function<std::string(std::string_view)>& fill) {
  const std::string_view page = report_asset(asset);
  std::string filled;
  filled.reserve(page.size() + (1u << 16));
  std::size_t at = 0;
  while (true) {
    const std::size_t open = page.find("{{", at);
    if (open == std::string_view::npos) break;
    const std::size_t close = page.find("}}", open);
    filled += page.substr(at, open - at);
    filled += fill(page.substr(open + 2, close - open - 2));
    at = close + 2;
  }
  filled += page.substr(at);
  return filled;
}

}  // namespace symscan
