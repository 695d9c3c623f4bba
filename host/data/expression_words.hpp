#pragma once
#include <cstddef>
#include <string>

// Characters and numbers of formulas.

namespace symscan {

inline bool is_formula_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
inline bool is_formula_digit(char c) {
  return c >= '0' && c <= '9';
}
/// Of a name; the bytes of letters beyond ASCII too.
inline bool is_name(char c) {
  return is_formula_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Characters of the decimal number that stands at `at`: 0 if none.
inline std::size_t number_length(const std::string& text, std::size_t at) {
  std::size_t end = at, digits = 0;
  const auto skip_digits = [&] {
    for (; end < text.size() && is_formula_digit(text[end]); ++end) ++digits;
  };
  skip_digits();
  if (end < text.size() && text[end] == '.') {
    ++end;
    skip_digits();
  }
  if (digits == 0) return 0;
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    std::size_t power = end + 1;
    if (power < text.size() && (text[power] == '+' || text[power] == '-')) ++power;
    if (power < text.size() && is_formula_digit(text[power])) {
      end = power;
      skip_digits();
    }
  }
  return end - at;
}

}  // namespace symscan
