#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/csv_header.hpp"
#include "host/data/text_values.hpp"

namespace symscan {

/// What the first lines of a text table look like; find_header() decides with it.
class HeadLines {
 protected:
  static constexpr std::size_t kMostHeaders = 10;  ///< lines of names

  HeadLines(const CsvHead& head, const CsvDialect& dialect, const std::string& name)
      : head_(head), dialect_(dialect), name_(name) {
    for (const CsvRecord& record : head.records) counts_.push_back(fields_of(dialect, record.text).size());
    first_ = fields_of(dialect, head.records.front().text);
    fields_ = counts_.front();
  }

  /// Whether a field speaks for a row of data.
  static bool is_datum(FieldKind kind) {
    return kind != FieldKind::text && kind != FieldKind::missing && kind != FieldKind::unit;
  }

  std::string line(std::size_t record) const {
    return name_ + " line " + std::to_string(head_.records[record].line);
  }

  FieldKind kind(const CsvField& field) const { return kind_of_field(field.text, dialect_.comma_mark); }

  bool all_text(const std::vector<CsvField>& fields) const {
    return std::none_of(fields.begin(), fields.end(), [&](const CsvField& f) { return is_datum(kind(f)); });
  }

  std::string number(std::size_t record) const { return std::to_string(head_.records[record].line); }

  /// numpy.savetxt writes the names into a comment above the data; # may also be the name of a column.
  std::vector<std::string> comment_names() const {
    for (auto comment = head_.comments.rbegin(); comment != head_.comments.rend(); ++comment) {
      std::vector<CsvField> fields = fields_of(dialect_, *comment);
      const bool counter = fields.size() == fields_ && fields.front().text.empty();
      if (counter) fields.front().text = "#";
      if (fields.size() != fields_ || fields.front().text.empty()) continue;
      const bool text = std::all_of(fields.begin(), fields.end(), [&](const CsvField& f) {
        return kind(f) == FieldKind::text || kind(f) == FieldKind::unit;
      });
      if (!text && !(counter && std::all_of(fields.begin() + 1, fields.end(),
                                            [&](const CsvField& f) { return kind(f) == FieldKind::text; })))
        continue;
      std::vector<std::string> names;
      for (const CsvField& field : fields) {
        const std::string name = plain_text(field);
        names.push_back(find_non_utf8(name) == std::string::npos ? printable_line(name) : name);
      }
      if (std::set<std::string>(names.begin(), names.end()).size() == names.size()) return names;
    }
    return numbered_columns(fields_);
  }

  bool every_row(const std::function<bool(const std::vector<CsvField>&)>& holds) const {
    for (std::size_t i = 1; i < head_.records.size(); ++i) {
      const std::vector<CsvField> row = fields_of(dialect_, head_.records[i].text);
      if (row.size() == counts_[1] && !holds(row)) return false;
    }
    return true;
  }

  /// "1.0e+03 *" above a matrix, as MATLAB displays it: all numbers below are to be multiplied.
  void refuse_factor() const {
    for (std::size_t i = 0; i < std::min(head_.records.size(), kMostHeaders); ++i) {
      const std::vector<CsvField> words = split_fields(head_.records[i].text, ' ');
      double factor;
      if (words.size() != 2 || words[1].text != "*" || words[0].quoted ||
          !parse_number(words[0].text, factor))
        continue;
      throw DataError(
          line(i) + " is the factor " + printable(words[0].text) +
          " of all numbers below it, as MATLAB displays matrices; write the full numbers into the "
          "file, for example with writematrix");
    }
  }

  /// Lines of * around names and rows that begin with *, as TTree::Scan() prints them.
  void refuse_scan() const {
    if (head_.records.size() < 3) return;
    const std::string_view top = trim(head_.records[0].text), names = trim(head_.records[1].text);
    if (top.size() < 4 || top.find_first_not_of('*') != std::string_view::npos || !names.starts_with('*') ||
        !names.ends_with('*'))
      return;
    throw DataError(name_ +
                    " is a table that ROOT's Scan() has printed, with rounded numbers; read the .root "
                    "file itself, or write the columns with blanks between them");
  }

