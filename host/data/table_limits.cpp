#include "host/data/table_limits.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdint>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kMostFeatures = 65536;
constexpr std::uint64_t kMostValues = std::uint64_t{1} << 33;

std::string gigabytes(double bytes) {
  return rounded(bytes / 1e9) + " GB";
}

bool is_float32(const Table& table, std::size_t column) {
  return column < table.precision.size() && table.precision[column] >= kFloat32Precision;
}

double smallest_of(const Table& table, std::size_t column) {
  return is_float32(table, column) ? smallest_float32_value : smallest_value;
}

std::string column_text(const Table& table, std::size_t column) {
  return "column " + printable(table.columns[column]);
}

/// The largest magnitude of each column, infinity for what is not a number, and the row of it.
struct Largest {
  std::vector<double> size;
  std::vector<std::size_t> row;

  /// `values`: [rows][columns]
  Largest(const std::vector<double>& values, std::size_t columns) : size(columns), row(columns) {
    for (std::size_t at = 0; at < values.size(); ++at) {
      const std::size_t column = at % columns;
      const double here = std::isnan(values[at]) ? HUGE_VAL : std::abs(values[at]);
      if (here <= size[column]) continue;
      size[column] = here;
      row[column] = at / columns;
    }
  }
};

/// `smallest`: of a column; `what`: its name.
void check_column(const Largest& largest, std::size_t column, double smallest, const std::string& what,
                  const std::string& name) {
  const double size = largest.size[column];
  if (size == 0 || (size >= smallest && size <= largest_value)) return;
  const std::string where = (name.empty() ? "" : name + ", ") + "row " +
                            std::to_string(largest.row[column] + 1) + ", " + what + ": ";
  if (!std::isfinite(size)) throw DataError(where + "the value is not a finite number");
  const std::string why = size > largest_value ? " is beyond " + rounded(largest_value)
                                               : ", the largest value, is below " + rounded(smallest);
  throw DataError(
      where + "the size " + rounded(size) + why +
      ", so that its squares and their squares cannot be computed with; rescale the column (choose "
      "other units)");
}

}  // namespace

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

void check_magnitudes(const Table& table, const std::string& name) {
  if (table.rows == 0 || table.features() == 0) return;
  const Largest features(table.values, table.features());
  for (std::size_t column = 0; column < table.features(); ++column)
    check_column(features, column, smallest_of(table, column), column_text(table, column), name);
  if (!table.weights.empty())
    check_column(Largest(table.weights, 1), 0, smallest_value, "the event weight", name);
  if (!table.target.empty()) check_column(Largest(table.target, 1), 0, smallest_value, "the target", name);
}

void check_deviation(const Table& table, std::size_t column, double deviation) {
  const double smallest = smallest_of(table, column);
  if (deviation == 0 || deviation >= smallest) return;
  throw DataError(
      column_text(table, column) + " has a standard deviation of " + rounded(deviation) + ", below " +
      rounded(smallest) +
      ", whose powers or digits floating-point numbers do not hold; rescale it (choose other units)");
}

}  // namespace symscan
