#include "host/data/csv_block.hpp"

#include <cmath>
#include <new>

#include "host/data/csv_records.hpp"

namespace symscan {
namespace {

/// Whether the line is a row of finite numbers, which are appended.
bool add_plain_row(const CsvLayout& layout, std::string_view line, CsvBlock& block) {
  const CsvDialect& dialect = layout.dialect;
  block.values.resize(block.values.size() + layout.features);
  double* row = block.values.data() + block.rows * layout.features;
  if (dialect.framed) line = without_frame(line);
  std::size_t column = 0;
  for (bool last = false; !last; ++column) {
    const CsvField field = next_field(line, dialect.delimiter);
    if (column >= layout.columns.size() || field.open) return false;
    last = field.last;
    const CsvColumn& place = layout.columns[column];
    double value = 0;
    switch (place.use) {
      case CsvUse::ignore:
        continue;
      case CsvUse::number:
        if (!parse_decimal(field.text, dialect.comma_mark, value) || !std::isfinite(value)) return false;
        break;
      case CsvUse::boolean:
        if (!parse_boolean(field.text, value)) return false;
        break;
      case CsvUse::empty:
        if (!field.text.empty()) return false;
        continue;
      case CsvUse::words:
        return false;
    }
    if (place.slot >= 0) row[place.slot] = value;
    if (place.weight) block.weights.push_back(value);
  }
  ++block.rows;
  return column == layout.columns.size();
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
      if (is_comment(text, layout.dialect.delimiter)) {
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
