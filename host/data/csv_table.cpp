// Rows of a text table become numbers; gaps are remembered with their lines, words get numbers.
#include "host/data/csv_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kRowsForDigits = 1000;
constexpr std::size_t kMostWords = 32, kLongestWord = 100;

/// Significant digits of a number as written: 0.0450 has three.
int digits_of(std::string_view field) {
  int digits = 0;
  for (const char c : field) {
    if (c == 'e' || c == 'E' || c == 'd' || c == 'D') break;
    digits += (c >= '1' && c <= '9') || (c == '0' && digits > 0);
  }
  return digits;
}

constexpr double kLargestExact = 9007199254740992;  ///< 2^53

bool is_whole(std::string_view field) {
  if (field.starts_with('-') || field.starts_with('+')) field.remove_prefix(1);
  return field.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

CsvTable::CsvTable(std::string name, const FileOptions& options, CsvLayout layout, Table table)
    : name_(std::move(name)), options_(options), layout_(std::move(layout)), table_(std::move(table)) {
  layout_.features = table_.features();
}

std::optional<double> CsvTable::word_of(const CsvColumn& column, std::size_t number, std::string_view text) {
  auto& known = words_[number];
  const auto found = known.find(text);
  if (found != known.end()) return found->second;
  if (column.feature && (known.size() == kMostWords || text.size() > kLongestWord ||
                         find_non_utf8(text) != std::string_view::npos || has_control_characters(text)))
    return std::nullopt;
  return known.emplace(text, static_cast<int>(known.size())).first->second;
}

/// The first value of a column that had none in the rows before may show that it holds text.
std::optional<double> CsvTable::late_value(CsvColumn& column, std::size_t number, std::string_view text) {
  double value;
  if (column.seen || column.use != CsvUse::number) return std::nullopt;
  if (parse_boolean(text, value)) {
    column.use = CsvUse::boolean;
    return value;
  }
  if (!is_text_kind(kind_of_field(text, layout_.dialect.comma_mark))) return std::nullopt;
  if (options_.on_text == OnText::one_hot && column.feature && (column.plain || !options_.columns.empty())) {
    column.use = CsvUse::words;
    return word_of(column, number, text);
  }
  if (options_.on_text != OnText::drop || !column.plain || !options_.columns.empty()) return std::nullopt;
  column.use = CsvUse::ignore;
  dropped_.push_back(column.name);
  return 0;
}

std::optional<double> CsvTable::value_of(CsvColumn& column, std::size_t number, std::string_view text) {
  double value = std::numeric_limits<double>::quiet_NaN();
  if (column.use == CsvUse::words) {
    if (is_missing(text)) return value;
    return word_of(column, number, text);
  }
  const bool read = column.use == CsvUse::boolean ? parse_boolean(text, value)
                                                  : parse_decimal(text, layout_.dialect.comma_mark, value);
  if (read) return value;
  if (is_missing(text)) return std::numeric_limits<double>::quiet_NaN();
  return late_value(column, number, text);
}

void CsvTable::note_gap(CsvColumn& column, std::string_view text, std::uint64_t line) {
  if (column.first_bad_line == 0) {
    column.first_bad_line = line;
    column.first_bad = text;
  }
  column.missing += is_missing(text);
}

std::optional<CsvFault> CsvTable::add_row(std::string_view record, std::uint64_t line) {
  const CsvDialect& dialect = layout_.dialect;
  const std::size_t features = layout_.features, begin = table_.rows * features;
  if (table_.rows % 65536 == 0) check_table_size(name_, table_.rows + 1, features);
  table_.values.resize(begin + features);
  const std::size_t weights = table_.weights.size();
  const auto refuse = [&](CsvFault fault) {
    table_.values.resize(begin);
    table_.weights.resize(weights);
    return fault;
  };
  std::string_view rest = dialect.framed ? without_frame(record) : record;
  std::optional<CsvFault> fault;
  std::size_t count = 0;
  for (bool last = false; !last; ++count) {
    const CsvField field = next_field(rest, dialect.delimiter);
    last = field.last;
    if (count >= layout_.columns.size() || fault) continue;
    CsvColumn& column = layout_.columns[count];
    if (column.use == CsvUse::empty && !field.text.empty())
      fault = {CsvFault::Cause::filled_last, count, field.text};
    if (column.use == CsvUse::ignore || column.use == CsvUse::empty) continue;
    const std::string undoubled =
        column.use == CsvUse::words && field.quoted ? plain_text(field) : std::string();
    const std::optional<double> value = value_of(column, count, undoubled.empty() ? field.text : undoubled);
    if (!value) {
      fault = {column.use == CsvUse::words ? CsvFault::Cause::words : CsvFault::Cause::field, count,
               field.text};
      continue;
    }
    if (!std::isfinite(*value)) note_gap(column, field.text, line);
    column.seen |= !std::isnan(*value);
    if (table_.rows < kRowsForDigits) column.digits = std::max(column.digits, digits_of(field.text));
    column.long_integers |= std::abs(*value) > kLargestExact && is_whole(field.text);
    if (column.slot >= 0) table_.values[begin + static_cast<std::size_t>(column.slot)] = *value;
    if (column.weight) table_.weights.push_back(*value);
  }
  if (count != layout_.columns.size()) return refuse({CsvFault::Cause::ragged, 0, {}, count});
  if (fault) return refuse(*fault);
  ++table_.rows;
  return std::nullopt;
}

void CsvTable::add_block(const CsvBlock& block) {
  const std::size_t features = layout_.features;
  const std::size_t rows = std::min(block.rows, options_.max_rows - table_.rows);
  if (rows == 0) return;
  check_table_size(name_, table_.rows + rows, features);
  table_.values.insert(table_.values.end(), block.values.begin(),
                       block.values.begin() + static_cast<std::ptrdiff_t>(rows * features));
  if (!block.weights.empty()) {
    table_.weights.insert(table_.weights.end(), block.weights.begin(),
                          block.weights.begin() + static_cast<std::ptrdiff_t>(rows));
  }
  for (CsvColumn& column : layout_.columns) column.seen |= column.use != CsvUse::ignore;
  table_.rows += rows;
}

void CsvTable::reserve(std::size_t rows) {
  check_table_size(name_, rows, layout_.features);
  table_.values.reserve(rows * layout_.features);
  if (!table_.weights.empty()) table_.weights.reserve(rows);
}

std::vector<std::string> CsvTable::features_without(const std::vector<bool>& bad) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
    const CsvColumn& column = layout_.columns[i];
    const bool gaps = column.first_bad_line != 0 && !options_.drop_nonfinite;
    if (column.feature && column.use != CsvUse::ignore && !gaps && !bad[i]) names.push_back(column.name);
  }
  return names;
}

