// The lines above the rows of a text table: titles, names, units.
#include "host/data/csv_header.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/csv_head_lines.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kLongestTitle = 100;  ///< records above the table

class HeaderFinder : HeadLines {
 public:
  HeaderFinder(const CsvHead& head, const CsvDialect& dialect, const std::string& name,
               const FileOptions& options, const WorksWith& works)
      : HeadLines(head, dialect, name), options_(options), works_(works) {}

  CsvHeader find() {
    refuse_factor();
    refuse_scan();
    refuse_cut_decimals(head_.records, dialect_, name_, options_);
    compare_with_rows();
    header_.named = is_header();
    header_.first_row = header_.named ? 1 : 0;
    if (header_.named) {
      take_names();
      look_for_more_headers();
    } else {
      header_.names = comment_names();
    }
    drop_empty_last();
    return std::move(header_);
  }

 private:
  /// "dataset.skip_rows=2" if it works, to begin with this record; else nothing.
  std::string skip_setting(std::size_t record) const {
    FileOptions changed = options_;
    // skip_rows counts all lines of the file, blank ones and comments too.
    changed.skip_rows = static_cast<std::size_t>(head_.records[record].line) - 1;
    return works_(changed) ? "dataset.skip_rows=" + std::to_string(changed.skip_rows) : "";
  }

  /// The first record has another number of fields than all others: a title, or one name too few.
  void compare_with_rows() {
    if (counts_.size() < 2) return;
    const std::size_t typical = typical_count();
    if (counts_[0] == typical) return;
    std::size_t begin = 1;
    while (begin < std::min(counts_.size(), kLongestTitle) && !agree(begin, typical)) ++begin;
    if (begin == std::min(counts_.size(), kLongestTitle)) return;
    if (begin == 1 && options_.header != "no" && all_text(first_) && fits_otherwise(typical)) return;
    refuse_blocks(begin, typical);
    if (counts_.size() < begin + 2) return;
    refuse_title(begin, typical);
  }

  /// Trailing delimiters in the rows alone or in the header alone, and R's header, which names no row names.
  bool fits_otherwise(std::size_t typical) {
    const bool header_ends_empty = first_.back().text.empty();
    if (typical + 1 == fields_ && header_ends_empty) {
      first_.pop_back();
      fields_ = typical;
      return true;
    }
    if (typical != fields_ + 1) return false;
    if (every_row([](const std::vector<CsvField>& row) { return row.back().text.empty(); })) {
      first_.push_back({});
      fields_ = typical;
      return true;
    }
    if (!has_row_names(typical)) return false;
    header_.row_names = true;
    header_.notes.push_back(
        "the header of " + name_ +
        " has one name fewer than its rows have fields, as R writes it: the first field of "
        "each row is taken for the name of the row and is left out");
    first_.insert(first_.begin(), CsvField{});
    fields_ = typical;
    return true;
  }

  bool rows_count_from(std::size_t number) const {
    return every_row(
        [&](const std::vector<CsvField>& row) { return row.front().text == std::to_string(number++); });
  }

  /// Whether the first field of each row is its name or its number.
  bool has_row_names(std::size_t typical) const {
    if (every_row([](const std::vector<CsvField>& row) { return row.front().quoted; })) return true;
    if (dialect_.delimiter == ',' && typical == 2) return false;  // or one column with decimal commas
    if (every_row([&](const std::vector<CsvField>& row) { return kind(row.front()) == FieldKind::text; }))
      return true;
    const bool counts = rows_count_from(0) || rows_count_from(1);
    if (dialect_.delimiter != ',') return counts;
    const bool quoted =
        std::all_of(first_.begin(), first_.end(), [](const CsvField& field) { return field.quoted; });
    if (counts && (quoted || !commas_may_cut())) return true;
    throw DataError(line(1) + " has " + plural(typical, "field") + ", the header (line " + number(0) +
                    ") has " + plural(fields_, "name") +
                    ": if commas stand inside of numbers, write decimal points and no marks between "
                    "thousands; if the first field is the name of the row, give it a name in the header");
  }

