// CSV and its relatives: comma, semicolon, tab, bars or blanks; with or without a header.
//
// A splitter of its own, because collider tables have 10^7 rows: lines are cut out of a 1 MiB buffer and
// numbers go through std::from_chars (correctly rounded, blind to the locale, several times as fast as strtod
// or streams).
#include <algorithm>
#include <atomic>
#include <thread>

#include "host/base/cores.hpp"
#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/base/threads.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/csv_reader.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/selection.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kHeadLines = 1000, kHeadBytes = 1 << 20;
constexpr std::size_t kMostComments = 100;
constexpr std::size_t kCsvBlock = 4 << 20;  ///< bytes of a block that one thread reads

}  // namespace

CsvReader::CsvReader(ByteSource& source, std::string name, const FileOptions& options, bool trial)
    : source_(source, name),
      lines_(source_, name),
      name_(std::move(name)),
      options_(options),
      trial_(trial) {}

/// What is said of the last line of a file that is cut off would mislead.
void CsvReader::refuse_cut_off() const {
  if (source_.cut_off())
    throw DataError(name_ + " is cut off: its compressed data end early; copy or download it again");
}

Table CsvReader::read() {
  try {
    return read_table();
  } catch (const DataError&) {
    refuse_cut_off();
    throw;
  }
}

Table CsvReader::read_table() {
  read_head();
  Table table;
  if (source_.ends_with_cr()) table.notes.push_back("the lines of " + name_ + " end with CR alone");
  const CsvHeader header = find_header(head_, dialect_, name_, options_,
                                       [this](const FileOptions& changed) { return works(changed); });
  table.notes.insert(table.notes.end(), header.notes.begin(), header.notes.end());
  CsvLayout layout = plan(header, table);
  table_.emplace(name_, options_, std::move(layout), std::move(table));
  read_rows();
  refuse_cut_off();
  if (table_->rows() == 0) throw DataError(name_ + " has a header but no rows of data");
  Table result = table_->finish();
  if (commented_rows_ > 0) {
    result.notes.push_back(plural(commented_rows_, "line") + " of " + name_ +
                           (commented_rows_ == 1 ? " is a row with a # before it, and was"
                                                 : " are rows with a # before them, and were") +
                           " left out as a comment");
  }
  return result;
}

void CsvReader::keep_line(std::string_view line) {
  if (head_text_.size() + line.size() > 4 * kHeadBytes) head_is_whole_ = false;
  if (!head_is_whole_) return;
  head_text_ += line;
  if (lines_.line_was_complete()) head_text_ += '\n';
}

void CsvReader::read_head() {
  std::string_view line;
  for (std::size_t skipped = 0; skipped < options_.skip_rows; ++skipped) {
    if (!lines_.next(line)) {
      throw DataError(name_ + " has " + plural(skipped, "line") + ", and dataset.skip_rows leaves out " +
                      std::to_string(options_.skip_rows));
    }
    keep_line(line);
  }
  std::vector<CsvRecord> lines;
  char separator = 0;
  for (std::size_t bytes = 0; lines.size() < kHeadLines && (bytes < kHeadBytes || lines.size() < 3);) {
    if (!lines_.next(line)) break;
    keep_line(line);
    bytes += line.size();
    if (lines.empty() && separator == 0) {
      separator = stated_separator(line);
      if (separator) continue;
    }
    lines.push_back({std::string(line), lines_.number(), lines_.line_was_complete()});
  }
  dialect_ = find_dialect(lines, name_, options_, separator);
  take_records(lines);
  if (head_.records.empty()) throw DataError(name_ + " holds no data: only blank or comment lines");
  if (trim(head_.records.front().text).starts_with('{'))
    throw DataError(line_name(head_.records.front().line) +
                    " begins with {, as JSON does, and is no row of a table");
}

void CsvReader::take_records(const std::vector<CsvRecord>& lines) {
  builder_.emplace(name_, dialect_);
  const auto take = [&](std::string_view line, std::uint64_t number, bool complete) {
    if (builder_->add(line, number, complete)) {
      head_.records.push_back({std::string(builder_->text()), builder_->line(), builder_->complete()});
    } else if (head_.records.empty() && !builder_->open() && is_comment(line, dialect_.delimiter)) {
      if (head_.comments.size() == kMostComments) head_.comments.erase(head_.comments.begin());
      head_.comments.emplace_back(trim(trim(line).substr(1)));
    } else if (!head_.records.empty() && !builder_->open()) {
      commented_rows_ += builder_->was_commented_row(fields_of(dialect_, head_.records.back().text).size());
    }
  };
  for (const CsvRecord& line : lines) take(line.text, line.line, line.complete);
  std::string_view line;
  while (builder_->open() && lines_.next(line)) {
    keep_line(line);
    take(line, lines_.number(), lines_.line_was_complete());
  }
  builder_->finish();
}

