#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "host/data/table.hpp"

namespace symscan {

/// Whether a column is 0, 1, 2, ... or 1, 2, 3, ...
bool counts_rows(const Table& table, std::size_t column);

/// A value such as -999 that stands apart from all others of a column, and in how many rows.
struct Sentinel {
  double value;
  std::size_t rows;
};
/// [features]
std::vector<std::optional<Sentinel>> find_sentinels(const Table& table);

/// Notes on columns that look like row numbers or hold sentinels (-999), and on tables wider than long.
void note_oddities(Table& table, const std::string& name);

}  // namespace symscan
