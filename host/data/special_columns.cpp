// Columns of a file that are no features: which trajectory a row belongs to, the value of a function.
#include "host/data/special_columns.hpp"

namespace symscan {
namespace {

/// Takes the last column out of the table.
std::vector<double> last_column(Table& table) {
  const std::size_t features = table.features();
  std::vector<double> values(table.rows);
  std::size_t kept = 0;
  for (std::size_t row = 0; row < table.rows; ++row) {
    for (std::size_t i = 0; i + 1 < features; ++i) table.values[kept++] = table.values[row * features + i];
    values[row] = table.values[row * features + features - 1];
  }
  table.values.resize(kept);
  table.columns.pop_back();
  if (table.precision.size() == features) table.precision.pop_back();
  return values;
}

}  // namespace

void take_special_columns(Table& table, const FileOptions& options) {
  if (!options.target.empty() && table.features() > 1) table.target = last_column(table);
  if (!options.group.empty() && table.features() > 1) table.groups = last_column(table);
}

}  // namespace symscan
