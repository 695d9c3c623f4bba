// Several files as one dataset: patterns, rows after each other, columns beside each other.
#include "host/data/file_set.hpp"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kMostFiles = 100000;

std::vector<std::string> files_like(const std::string& pattern) {
  glob_t found = {};
  const int code = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
  std::vector<std::string> files(found.gl_pathv, found.gl_pathv + (code == 0 ? found.gl_pathc : 0));
  ::globfree(&found);
  if (code == GLOB_NOSPACE) throw std::bad_alloc();
  std::sort(files.begin(), files.end());
  return files;
}

/// "x.csv has the column y where a.csv has z"
std::string first_difference(const std::vector<std::string>& first, const std::string& first_name,
                             const std::vector<std::string>& other, const std::string& name) {
  if (first.size() != other.size()) {
    return name + " has " + plural(other.size(), "column") + ", " + first_name + " has " +
           std::to_string(first.size());
  }
  const auto [here, there] = std::mismatch(other.begin(), other.end(), first.begin());
  return name + " has the column " + printable(*here) + " where " + first_name + " has " + printable(*there);
}

/// What helps when the columns of two files differ.
std::string way_out(const std::vector<std::string>& first, const std::vector<std::string>& other,
                    const FileOptions& options) {
  if (options.on_text == OnText::one_hot)
    return "with dataset.on_text=one_hot all files need the same words in the same columns";
  std::vector<std::string> common;
  for (const std::string& column : first)
    if (std::find(other.begin(), other.end(), column) != other.end()) common.push_back(column);
  if (common.empty() || !options.columns.empty())
    return "the rows of files are joined by equal columns, and these files have others";
  return "the rows of files are joined by equal columns: choose the common ones with " +
         columns_setting(common);
}

/// Rows of one file have weights (groups, a target) and those of another have none.
void check_alike(bool first, bool other, const char* what, const std::string& first_name,
                 const std::string& name) {
  if (first == other) return;
  throw DataError("only one of " + first_name + " and " + name + " has " + what +
                  "; their rows do not go together");
}

void append(std::vector<double>& values, const std::vector<double>& further) {
  values.insert(values.end(), further.begin(), further.end());
}

bool is_numbered(const std::string& column) {
  return column.size() > 1 && column[0] == 'c' &&
         column.find_first_not_of("0123456789", 1) == std::string::npos;
}

/// The name of a file without its endings; with its folder where another has the same.
std::string stem_of(const std::string& path, const std::vector<std::string>& files) {
  const auto stem = [](const std::string& file) {
    const std::string name = std::filesystem::path(file).filename().string();
    return name.substr(0, name.find('.', 1));
  };
  const std::string own = stem(path);
  const bool alone =
      std::count_if(files.begin(), files.end(), [&](const auto& f) { return stem(f) == own; }) == 1;
  return alone ? own : (std::filesystem::path(path).parent_path() / own).string();
}

/// [files][columns] names that tell all columns apart.
std::vector<std::string> joined_names(const std::vector<Table>& tables,
                                      const std::vector<std::string>& files) {
  std::map<std::string, int> uses;
  for (const Table& table : tables)
    for (const std::string& column : table.columns) ++uses[column];
  std::vector<std::string> names;
  for (std::size_t file = 0; file < tables.size(); ++file) {
    const std::string stem = stem_of(files[file], files);
    for (const std::string& column : tables[file].columns) {
      if (uses[column] == 1 && !is_numbered(column)) {
        names.push_back(column);
      } else {
        names.push_back(is_numbered(column) && tables[file].features() == 1 ? stem : stem + "." + column);
      }
    }
  }
  return names;
}

struct ColumnPlace {
  std::size_t table, column;
};

/// The columns of the plan out of all tables.
Table take_columns(const std::vector<Table>& tables, const ColumnPlan& plan) {
  std::vector<ColumnPlace> places;
  for (std::size_t t = 0; t < tables.size(); ++t)
    for (std::size_t c = 0; c < tables[t].features(); ++c) places.push_back({t, c});
  const auto value = [&](std::size_t place, std::size_t row) {
    const Table& from = tables[places[place].table];
    return from.values[row * from.features() + places[place].column];
  };
  Table table;
  begin_table(table, plan);
  table.rows = tables[0].rows;
  check_table_size("the joined table", table.rows, table.features());
  table.values.reserve(table.rows * table.features());
  for (std::size_t row = 0; row < table.rows; ++row)
    for (const std::size_t place : plan.features) table.values.push_back(value(place, row));
  for (const std::size_t place : plan.features) {
    const Table& from = tables[places[place].table];
    table.precision.push_back(from.precision.empty() ? kFloat64Precision
                                                     : from.precision[places[place].column]);
  }
  for (std::size_t row = 0; plan.weight && row < table.rows; ++row)
    table.weights.push_back(value(*plan.weight, row));
  return table;
}

}  // namespace