  /// Whether the commas may stand inside of numbers. A decimal point speaks against decimal commas, a second
  /// field of other than three digits against marks between thousands.
  bool commas_may_cut() const {
    bool points = false, threes = true;
    every_row([&](const std::vector<CsvField>& row) {
      for (std::size_t i = 1; i < row.size(); ++i) points |= row[i].text.find('.') != std::string_view::npos;
      threes &=
          row.size() > 1 && std::min(row[1].text.find_first_not_of("0123456789"), row[1].text.size()) == 3;
      return true;
    });
    return !points || threes;
  }

  [[noreturn]] void refuse_title(std::size_t begin, std::size_t typical) const {
    const std::string what = line(0) + " has " + plural(counts_[0], "field") + ", line " +
                             std::to_string(head_.records[begin].line) + " has " + std::to_string(typical);
    const std::vector<CsvField> row = fields_of(dialect_, head_.records[begin].text);
    const bool numbers = std::all_of(row.begin(), row.end(), [&](const CsvField& f) {
      return !f.text.empty() && f.text.find_first_not_of("+-0123456789") == std::string_view::npos;
    });
    if (numbers && begin == 1 && dialect_.delimiter == ',' && typical == 2 * counts_[0] && all_text(first_)) {
      FileOptions changed = options_;
      changed.decimal_comma = true;
      throw DataError(what + ": if its numbers have decimal commas, " +
                      (works_(changed) ? "set dataset.decimal=\",\"" : "write decimal points, not commas") +
                      "; if the first line is a title, remove it");
    }
    const std::size_t lines = all_text(row) ? header_lines(begin) : 1;
    std::string setting = skip_setting(lines == 2 && has_units(begin) ? begin : begin + lines - 1);
    if (setting.empty() && all_text(row)) setting = skip_setting(begin + lines);
    throw DataError(what + ": if the first lines are a title, " +
                    (setting.empty() ? "remove them" : "set " + setting));
  }

  bool is_header() {
    if (options_.header != "auto") return options_.header == "yes";
    if (has_quoted_names()) return true;
    const auto data =
        std::count_if(first_.begin(), first_.end(), [&](const CsvField& f) { return is_datum(kind(f)); });
    const bool any_text = std::any_of(first_.begin(), first_.end(), [&](const CsvField& f) {
      return kind(f) == FieldKind::text || kind(f) == FieldKind::unit;
    });
    if (!any_text) return counts_columns() || counts_behind_index();
    if (data == 0) return true;
    if (options_.on_text != OnText::refuse && row_like_the_others()) return false;
    refuse_mixture();
  }

  /// Tables without names are often written with 0,1,2,... above them; as data that would be a wrong first
  /// row.
  bool counts_columns() {
    for (std::size_t i = 0; i < first_.size(); ++i)
      if (first_.size() < 3 || first_[i].text != std::to_string(i)) return false;
    header_.notes.push_back(line(0) +
                            " counts the columns from 0 and is taken as the header; set dataset.header to "
                            "no if it is data");
    return true;
  }

  /// Quotes in the first line and in none below, but around the names of rows, mean names, also 2019 or 0.5.
  bool has_quoted_names() const {
    if (counts_.size() < 2 || counts_[1] != fields_) return false;
    const auto is_name = [&](const CsvField& field) {
      return field.quoted && field.text.find(',') == std::string_view::npos;
    };
    const std::size_t from = first_.size() > 1 && first_.front().text.empty() ? 1 : 0;
    if (!std::all_of(first_.begin() + static_cast<std::ptrdiff_t>(from), first_.end(), is_name)) return false;
    return every_row([&](const std::vector<CsvField>& row) {
      return std::none_of(row.begin() + static_cast<std::ptrdiff_t>(from), row.end(),
                          [](const CsvField& field) { return field.quoted; });
    });
  }

  /// ,0,1,2 above rows that are counted, as pandas writes frames and series without names.
  bool counts_behind_index() {
    if (first_.size() < 2 || !first_.front().text.empty() || counts_.size() < 2 || counts_[1] != fields_) {
      note_whole_numbers();
      return false;
    }
    for (std::size_t i = 1; i < first_.size(); ++i)
      if (first_[i].text != std::to_string(i - 1)) return false;
    return rows_count_from(0);
  }

