#include "host/data/text_values.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include "host/base/json.hpp"

namespace symscan {
namespace {

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

/// Where an exponent without a letter begins, as in 0.12345-100; npos if there is none. With two digits, only
/// behind one digit and six decimals: 10.5-20 is a range, and 1.0000000000+00 a number.
std::size_t bare_exponent(std::string_view text) {
  constexpr std::size_t shortest_decimals = 6;
  const std::size_t point = text.find('.'), sign = text.find_last_of("+-");
  if (point == std::string_view::npos || sign == std::string_view::npos || sign <= point)
    return std::string_view::npos;
  const std::size_t digits = text.size() - sign - 1, decimals = sign - point - 1;
  const std::size_t before = point - (text.front() == '-' ? 1 : 0);
  const bool plain = digits == 3 && is_digit(text[sign - 1]);
  const bool short_one = digits == 2 && before <= 1 && decimals >= shortest_decimals;
  return plain || short_one ? sign : std::string_view::npos;
}

/// Fortran's ways: exponent letter D, or none at all.
bool parse_fortran(std::string_view text, double& value) {
  if (text.size() > 64 || text.size() < 3) return false;
  std::string plain(text);
  const std::size_t letter = plain.find_first_of("dD", 1);
  if (letter != std::string::npos) {
    plain[letter] = 'e';
  } else {
    const std::size_t sign = bare_exponent(plain);
    if (sign == std::string::npos) return false;
    plain.insert(sign, 1, 'e');
  }
  const char* last = plain.data() + plain.size();
  const auto result = std::from_chars(plain.data(), last, value);
  if (result.ptr != last) return false;
  if (result.ec == std::errc::result_out_of_range) value = std::strtod(plain.c_str(), nullptr);
  return true;
}

}  // namespace

bool parse_number(std::string_view text, double& value) {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) return false;
  }
  if (text.empty()) return false;
  const char* last = text.data() + text.size();
  const auto result = std::from_chars(text.data(), last, value);
  if (result.ptr == last) {
    if (result.ec == std::errc{}) return true;
    if (result.ec == std::errc::result_out_of_range) {
      value = std::strtod(std::string(text).c_str(), nullptr);  // 0 or infinity
      return true;
    }
  }
  return parse_fortran(text, value);
}

std::string printable(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, 40)) out += (c >= 0x20 && c < 0x7f) ? c : '?';
  return out + (text.size() > 40 ? "...'" : "'");
}

std::string columns_setting(const std::vector<std::string>& names) {
  return "dataset.columns=" + Json(names).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string join_names(const std::vector<std::string>& names, std::size_t limit) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < limit; ++i) {
    const std::string quoted = printable(names[i]);
    out += (i ? ", " : "") + quoted.substr(1, quoted.size() - 2);
  }
  if (names.size() > limit) out += ", ... (" + std::to_string(names.size()) + " in all)";
  return out;
}

}  // namespace symscan
