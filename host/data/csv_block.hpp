#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace symscan {

/// What is known of a CSV file once its first rows have been read.
struct CsvLayout {
  char delimiter;
  std::size_t fields_per_row;
  const std::vector<int>& slots;  ///< [fields_per_row] feature number, or -1
  std::optional<std::size_t> weight;
  std::size_t features;
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