/// Tries the settings on the first lines. Rows with gaps are not what is asked for.
bool CsvReader::works(const FileOptions& options) const {
  if (trial_ || !head_is_whole_) return false;
  FileOptions changed = options;
  changed.drop_nonfinite = true;
  try {
    const auto source = open_bytes(head_text_);
    CsvReader(*source, name_, changed, true).read();
    return true;
  } catch (const DataError&) {
    return false;
  }
}

/// If most fields of the first lines are numbers with decimal commas.
void CsvReader::refuse_decimal_commas() const {
  std::size_t decimals = 0, others = 0;
  const CsvRecord* first = nullptr;
  for (const CsvRecord& record : head_.records) {
    for (const CsvField& field : fields_of(dialect_, record.text)) {
      const bool decimal = kind_of_field(field.text, dialect_.comma_mark) == FieldKind::decimal_comma;
      ++(decimal ? decimals : others);
      if (decimal && !first) first = &record;
    }
  }
  if (decimals <= others) return;
  const std::string setting = decimal_setting(first->line);
  throw DataError(line_name(first->line) + " has decimal commas; write decimal points, not commas" +
                  (setting.empty() ? "" : ", or set " + setting));
}

CsvLayout CsvReader::plan(const CsvHeader& header, Table& table) {
  CsvLayout layout{.dialect = dialect_, .columns = std::vector<CsvColumn>(header.names.size())};
  first_row_ = next_record_ = header.first_row;
  first_line_ = head_.records.front().line;
  first_fields_ = header.names.size();
  std::vector<std::string> names = header.names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!names[i].empty()) continue;
    names[i] = "c" + std::to_string(i);
    const bool left_out = (header.row_names && i == 0) || (header.empty_last && i + 1 == names.size());
    if (header.named && options_.columns.empty() && !left_out) {
      table.notes.push_back("column " + std::to_string(i + 1) + " of " + name_ +
                            " has no name and is called " + names[i] +
                            "; if it only counts the rows, leave it out with dataset.columns");
    }
  }
  ColumnPlan plan;
  try {
    plan = plan_columns(names, name_, options_);
  } catch (const DataError&) {
    refuse_decimal_commas();  // numbers that are cut make other columns than those that are named
    throw;
  }
  for (std::size_t i = 0; i < names.size(); ++i) layout.columns[i].name = names[i];
  contents_ = survey_columns(dialect_, head_.records, first_row_, names.size());
  drop_columns(header, plan, table, contents_);
  use_columns(header, plan, layout);
  begin_table(table, plan);
  return layout;
}

/// The number of features in front of the special columns of a plan.
static std::size_t regular_features(const ColumnPlan& plan, const FileOptions& options) {
  return plan.features.size() - plan.select_columns - !options.group.empty() - !options.target.empty();
}

void CsvReader::drop_columns(const CsvHeader& header, ColumnPlan& plan, Table& table,
                             const std::vector<ColumnContents>& contents) const {
  if (!options_.columns.empty()) return;
  std::vector<std::string> dropped;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < contents.size(); ++i)
    names.push_back(header.names[i].empty() ? numbered_columns(i + 1).back() : header.names[i]);
  const std::vector<std::size_t> used = columns_of_selection(options_.select, names);
  const auto selected = [&](std::size_t column) {
    return std::find(used.begin(), used.end(), column) != used.end();
  };
  std::size_t regular = regular_features(plan, options_);
  for (std::size_t slot = 0; slot < regular;) {
    const std::size_t column = plan.features[slot];
    const bool text = options_.on_text == OnText::drop && contents[column].holds_text() && !selected(column);
    const bool nameless =
        (header.row_names && column == 0) || (header.empty_last && column + 1 == header.names.size());
    if (!text && !nameless) {
      ++slot;
      continue;
    }
    if (text && !nameless) dropped.push_back(plan.names[slot]);
    plan.features.erase(plan.features.begin() + static_cast<std::ptrdiff_t>(slot));
    plan.names.erase(plan.names.begin() + static_cast<std::ptrdiff_t>(slot));
    --regular;
  }
  if (regular == 0) throw DataError(name_ + " has no column of numbers");
  if (dropped.empty()) return;
  const bool one = dropped.size() == 1;
  table.notes.push_back(
      (one ? "the column " : "the columns ") + join_names(dropped) + " of " + name_ +
      (one ? " holds text or dates and was left out" : " hold text or dates and were left out"));
}

