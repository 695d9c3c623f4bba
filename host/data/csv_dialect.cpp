// Which character separates the fields of a text table, and what its columns hold.
#include "host/data/csv_dialect.hpp"

#include <algorithm>
#include <map>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kLinesForDelimiter = 200;
constexpr std::size_t kBytesForDelimiter = 256 << 10;
constexpr char kDelimiters[] = {';', ',', '\t', '|', ' '};  ///< the first wins where all else is equal

/// How much a field looks as if it had been cut out rightly.
double likeness(FieldKind kind) {
  switch (kind) {
    case FieldKind::text:
    case FieldKind::glued:
      return 0;
    case FieldKind::thousands:
    case FieldKind::unit:
      return 0.9;
    default:
      return 1;
  }
}

/// Lines as this delimiter cuts them: 1 for equal numbers of fields (two or more) in all lines, and 1 more
/// if all fields are numbers.
double delimiter_score(const std::vector<std::string_view>& lines, const CsvDialect& dialect) {
  std::map<std::size_t, std::size_t> counts;
  std::size_t fields = 0;
  double values = 0;
  for (const std::string_view line : lines) {
    const std::vector<CsvField> cut = fields_of(dialect, line);
    ++counts[cut.size()];
    for (const CsvField& field : cut) {
      if (field.text.empty()) continue;
      ++fields;
      values += likeness(kind_of_field(field.text, dialect.comma_mark));
    }
  }
  std::size_t most = 0;
  for (const auto& [count, times] : counts)
    if (count > 1) most = std::max(most, times);
  if (most == 0) return 0;
  return static_cast<double>(most) / static_cast<double>(lines.size()) +
         values / static_cast<double>(std::max<std::size_t>(fields, 1));
}

/// Numbers with decimal commas in quotes: then the comma may also be the delimiter.
bool has_quoted_decimals(const std::vector<std::string_view>& lines) {
  for (const std::string_view line : lines) {
    for (const CsvField& field : fields_of({.delimiter = ','}, line)) {
      if (field.quoted && kind_of_field(field.text, false) == FieldKind::decimal_comma) return true;
    }
  }
  return false;
}

std::vector<std::string_view> lines_for_delimiter(const std::vector<CsvRecord>& lines) {
  std::vector<std::string_view> chosen;
  std::size_t bytes = 0;
  for (const CsvRecord& line : lines) {
    if (chosen.size() >= kLinesForDelimiter || bytes > kBytesForDelimiter) break;
    const std::string_view text = trim(line.text);
    if (text.empty() || is_ruler(text) || is_comment(text, 0)) continue;
    chosen.push_back(line.text);
    bytes += line.text.size();
  }
  return chosen;
}

char best_delimiter(const std::vector<std::string_view>& lines, CsvDialect dialect, bool comma_allowed) {
  char best = ' ';
  double best_score = 0;
  for (const char delimiter : kDelimiters) {
    if (delimiter == ',' && !comma_allowed) continue;
    dialect.delimiter = delimiter;
    const double score = delimiter_score(lines, dialect);
    if (score <= best_score + 1e-9) continue;
    best = delimiter;
    best_score = score;
  }
  return best;
}

/// Lines that begin and end with a bar; those without any bar may stand around them.
bool are_framed(const std::vector<std::string_view>& lines) {
  std::size_t framed = 0;
  for (std::string_view line : lines) {
    line = trim(line);
    if (line.size() > 1 && line.front() == '|' && line.back() == '|')
      ++framed;
    else if (line.find('|') != std::string_view::npos)
      return false;
  }
  return framed > 0;
}

/// A comma as the delimiter would cut numbers that have decimal commas, where another character separates
/// them.
void refuse_cut_numbers(const std::vector<std::string_view>& lines, const std::string& name) {
  const char better = best_delimiter(lines, {}, true);
  if (better == ',') return;
  std::size_t decimals = 0, fields = 0;
  for (const std::string_view line : lines) {
    for (const CsvField& field : fields_of({.delimiter = better}, line)) {
      ++fields;
      decimals += kind_of_field(field.text, false) == FieldKind::decimal_comma;
    }
  }
  if (2 * decimals <= fields) return;
  throw DataError(
      name + " has numbers with decimal commas, which dataset.delimiter would cut; write decimal points, " +
      "not commas, or set dataset.decimal=\",\" and " + delimiter_setting(better));
}

}  // namespace

std::vector<CsvField> fields_of(const CsvDialect& dialect, std::string_view line) {
  return split_fields(dialect.framed ? without_frame(line) : line, dialect.delimiter);
}

bool is_comment(std::string_view line, char delimiter) {
  line = trim(line);
  return !line.empty() && line.front() == '#' && !begins_with_error_mark(line, delimiter);
}

