#pragma once
#include "host/data/file_dataset.hpp"
#include "host/data/table.hpp"

namespace symscan {

/// Moves the columns after the features of a table that was read after plan_columns() to Table::groups and
/// Table::target, as far as the options name them. Comes after keep_selected().
void take_special_columns(Table& table, const FileOptions& options);

}  // namespace symscan
