// From a file to a Table: which columns, and what happens to rows that are not finite.
#include "host/data/file_dataset.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <new>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/angle_values.hpp"
#include "host/data/byte_source.hpp"
#include "host/data/file_fields.hpp"
#include "host/data/file_set.hpp"
#include "host/data/format_settings.hpp"
#include "host/data/formats.hpp"
#include "host/data/selection.hpp"
#include "host/data/special_columns.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/table_notes.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

bool finite_row(const Table& table, std::size_t row) {
  const double* values = table.values.data() + row * table.features();
  const bool finite =
      std::all_of(values, values + table.features(), [](double v) { return std::isfinite(v); });
  const auto finite_in = [row](const std::vector<double>& of_rows) {
    return of_rows.empty() || std::isfinite(of_rows[row]);
  };
  return finite && finite_in(table.weights) && finite_in(table.groups) && finite_in(table.target);
}

/// A column without any value is no matter of single rows.
void refuse_empty_columns(const Table& table, const std::string& name) {
  std::vector<std::string> empty, others;
  for (std::size_t column = 0; column < table.features(); ++column) {
    bool any = false;
    for (std::size_t row = 0; row < table.rows && !any; ++row)
      any = std::isfinite(table.values[row * table.features() + column]);
    (any ? others : empty).push_back(table.columns[column]);
  }
  if (empty.empty()) return;
  throw DataError(
      name + ": column " + printable(empty[0]) + " has no finite value in any row; " +
      (others.empty() ? "there is no other column" : "leave it out with " + columns_setting(others)));
}

[[noreturn]] void refuse_row(const Table& table, std::size_t row, const std::string& name) {
  std::string where;
  double value = 0;
  const std::pair<const char*, const std::vector<double>*> special[] = {
      {"the target", &table.target}, {"the group", &table.groups}, {"the event weight", &table.weights}};
  for (const auto& [what, values] : special) {
    if (values->empty() || std::isfinite((*values)[row])) continue;
    where = what;
    value = (*values)[row];
  }
  for (std::size_t column = 0; column < table.features(); ++column) {
    const double candidate = table.values[row * table.features() + column];
    if (std::isfinite(candidate)) continue;
    where = "column " + printable(table.columns[column]);
    value = candidate;
    break;
  }
  std::size_t more = 0;
  for (std::size_t other = row + 1; other < table.rows; ++other) more += !finite_row(table, other);
  throw DataError(name + " row " + std::to_string(row + 1) + ": " + where + " is " +
                  (std::isnan(value) ? "NaN or empty" : "infinite") + more_bad_rows(more) +
                  "; repair the file or set dataset.on_nonfinite=drop");
}

void drop_rows(Table& table, const std::string& name) {
  const std::size_t features = table.features();
  std::size_t kept = 0;
  for (std::size_t row = 0; row < table.rows; ++row) {
    if (!finite_row(table, row)) continue;
    if (kept != row) {
      std::copy_n(table.values.begin() + static_cast<std::ptrdiff_t>(row * features), features,
                  table.values.begin() + static_cast<std::ptrdiff_t>(kept * features));
      for (std::vector<double>* values : {&table.weights, &table.groups, &table.target})
        if (!values->empty()) (*values)[kept] = (*values)[row];
    }
    ++kept;
  }
  if (kept == 0)
    throw DataError(name + ": every one of the " + std::to_string(table.rows) + " rows holds NaN or Inf");
  table.notes.push_back(std::to_string(table.rows - kept) + " of " + std::to_string(table.rows) +
                        " rows of " + name + " were dropped: with NaN, Inf or empty fields");
  table.rows = kept;
  table.values.resize(kept * features);
  for (std::vector<double>* values : {&table.weights, &table.groups, &table.target})
    if (!values->empty()) values->resize(kept);
}

Table read_file(const std::string& path, const FileOptions& options) {
  check_readable(path);
  const FileFormat& format =
      options.format == "auto" ? format_of_content(path) : format_called(options.format);
  check_settings_of_format(format.name, path, options);
  FileOptions of_file = options;
  of_file.path = path;
  return format.read(of_file);
}

Table read_rows(const std::string& path, const FileOptions& options) {
  Table table = read_file(path, options);
  finish_rows(table, path, options);
  return table;
}

