#include "tests/fuzz/ledger_edits.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace symscan::test {
namespace {

struct Order {
  std::uint8_t table, column, row, what;
  std::int64_t operand;
};

struct Closed {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Connection = std::unique_ptr<sqlite3, Closed>;
using Query = std::unique_ptr<sqlite3_stmt, Closed>;

Query prepare(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr);
  return Query(statement);
}

std::vector<std::string> texts(sqlite3* database, const std::string& sql) {
  std::vector<std::string> found;
  const Query query = prepare(database, sql);
  while (query && sqlite3_step(query.get()) == SQLITE_ROW)
    if (const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(query.get(), 0)))
      found.emplace_back(text);
  return found;
}

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

/// An SQL expression for the new value of `column`.
std::string new_value(const std::string& column, const Order& order) {
  double real = 0;
  std::memcpy(&real, &order.operand, sizeof real);
  const std::string number = std::to_string(order.operand);
  const std::string place = std::to_string(static_cast<std::uint64_t>(order.operand) % 4096);
  switch (order.what % 9) {
    case 0:
      return "NULL";
    case 1:
      return number;
    case 2:
      return real == real && real - real == 0 ? std::to_string(real) : "9e999";
    case 3:  // cut short
      return "substr(" + column + ", 1, " + place + ")";
    case 4:  // longer
      return "CAST(" + column + " || zeroblob(" + place + ") AS BLOB)";
    case 5:
      return "''";
    case 6:  // another number in a JSON text
      return "replace(" + column + ", '" + std::to_string(order.row % 10) + "', '" + number + "')";
    case 7:
      return "replace(" + column + ", ',', ',null,')";
    default:  // a byte of a BLOB or a text
      return "CAST(substr(" + column + ", 1, " + place + ") || x'" + "0f7f80ff"[order.row % 8] +
             "0' || substr(" + column + ", " + place + " + 2) AS BLOB)";
  }
}

void apply(sqlite3* database, const Order& order) {
  const auto tables = texts(database, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
  if (tables.empty()) return;
  const std::string table = quoted(tables[order.table % tables.size()]);
  const auto columns = texts(database, "SELECT name FROM pragma_table_info(" + table + ")");
  if (columns.empty()) return;
  const std::string column = quoted(columns[order.column % columns.size()]);
  const std::string row =
      " WHERE rowid = (SELECT rowid FROM " + table + " LIMIT 1 OFFSET " + std::to_string(order.row % 4) + ")";
  const std::string sql = order.what >= 250
                              ? "DELETE FROM " + table + row
                              : "UPDATE " + table + " SET " + column + " = " + new_value(column, order) + row;
  sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
}

}  // namespace

void edit_ledger(const std::string& path, std::string_view orders) {
  sqlite3* opened = nullptr;
  sqlite3_open(path.c_str(), &opened);
  const Connection database(opened);
  sqlite3_exec(database.get(), "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF", nullptr, nullptr,
               nullptr);
  for (int count = 0; orders.size() >= 12 && count < 8; ++count, orders.remove_prefix(12)) {
    Order order{};
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(orders.data());
    order.table = bytes[0];
    order.column = bytes[1];
    order.row = bytes[2];
    order.what = bytes[3];
    std::memcpy(&order.operand, bytes + 4, sizeof order.operand);
    apply(database.get(), order);
  }
}

}  // namespace symscan::test
