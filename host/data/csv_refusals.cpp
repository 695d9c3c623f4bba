// What is said of a row that cannot be read, and the settings that mend it. A setting is only proposed if
// the first lines can be read with it and nothing in the rest of the file speaks against it.
#include <algorithm>
#include <set>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/csv_reader.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kMostOfRest = std::size_t{1} << 20;  ///< records
constexpr std::size_t kLongestFooter = 5;

/// 1,234 and 12,345, but neither 0,123 nor 1,23.
bool may_be_thousands(std::string_view field) {
  if (field.starts_with('-') || field.starts_with('+')) field.remove_prefix(1);
  const std::size_t comma = field.find(',');
  return comma >= 1 && comma <= 3 && field.front() != '0' && field.size() == comma + 4;
}

}  // namespace

/// What follows the row that is refused, with this row.
struct CsvReader::Rest {
  std::size_t records = 0;  ///< that follow
  std::size_t good_records =
      0;                ///< of them: with the right number of fields, numbers in some column of numbers
  bool ragged = false;  ///< some row has another number of fields
  std::vector<bool> text, gap, malformed;  ///< [fields] what some row holds
};

void CsvReader::visit_rest(const std::function<bool(std::string_view)>& visit) {
  std::string_view line;
  bool complete = true;
  RecordBuilder builder(name_, dialect_);
  const auto take = [&](std::string_view text) {
    return !builder.add(text, 0, true) || visit(builder.text());
  };
  for (; next_record_ < head_.records.size(); ++next_record_)
    if (!visit(head_.records[next_record_].text)) return;
  while (cut_line(block_rest_, line, complete))
    if (!take(line)) return;
  for (; next_block_ < filled_blocks_; ++next_block_) {
    block_rest_ = blocks_[next_block_].text;
    while (cut_line(block_rest_, line, complete))
      if (!take(line)) return;
  }
  while (lines_.next(line))
    if (!take(line)) return;
}

CsvReader::Rest CsvReader::look_at_rest() {
  const std::size_t fields = table_->layout().columns.size();
  Rest rest;
  rest.text = rest.gap = rest.malformed = std::vector<bool>(fields);
  const std::size_t most = std::min(kMostOfRest, options_.max_rows - table_->rows() - 1);
  try {
    visit_rest([&](std::string_view record) {
      if (rest.records >= most) return false;
      ++rest.records;
      const std::vector<CsvField> cut = fields_of(dialect_, record);
      if (cut.size() != fields) {
        rest.ragged = true;
        return true;
      }
      bool numbers = false, bad = false;
      for (std::size_t i = 0; i < fields; ++i) {
        const CsvColumn& column = table_->layout().columns[i];
        double value;
        if (column.use == CsvUse::ignore || parse_decimal(cut[i].text, dialect_.comma_mark, value)) {
          numbers |= column.use == CsvUse::number;
          continue;
        }
        const FieldKind kind = kind_of_field(cut[i].text, dialect_.comma_mark);
        if (kind == FieldKind::missing) rest.gap[i] = true;
        if (is_text_kind(kind) || kind == FieldKind::boolean)
          rest.text[i] = true;
        else if (kind != FieldKind::missing)
          rest.malformed[i] = true;
        bad |= kind != FieldKind::missing;
      }
      rest.good_records += numbers && !bad;
      return true;
    });
  } catch (const DataError&) {
    rest.ragged = true;  // a quote without end, a line too long
  }
  return rest;
}

/// "dataset.max_rows=100" if what follows is a footer: a few lines at the end of a table.
std::string CsvReader::footer_setting(const Rest& rest) const {
  if (trial_ || table_->rows() < 2 || rest.records >= kLongestFooter || rest.good_records > 0) return "";
  return "dataset.max_rows=" + std::to_string(table_->rows());
}