/// The rows of all files after each other, max_rows of them at most.
Table read_after(const std::vector<std::string>& files, const FileOptions& options) {
  Table table = read_rows(files[0], options);
  FileOptions further = options;
  for (std::size_t i = 1; i < files.size() && table.rows < options.max_rows; ++i) {
    further.max_rows = options.max_rows - table.rows;
    append_rows(table, read_rows(files[i], further), files[0], files[i], options);
  }
  constexpr std::size_t most_notes = 20;
  if (table.notes.size() > most_notes) {
    const std::size_t more = table.notes.size() - most_notes + 1;
    table.notes.resize(most_notes - 1);
    table.notes.push_back("... and " + std::to_string(more) + " more notes of this kind on further files");
  }
  return table;
}

/// The columns of all files beside each other. Which of them are features is said of all together.
Table read_beside(const std::vector<std::string>& files, const std::string& name,
                  const FileOptions& options) {
  FileOptions whole = options;
  whole.columns.clear();
  whole.weights = "auto";
  whole.group = whole.target = whole.select = "";
  std::vector<Table> tables;
  for (const std::string& file : files) tables.push_back(read_file(file, whole));
  Table table = join_columns(std::move(tables), files, options);
  finish_rows(table, name, options);
  return table;
}

/// Before equal weights are dropped: those that are all 0 or all -1 mean something else than none. Weights of
/// both signs that cancel are refused where they are used: more rows may mend them.
void check_sum_of_weights(const Table& table, const std::string& name) {
  double sum = 0;
  for (const double weight : table.weights) {
    if (weight > 0) return;
    sum += weight;
  }
  throw DataError(name + ": the event weights sum to " + rounded(sum) +
                  ", and none is positive; choose other weights, or set dataset.weights=none");
}

}  // namespace

std::string more_bad_rows(std::size_t count) {
  if (count == 0) return "";
  return " (and " + std::to_string(count) + (count == 1 ? " more row has" : " more rows have") +
         " empty or non-finite values)";
}

void finish_rows(Table& table, const std::string& name, const FileOptions& options) {
  if (table.rows == 0) throw DataError(name + " holds no rows of data");
  keep_selected(table, name, options.select);
  take_special_columns(table, options);
  if (table.rows == 0) return;
  note_oddities(table, name);
  std::size_t bad = 0;
  for (; bad < table.rows; ++bad) {
    if (!finite_row(table, bad)) break;
  }
  if (bad < table.rows) {
    refuse_empty_columns(table, name);
    if (!options.drop_nonfinite) refuse_row(table, bad, name);
    drop_rows(table, name);
  }
}

void finish_weights(Table& table, const std::string& name) {
  check_magnitudes(table, name);
  if (table.weights.empty()) return;
  check_sum_of_weights(table, name);
  const auto negative =
      std::count_if(table.weights.begin(), table.weights.end(), [](double w) { return w < 0.0; });
  const bool equal = std::all_of(table.weights.begin(), table.weights.end(),
                                 [&](double w) { return w == table.weights.front(); });
  if (equal) {
    table.weights.clear();
  } else if (negative > 0) {
    table.notes.push_back(std::to_string(negative) + " of " + std::to_string(table.rows) +
                          " event weights of " + name + " are negative");
  }
}

Table load_file_dataset(const FileOptions& options) {
  const std::vector<std::string> files = files_of(options);
  try {
    const std::string name = names_of_files(files);
    Table table = files.size() == 1      ? read_rows(files[0], options)
                  : options.join_columns ? read_beside(files, name, options)
                                         : read_after(files, options);
    if (table.rows == 0)
      throw DataError("no row of " + name + " fulfils dataset.select " + printable(options.select));
    finish_weights(table, name);
    if (options.angle_pairs) encode_angles(table, options.angles);
    for (std::string& column : table.columns)
      if (has_control_characters(column)) column = printable_line(column);
    return table;
  } catch (const std::bad_alloc&) {
    throw DataError(options.path +
                        " does not fit into the memory that is free; free some and repeat, or set " +
                        "dataset.max_rows or dataset.columns",
                    ExitCode::interrupted);
  }
}

Table load_file_dataset(const Json& settings) {
  return load_file_dataset(parse_file_options(settings));
}

}  // namespace symscan
