// From a file to a Table: which columns, and what happens to rows that are not finite.
#include "host/data/file_dataset.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <new>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/formats.hpp"

namespace symscan {
namespace {

constexpr std::size_t kMostFeatures = 65536;
constexpr std::uint64_t kMostValues = std::uint64_t{1} << 33;

std::string gigabytes(double bytes) {
  return rounded(bytes / 1e9) + " GB";
}

bool finite_row(const Table& table, std::size_t row) {
  const double* values = table.values.data() + row * table.features();
  const bool finite =
      std::all_of(values, values + table.features(), [](double v) { return std::isfinite(v); });
  return finite && (table.weights.empty() || std::isfinite(table.weights[row]));
}

[[noreturn]] void refuse_row(const Table& table, std::size_t row, const std::string& name) {
  std::string where = "the event weight";
  double value = table.weights.empty() ? 0.0 : table.weights[row];
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
                  "; repair the file or set dataset.on_nonfinite to drop");
}

void drop_rows(Table& table, const std::string& name) {
  const std::size_t features = table.features();
  std::size_t kept = 0;
  for (std::size_t row = 0; row < table.rows; ++row) {
    if (!finite_row(table, row)) continue;
    if (kept != row) {
      std::copy_n(table.values.begin() + static_cast<std::ptrdiff_t>(row * features), features,
                  table.values.begin() + static_cast<std::ptrdiff_t>(kept * features));
      if (!table.weights.empty()) table.weights[kept] = table.weights[row];
    }
    ++kept;
  }
  if (kept == 0)
    throw DataError(name + ": every one of the " + std::to_string(table.rows) + " rows holds NaN or Inf");
  table.notes.push_back(std::to_string(table.rows - kept) + " of " + std::to_string(table.rows) +
                        " rows of " + name + " hold NaN, Inf or empty fields and were dropped");
  table.rows = kept;
  table.values.resize(kept * features);
  if (!table.weights.empty()) table.weights.resize(kept);
}

}  // namespace

std::string more_bad_rows(std::size_t count) {
  if (count == 0) return "";
  return " (and " + std::to_string(count) + (count == 1 ? " more row has" : " more rows have") +
         " empty or non-finite values)";
}

std::vector<std::string> numbered_columns(std::size_t count) {
  std::vector<std::string> names(count);
  for (std::size_t i = 0; i < count; ++i) names[i] = "c" + std::to_string(i);
  return names;
}

void check_table_size(const std::string& name, std::size_t rows, std::size_t features,
                      const std::string& setting) {
  if (features > kMostFeatures) {
    throw DataError(name + " has " + std::to_string(features) + " columns; at most " +
                    std::to_string(kMostFeatures) + " are possible");
  }
  const auto memory = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                      static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  constexpr std::uint64_t kBytesPerValue = sizeof(double) + sizeof(float);
  if (features == 0) return;
  const std::string size =
      name + " has " + std::to_string(rows) + " rows of " + std::to_string(features) + " values";
  if (rows > memory / kBytesPerValue / features) {
    throw DataError(size + ", which need " +
                    gigabytes(static_cast<double>(rows) * static_cast<double>(features) * kBytesPerValue) +
                    "; this machine has " + gigabytes(static_cast<double>(memory)) + ": set a smaller " +
                    setting);
  }
  if (rows > kMostValues / features) {
    throw DataError(size + ", more than the 2^33 that are possible; set a smaller " + setting);
  }
}

ColumnPlan plan_columns(const std::vector<std::string>& names, const std::string& name,
                        const FileOptions& options) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (const auto byte = first_byte_not_utf8(names[i])) {
      throw DataError(name + " has a column name that is not UTF-8 (byte " + *byte + " in column " +
                      std::to_string(i + 1) + "); write the names in UTF-8");
    }
    const auto [place, fresh] = places.emplace(names[i], i);
    if (!fresh) {
      throw DataError(name + " has two columns called " + printable(names[i]) + " (columns " +
                      std::to_string(place->second + 1) + " and " + std::to_string(i + 1) + "); rename one");
    }
  }
  const auto place_of = [&](const std::string& wanted, const char* setting) {
    auto found = places.find(wanted);
    if (found == places.end()) found = places.find("c" + wanted);
    if (found != places.end()) return found->second;
    throw DataError(name + " has no column " + printable(wanted) + " (dataset." + setting + "); it has " +
                    join_names(names));
  };

  ColumnPlan plan;
  if (options.weights != "auto" && options.weights != "none")
    plan.weight = place_of(options.weights, "weights");
  for (const std::string& wanted : options.columns) {
    const std::size_t place = place_of(wanted, "columns");
    if (std::find(plan.features.begin(), plan.features.end(), place) != plan.features.end()) {
      throw DataError("dataset.columns names the column " + printable(wanted) + " twice");
    }
    plan.features.push_back(place);
  }
  if (options.columns.empty()) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (plan.weight != i) plan.features.push_back(i);
    }
  }
  if (plan.features.empty()) throw DataError(name + " has no column left to use as a feature");
  for (const std::size_t place : plan.features) {
    plan.names.push_back(names[place]);
    if (options.weights == "auto" && lower_case(names[place]) == "weight") {
      plan.notes.push_back(
          "the column " + printable(names[place]) + " of " + name +
          " is used as a feature; set dataset.weights to its name to use it as event weights");
    }
  }
  check_table_size(name, 0, plan.features.size());
  return plan;
}

void finish_table(Table& table, const std::string& name, const FileOptions& options) {
  if (table.rows == 0) throw DataError(name + " holds no rows of data");
  note_oddities(table, name);
  std::size_t bad = 0;
  for (; bad < table.rows; ++bad) {
    if (!finite_row(table, bad)) break;
  }
  if (bad < table.rows) {
    if (!options.drop_nonfinite) refuse_row(table, bad, name);
    drop_rows(table, name);
  }
  if (table.weights.empty()) return;
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
  const std::string& path = options.path;
  try {
    check_readable(path);
    const FileFormat& format =
        options.format == "auto" ? format_of_file(path) : format_called(options.format);
    if (format.name != "lhe" && !options.particles.empty()) {
      throw DataError("dataset.particles is only for LHE files, and " + path + " is read as " + format.name);
    }
    Table table = format.read(options);
    finish_table(table, path, options);
    return table;
  } catch (const std::bad_alloc&) {
    throw DataError(path + " does not fit into memory; set dataset.max_rows or dataset.columns");
  }
}

Table load_file_dataset(const Json& settings) {
  return load_file_dataset(parse_file_options(settings));
}

}  // namespace symscan