/// The settings with which the decimal commas of the first lines are read; empty: none.
std::string CsvReader::decimal_setting(std::uint64_t line) const {
  if (line > head_.records.back().line) return "";  // what stands between has not been kept
  FileOptions changed = options_;
  changed.decimal_comma = true;
  if (works(changed)) return "dataset.decimal=\",\"";
  changed.delimiter = dialect_.delimiter == '\t' ? "\\t" : std::string(1, dialect_.delimiter);
  if (options_.delimiter == "auto" && dialect_.delimiter != ',' && works(changed))
    return "dataset.decimal=\",\" and " + delimiter_setting(dialect_.delimiter);
  return "";
}

/// Whether columns of text hold few words: many that differ are no kinds of anything.
bool CsvReader::words_repeat() const {
  for (std::size_t column = 0; column < contents_.size(); ++column) {
    if (!contents_[column].holds_text()) continue;
    std::set<std::string> words;
    for (std::size_t i = first_row_; i < head_.records.size(); ++i) {
      const std::vector<CsvField> cut = fields_of(dialect_, head_.records[i].text);
      if (column < cut.size()) words.emplace(cut[column].text);
    }
    if (words.size() > 4 && 2 * words.size() > head_.records.size() - first_row_) return false;
  }
  return true;
}

/// "; leave out ... with dataset.on_text=drop, or take ... with dataset.columns=[...]": what works.
std::string CsvReader::text_settings(std::size_t column, std::string_view record) {
  const Rest rest = look_at_rest();
  const std::vector<CsvColumn>& columns = table_->layout().columns;
  std::vector<bool> bad(columns.size());
  const std::vector<CsvField> cut = fields_of(dialect_, record);
  bool only_text = true, gaps = false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const FieldKind kind = i < cut.size() ? kind_of_field(cut[i].text, dialect_.comma_mark) : FieldKind::text;
    bad[i] =
        i == column || contents_[i].holds_text() || rest.text[i] || rest.malformed[i] ||
        contents_[i].malformed > 0 ||
        (kind != FieldKind::number && kind != FieldKind::missing && columns[i].use != CsvUse::boolean) ||
        (!options_.drop_nonfinite && (rest.gap[i] || contents_[i].missing > 0 || kind == FieldKind::missing));
    gaps |= columns[i].feature && !contents_[i].holds_text() &&
            (rest.gap[i] || contents_[i].missing > 0 || kind == FieldKind::missing);
    only_text &= !columns[i].feature || contents_[i].holds_text() || !(rest.text[i] || rest.malformed[i]);
  }
  std::string ways;
  const std::string footer = footer_setting(rest);
  if (!footer.empty() && column == 0 && is_text_kind(kind_of_field(cut[0].text, dialect_.comma_mark)))
    return "if the last lines are a footer, leave them out with " + footer;
  if (rest.ragged) return ways;
  FileOptions changed = options_;
  changed.on_text = OnText::drop;
  if (only_text && contents_[column].holds_text() && columns[column].plain && works(changed))
    ways += (ways.empty() ? "" : ", or ") + std::string("leave out all text with dataset.on_text=drop") +
            (gaps && !options_.drop_nonfinite ? " and dataset.on_nonfinite=drop" : "");
  changed = options_;
  changed.columns = table_->features_without(bad);
  if (columns[column].feature && !changed.columns.empty() && works(changed))
    ways += (ways.empty() ? "" : ", or ") +
            ("take the columns of numbers with " + columns_setting(changed.columns));
  changed = options_;
  changed.on_text = OnText::one_hot;
  const bool all_seen =
      table_->rows() + rest.records < head_.records.size();  // words that come later count too
  if (ways.empty() && all_seen && words_repeat() && contents_[column].holds_text() && works(changed))
    ways = "make columns of 0 and 1 of the words with dataset.on_text=one_hot";
  return ways;
}