void CsvReader::use_columns(const CsvHeader& header, const ColumnPlan& plan, CsvLayout& layout) const {
  const std::size_t regular = regular_features(plan, options_);
  for (std::size_t slot = 0; slot < plan.features.size(); ++slot) {
    CsvColumn& column = layout.columns[plan.features[slot]];
    column.slot = static_cast<int>(slot);
    column.feature = column.plain = slot < regular;
  }
  if (plan.weight) layout.columns[*plan.weight].weight = true;
  std::vector<std::string> all;
  for (const CsvColumn& column : layout.columns) all.push_back(column.name);
  for (const std::size_t used : columns_of_selection(options_.select, all))
    layout.columns[used].plain = false;
  for (std::size_t i = 0; i < layout.columns.size(); ++i) {
    CsvColumn& column = layout.columns[i];
    const bool text = contents_[i].holds_text();
    if (header.empty_last && i + 1 == layout.columns.size() && options_.columns.empty()) {
      column.use = CsvUse::empty;
    } else if (column.slot >= 0 || column.weight) {
      const bool group = !options_.group.empty() &&
                         static_cast<std::size_t>(std::max(column.slot, 0)) == regular && column.slot >= 0;
      const bool one_hot = options_.on_text == OnText::one_hot && column.plain;
      column.use = text && (group || one_hot)      ? CsvUse::words
                   : contents_[i].holds_booleans() ? CsvUse::boolean
                                                   : CsvUse::number;
    }
  }
}

void CsvReader::read_rows() {
  for (; next_record_ < head_.records.size() && table_->wants_rows();) {
    const CsvRecord& record = head_.records[next_record_++];
    add_record(record.text, record.line, record.complete);
  }
  if (!table_->wants_rows()) return;
  reserve();
  if (!source_.size() || *source_.size() > kCsvBlock) read_blocks();
  std::string_view line;
  while (table_->wants_rows() && lines_.next(line))
    add_line(line, lines_.number(), lines_.line_was_complete());
  if (table_->wants_rows()) builder_->finish();
}

void CsvReader::add_line(std::string_view line, std::uint64_t number, bool complete) {
  if (builder_->add(line, number, complete)) {
    add_record(builder_->text(), builder_->line(), builder_->complete());
  } else {
    commented_rows_ += builder_->was_commented_row(first_fields_);
  }
}

void CsvReader::add_record(std::string_view record, std::uint64_t line, bool complete) {
  lines_.progress();
  if (const auto fault = table_->add_row(record, line)) refuse(*fault, record, line, complete);
}

/// The rest of the file, in blocks of whole lines that threads read at one time. A block that holds
/// anything but plain rows is read again line by line, so that what is said of it does not depend on
/// blocks.
void CsvReader::read_blocks() {
  blocks_.resize(static_cast<std::size_t>(std::min(all_cores(), 16)));
  while (table_->wants_rows()) {
    filled_blocks_ = 0;
    for (; filled_blocks_ < blocks_.size(); ++filled_blocks_) {
      blocks_[filled_blocks_].first_line = lines_.number() + 1;
      if (!lines_.next_lines(kCsvBlock, blocks_[filled_blocks_].text)) break;
    }
    if (filled_blocks_ == 0) return;
    {
      std::atomic<std::size_t> next{0};
      const auto read = [&] {
        for (std::size_t i = next++; i < filled_blocks_; i = next++)
          read_plain_rows(table_->layout(), blocks_[i]);
      };
      std::vector<std::jthread> threads;
      start_threads(threads, static_cast<int>(filled_blocks_) - 1, read);
      read();
    }
    for (next_block_ = 0; next_block_ < filled_blocks_;) {
      const CsvBlock& block = blocks_[next_block_++];
      // A quoted field may have come from the block before: then lines are not what they seem.
      if (block.plain && !builder_->open()) {
        table_->add_block(block);
        if (block.rows > 0) lines_.progress();
      } else {
        add_lines(block);
      }
    }
  }
}

void CsvReader::add_lines(const CsvBlock& block) {
  std::string_view line;
  bool complete = true;
  std::uint64_t number = block.first_line;
  block_rest_ = block.text;
  for (; table_->wants_rows() && cut_line(block_rest_, line, complete); ++number)
    add_line(line, number, complete);
  block_rest_ = {};
}

/// Saves the copies of a growing vector: the rows so far tell how many will follow.
void CsvReader::reserve() {
  if (!source_.size() || table_->rows() == 0) return;
  const double expected = 1.01 * static_cast<double>(table_->rows()) * static_cast<double>(*source_.size()) /
                          static_cast<double>(lines_.bytes_used());
  table_->reserve(std::min(options_.max_rows, static_cast<std::size_t>(expected)));
}

Table read_csv(ByteSource& source, const std::string& name, const FileOptions& options) {
  return CsvReader(source, name, options).read();
}

}  // namespace symscan