void CsvTable::check_empty_columns() const {
  std::vector<bool> bad(layout_.columns.size());
  std::size_t empty = bad.size();
  for (std::size_t i = 0; i < bad.size(); ++i) {
    const CsvColumn& column = layout_.columns[i];
    bad[i] = (column.use == CsvUse::number || column.use == CsvUse::words) && column.missing == table_.rows;
    if (bad[i]) empty = std::min(empty, i);
  }
  if (empty == bad.size()) return;
  const std::vector<std::string> filled = features_without(bad);
  throw DataError(name_ + ": column " + std::to_string(empty + 1) + " (" +
                  printable(layout_.columns[empty].name) + ") is empty in every row: " +
                  (filled.empty() || !layout_.columns[empty].feature
                       ? "choose others with dataset.columns"
                       : "leave it out with " + columns_setting(filled)));
}

std::size_t CsvTable::rows_with_gaps() const {
  std::vector<std::size_t> slots;
  for (const CsvColumn& column : layout_.columns) {
    if (column.slot >= 0 && column.use != CsvUse::ignore && column.first_bad_line != 0)
      slots.push_back(static_cast<std::size_t>(column.slot));
  }
  std::size_t count = 0;
  for (std::size_t row = 0; row < table_.rows; ++row) {
    const double* values = table_.values.data() + row * layout_.features;
    count +=
        std::any_of(slots.begin(), slots.end(), [&](std::size_t s) { return !std::isfinite(values[s]); }) ||
        (!table_.weights.empty() && !std::isfinite(table_.weights[row]));
  }
  return count;
}

void CsvTable::check_gaps() const {
  const CsvColumn* first = nullptr;
  for (const CsvColumn& column : layout_.columns) {
    if (column.use == CsvUse::ignore || column.first_bad_line == 0) continue;
    if (!first || column.first_bad_line < first->first_bad_line) first = &column;
  }
  if (!first || options_.drop_nonfinite) return;
  const std::size_t rows = rows_with_gaps();
  throw DataError(
      name_ + " line " + std::to_string(first->first_bad_line) + ", column " + printable(first->name) +
      " is " + (first->first_bad.empty() ? "empty" : printable(first->first_bad)) + more_bad_rows(rows - 1) +
      "; repair the file" + (rows < table_.rows ? " or set dataset.on_nonfinite=drop" : ""));
}