void CsvReader::refuse_field(const CsvFault& fault, std::string_view record, std::uint64_t line) {
  const CsvColumn& column = table_->layout().columns[fault.column];
  const FieldKind kind = kind_of_field(fault.field, dialect_.comma_mark);
  std::string sentence = line_name(line) + ", column " + printable(column.name) + ": " +
                         printable(fault.field) + " is not " +
                         (column.use == CsvUse::boolean ? "true or false" : "a number");
  if (column.use != CsvUse::boolean) sentence += kind_clause(kind, fault.field);
  if (kind == FieldKind::decimal_comma && column.use != CsvUse::boolean) {
    const std::string setting = decimal_setting(line);
    if (may_be_thousands(fault.field)) {
      throw DataError(sentence + "; " +
                      (setting.empty() ? "" : "if that is a decimal comma, set " + setting + ", and ") +
                      "if it is a mark between thousands, remove it");
    }
    throw DataError(sentence + "; write decimal points, not commas" +
                    (setting.empty() ? "" : ", or set " + setting));
  }
  for (const char mark : kind == FieldKind::joined ? std::string(";:|&") : std::string()) {
    FileOptions changed = options_;
    changed.delimiter = mark;
    if (works(changed)) throw DataError(sentence + "; set " + delimiter_setting(mark));
  }
  if (is_text_kind(kind)) {
    std::vector<std::string> names;
    for (const CsvColumn& each : table_->layout().columns) names.push_back(each.name);
    sentence += "; the columns are " + join_names(names);
  }
  if (!column.feature || (!column.plain && options_.columns.empty())) {
    throw DataError(sentence + (column.weight
                                    ? "; dataset.weights must name a column of numbers"
                                    : "; it is wanted by dataset.group, dataset.target or dataset.select, "
                                      "which need numbers"));
  }
  const std::string ways = text_settings(fault.column, record);
  const bool lonely = is_text_kind(kind) && !contents_[fault.column].holds_text();
  if (lonely) sentence += ": repair the field";
  if (!ways.empty()) sentence += (lonely ? ", or " : is_text_kind(kind) ? ": " : "; or ") + ways;
  if (ways.empty() && !lonely && is_text_kind(kind)) {
    sentence += options_.columns.empty() ? ", and no column of numbers is left without it"
                                         : "; choose other columns with dataset.columns";
  }
  throw DataError(sentence);
}

void CsvReader::refuse(const CsvFault& fault, std::string_view record, std::uint64_t line, bool complete) {
  if (trial_) throw DataError(line_name(line) + " cannot be read");
  if (fault.cause == CsvFault::Cause::field) refuse_field(fault, record, line);
  const std::string where = line_name(line);
  if (fault.cause == CsvFault::Cause::filled_last) {
    throw DataError(where + " has " + printable(fault.field) +
                    " behind the last delimiter, where the first rows have nothing");
  }
  if (fault.cause == CsvFault::Cause::words) {
    const std::string column = printable(table_->layout().columns[fault.column].name);
    FileOptions changed = options_;
    changed.on_text = OnText::drop;
    throw DataError(where + ", column " + column + ": " + printable(fault.field) +
                    " is one word too many: 32 different words of up to 100 characters can become columns" +
                    (works(changed) ? "; leave out all text with dataset.on_text=drop" : ""));
  }
  std::string sentence = where + " has " + plural(fault.fields, "field") + ", the first row (line " +
                         std::to_string(first_line_) + ") has " + std::to_string(first_fields_);
  if (!complete) sentence += " (the file ends there: is it cut off?)";
  const std::vector<CsvField> cut = fields_of(dialect_, record);
  const auto glued = std::find_if(cut.begin(), cut.end(), [this](const CsvField& field) {
    return kind_of_field(field.text, dialect_.comma_mark) == FieldKind::glued;
  });
  if (glued != cut.end()) {
    throw DataError(
        sentence + ": " + printable(glued->text) +
        " is several numbers that have grown together, as columns of fixed width do; write them with "
        "blanks between");
  }
  if (record.find('\0') != std::string_view::npos)
    throw DataError(sentence + ": it holds zero bytes, so the file is damaged or no text");
  const std::string footer = footer_setting(look_at_rest());
  throw DataError(sentence +
                  (footer.empty() ? "" : "; if the last lines are a footer, leave them out with " + footer));
}

}  // namespace symscan
