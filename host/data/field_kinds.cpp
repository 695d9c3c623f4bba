// What the fields of text tables are: numbers, marks of missing values, and all that is no number.
#include "host/data/field_kinds.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "host/base/text.hpp"
#include "host/data/csv_fields.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

bool field_digit(char c) {
  return c >= '0' && c <= '9';
}

bool field_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool all_of_char(std::string_view text, char c) {
  return !text.empty() && text.find_first_not_of(c) == std::string_view::npos;
}

/// #N/A, #DIV/0!, #WERT!, #NOM?: the errors of spreadsheets, in any language.
bool is_error_mark(std::string_view field) {
  constexpr std::array<std::string_view, 8> plain = {"#N/A", "#NA",           "#N/D", "#NV",
                                                     "#NaN", "#GETTING_DATA", "#NUL", "#n/a"};
  if (field.size() < 3 || field.front() != '#') return false;
  if (std::find(plain.begin(), plain.end(), field) != plain.end()) return true;
  if (field.back() != '!' && field.back() != '?') return false;
  return std::all_of(field.begin() + 1, field.end() - 1, [](char c) {
    return (c >= 'A' && c <= 'Z') || c == '/' || c == '0' || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

/// [1-4 digits] separator [1-2 digits] separator [1-4 digits]; what follows stays in `rest`.
bool cut_date(std::string_view& rest) {
  std::array<std::size_t, 3> digits{};
  std::size_t at = 0;
  char separator = 0;
  std::size_t part = 0;
  for (; part < 3; ++part) {
    while (at < rest.size() && field_digit(rest[at])) ++at, ++digits[part];
    if (part == 2) break;
    if (at == rest.size() || std::string_view("-/.").find(rest[at]) == std::string_view::npos) break;
    if (separator == 0) separator = rest[at];
    if (rest[at] != separator) return false;
    ++at;
  }
  if (part == 1 && separator == '-' && digits[0] == 4 && digits[1] == 2 && at == rest.size()) {
    rest = {};
    return true;  // 2024-01
  }
  const bool year = digits[0] == 4 || digits[2] == 4;
  if (part != 2 || digits[0] == 0 || digits[1] == 0 || digits[2] == 0) return false;
  if (digits[0] > 4 || digits[1] > 2 || digits[2] > 4) return false;
  if (!year && (separator == '.' || digits[0] > 2 || digits[2] > 2)) return false;
  rest.remove_prefix(at);
  return true;
}

/// 12:30, 12:30:15.5, with anything short behind it (Z, +01:00, PM).
bool is_time(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 3 || text.size() > 40) return false;
  if (!std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), field_digit))
    return false;
  return colon + 2 < text.size() && field_digit(text[colon + 1]) && field_digit(text[colon + 2]);
}

bool is_date(std::string_view text) {
  if (!cut_date(text)) return false;
  if (text.empty()) return true;
  const char next = text.front();
  text.remove_prefix(1);
  return (next == 'T' || next == ' ' || next == '_') && is_time(trim(text));
}

std::string with_point(std::string_view field) {
  std::string plain(field);
  std::replace(plain.begin(), plain.end(), ',', '.');
  return plain;
}

