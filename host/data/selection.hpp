#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/data/table.hpp"

namespace symscan {

/// Numbers of the columns that a condition (dataset.select) uses, ascending; none for an empty one. Throws
/// DataError with one sentence that says what is wrong and at which character.
std::vector<std::size_t> columns_of_selection(const std::string& select,
                                              const std::vector<std::string>& columns);

/// Keeps the rows that fulfil the condition, with a note that says how many; maybe none. A comparison with a
/// NaN is false. Throws DataError as columns_of_selection() does.
void keep_selected(Table& table, const std::string& name, const std::string& select);

}  // namespace symscan