/// Text of up to 17 digits holds a float64 to that many; of fewer, to its last digit.
void CsvTable::set_precision() {
  table_.precision.assign(table_.features(), kFloat64Precision);
  for (const CsvColumn& column : layout_.columns) {
    if (column.slot < 0 || column.digits > 15 || column.use != CsvUse::number) continue;
    // Never as coarse as a float32 source: whether short decimals stand for float32 values, prepare()
    // judges.
    table_.precision[static_cast<std::size_t>(column.slot)] = std::pow(10.0, -std::max(column.digits, 9));
  }
}

void CsvTable::note_columns() {
  std::vector<std::string> booleans;
  for (const CsvColumn& column : layout_.columns)
    if (column.use == CsvUse::boolean) booleans.push_back(column.name);
  const auto columns = [this](const std::vector<std::string>& names) {
    return (names.size() == 1 ? "the column " : "the columns ") + join_names(names) + " of " + name_;
  };
  if (!booleans.empty()) table_.notes.push_back(columns(booleans) + ": true and false were read as 1 and 0");
  std::vector<std::string> rounded;
  for (const CsvColumn& column : layout_.columns)
    if (column.long_integers && column.use == CsvUse::number) rounded.push_back(column.name);
  if (!rounded.empty()) {
    table_.notes.push_back(columns(rounded) +
                           ": whole numbers above 2^53 were read as the nearest float64, so that neighbours "
                           "may have become equal");
  }
  if (!dropped_.empty()) {
    table_.notes.push_back(columns(dropped_) + (dropped_.size() == 1
                                                    ? " holds text or dates and was left out"
                                                    : " hold text or dates and were left out"));
  }
}

/// Columns of words become a column of 0 and 1 for each word, in the order of the alphabet; columns that
/// turned out to be text go.
void CsvTable::replace_words() {
  const std::size_t before = layout_.features;
  struct Source {
    std::size_t slot;
    double word;  ///< -1: the value itself
  };
  std::vector<const CsvColumn*> of_slot(before, nullptr);
  for (const CsvColumn& column : layout_.columns)
    if (column.slot >= 0) of_slot[static_cast<std::size_t>(column.slot)] = &column;
  std::vector<Source> sources;
  std::vector<std::string> names;
  std::vector<double> precision;
  for (std::size_t slot = 0; slot < before; ++slot) {
    const CsvColumn& column = *of_slot[slot];
    if (column.use == CsvUse::ignore) continue;
    if (column.use != CsvUse::words || !column.feature) {
      sources.push_back({slot, -1});
      names.push_back(table_.columns[slot]);
      precision.push_back(table_.precision[slot]);
      continue;
    }
    std::vector<std::string> made;
    for (const auto& [word, number] : words_[static_cast<std::size_t>(&column - layout_.columns.data())]) {
      made.push_back(column.name + "=" + word);
      sources.push_back({slot, static_cast<double>(number)});
      precision.push_back(kFloat64Precision);
    }
    names.insert(names.end(), made.begin(), made.end());
    table_.notes.push_back("the words of the column " + printable(column.name) + " of " + name_ +
                           " became the columns " + join_names(made) + " of 0 and 1");
  }
  if (names == table_.columns) return;
  if (std::none_of(sources.begin(), sources.end(), [&](const Source& s) { return of_slot[s.slot]->feature; }))
    throw DataError(name_ + " has no column of numbers");
  std::set<std::string_view> different;
  for (const std::string& made : names) {
    if (!different.insert(made).second)
      throw DataError(name_ + " would have two columns called " + printable(made) + "; rename one");
  }
  check_table_size(name_, table_.rows, names.size());
  std::vector<double> values;
  values.reserve(table_.rows * names.size());
  for (std::size_t row = 0; row < table_.rows; ++row) {
    const double* from = table_.values.data() + row * before;
    for (const Source& source : sources) {
      const double value = from[source.slot];
      values.push_back(source.word < 0 || std::isnan(value) ? value : value == source.word);
    }
  }
  table_.values = std::move(values);
  table_.columns = std::move(names);
  table_.precision = std::move(precision);
}

Table CsvTable::finish() {
  check_empty_columns();
  check_gaps();
  set_precision();
  note_columns();
  replace_words();
  return std::move(table_);
}

}  // namespace symscan