/// Bytes of the mark between thousands that `text` begins with: a comma, a point, an apostrophe or one of
/// the blanks; 0: none.
std::size_t mark_length(std::string_view text) {
  for (const std::string_view mark :
       {std::string_view(","), std::string_view("."), std::string_view("'"), std::string_view(" "),
        std::string_view("\xC2\xA0"), std::string_view("\xE2\x80\xAF"), std::string_view("\xE2\x80\x89"),
        std::string_view("\xE2\x80\x99")}) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

/// 1,234.5, 1.234,5, 1 234, 1'234'567: groups of three digits, and perhaps decimals.
bool has_thousands(std::string_view field) {
  if (!field.empty() && (field.front() == '-' || field.front() == '+')) field.remove_prefix(1);
  std::string_view first_mark, last_mark;
  std::size_t marks = 0, digits = 0;
  bool in_threes = true;
  while (!field.empty()) {
    if (field_digit(field.front())) {
      ++digits;
      field.remove_prefix(1);
      continue;
    }
    const std::size_t length = mark_length(field);
    if (length == 0 || digits == 0) return false;
    if (marks == 0 ? digits > 3 : digits != 3 || last_mark != first_mark) return false;
    last_mark = field.substr(0, length);
    if (marks++ == 0) first_mark = last_mark;
    digits = 0;
    field.remove_prefix(length);
  }
  in_threes = digits == 3;
  if (marks == 0) return false;
  if (marks == 1) return in_threes && first_mark != "," && first_mark != ".";
  return last_mark == first_mark ? in_threes : last_mark == "," || last_mark == ".";
}

bool is_plain_number(std::string_view text) {
  double value;
  return parse_number(text, value);
}

bool has_currency(std::string_view field) {
  for (const std::string_view sign : {"$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5"}) {
    if (field.starts_with(sign) || field.starts_with("-" + std::string(sign)) || field.ends_with(sign)) {
      return std::any_of(field.begin(), field.end(), field_digit);
    }
  }
  return false;
}

bool is_complex(std::string_view field) {
  if (field.size() > 2 && field.front() == '(' && field.back() == ')')
    field = field.substr(1, field.size() - 2);
  if (field.size() < 2 || (field.back() != 'j' && field.back() != 'i')) return false;
  field.remove_suffix(1);
  for (std::size_t at = 1; at < field.size(); ++at) {
    if ((field[at] == '+' || field[at] == '-') && is_plain_number(field.substr(0, at)) &&
        is_plain_number(field.substr(at)))
      return true;
  }
  return is_plain_number(field);
}

bool is_hexadecimal(std::string_view field) {
  if (!field.empty() && (field.front() == '-' || field.front() == '+')) field.remove_prefix(1);
  return field.size() > 2 && field[0] == '0' && (field[1] == 'x' || field[1] == 'X') &&
         field.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
}

/// 1.0-2.0, 0.5-0.25+3.0E+01
bool is_glued(std::string_view field) {
  if (field.size() > 200) return false;
  for (std::size_t at = 1; at < field.size(); ++at) {
    if (field[at] != '-' && field[at] != '+') continue;
    if (field_letter(field[at - 1])) continue;
    const std::string_view left = field.substr(0, at), right = field.substr(at);
    if (left.find('.') == std::string_view::npos || !is_plain_number(left)) continue;
    return right.find('.') != std::string_view::npos && (is_plain_number(right) || is_glued(right));
  }
  return false;
}

bool has_unit(std::string_view field) {
  double value;
  if (!field.empty() && field.front() == '+') field.remove_prefix(1);
  const auto result = std::from_chars(field.data(), field.data() + field.size(), value);
  const auto used = static_cast<std::size_t>(result.ptr - field.data());
  if (used == 0 || used == field.size() || !field_digit(field[used - 1])) return false;
  const std::string_view unit = trim(field.substr(used));
  return unit.size() <= 12 && std::none_of(unit.begin(), unit.end(), field_digit) &&
         (field_letter(unit.front()) || static_cast<unsigned char>(unit.front()) >= 0x80);
}

/// A number in the notation of a program: 0x1.8p+0 (C), 1.5`, 1.5*^-3 and 1.5*10^-3 (Mathematica),
/// np.float64(0.3) (Python), 1_000.
bool is_program_number(std::string_view field) {
  if (field.size() > 60) return false;
  if (field.starts_with('-') || field.starts_with('+')) field.remove_prefix(1);
  const std::size_t open = field.find('(');
  if (field.starts_with("np.") && open != std::string_view::npos && field.ends_with(')'))
    return is_plain_number(field.substr(open + 1, field.size() - open - 2));
  if (field.starts_with("0x") || field.starts_with("0X"))
    return field.size() > 2 &&
           field.find_first_not_of("0123456789abcdefABCDEF.pP+-", 2) == std::string_view::npos;
  const std::size_t mark = field.find_first_of("`*_");
  if (mark == std::string_view::npos || mark == 0 || !is_plain_number(field.substr(0, mark))) return false;
  return field.find_first_not_of("0123456789.`*^_-+{}()", mark) == std::string_view::npos;
}

/// 0.1:0.2:0.3
bool is_joined(std::string_view field) {
  for (const char mark : {';', ':', '|', '&', ','}) {
    std::size_t parts = 0;
    std::string_view rest = field;
    for (bool last = false; !last; ++parts) {
      const std::size_t end = rest.find(mark);
      last = end == std::string_view::npos;
      if (!is_plain_number(trim(rest.substr(0, end)))) break;
      if (!last) rest.remove_prefix(end + 1);
      if (last && parts > 0) return true;
    }
  }
  return false;
}

}  // namespace