bool is_ruler(std::string_view line) {
  if (line.find_first_not_of("-+|:=_ ") != std::string_view::npos) return false;
  return line.find("----") != std::string_view::npos ||
         (line.find("--") != std::string_view::npos && line.find_first_of("+|=") != std::string_view::npos);
}

char stated_separator(std::string_view line) {
  if (line.size() >= 2 && line.front() == '"' && line.back() == '"') line = line.substr(1, line.size() - 2);
  if (line.size() != 5 || lower_case(std::string(line.substr(0, 4))) != "sep=") return 0;
  return std::string_view(",;\t|: ").find(line[4]) == std::string_view::npos ? '\0' : line[4];
}

std::string delimiter_setting(char delimiter) {
  return "dataset.delimiter=" +
         (delimiter == '\t' ? std::string("\"\\\\t\"") : '"' + std::string(1, delimiter) + '"');
}

CsvDialect find_dialect(const std::vector<CsvRecord>& lines, const std::string& name,
                        const FileOptions& options, char separator) {
  const std::vector<std::string_view> chosen = lines_for_delimiter(lines);
  CsvDialect dialect{.comma_mark = options.decimal_comma};
  const bool comma_allowed = !options.decimal_comma || has_quoted_decimals(chosen);
  if (options.delimiter != "auto") {
    dialect.delimiter = options.delimiter == "\\t" ? '\t' : options.delimiter[0];
  } else {
    dialect.delimiter = separator ? separator : best_delimiter(chosen, dialect, comma_allowed);
  }
  if (options.delimiter == "," && comma_allowed && !options.decimal_comma) refuse_cut_numbers(chosen, name);
  if (dialect.delimiter == ',' && !comma_allowed) {
    throw DataError(
        name +
        " has commas between its fields, so dataset.decimal cannot be the comma unless numbers stand "
        "in quotes; write decimal points");
  }
  dialect.framed = dialect.delimiter == '|' && are_framed(chosen);
  return dialect;
}

/// 0,71,-0,25: whole numbers are neither written -0 nor 025.
void refuse_cut_decimals(const std::vector<CsvRecord>& records, const CsvDialect& dialect,
                         const std::string& name, const FileOptions& options) {
  if (dialect.delimiter != ',' || dialect.comma_mark || options.delimiter != "auto") return;
  if (records.size() > 1 && fields_of(dialect, records[0].text).size() == 1 &&
      fields_of(dialect, records[1].text).size() == 2)
    return;  // one column, see CsvHeader
  std::size_t cut = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::vector<CsvField> fields = fields_of(dialect, records[i].text);
    if (fields.size() % 2 != 0) {
      if (i == 0 || i + 1 == records.size()) continue;  // a title, or a line that is cut off
      return;
    }
    for (std::size_t f = 0; f < fields.size(); ++f) {
      std::string_view text = fields[f].text;
      if (i == 0 && kind_of_field(fields[f].text, false) == FieldKind::text) break;
      const bool after = f % 2 == 1;
      if (!after && (text.starts_with('-') || text.starts_with('+'))) text.remove_prefix(1);
      if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return;
      cut +=
          after ? text.size() > 1 && text.front() == '0' : text == "0" && text.size() < fields[f].text.size();
    }
  }
  if (cut * 10 < records.size() || cut == 0) return;
  throw DataError(
      name + " line " + std::to_string(records[records.size() > 1 ? 1 : 0].line) +
      " seems to have decimal commas and commas between its fields, which cannot be told apart; write "
      "decimal points, not commas (if they are whole numbers, set dataset.delimiter to the comma)");
}

bool ColumnContents::holds_text() const {
  return texts > 0 && texts + booleans > numbers + malformed;
}

std::vector<ColumnContents> survey_columns(const CsvDialect& dialect, const std::vector<CsvRecord>& records,
                                           std::size_t first, std::size_t fields) {
  std::vector<ColumnContents> columns(fields);
  for (std::size_t i = first; i < records.size(); ++i) {
    const std::vector<CsvField> cut = fields_of(dialect, records[i].text);
    if (cut.size() != fields) continue;
    for (std::size_t column = 0; column < fields; ++column) {
      const FieldKind kind = kind_of_field(cut[column].text, dialect.comma_mark);
      ColumnContents& contents = columns[column];
      if (kind == FieldKind::number) {
        ++contents.numbers;
      } else if (kind == FieldKind::missing) {
        ++contents.missing;
      } else if (kind == FieldKind::boolean) {
        ++contents.booleans;
      } else {
        ++(is_text_kind(kind) ? contents.texts : contents.malformed);
      }
    }
  }
  return columns;
}

}  // namespace symscan
