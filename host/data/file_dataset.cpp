// From a file to a Table: which reader, which columns, and what happens to rows that are not finite.
#include "host/data/file_dataset.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <new>

#include "host/base/error.hpp"
#include "host/data/utf8.hpp"

namespace symscan {
namespace {

constexpr std::size_t kMostFeatures = 65536;
constexpr std::uint64_t kMostValues = std::uint64_t{1} << 33;

const std::map<std::string, std::string>& formats_by_ending() {
  static const std::map<std::string, std::string> formats = {
      {".csv", "csv"}, {".tsv", "csv"}, {".txt", "csv"},   {".dat", "csv"},  {".npy", "npy"},
      {".npz", "npz"}, {".h5", "hdf5"}, {".hdf5", "hdf5"}, {".hdf", "hdf5"}, {".lhe", "lhe"}};
  return formats;
}

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Formats that are converted with the tool that their users have at hand.
void refuse_foreign_ending(const std::string& path, const std::string& ending) {
  static const std::map<std::string, std::string> readers = {{".parquet", "read_parquet"},
                                                             {".feather", "read_feather"},
                                                             {".pkl", "read_pickle"},
                                                             {".pickle", "read_pickle"},
                                                             {".xlsx", "read_excel"}};
  if (ending.empty()) {
    throw DataError(path +
                    " has no ending that tells its format; set dataset.format to csv, npy, npz, hdf5 or lhe");
  }
  if (ending == ".root") {
    throw DataError(
        path +
        " is a ROOT file, which is not read here; convert it in Python with uproot, for example "
        "uproot.open(file)[tree].arrays(columns, library='pd').to_csv('events.csv', index=False)");
  }
  const auto reader = readers.find(ending);
  if (reader == readers.end()) return;
  throw DataError(path + " is a " + ending.substr(1) +
                  " file, which is not read here; convert it in Python with pandas, for example pandas." +
                  reader->second + "(file).to_csv('data.csv', index=False), or to .npy with numpy.save");
}

std::string format_by_ending(const std::string& path) {
  const std::filesystem::path file(path);
  std::string ending = lower(file.extension().string());
  const bool compressed = ending == ".gz";
  if (compressed) ending = lower(file.stem().extension().string());
  const auto& formats = formats_by_ending();
  const auto found = formats.find(ending);
  if (found == formats.end()) {
    refuse_foreign_ending(path, ending);
    std::string nearest, all;
    for (const auto& [known, format] : formats) {
      if (nearest.empty() || edit_distance(ending, known) < edit_distance(ending, nearest)) nearest = known;
      all += " " + known;
    }
    throw DataError(path + " has the unknown ending '" + ending + "' (nearest known: " + nearest +
                    "); set dataset.format, or use one of" + all + ", .csv.gz, .lhe.gz");
  }
  if (compressed && found->second != "csv" && found->second != "lhe") {
    throw DataError(path + " is a compressed " + found->second + " file; unpack it first (gunzip)");
  }
  return found->second;
}

Table read_as(const std::string& format, const FileOptions& options) {
  if (format == "npz") return read_npz(options.path, options);
  if (format == "hdf5") return read_hdf5(options.path, options);
  const auto source = open_file(options.path);
  if (format == "npy") return read_npy(*source, options.path, options);
  if (format == "lhe") return read_lhe(*source, options.path, options);
  return read_csv(*source, options.path, options);
}

std::string gigabytes(double bytes) {
  char text[40];
  std::snprintf(text, sizeof text, "%.3g GB", bytes / 1e9);
  return text;
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
    if (options.weights == "auto" && lower(names[place]) == "weight") {
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
    const std::string format = options.format == "auto" ? format_by_ending(path) : options.format;
    if (format != "lhe" && !options.particles.empty()) {
      throw DataError("dataset.particles is only for LHE files, and " + path + " is read as " + format);
    }
    Table table = read_as(format, options);
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
