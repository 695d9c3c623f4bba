// What is no error but worth a second look: columns that are no measurements, tables on their side.
#include "host/data/table_notes.hpp"

#include <cmath>
#include <iterator>
#include <string>
#include <vector>

#include "host/base/text.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kFewestForRowNumbers = 10;  ///< 0, 1 may well be data
constexpr double kSentinels[] = {-999, -9999, 999};

/// Whether the other values come nowhere near `sentinel`: else it may be one of them.
bool stands_apart(const Table& table, std::size_t column, double sentinel) {
  for (std::size_t row = 0; row < table.rows; ++row) {
    const double distance = std::abs(table.values[row * table.features() + column] - sentinel);
    if (distance > 0.0 && distance <= 0.1 * std::abs(sentinel)) return false;
  }
  return true;
}

}  // namespace

bool counts_rows(const Table& table, std::size_t column) {
  if (table.rows < kFewestForRowNumbers) return false;
  const double first = table.values[column];
  if (first != 0.0 && first != 1.0) return false;
  for (std::size_t row = 1; row < table.rows; ++row) {
    if (table.values[row * table.features() + column] != first + static_cast<double>(row)) return false;
  }
  return true;
}

std::vector<std::optional<Sentinel>> find_sentinels(const Table& table) {
  constexpr std::size_t kinds = std::size(kSentinels);
  const std::size_t features = table.features();
  std::vector<std::size_t> counts(features * kinds);
  for (std::size_t row = 0; row < table.rows; ++row) {
    const double* x = table.values.data() + row * features;
    for (std::size_t i = 0; i < features; ++i)
      for (std::size_t s = 0; s < kinds; ++s) counts[i * kinds + s] += x[i] == kSentinels[s];
  }
  std::vector<std::optional<Sentinel>> found(features);
  for (std::size_t at = 0; at < counts.size(); ++at) {
    const double value = kSentinels[at % kinds];
    const bool some = counts[at] * 1000 > table.rows && counts[at] < table.rows;
    if (some && stands_apart(table, at / kinds, value)) found[at / kinds] = Sentinel{value, counts[at]};
  }
  return found;
}

void note_oddities(Table& table, const std::string& name) {
  const auto title = [&](std::size_t column) {
    return "column " + printable(table.columns[column]) + " of " + name;
  };
  for (std::size_t column = 0; column < table.features(); ++column) {
    if (counts_rows(table, column))
      table.notes.push_back(title(column) + " looks like a row number; leave it out with dataset.columns");
  }
  const auto sentinels = find_sentinels(table);
  for (std::size_t column = 0; column < table.features(); ++column) {
    const auto& sentinel = sentinels[column];
    if (!sentinel) continue;
    table.notes.push_back(title(column) + " is " + std::to_string(static_cast<int>(sentinel->value)) +
                          " in " + std::to_string(sentinel->rows) + " of " + std::to_string(table.rows) +
                          " rows, far from its other values: if that marks missing values, leave these rows "
                          "out with dataset.select=" +
                          shell_word(table.columns[column] + " != " + number_text(sentinel->value)));
  }
  if (table.features() > table.rows) {
    table.notes.push_back(name + " has more features (" + std::to_string(table.features()) + ") than rows (" +
                          std::to_string(table.rows) + "): is it transposed?");
  }
}

}  // namespace symscan