  /// Rows that fit stand above the last line that does not: blocks with titles of their own.
  void refuse_blocks(std::size_t begin, std::size_t typical) const {
    std::size_t rows = 0, first = 0, second = 0;
    for (std::size_t i = 1; i < begin; ++i) {
      const std::vector<CsvField> fields = fields_of(dialect_, head_.records[i].text);
      if (fields.size() == typical && !all_text(fields)) {
        if (rows++ == 0) first = i;
      } else if (rows > 1 && second == 0 && fields.size() != typical) {
        second = i;
      }
    }
    if (second == 0) return;
    throw DataError(line(0) + " has " + plural(counts_[0], "field") + ", line " + number(first) + " has " +
                    std::to_string(typical) + ", and line " + number(second) + " (" +
                    printable(trim(head_.records[second].text)) + ") has " + std::to_string(counts_[second]) +
                    " again: the file holds several tables or blocks; write each into a file of its own");
  }

  /// Whether records from `first` on have this many fields; the last may be a footer, or cut off.
  bool agree(std::size_t first, std::size_t fields) const {
    const std::size_t last = counts_.size() > first + 2 ? counts_.size() - 1 : counts_.size();
    return std::all_of(counts_.begin() + static_cast<std::ptrdiff_t>(first),
                       counts_.begin() + static_cast<std::ptrdiff_t>(last),
                       [&](std::size_t count) { return count == fields; });
  }

  /// The number of fields that most records but the first have.
  std::size_t typical_count() const {
    std::map<std::size_t, std::size_t> times;
    for (std::size_t i = 1; i < counts_.size(); ++i) ++times[counts_[i]];
    const auto most = std::max_element(times.begin(), times.end(), [](const auto& a, const auto& b) {
      return a.second < b.second || (a.second == b.second && a.first < b.first);
    });
    return most->first;
  }

  bool good_names(const std::vector<CsvField>& fields) const {
    std::set<std::string_view> different;
    for (const CsvField& field : fields) {
      if (field.text.empty() || !different.insert(field.text).second) return false;
    }
    return true;
  }

  /// How many records from `first` on hold no number where the rows below do.
  std::size_t header_lines(std::size_t first) const {
    const std::size_t fields = counts_[std::min(first + 1, counts_.size() - 1)];
    std::size_t lines = 1;
    for (std::size_t i = 1; i < kMostHeaders && first + i + 1 < counts_.size(); ++i) {
      if (is_empty_record(first + i)) continue;
      if (!is_header_like(first + i, fields)) break;
      lines = i + 1;
    }
    return lines;
  }

  bool is_empty_record(std::size_t record) const {
    const std::vector<CsvField> fields = fields_of(dialect_, head_.records[record].text);
    return std::all_of(fields.begin(), fields.end(), [](const CsvField& f) { return f.text.empty(); });
  }

  /// A record without numbers, with text in a column that mostly holds numbers below it.
  bool is_header_like(std::size_t record, std::size_t count) const {
    const std::vector<CsvField> fields = fields_of(dialect_, head_.records[record].text);
    if (fields.size() != count || !all_text(fields)) return false;
    const auto below = survey_columns(dialect_, head_.records, record + 1, count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t numbers = below[i].numbers + below[i].malformed;
      if (kind(fields[i]) != FieldKind::missing && numbers > below[i].texts + below[i].booleans) return true;
    }
    return false;
  }

  /// Whether the record holds names and the next one their units.
  bool has_units(std::size_t record) const {
    if (!good_names(fields_of(dialect_, head_.records[record].text))) return false;
    const std::vector<CsvField> next = fields_of(dialect_, head_.records[record + 1].text);
    const auto units = static_cast<std::size_t>(
        std::count_if(next.begin(), next.end(), [](const CsvField& f) { return is_unit_word(f.text); }));
    return 2 * units > next.size();
  }

  const CsvHead& head_;
  const CsvDialect& dialect_;
  const std::string& name_;
  std::vector<std::size_t> counts_;  ///< [records] fields
  std::vector<CsvField> first_;      ///< of the first record
  std::size_t fields_ = 0;           ///< of the first record
};

}  // namespace symscan
