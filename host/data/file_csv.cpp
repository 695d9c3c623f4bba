// CSV and its relatives: comma, semicolon, tab or blanks; with or without a header.
//
// A splitter of its own, because collider tables have 10^7 rows: lines are cut out of a 1 MiB buffer and
// numbers go through std::from_chars (correctly rounded, blind to the locale, several times as fast as strtod
// or streams).
#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <thread>

#include "host/base/cores.hpp"
#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/base/threads.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/csv_block.hpp"
#include "host/data/csv_fields.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kRowsForDigits = 1000;
constexpr std::size_t kCsvBlock = 4 << 20;  ///< bytes of a block that one thread reads

class CsvReader {
 public:
  CsvReader(ByteSource& source, const std::string& name, const FileOptions& options)
      : source_(source), lines_(source, name), name_(name), options_(options) {}

  Table read() {
    std::string_view line;
    if (!next_data_line(line)) throw DataError(name_ + " holds no data: only blank or comment lines");
    const std::string first(line);
    delimiter_ = choose_delimiter(first);
    const std::vector<std::string> fields = split(first, delimiter_);
    fields_per_row_ = fields.size();
    first_row_line_ = line_number_;
    const bool has_header = is_header(fields);
    if (has_header) check_utf8(fields);
    plan_columns_of(has_header ? fields : comment_names(), has_header);
    if (!has_header) add_row(first);
    while (table_.rows < options_.max_rows && next_data_line(line)) {
      add_row(line);
      if (table_.rows != kRowsForDigits) continue;
      reserve();
      if (!source_.size() || *source_.size() > kCsvBlock) read_blocks();
    }
    if (source_.cut_off())
      throw DataError(name_ + " is cut off: the gzip stream ends early; copy or download it again");
    if (table_.rows == 0) throw DataError(name_ + " has a header but no rows of data");
    check_missing();
    set_precision();
    return std::move(table_);
  }

 private:
  std::string line_name() const { return name_ + " line " + std::to_string(line_number_); }

  bool next_data_line(std::string_view& line) {
    while (lines_.next(line)) {
      line_number_ = lines_.number();
      line_complete_ = lines_.line_was_complete();
      if (line_number_ == 1) {
        if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
        if (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF")) {
          throw DataError(name_ + " is UTF-16 text; save it as UTF-8");
        }
      }
      const std::string_view text = trim(line);
      if (text.empty()) continue;
      if (text.front() != '#') return true;
      if (table_.columns.empty()) comment_ = trim(text.substr(1));
    }
    return false;
  }

