#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/data/csv_dialect.hpp"

namespace symscan {

/// What becomes of the fields of a column.
enum class CsvUse {
  ignore,
  number,
  boolean,  ///< true and false, as 1 and 0
  words,    ///< text, as the number of the word
  empty     ///< behind the last delimiter: must hold nothing
};

struct CsvColumn {
  std::string name = {};
  CsvUse use = CsvUse::ignore;
  int slot = -1;                     ///< number in the rows of the table; -1: none
  bool weight = false;               ///< event weights
  bool feature = false;              ///< of the table, and no special column
  bool plain = false;                ///< a feature that no setting names: it may be left out
  bool seen = false;                 ///< a value was there
  bool long_integers = false;        ///< whole numbers that a float64 cannot hold exactly
  int digits = 0;                    ///< most significant digits in the first rows
  std::size_t missing = 0;           ///< rows without a value
  std::uint64_t first_bad_line = 0;  ///< of the first value that is missing or not finite; 0: none
  std::string first_bad = {};        ///< the field
};

/// What is known of a CSV file once its first rows have been looked at.
struct CsvLayout {
  CsvDialect dialect = {};
  std::vector<CsvColumn> columns = {};  ///< [fields of a row]
  std::size_t features = 0;
};

/// Whole lines of a CSV file and the rows in them.
struct CsvBlock {
  std::string text;
  std::uint64_t first_line = 0;  ///< number of the first line in the file, from 1
  bool plain = false;            ///< all lines are rows of finite numbers, blank or comments
  std::size_t rows = 0;
  std::vector<double> values;  ///< [rows][features]
  std::vector<double> weights;
};

/// Reads the rows of block.text; stops with `plain` false at the first line that needs more care. May be
/// called by several threads for several blocks. Does not throw but for want of memory, which ends as not
/// plain.
void read_plain_rows(const CsvLayout& layout, CsvBlock& block) noexcept;

/// Cuts the next line off `rest`, without its end mark (LF or CR LF); false if there is none.
bool cut_line(std::string_view& rest, std::string_view& line, bool& complete);

}  // namespace symscan
