#include "host/data/csv_block.hpp"

#include <charconv>
#include <cmath>
#include <new>

#include "host/data/csv_records.hpp"

namespace symscan {
namespace {

/// Reads a finite number at `at` and goes behind the delimiter that follows it; false, with nothing done, if
/// the field is anything else. No delimiter can be part of a number.
bool take_number(const char*& at, const char* end, char delimiter, double& value, bool& last) {
  const char* begin = at;
  while (begin < end && is_blank(*begin) && *begin != delimiter) ++begin;
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc{} || !std::isfinite(value)) return false;
  const char* next = stop;
  if (delimiter == ' ') {
    while (next < end && is_blank(*next)) ++next;
    if (next < end && next == stop) return false;
    last = next == end;
    at = next;
    return true;
  }
  while (next < end && is_blank(*next) && *next != delimiter) ++next;
  last = next == end;
  if (!last && *next != delimiter) return false;
  at = last ? end : next + 1;
  return true;
}

/// A field that take_number() does not understand: false if it is not plain either.
bool take_field(const CsvLayout& layout, const CsvColumn& column, const char*& at, const char* end,
                double& value, bool& last) {
  std::string_view rest(at, static_cast<std::size_t>(end - at));
  const CsvField field = next_field(rest, layout.dialect.delimiter);
  at = end - rest.size();
  last = field.last;
  if (field.open) return false;
  switch (column.use) {
    case CsvUse::ignore:
      return true;
    case CsvUse::number:
      return parse_decimal(field.text, layout.dialect.comma_mark, value) && std::isfinite(value);
    case CsvUse::boolean:
      return parse_boolean(field.text, value);
    case CsvUse::empty:
      return field.text.empty();
    case CsvUse::words:
      break;
  }
  return false;
}

/// Whether the line is a row of finite numbers, which are appended.
bool add_plain_row(const CsvLayout& layout, std::string_view line, CsvBlock& block) {
  block.values.resize(block.values.size() + layout.features);
  double* row = block.values.data() + block.rows * layout.features;
  if (layout.dialect.framed) line = without_frame(line);
  const char delimiter = layout.dialect.delimiter;
  if (delimiter == ' ') line = trim(line);
  const char* at = line.data();
  const char* const end = at + line.size();
  std::size_t count = 0;
  for (bool last = false; !last; ++count) {
    if (count >= layout.columns.size()) return false;
    const CsvColumn& column = layout.columns[count];
    double value = 0;
    const bool direct = column.use == CsvUse::number && !layout.dialect.comma_mark;
    if (!(direct && take_number(at, end, delimiter, value, last)) &&
        !take_field(layout, column, at, end, value, last))
      return false;
    if (column.slot >= 0) row[column.slot] = value;
    if (column.weight) block.weights.push_back(value);
  }
  ++block.rows;
  return count == layout.columns.size();
}

}  // namespace

bool cut_line(std::string_view& rest, std::string_view& line, bool& complete) {
  if (rest.empty()) return false;
  const std::size_t end = rest.find('\n');
  complete = end != std::string_view::npos;
  line = rest.substr(0, end);
  rest.remove_prefix(complete ? end + 1 : rest.size());
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return true;
}

void read_plain_rows(const CsvLayout& layout, CsvBlock& block) noexcept {
  block.plain = false;
  block.rows = 0;
  block.values.clear();
  block.weights.clear();
  try {
    std::string_view rest = block.text, line;
    bool complete;
    while (cut_line(rest, line, complete)) {
      const std::string_view text = trim(line);
      if (text.empty()) continue;
      if (text.front() == '#' && is_comment(text, layout.dialect.delimiter)) {
        if (is_commented_row(layout.dialect, text, layout.columns.size())) return;
        continue;
      }
      if (!add_plain_row(layout, line, block)) return;
    }
    block.plain = true;
  } catch (const std::bad_alloc&) {
    block.plain = false;
  }
}

}  // namespace symscan
