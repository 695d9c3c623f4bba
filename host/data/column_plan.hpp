#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "host/data/file_dataset.hpp"
#include "host/data/table.hpp"

namespace symscan {

/// Which columns of a file become features and which one holds the weights.
struct ColumnPlan {
  /// Column numbers in the order of the features; then those of group and target, and those that only
  /// dataset.select needs: take_special_columns() moves them to their places.
  std::vector<std::size_t> features;
  std::vector<std::string> names;  ///< of the features
  std::size_t select_columns = 0;  ///< the last of them, see Table
  std::optional<std::size_t> weight;
  std::vector<std::string> notes;
};

/// `names` are all columns of the file; columns without names are "c0", "c1", ... and also answer to "0",
/// "1". Without dataset.columns the first `most_features` of them become features; the others are there for
/// dataset.select and the special columns.
ColumnPlan plan_columns(const std::vector<std::string>& names, const std::string& name,
                        const FileOptions& options, std::size_t most_features = static_cast<std::size_t>(-1));
/// Gives an empty table the names and notes of the plan.
void begin_table(Table& table, const ColumnPlan& plan);
/// "c0", "c1", ...
std::vector<std::string> numbered_columns(std::size_t count);

}  // namespace symscan