bool is_pattern(const std::string& path) {
  std::error_code error;
  return path.find_first_of("*?[") != std::string::npos && !std::filesystem::exists(path, error);
}

bool fits_files(const std::string& path) {
  return is_pattern(path) && !files_like(path).empty();
}

std::vector<std::string> expand_files(const std::vector<std::string>& patterns) {
  std::vector<std::string> files;
  std::set<std::string> seen;
  std::map<std::pair<dev_t, ino_t>, std::string> places;
  for (const std::string& pattern : patterns) {
    const std::vector<std::string> found =
        is_pattern(pattern) ? files_like(pattern) : std::vector<std::string>{pattern};
    if (found.empty())
      throw DataError("no file fits the pattern " + pattern +
                      "; a relative pattern starts at the folder of its config, or where symscan runs");
    for (const std::string& file : found) {
      struct stat status = {};
      const bool there = ::stat(file.c_str(), &status) == 0;
      const auto earlier = places.find({status.st_dev, status.st_ino});
      const bool same = there && earlier != places.end();
      if (!seen.insert(file).second || same)
        throw DataError(file +
                        " comes twice among the files of the dataset (dataset.path, dataset.more_files)" +
                        (same && earlier->second != file ? ", also as " + earlier->second : ""));
      if (there) places[{status.st_dev, status.st_ino}] = file;
      files.push_back(file);
    }
    if (files.size() > kMostFiles)
      throw DataError("the dataset has more than " + std::to_string(kMostFiles) + " files; join some first");
  }
  return files;
}

std::vector<std::string> files_of(const FileOptions& options) {
  std::vector<std::string> patterns = {options.path};
  patterns.insert(patterns.end(), options.more_files.begin(), options.more_files.end());
  return expand_files(patterns);
}

std::string names_of_files(const std::vector<std::string>& files, const std::string& quote) {
  const std::string first = quote + printable_line(files[0]) + quote;
  return files.size() == 1 ? first : first + " and " + plural(files.size() - 1, "further file");
}

void append_rows(Table& table, Table&& further, const std::string& first_name, const std::string& name,
                 const FileOptions& options) {
  if (table.columns != further.columns) {
    throw DataError(first_difference(table.columns, first_name, further.columns, name) + "; " +
                    way_out(table.columns, further.columns, options));
  }
  if (further.rows == 0 || table.rows == 0) {  // dataset.select left nothing
    if (table.rows == 0) std::swap(table, further);
    table.notes.insert(table.notes.end(), further.notes.begin(), further.notes.end());
    return;
  }
  check_alike(table.weights.empty(), further.weights.empty(), "event weights", first_name, name);
  check_table_size(first_name + " with the further files", table.rows + further.rows, table.features());
  append(table.values, further.values);
  append(table.weights, further.weights);
  append(table.groups, further.groups);
  append(table.target, further.target);
  for (std::size_t i = 0; i < std::min(table.precision.size(), further.precision.size()); ++i)
    table.precision[i] = std::max(table.precision[i], further.precision[i]);
  table.rows += further.rows;
  table.notes.insert(table.notes.end(), further.notes.begin(), further.notes.end());
}

Table join_columns(std::vector<Table>&& tables, const std::vector<std::string>& names,
                   const FileOptions& options) {
  for (std::size_t i = 1; i < tables.size(); ++i) {
    if (tables[i].rows == tables[0].rows) continue;
    throw DataError(names[i] + " has " + plural(tables[i].rows, "row") + ", " + names[0] + " has " +
                    std::to_string(tables[0].rows) + "; files that are joined by columns have equally many");
  }
  Table table = take_columns(tables, plan_columns(joined_names(tables, names), "the joined table", options));
  std::vector<std::string> notes;
  for (const Table& part : tables) {
    notes.insert(notes.end(), part.notes.begin(), part.notes.end());
    if (part.weights.empty()) continue;
    if (!table.weights.empty())
      throw DataError(
          "two of the joined files have event weights; set dataset.weights to one of the columns");
    table.weights = part.weights;
  }
  table.notes.insert(table.notes.begin(), notes.begin(), notes.end());
  return table;
}

}  // namespace symscan
