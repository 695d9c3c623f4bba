#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "host/data/csv_dialect.hpp"

namespace symscan {

/// Makes records of lines: leaves out blank lines, comments and rulers, and joins the lines of a quoted
/// field.
class RecordBuilder {
 public:
  RecordBuilder(std::string name, CsvDialect dialect) : name_(std::move(name)), dialect_(dialect) {}

  /// Takes the next line. Returns true if it ends a record, which text(), line() and complete() then tell
  /// until the next call. Throws DataError for a quote that is not closed within 200 lines.
  bool add(std::string_view line, std::uint64_t number, bool complete);
  /// Throws DataError if a quote is open: at the end of the file.
  void finish() const;

  std::string_view text() const { return text_; }
  std::uint64_t line() const { return line_; }
  bool complete() const { return complete_; }
  bool open() const { return open_; }
  /// The last line that was added is a comment that looks like a row of so many numbers.
  bool was_commented_row(std::size_t fields) const;

 private:
  [[noreturn]] void refuse_quote() const;
  std::string name_;
  CsvDialect dialect_;
  std::string joined_;
  std::string_view text_, comment_;
  std::uint64_t line_ = 0;
  std::size_t lines_ = 0;
  bool complete_ = true, open_ = false;
};

/// Whether the comment `line` would be a row of `fields` numbers, two or more, without its #.
bool is_commented_row(const CsvDialect& dialect, std::string_view line, std::size_t fields);

}  // namespace symscan
