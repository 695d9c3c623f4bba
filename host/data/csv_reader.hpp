#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/data/byte_source.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/csv_block.hpp"
#include "host/data/csv_header.hpp"
#include "host/data/csv_records.hpp"
#include "host/data/csv_table.hpp"
#include "host/data/text_source.hpp"

namespace symscan {

/// Reads a text table: first a thousand lines, which show how the others are written, then row by row, and
/// long files in blocks on all cores.
class CsvReader {
 public:
  /// `trial`: whether settings work is asked; the sentences of errors then say nothing of settings.
  CsvReader(ByteSource& source, std::string name, const FileOptions& options, bool trial = false);
  Table read();

 private:
  struct Rest;
  Table read_table();
  void refuse_cut_off() const;
  void read_head();
  void take_records(const std::vector<CsvRecord>& lines);
  void keep_line(std::string_view line);
  bool works(const FileOptions& options) const;
  CsvLayout plan(const CsvHeader& header, Table& table);
  void use_columns(const CsvHeader& header, const ColumnPlan& plan, CsvLayout& layout) const;
  void drop_columns(const CsvHeader& header, ColumnPlan& plan, Table& table,
                    const std::vector<ColumnContents>& contents) const;
  void read_rows();
  void read_blocks();
  void add_lines(const CsvBlock& block);
  void add_line(std::string_view line, std::uint64_t number, bool complete);
  void add_record(std::string_view record, std::uint64_t line, bool complete);
  void reserve();

  // Sentences
  std::string line_name(std::uint64_t line) const { return name_ + " line " + std::to_string(line); }
  [[noreturn]] void refuse(const CsvFault& fault, std::string_view record, std::uint64_t line, bool complete);
  [[noreturn]] void refuse_field(const CsvFault& fault, std::string_view record, std::uint64_t line);
  std::string decimal_setting(std::uint64_t line) const;
  void refuse_decimal_commas() const;
  std::string text_settings(std::size_t column, std::string_view record);
  bool words_repeat() const;
  std::string footer_setting(const Rest& rest) const;
  Rest look_at_rest();
  void visit_rest(const std::function<bool(std::string_view)>& visit);

  TextSource source_;
  LineReader lines_;
  std::string name_;
  const FileOptions& options_;
  bool trial_;
  std::string head_text_;      ///< the first lines as they are, to try settings on
  bool head_is_whole_ = true;  ///< head_text_ holds all lines that have been read
  CsvDialect dialect_;
  std::optional<RecordBuilder> builder_;
  CsvHead head_;
  std::vector<ColumnContents> contents_;  ///< [fields] of the rows in the head
  std::size_t first_row_ = 0;             ///< record of the head
  std::size_t next_record_ = 0;           ///< of the head
  std::uint64_t first_line_ = 0;          ///< of the first record
  std::size_t first_fields_ = 0;
  std::size_t commented_rows_ = 0;
  std::optional<CsvTable> table_;
  std::vector<CsvBlock> blocks_;
  std::size_t filled_blocks_ = 0, next_block_ = 0;
  std::string_view block_rest_;
};

}  // namespace symscan
