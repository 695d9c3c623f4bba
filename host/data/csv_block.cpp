#include "host/data/csv_block.hpp"

#include <cmath>
#include <new>

#include "host/data/csv_fields.hpp"
#include "host/data/text_values.hpp"

namespace symscan {

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
      if (text.empty() || text.front() == '#') continue;
      block.values.resize(block.values.size() + layout.features);
      double* row = block.values.data() + block.rows * layout.features;
      std::size_t column = 0;
      for (bool done = false; !done; ++column) {
        const std::string_view field = next_field(line, layout.delimiter, done);
        if (column >= layout.fields_per_row) return;
        const bool weight = layout.weight == column;
        if (layout.slots[column] < 0 && !weight) continue;
        double value;
        if (!parse_number(field, value) || !std::isfinite(value)) return;
        if (layout.slots[column] >= 0) row[layout.slots[column]] = value;
        if (weight) block.weights.push_back(value);
      }
      if (column != layout.fields_per_row) return;
      ++block.rows;
    }
    block.plain = true;
  } catch (const std::bad_alloc&) {
    block.plain = false;
  }
}

}  // namespace symscan
