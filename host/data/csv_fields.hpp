#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

// How a line of CSV falls into fields.

namespace symscan {

inline bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/// Whether a character other than ASCII, or a form feed, stands at an end: it may be a blank.
inline bool has_odd_ends(std::string_view text) {
  const auto odd = [](char c) { return static_cast<unsigned char>(c) >= 0x80 || c == '\f' || c == '\v'; };
  return !text.empty() && (odd(text.front()) || odd(text.back()));
}

/// Without blanks of every kind at the ends: no-break spaces, zero-width spaces and form feeds too.
inline std::string_view trim_odd_blanks(std::string_view text) {
  constexpr std::array<std::string_view, 10> blanks = {" ",
                                                       "\t",
                                                       "\f",
                                                       "\v",
                                                       "\xC2\xA0",
                                                       "\xE2\x80\xAF",
                                                       "\xE2\x80\x87",
                                                       "\xE2\x80\x8B",
                                                       "\xE2\x80\x89",
                                                       "\xEF\xBB\xBF"};
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view blank : blanks) {
      if (text.starts_with(blank)) text.remove_prefix(blank.size()), found = true;
      if (text.ends_with(blank)) text.remove_suffix(blank.size()), found = true;
    }
  }
  return text;
}

inline std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return has_odd_ends(text) ? trim_odd_blanks(text) : text;
}

/// A field without blanks and quotes around it. Doubled quotes inside stay: see plain_text().
struct CsvField {
  std::string_view text = {};
  bool last = false;    ///< of its line
  bool quoted = false;  ///< it began with a quote
  bool open = false;    ///< and the quote was not closed
};

inline bool ends_field(char c, char delimiter) {
  return c == delimiter || (delimiter == ' ' && c == '\t');
}

/// The field of `rest` that begins with a quote; `rest` begins with it.
inline CsvField next_quoted_field(std::string_view& rest, char delimiter) {
  std::size_t end = 1;
  while (end < rest.size()) {
    if (rest[end] == '"') {
      if (end + 1 >= rest.size() || rest[end + 1] != '"') break;
      ++end;
    }
    ++end;
  }
  CsvField field{.quoted = true, .open = end >= rest.size()};
  const std::size_t close = std::min(end, rest.size());
  end = close;
  while (end < rest.size() && !ends_field(rest[end], delimiter)) ++end;
  field.last = end >= rest.size();
  field.text = trim(rest.substr(0, end));
  // Only quotes around the whole field are taken away.
  if (!field.open && close + 1 == field.text.size()) field.text = trim(field.text.substr(1, close - 1));
  rest.remove_prefix(field.last ? rest.size() : end + 1);
  return field;
}

/// Cuts the next field off `rest`. The delimiter ' ' stands for runs of blanks. A quote counts only at the
/// beginning of a field.
inline CsvField next_field(std::string_view& rest, char delimiter) {
  if (delimiter == ' ') rest = trim(rest);
  while (!rest.empty() && is_blank(rest.front()) && rest.front() != delimiter) rest.remove_prefix(1);
  if (!rest.empty() && rest.front() == '"') return next_quoted_field(rest, delimiter);
  std::size_t end = 0;
  while (end < rest.size() && !ends_field(rest[end], delimiter)) ++end;
  CsvField field{.text = trim(rest.substr(0, end)), .last = end == rest.size()};
  rest.remove_prefix(field.last ? end : end + 1);
  return field;
}

/// The text of a field as its writer meant it: "" inside quotes is one quote.
inline std::string plain_text(const CsvField& field) {
  std::string text;
  for (std::size_t i = 0; i < field.text.size(); ++i) {
    text += field.text[i];
    if (field.quoted && field.text[i] == '"' && i + 1 < field.text.size() && field.text[i + 1] == '"') ++i;
  }
  return text;
}

inline std::vector<CsvField> split_fields(std::string_view line, char delimiter) {
  std::vector<CsvField> fields;
  do fields.push_back(next_field(line, delimiter));
  while (!fields.back().last);
  return fields;
}

/// Whether a quoted field is still open at the end of `line`.
inline bool ends_in_quotes(std::string_view line, char delimiter) {
  if (line.find('"') == std::string_view::npos) return false;
  for (CsvField field{}; !field.last;) {
    field = next_field(line, delimiter);
    if (field.open) return true;
  }
  return false;
}

/// The table of lines that begin and end with a bar, as in Markdown, without these two bars.
inline std::string_view without_frame(std::string_view line) {
  line = trim(line);
  if (line.starts_with('|')) line.remove_prefix(1);
  if (line.ends_with('|')) line.remove_suffix(1);
  return line;
}

}  // namespace symscan