  void check_utf8(const std::vector<std::string>& fields) const {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (const auto byte = first_byte_not_utf8(fields[i])) {
        throw DataError(line_name() + " is not UTF-8 (byte " + *byte + " in field " + std::to_string(i + 1) +
                        "); save the file as UTF-8");
      }
    }
  }

  char choose_delimiter(std::string_view first) const {
    if (options_.delimiter == "auto") return detect_delimiter(first);
    return options_.delimiter == "\\t" ? '\t' : options_.delimiter[0];
  }

  bool is_header(const std::vector<std::string>& fields) {
    if (options_.header != "auto") return options_.header == "yes";
    const auto values = static_cast<std::size_t>(
        std::count_if(fields.begin(), fields.end(), [](const std::string& f) { return is_value(f); }));
    if (values == fields.size()) {
      // Tables without names are often written with 0,1,2,... above them; as data that would be a wrong first
      // row.
      for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields.size() < 3 || fields[i] != std::to_string(i)) return false;
      }
      table_.notes.push_back(line_name() +
                             " counts the columns from 0 and is taken as the header; set dataset.header to "
                             "no if it is data");
      return true;
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (is_value(fields[i]) && !is_missing(fields[i])) {
        throw DataError(
            line_name() + " mixes numbers and text (" + printable(fields[i]) +
            "); set dataset.header to yes if it holds the names, else take the numeric columns with "
            "dataset.header=no and " +
            numeric_columns(fields, numbered_columns(fields.size())));
      }
    }
    return true;
  }

  /// numpy.savetxt writes the names into a comment above the data.
  std::vector<std::string> comment_names() const {
    std::vector<std::string> names = split(comment_, delimiter_);
    const bool fits =
        !comment_.empty() && names.size() == fields_per_row_ &&
        std::none_of(names.begin(), names.end(), [](const std::string& n) { return is_value(n); });
    return fits ? names : numbered_columns(fields_per_row_);
  }

  void plan_columns_of(std::vector<std::string> names, bool has_header) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!names[i].empty()) continue;
      names[i] = "c" + std::to_string(i);
      if (has_header && options_.columns.empty()) {
        table_.notes.push_back("column " + std::to_string(i + 1) + " of " + name_ +
                               " has no name and is called " + names[i] +
                               "; if it only counts the rows, leave it out with dataset.columns");
      }
    }
    ColumnPlan plan = plan_columns(names, name_, options_);
    names_ = std::move(names);
    slots_.assign(names_.size(), -1);
    missing_.assign(names_.size(), 0);
    digits_.assign(names_.size(), 0);
    for (std::size_t slot = 0; slot < plan.features.size(); ++slot)
      slots_[plan.features[slot]] = static_cast<int>(slot);
    weight_ = plan.weight;
    begin_table(table_, plan);
  }

  /// dataset.columns=["0","2"], of the columns that hold numbers in this row and are not the weight.
  std::string numeric_columns(const std::vector<std::string>& fields,
                              const std::vector<std::string>& names) const {
    std::vector<std::string> numeric;
    for (std::size_t i = 0; i < std::min(fields.size(), names.size()); ++i) {
      if (is_value(fields[i]) && !fields[i].empty() && weight_ != i) numeric.push_back(names[i]);
    }
    if (numeric.empty()) return "dataset.columns (here, none is numeric)";
    return columns_setting(numeric);
  }

  [[noreturn]] void throw_text(std::string_view field, std::size_t column, std::string_view line) const {
    const std::string where = line_name() + ", column " + printable(names_[column]) + ": " +
                              printable(field) + " is not a number; ";
    if (delimiter_ != ',' && field.find(',') != std::string_view::npos)
      throw DataError(where + "write decimal points, not commas");
    throw DataError(where + "the columns are " + join_names(names_) + ": " +
                    (table_.rows > 0 ? "repair the field, or " : "") +
                    "take the numeric ones of this line with " +
                    numeric_columns(split(line, delimiter_), names_));
  }

  double parse_field(std::string_view field, std::size_t column, std::string_view line) {
    double value;
    if (!parse_number(field, value)) {
      if (!is_missing(field)) throw_text(field, column, line);
      value = std::numeric_limits<double>::quiet_NaN();
      ++missing_[column];
    }
    if (!std::isfinite(value)) note_nonfinite(field, column);
    if (table_.rows < kRowsForDigits) digits_[column] = std::max(digits_[column], digits_of(field));
    return value;
  }

  /// Keeps the first place for the message, and counts rows (not fields).
  void note_nonfinite(std::string_view field, std::size_t column) {
    if (bad_rows_ == 0) {
      first_bad_ = line_name() + ", column " + printable(names_[column]) + " is " +
                   (is_missing(field) ? "empty" : printable(field));
    }
    bad_rows_ += last_bad_line_ != line_number_;
    last_bad_line_ = line_number_;
  }

  void check_missing() const {
    std::vector<std::string> filled;
    std::size_t empty = names_.size();
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (missing_[i] == table_.rows) {
        empty = std::min(empty, i);
      } else if (slots_[i] >= 0) {
        filled.push_back(names_[i]);
      }
    }
    if (empty < names_.size()) {
      throw DataError(name_ + ": column " + std::to_string(empty + 1) + " (" + printable(names_[empty]) +
                      ") is empty in every row: " +
                      (filled.empty() ? "choose others with dataset.columns"
                                      : "leave it out with " + columns_setting(filled)));
    }
    if (bad_rows_ == 0 || options_.drop_nonfinite) return;
    throw DataError(first_bad_ + more_bad_rows(bad_rows_ - 1) +
                    "; repair the file or set dataset.on_nonfinite to drop");
  }

  /// Text of up to 17 digits holds a float64 to that many; of fewer, to its last digit.
  void set_precision() {
    table_.precision.assign(table_.features(), kFloat64Precision);
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (slots_[i] < 0 || digits_[i] > 15) continue;
      // Never as coarse as a float32 source: whether short decimals stand for float32 values, prepare()
      // judges.
      table_.precision[static_cast<std::size_t>(slots_[i])] = std::pow(10.0, -std::max(digits_[i], 9));
    }
  }

  void add_row(const std::string_view line) {
    std::string_view rest = line;
    const std::size_t features = table_.features();
    if (table_.rows % 65536 == 0) check_table_size(name_, table_.rows + 1, features);
    table_.values.resize(table_.values.size() + features);
    double* row = table_.values.data() + table_.rows * features;
    std::size_t column = 0;
    for (bool done = false; !done; ++column) {
      const std::string_view field = next_field(rest, delimiter_, done);
      if (column >= fields_per_row_) continue;
      if (slots_[column] < 0 && weight_ != column) continue;
      const double value = parse_field(field, column, line);
      if (slots_[column] >= 0) row[slots_[column]] = value;
      if (weight_ == column) table_.weights.push_back(value);
    }
    if (column != fields_per_row_) throw_ragged(column);
    ++table_.rows;
  }

  /// The rest of the file, in blocks of whole lines that threads read at one time. A block that holds
  /// anything but plain rows is read again line by line, so that what is said of it does not depend on
  /// blocks.
  void read_blocks() {
    const CsvLayout layout{delimiter_, fields_per_row_, slots_, weight_, table_.features()};
    std::vector<CsvBlock> blocks(static_cast<std::size_t>(std::min(all_cores(), 16)));
    while (table_.rows < options_.max_rows) {
      std::size_t filled = 0;
      for (; filled < blocks.size(); ++filled) {
        blocks[filled].first_line = lines_.number() + 1;
        if (!lines_.next_lines(kCsvBlock, blocks[filled].text)) break;
      }
      if (filled == 0) return;
      {
        std::atomic<std::size_t> next{0};
        const auto read = [&] {
          for (std::size_t i = next++; i < filled; i = next++) read_plain_rows(layout, blocks[i]);
        };
        std::vector<std::jthread> threads;
        start_threads(threads, static_cast<int>(filled) - 1, read);
        read();
      }
      for (std::size_t i = 0; i < filled; ++i) add_block(blocks[i]);
    }
  }

  void add_block(const CsvBlock& block) {
    if (!block.plain) return add_lines(block);
    const std::size_t features = table_.features();
    const std::size_t rows = std::min(block.rows, options_.max_rows - table_.rows);
    check_table_size(name_, table_.rows + rows, features);
    table_.values.insert(table_.values.end(), block.values.begin(),
                         block.values.begin() + static_cast<std::ptrdiff_t>(rows * features));
    if (weight_) {
      table_.weights.insert(table_.weights.end(), block.weights.begin(),
                            block.weights.begin() + static_cast<std::ptrdiff_t>(rows));
    }
    table_.rows += rows;
  }

  void add_lines(const CsvBlock& block) {
    std::string_view rest = block.text, line;
    for (line_number_ = block.first_line;
         table_.rows < options_.max_rows && cut_line(rest, line, line_complete_); ++line_number_) {
      const std::string_view text = trim(line);
      if (!text.empty() && text.front() != '#') add_row(line);
    }
  }

  [[noreturn]] void throw_ragged(std::size_t fields) const {
    const std::string cut = line_complete_ ? "" : " (the file ends there: is it cut off?)";
    throw DataError(line_name() + " has " + plural(fields, "field") + ", the first row (line " +
                    std::to_string(first_row_line_) + ") has " + std::to_string(fields_per_row_) + cut);
  }

  /// Saves the copies of a growing vector: the rows so far tell how many will follow.
  void reserve() {
    if (!source_.size()) return;
    const double expected = 1.01 * static_cast<double>(table_.rows) * static_cast<double>(*source_.size()) /
                            static_cast<double>(lines_.bytes_used());
    const auto rows = std::min(options_.max_rows, static_cast<std::size_t>(expected));
    check_table_size(name_, rows, table_.features());
    table_.values.reserve(rows * table_.features());
    if (weight_) table_.weights.reserve(rows);
  }

  ByteSource& source_;
  LineReader lines_;
  std::string name_;
  const FileOptions& options_;
  Table table_;
  std::string comment_;
  std::vector<std::string> names_;
  std::vector<int> slots_;            ///< [columns of the file] feature number, or -1
  std::vector<std::size_t> missing_;  ///< [columns of the file] empty fields
  std::vector<int> digits_;           ///< [columns of the file] most significant digits in the first rows
  std::size_t bad_rows_ = 0;          ///< with empty or non-finite values
  std::uint64_t last_bad_line_ = 0;
  std::string first_bad_;
  std::optional<std::size_t> weight_;
  std::size_t fields_per_row_ = 0;
  std::uint64_t first_row_line_ = 0;
  std::uint64_t line_number_ = 0;  ///< of the line that is being read
  bool line_complete_ = true;
  char delimiter_ = ',';
};

}  // namespace

Table read_csv(ByteSource& source, const std::string& name, const FileOptions& options) {
  return CsvReader(source, name, options).read();
}

}  // namespace symscan
