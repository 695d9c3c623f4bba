#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "host/data/file_dataset.hpp"

namespace symscan {

/// Which columns of a file become features and which one holds the weights.
struct ColumnPlan {
  /// Column numbers in the order of the features; then those of group and target, which
  /// take_special_columns() moves to their places.
  std::vector<std::size_t> features;
  std::vector<std::string> names;  ///< of the features
  std::optional<std::size_t> weight;
  std::vector<std::string> notes;
};

/// `names` are all columns of the file; columns without names are "c0", "c1", ... and also answer to "0",
/// "1".
ColumnPlan plan_columns(const std::vector<std::string>& names, const std::string& name,
                        const FileOptions& options);
/// "c0", "c1", ...
std::vector<std::string> numbered_columns(std::size_t count);

}  // namespace symscan
