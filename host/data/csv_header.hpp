#pragma once
#include <functional>
#include <string>
#include <vector>

#include "host/data/csv_dialect.hpp"

namespace symscan {

/// The first lines of a text table.
struct CsvHead {
  std::vector<CsvRecord> records;     ///< neither blank nor comments
  std::vector<std::string> comments;  ///< above the first record, without #
};

/// What stands above the rows.
struct CsvHeader {
  std::vector<std::string> names;  ///< [fields of a row]; empty: nameless
  bool named = false;              ///< a line of the table gave the names
  std::size_t first_row = 0;       ///< record of the first row
  bool empty_last = false;         ///< every line ends with a delimiter: the last column is none
  bool row_names = false;          ///< the first column has no name, as R writes it
  std::vector<std::string> notes;
};

/// Whether the beginning of the file can be read with these settings.
using WorksWith = std::function<bool(const FileOptions&)>;

/// Finds names, titles and units. Throws DataError, proposing settings only if they work.
CsvHeader find_header(const CsvHead& head, const CsvDialect& dialect, const std::string& name,
                      const FileOptions& options, const WorksWith& works);

/// ["x","y"] without those that `wanted` does not want, as dataset.columns.
std::vector<std::string> names_of_columns(const std::vector<std::string>& names,
                                          const std::function<bool(std::size_t)>& wanted);

}  // namespace symscan