  /// 2019,2020,2021 may be names; they are read as a row, which is said.
  void note_whole_numbers() {
    const auto whole = [](const CsvField& field) {
      return !field.text.empty() && field.text.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (counts_.size() < 3 || first_.size() < 2 || !std::all_of(first_.begin(), first_.end(), whole)) return;
    const auto in_order = [&](const std::vector<CsvField>& row) {
      for (std::size_t i = 1; i < row.size(); ++i) {
        double one, other;
        if (!parse_number(row[i - 1].text, one) || !parse_number(row[i].text, other) || other != one + 1)
          return false;
      }
      return row.size() > 2;
    };
    const bool none_whole = every_row(
        [&](const std::vector<CsvField>& row) { return !std::all_of(row.begin(), row.end(), whole); });
    const bool only_order =
        in_order(first_) && every_row([&](const std::vector<CsvField>& row) { return !in_order(row); });
    FileOptions changed = options_;
    changed.header = "yes";
    if ((!none_whole && !only_order) || !works_(changed)) return;
    header_.notes.push_back(line(0) +
                            (none_whole ? " holds whole numbers, unlike the rows below it,"
                                        : " holds numbers that follow each other") +
                            " and is read as a row; if it holds names, set dataset.header=yes");
  }

  /// The first record has text only where the others have text too.
  bool row_like_the_others() const {
    if (head_.records.size() < 2) return false;
    const auto columns = survey_columns(dialect_, head_.records, 1, fields_);
    for (std::size_t i = 0; i < fields_; ++i) {
      if (kind(first_[i]) == FieldKind::text && !columns[i].holds_text()) return false;
    }
    return true;
  }

  [[noreturn]] void refuse_mixture() const {
    const auto datum =
        std::find_if(first_.begin(), first_.end(), [&](const CsvField& f) { return is_datum(kind(f)); });
    const std::string start = line(0) + " mixes numbers and text (" + printable(datum->text) + ")";
    FileOptions changed = options_;
    changed.header = "yes";
    const std::string as_names = works_(changed) ? "set dataset.header=yes if it holds the names" : "";
    changed.header = "no";
    changed.on_text = OnText::drop;
    const std::string dropped = works_(changed) ? "dataset.header=no and dataset.on_text=drop" : "";
    changed.on_text = options_.on_text;
    changed.columns = names_of_columns(numbered_columns(fields_), [&](std::size_t column) {
      return column < first_.size() && kind(first_[column]) == FieldKind::number;
    });
    const std::string chosen = !changed.columns.empty() && works_(changed)
                                   ? "dataset.header=no and " + columns_setting(changed.columns)
                                   : "";
    std::string ways = as_names;
    if (!chosen.empty())
      ways += (ways.empty() ? "" : ", else ") + ("take the numeric columns with " + chosen);
    if (!dropped.empty()) ways += (ways.empty() ? "" : ", or ") + ("leave out the text with " + dropped);
    throw DataError(
        start + "; " +
        (ways.empty() ? "its first line must hold names, or numbers in the columns that are used" : ways));
  }

  void take_names() {
    static const std::set<std::string_view> marks = {"%", "%%", "//", "!", "!!", "--", ";", "*", "REM"};
    if (dialect_.delimiter == ' ' && marks.contains(first_.front().text) && counts_.size() > 1) {
      const std::string setting = skip_setting(1);
      throw DataError(line(0) + " begins with " + printable(first_.front().text) + ", as a comment does; " +
                      (setting.empty() ? "begin comments with #" : "leave it out with " + setting));
    }
    if (dialect_.comma_mark && fields_ == 1 && !first_[0].quoted &&
        first_[0].text.find(',') != std::string_view::npos) {
      throw DataError(line(0) + " (" + printable(first_[0].text) +
                      ") has commas between names, so dataset.decimal cannot be the comma");
    }
    strip_marks();
    for (std::size_t i = 0; i < first_.size(); ++i) {
      if (const auto byte = first_byte_not_utf8(first_[i].text)) {
        throw DataError(line(0) + " is not UTF-8 (byte " + *byte + " in field " + std::to_string(i + 1) +
                        "); save the file as UTF-8");
      }
      std::string name = plain_text(first_[i]);
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
      const std::string shown = printable_line(name);
      if (shown != name) {
        header_.notes.push_back("the name of column " + std::to_string(i + 1) + " of " + name_ +
                                " holds control characters, which became ?: it is called " +
                                printable(shown));
      }
      header_.names.push_back(shown);
    }
  }

  /// %x y z is a comment of names, and x, y z in front of rows with blanks has commas that are no names.
  void strip_marks() {
    CsvField& front = first_.front();
    const std::size_t mark = front.text.starts_with("//") ? 2 : front.text.starts_with('%') ? 1 : 0;
    if (mark > 0 && !front.quoted && !trim(front.text.substr(mark)).empty()) {
      header_.notes.push_back(line(0) + " begins with " + printable(front.text.substr(0, mark)) +
                              ", as a comment does: the first column is called " +
                              printable(trim(front.text.substr(mark))));
      front.text = trim(front.text.substr(mark));
    }
    const auto ends_with_comma = [](const CsvField& field) {
      return !field.quoted && field.text.size() > 1 && field.text.back() == ',';
    };
    if (dialect_.delimiter != ' ' || first_.size() < 2 ||
        !std::all_of(first_.begin(), first_.end() - 1, ends_with_comma))
      return;
    for (CsvField& field : first_)
      if (ends_with_comma(field)) field.text.remove_suffix(1);
    header_.notes.push_back("the commas between the names in " + line(0) +
                            " were left out, since blanks stand between the fields of the rows");
  }

  /// Lines below the names that hold no number either: units, or further lines of names.
  void look_for_more_headers() {
    const std::size_t lines = header_lines(0);
    if (lines == 1) return;
    if (lines == 2 && has_units(0)) {
      std::vector<std::string> words;
      for (const CsvField& field : fields_of(dialect_, head_.records[1].text)) words.emplace_back(field.text);
      header_.first_row = 2;
      header_.notes.push_back(line(1) + " (" + join_names(words, 4) + ") was left out as a line of units");
      return;
    }
    const std::size_t names = lines > 2 && has_units(lines - 2) ? lines - 2 : lines - 1;
    std::string setting = skip_setting(names);
    std::string meaning = " to take the names from line " + number(names);
    if (setting.empty()) {
      setting = skip_setting(lines);
      meaning = " to begin with line " + number(lines);
    }
    throw DataError(name_ + " lines " + number(0) + " to " + number(lines - 1) +
                    " hold no numbers: are they titles? " +
                    (setting.empty() ? "Leave one line of names" : "Set " + setting + meaning));
  }

  /// A delimiter at the end of every line makes no column.
  void drop_empty_last() {
    if (fields_ < 2 || dialect_.delimiter == ' ') return;
    if (header_.named ? !header_.names.back().empty() : !first_.back().text.empty()) return;
    if (!header_.named && header_.names != numbered_columns(fields_)) return;
    std::size_t rows = 0;
    for (std::size_t i = header_.first_row; i < head_.records.size(); ++i) {
      const std::vector<CsvField> row = fields_of(dialect_, head_.records[i].text);
      if (row.size() != fields_) continue;
      if (!row.back().text.empty()) return;
      ++rows;
    }
    if (rows == 0) return;
    header_.empty_last = true;
    header_.notes.push_back("every line of " + name_ +
                            " ends with a delimiter; the empty column behind it was left out");
  }

  const FileOptions& options_;
  const WorksWith& works_;
  CsvHeader header_;
};

}  // namespace

CsvHeader find_header(const CsvHead& head, const CsvDialect& dialect, const std::string& name,
                      const FileOptions& options, const WorksWith& works) {
  return HeaderFinder(head, dialect, name, options, works).find();
}

std::vector<std::string> names_of_columns(const std::vector<std::string>& names,
                                          const std::function<bool(std::size_t)>& wanted) {
  std::vector<std::string> chosen;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (wanted(i)) chosen.push_back(names[i]);
  return chosen;
}

}  // namespace symscan
