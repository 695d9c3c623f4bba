#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/data/csv_fields.hpp"
#include "host/data/field_kinds.hpp"
#include "host/data/file_dataset.hpp"

namespace symscan {

/// A line of a text table, or several if a quoted field goes over their ends.
struct CsvRecord {
  std::string text;
  std::uint64_t line = 0;  ///< number in the file, from 1
  bool complete = true;    ///< it had its end mark
};

/// How lines are written.
struct CsvDialect {
  char delimiter = ',';     ///< ' ' stands for runs of blanks
  bool framed = false;      ///< lines begin and end with a bar, as in Markdown
  bool comma_mark = false;  ///< the decimal mark is the comma
};

/// The dialect of the first lines. `separator`: what a line "sep=;" has stated; 0: none. Throws DataError
/// where settings contradict each other.
CsvDialect find_dialect(const std::vector<CsvRecord>& lines, const std::string& name,
                        const FileOptions& options, char separator);

/// Refuses 0,71,-0,25, which may be two numbers with decimal commas: whole numbers are neither written -0
/// nor 025. Not if dataset.delimiter states the comma.
void refuse_cut_decimals(const std::vector<CsvRecord>& records, const CsvDialect& dialect,
                         const std::string& name, const FileOptions& options);

/// The fields of a line.
std::vector<CsvField> fields_of(const CsvDialect& dialect, std::string_view line);

/// Whether a line (not blank) beginning with # is a comment: not if it begins with the error mark of a
/// spreadsheet. `delimiter` 0: not known yet.
bool is_comment(std::string_view line, char delimiter);

/// |---|---| and its like, between the names and the rows.
bool is_ruler(std::string_view line);

/// The delimiter that the first line of Excel, sep=;, states; 0: it is no such line.
char stated_separator(std::string_view line);

/// A delimiter as dataset.delimiter is written.
std::string delimiter_setting(char delimiter);

/// What the first rows hold in one column.
struct ColumnContents {
  std::size_t numbers = 0, booleans = 0, texts = 0, missing = 0;
  std::size_t malformed = 0;  ///< numbers that are not written as such
  bool holds_text() const;
  bool holds_booleans() const { return booleans > 0 && numbers + texts + malformed == 0; }
};

/// [fields] of the rows with this number of fields, from the record `first` on.
std::vector<ColumnContents> survey_columns(const CsvDialect& dialect, const std::vector<CsvRecord>& records,
                                           std::size_t first, std::size_t fields);

}  // namespace symscan
