// From lines to records: a quoted field may go over several lines.
#include "host/data/csv_records.hpp"

#include <algorithm>

#include "host/base/error.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kMostLinesOfRecord = 200, kMostBytesOfRecord = 256 << 10;

}  // namespace

bool is_commented_row(const CsvDialect& dialect, std::string_view line, std::size_t fields) {
  line = trim(line);
  if (fields < 2 || line.size() < 2 || line.front() != '#') return false;
  line.remove_prefix(1);
  const std::vector<CsvField> cut = fields_of(dialect, line);
  return cut.size() == fields && std::all_of(cut.begin(), cut.end(), [&](const CsvField& field) {
           double value;
           return parse_decimal(field.text, dialect.comma_mark, value);
         });
}

bool RecordBuilder::was_commented_row(std::size_t fields) const {
  return is_commented_row(dialect_, comment_, fields);
}

bool RecordBuilder::add(std::string_view line, std::uint64_t number, bool complete) {
  comment_ = {};
  complete_ = complete;
  if (!open_) {
    line_ = number;
    const std::string_view text = trim(line);
    if (text.empty() || is_ruler(text)) return false;
    if (is_comment(text, dialect_.delimiter)) {
      comment_ = text;
      return false;
    }
    text_ = line;
    open_ = ends_in_quotes(dialect_.framed ? without_frame(line) : line, dialect_.delimiter);
    if (open_) joined_.assign(line);
    lines_ = 1;
    return !open_;
  }
  joined_ += '\n';
  joined_ += line;
  if (++lines_ > kMostLinesOfRecord || joined_.size() > kMostBytesOfRecord) refuse_quote();
  if (line.find('"') == std::string_view::npos) return false;
  open_ = ends_in_quotes(joined_, dialect_.delimiter);
  text_ = joined_;
  return !open_;
}

void RecordBuilder::finish() const {
  if (open_) refuse_quote();
}

void RecordBuilder::refuse_quote() const {
  throw DataError(name_ + " line " + std::to_string(line_) +
                  " opens a quote (\") that is not closed; close it, or write it twice inside quotes");
}

}  // namespace symscan
