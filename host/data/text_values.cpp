#include "host/data/text_values.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include "host/base/json.hpp"
#include "host/base/text.hpp"

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

/// Bytes of the letter beyond ASCII that valid UTF-8 begins with: Latin, Greek, Cyrillic, Japanese, Chinese,
/// Korean, and the signs of units. 0: none, or a character that may not be visible.
std::size_t letter_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[i])); };
  if (text.size() > 1 && byte(0) >= 0xC2 && byte(0) < 0xE0) {
    const unsigned code = ((byte(0) & 0x1F) << 6) | (byte(1) & 0x3F);
    const bool sign = code == 0xB0 || code == 0xB2 || code == 0xB3 || code == 0xB5;
    return sign || (code >= 0xC0 && code < 0x250) || (code >= 0x391 && code < 0x3CA) ||
                   (code >= 0x400 && code < 0x482)
               ? 2
               : 0;
  }
  if (text.size() > 2 && byte(0) >= 0xE3 && byte(0) < 0xEE) {
    const unsigned code = ((byte(0) & 0x0F) << 12) | ((byte(1) & 0x3F) << 6) | (byte(2) & 0x3F);
    return (code >= 0x3041 && code < 0x3097) || (code >= 0x30A1 && code < 0x30FB) ||
                   (code >= 0x4E00 && code < 0x9FA6) || (code >= 0xAC00 && code < 0xD7A4)
               ? 3
               : 0;
  }
  return 0;
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
  const bool utf8 = find_non_utf8(text) == std::string_view::npos;
  std::string out = "'";
  std::size_t at = 0;
  for (std::size_t shown = 0; shown < 40 && at < text.size(); ++shown) {
    const std::size_t letter = utf8 ? letter_length(text.substr(at)) : 0;
    if (letter > 0)
      out += text.substr(at, letter);
    else
      out += (text[at] >= 0x20 && text[at] < 0x7f) ? text[at] : '?';
    at += std::max<std::size_t>(letter, 1);
  }
  return out + (at < text.size() ? "...'" : "'");
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
