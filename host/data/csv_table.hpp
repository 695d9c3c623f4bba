#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/data/csv_block.hpp"
#include "host/data/table.hpp"

namespace symscan {

/// Why a row cannot be taken.
struct CsvFault {
  enum class Cause { field, ragged, filled_last, words } cause = Cause::field;
  std::size_t column = 0;  ///< of the field
  std::string_view field = {};
  std::size_t fields = 0;  ///< of the row
};

/// The table that grows row by row, and what is known of its columns.
class CsvTable {
 public:
  /// `layout` says which columns are read; its uses change where words come late.
  CsvTable(std::string name, const FileOptions& options, CsvLayout layout, Table table);

  std::size_t rows() const { return table_.rows; }
  const CsvLayout& layout() const { return layout_; }
  bool wants_rows() const { return table_.rows < options_.max_rows; }
  /// The fault of the row, or nothing; a row with a fault is not taken.
  std::optional<CsvFault> add_row(std::string_view record, std::uint64_t line);
  /// A block that is plain.
  void add_block(const CsvBlock& block);
  void reserve(std::size_t rows);
  /// Throws DataError for what only the whole table shows: columns without values, rows with gaps.
  Table finish();
  /// dataset.columns=["x","y"], the features without gaps that `wanted` wants too; empty: none.
  std::vector<std::string> features_without(const std::vector<bool>& bad) const;

 private:
  std::optional<double> value_of(CsvColumn& column, std::size_t number, std::string_view text);
  std::optional<double> late_value(CsvColumn& column, std::size_t number, std::string_view text);
  std::optional<double> word_of(const CsvColumn& column, std::size_t number, std::string_view text);
  void note_gap(CsvColumn& column, std::string_view text, std::uint64_t line);
  void check_empty_columns() const;
  void check_gaps() const;
  std::size_t rows_with_gaps() const;
  void set_precision();
  void note_columns();
  void replace_words();

  std::string name_;
  const FileOptions& options_;
  CsvLayout layout_;
  Table table_;
  std::map<std::size_t, std::map<std::string, int, std::less<>>> words_;  ///< of columns
  std::vector<std::string> dropped_;  ///< names of columns that turned out to hold text
};

}  // namespace symscan
