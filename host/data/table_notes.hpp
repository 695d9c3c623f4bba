#pragma once
#include <string>

#include "host/data/table.hpp"

namespace symscan {

/// Notes on columns that look like row numbers or hold sentinels (-999), and on tables wider than long.
void note_oddities(Table& table, const std::string& name);

}  // namespace symscan
