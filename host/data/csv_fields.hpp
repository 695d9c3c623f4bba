#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/data/text_values.hpp"

// How a line of CSV falls into fields, and what a field is.

namespace symscan {

inline bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

inline std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// The character that separates the fields of `line`; ' ' stands for runs of blanks.
inline char detect_delimiter(std::string_view line) {
  bool comma = false, semicolon = false, tab = false, quoted = false;
  for (const char c : trim(line)) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    comma |= c == ',';
    semicolon |= c == ';';
    tab |= c == '\t';
  }
  // With a semicolon present, commas are decimal commas: the message about those is the helpful one.
  if (semicolon) return ';';
  if (comma) return ',';
  return tab ? '\t' : ' ';
}

/// Cuts the next field off `rest`. Quotes are removed; `done` tells that it was the last one.
/// Doubled quotes inside a field stay as they are: they only occur in names, where they do no harm.
inline std::string_view next_field(std::string_view& rest, char delimiter, bool& done) {
  if (delimiter == ' ') rest = trim(rest);
  std::size_t end = 0;
  bool quoted = false;
  while (end < rest.size()) {
    const char c = rest[end];
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == delimiter || (delimiter == ' ' && c == '\t'))) break;
    ++end;
  }
  done = end == rest.size();
  std::string_view field = trim(rest.substr(0, end));
  rest.remove_prefix(done ? end : end + 1);
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"') {
    field = trim(field.substr(1, field.size() - 2));
  }
  return field;
}

inline std::vector<std::string> split(std::string_view line, char delimiter) {
  std::vector<std::string> fields;
  for (bool done = false; !done;) fields.emplace_back(next_field(line, delimiter, done));
  return fields;
}

inline bool is_missing(std::string_view field) {
  return field.empty() || field == "NA" || field == "N/A" || field == "null" || field == "NULL" ||
         field == "None";
}

inline bool is_value(std::string_view field) {
  double value;
  return is_missing(field) || parse_number(field, value);
}

/// Significant digits of a number as written: 0.0450 has three.
inline int digits_of(std::string_view field) {
  int digits = 0;
  for (const char c : field) {
    if (c == 'e' || c == 'E' || c == 'd' || c == 'D') break;
    digits += (c >= '1' && c <= '9') || (c == '0' && digits > 0);
  }
  return digits;
}

}  // namespace symscan