bool is_missing(std::string_view field) {
  constexpr std::array<std::string_view, 30> marks = {
      "NA",       "N/A",          "n/a",     "NULL",    "null",    "Null",     "None",    "none",
      "-",        "--",           "---",     "?",       ".",       "\\N",      "<NA>",    "1.#QNAN",
      "-1.#QNAN", "1.#IND",       "-1.#IND", "1.#INF",  "-1.#INF", "#N/A N/A", "1.#SNAN", "-nan(ind)",
      "NaT",      "\xE2\x80\x94", "na",      "missing", "k.A.",    "k. A."};
  if (field.empty()) return true;
  if (field_digit(field.front()) && field.find('#') == std::string_view::npos) return false;
  return std::find(marks.begin(), marks.end(), field) != marks.end() || is_error_mark(field) ||
         all_of_char(field, '*') || all_of_char(field, '-') || (field.size() > 1 && all_of_char(field, '#'));
}

bool begins_with_error_mark(std::string_view line, char delimiter) {
  line = trim(line);
  std::size_t end = line.find_first_of(delimiter == 0 || delimiter == ' ' ? ",;\t| " : ",;\t|");
  if (delimiter != 0 && delimiter != ' ' &&
      std::string_view(",;\t|").find(delimiter) == std::string_view::npos)
    end = line.find(delimiter);
  const std::string_view first = trim(line.substr(0, end));
  // A line of # alone is an ornament, unless fields follow.
  if (all_of_char(first, '#')) return first.size() > 1 && end != std::string_view::npos && line[end] != ' ';
  return is_error_mark(first) || first == "#N/A N/A";
}

bool parse_decimal(std::string_view field, bool comma_mark, double& value) {
  if (!comma_mark) return parse_number(field, value);
  const std::size_t comma = field.find(',');
  if (comma == std::string_view::npos)
    return field.find('.') == std::string_view::npos && parse_number(field, value);
  if (field.size() > 400 || field.find('.') != std::string_view::npos ||
      field.find(',', comma + 1) != std::string_view::npos)
    return false;
  std::array<char, 400> plain;
  std::copy(field.begin(), field.end(), plain.begin());
  plain[comma] = '.';
  return parse_number({plain.data(), field.size()}, value);
}

bool parse_boolean(std::string_view field, double& value) {
  if (field.size() != 4 && field.size() != 5) return false;
  const std::string word = lower_case(std::string(field));
  value = word == "true" ? 1.0 : 0.0;
  return word == "true" || word == "false";
}

