#pragma once
#include <string>
#include <string_view>

namespace symscan::test {

/// Changes entries of the ledger at `path` as `orders` says, 12 bytes an order: table, column, row, what, and
/// an operand of 8 bytes. Any bytes are orders; those that the tables' own rules forbid are left out.
void edit_ledger(const std::string& path, std::string_view orders);

}  // namespace symscan::test
