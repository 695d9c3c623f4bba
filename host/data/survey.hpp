#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "host/data/contents.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/table.hpp"

namespace symscan {

/// What `symscan inspect` says of one column.
struct ColumnSurvey {
  std::string name;
  std::string type;                                   ///< "integer", "0 or 1", "float32", "number"
  double low = 0, high = 0, mean = 0, deviation = 0;  ///< of the values that are finite
  std::size_t missing = 0;                            ///< rows without a finite value
  /// What else there is to say, most important first: "constant", "counts the rows", "equal to x", "an angle
  /// in radians", "-999 in 12 rows: missing?", "GeV".
  std::vector<std::string> remarks = {};
  bool useless = false;  ///< without values, or a row number: no feature
};

struct TableSurvey {
  std::size_t rows = 0;        ///< that were looked at
  bool all_rows = true;        ///< there are no more
  std::size_t duplicates = 0;  ///< rows that are equal to an earlier one
  std::size_t incomplete = 0;  ///< rows with a value that is not finite
  std::vector<ColumnSurvey> columns;
  std::vector<std::string> notes;
};

/// Looks at every value; takes the time of sorting the rows once.
TableSurvey survey_table(const Table& table);

/// A file and what can be made of it.
struct FileSurvey {
  std::vector<std::string> files;
  std::string format;                 ///< name of the FileFormat
  double bytes = 0;                   ///< of all files
  std::vector<ContentItem> contents;  ///< of the first file; empty: one table
  /// The table that the settings (and `chosen`) name, of the first file; no columns if there is none.
  TableSurvey table;
  std::string refusal;  ///< why there is no table; empty: there is one
  std::vector<std::string>
      settings;  ///< words of a command line that read the file so that it can be trained on
};

/// The options that the words of a command line mean: "dataset.array=data".
using ReadWords = std::function<FileOptions(const std::vector<std::string>& words)>;

/// Text columns are left out (with a note) and missing values kept, whatever the options say. At most
/// `most_rows` rows are looked at. The suggested settings have been tried. Throws DataError or Error for
/// files that cannot be read at all.
FileSurvey survey_file(const ReadWords& options_of, const std::vector<std::string>& words,
                       std::size_t most_rows);

}  // namespace symscan