bool is_unit_word(std::string_view field) {
  static const std::set<std::string> units = {
      "",         "-",     "1",   "%",    "ev",      "kev",     "mev", "gev",   "tev",  "gev^2", "gev/c",
      "gev/c^2",  "mev/c", "nm",  "um",   "mm",      "cm",      "m",   "km",    "s",    "ms",    "us",
      "ns",       "ps",    "min", "h",    "d",       "g",       "kg",  "mg",    "k",    "c",     "f",
      "rad",      "mrad",  "deg", "degc", "degrees", "radians", "hz",  "khz",   "mhz",  "ghz",   "v",
      "mv",       "a",     "ma",  "w",    "kw",      "j",       "kj",  "n",     "pa",   "hpa",   "bar",
      "mbar",     "t",     "pb",  "fb",   "nb",      "mb",      "m/s", "m/s^2", "km/h", "km/s",  "none",
      "unitless", "mol",   "pc",  "kpc",  "mpc",     "au",      "mag", "l",     "ml"};
  const bool bracketed = field.size() > 2 && ((field.front() == '[' && field.back() == ']') ||
                                              (field.front() == '(' && field.back() == ')'));
  return bracketed || units.contains(lower_case(std::string(field.substr(0, 100))));
}

FieldKind kind_of_field(std::string_view field, bool comma_mark) {
  using enum FieldKind;
  double value;
  if (is_missing(field)) return missing;
  if (parse_decimal(field, comma_mark, value)) return number;
  if (parse_boolean(field, value)) return boolean;
  if (field.size() > 1000) return text;
  if (is_date(field)) return date;
  if (is_time(field)) return time;
  if (has_thousands(field)) return thousands;
  if (comma_mark && is_plain_number(field)) return point;
  if (!comma_mark && field.find('.') == std::string_view::npos && !field.ends_with(',') &&
      std::count(field.begin(), field.end(), ',') == 1 && is_plain_number(with_point(field)))
    return decimal_comma;
  if (field.back() == '%' && (is_plain_number(trim(field.substr(0, field.size() - 1))) ||
                              is_plain_number(with_point(trim(field.substr(0, field.size() - 1))))))
    return percent;
  if (has_currency(field)) return currency;
  if (is_hexadecimal(field)) return hexadecimal;
  if (is_complex(field)) return complex;
  if (is_glued(field)) return glued;
  if (field.starts_with("\xE2\x88\x92") || field.starts_with("\xE2\x80\x93"))
    return is_plain_number(field.substr(3)) ? minus_sign : text;
  if (is_program_number(field)) return program;
  if (is_joined(field)) return joined;
  return has_unit(field) ? unit : text;
}

bool is_text_kind(FieldKind kind) {
  using enum FieldKind;
  return kind == text || kind == date || kind == time || kind == unit;
}

std::string kind_clause(FieldKind kind, std::string_view field) {
  switch (kind) {
    case FieldKind::missing:
      return " but the mark of a missing value";
    case FieldKind::boolean:
      return " but a truth value, and the column holds other things too";
    case FieldKind::point:
      return ": it has a decimal point, and dataset.decimal is the comma";
    case FieldKind::thousands:
      return ": it has marks between thousands, which must be removed";
    case FieldKind::percent:
      return ": it has a percent sign, which must be removed";
    case FieldKind::currency:
      return ": it has a sign of currency, which must be removed";
    case FieldKind::hexadecimal:
      return ": it is hexadecimal, and decimal digits are read";
    case FieldKind::complex:
      return ": it is complex, and its two parts must be columns of their own";
    case FieldKind::glued:
      return ": it is several numbers that have grown together, as columns of fixed width do; write them "
             "with "
             "blanks between";
    case FieldKind::minus_sign:
      return ": its minus sign is a dash of Unicode; write the character -";
    case FieldKind::unit:
      return ": it has a unit, which belongs into the name of the column";
    case FieldKind::program:
      return ": it is a number as a program displays it; write plain numbers, such as 1.5e-3";
    case FieldKind::joined:
      return ": it is several numbers with a character between them that is not the delimiter";
    case FieldKind::date:
      return " but a date";
    case FieldKind::time:
      return " but a time";
    default:
      break;
  }
  if (field.find('\0') != std::string_view::npos)
    return ": it holds zero bytes, so the file is damaged or no text";
  if (field.find("\xC2\xA0") != std::string_view::npos) return ": it holds blanks of another kind (U+00A0)";
  return "";
}

}  // namespace symscan
