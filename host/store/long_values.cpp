#include "host/store/long_values.hpp"

#include <cstring>

#include "host/store/ledger_limits.hpp"
#include "host/store/row_checksum.hpp"
#include "host/store/sqlite_errors.hpp"

namespace symscan {
namespace {

Statement further_pieces(Database& database, const LongValue& value, std::string_view sql) {
  auto query = database.prepare(sql);
  query.bind(1, std::string_view(value.kind)).bind(2, static_cast<std::int64_t>(value.replica));
  query.of(name_of(value));
  return query;
}

}  // namespace

std::string name_of(const LongValue& value) {
  const bool weights = std::string_view(value.kind) == "parameters";
  return std::string(weights ? "the weights" : "the checkpoint") + " of replica " +
         std::to_string(value.replica);
}

std::int64_t checksum_of(const Database& database, const LongValue& value, std::string_view bytes) {
  RowChecksum sum(database.run());
  sum.add_text(value.kind);
  sum.add(static_cast<std::int64_t>(value.replica));
  sum.add_blob(bytes);
  return sum.value();
}

std::string_view first_piece(std::string_view bytes) {
  return bytes.substr(0, ledger_limits().piece);
}

void write_further_pieces(Database& database, const LongValue& value, std::string_view bytes) {
  auto& forget = database.kept("DELETE FROM piece WHERE kind = ? AND replica = ?");
  forget.bind(1, std::string_view(value.kind)).bind(2, static_cast<std::int64_t>(value.replica)).run();
  const std::size_t piece = ledger_limits().piece;
  if (bytes.size() <= piece) return;
  auto row = database.prepare("INSERT INTO piece VALUES(?, ?, ?, ?)");
  row.bind(1, std::string_view(value.kind)).bind(2, static_cast<std::int64_t>(value.replica));
  for (std::size_t number = 1; number * piece < bytes.size(); ++number) {
    row.bind(3, static_cast<std::int64_t>(number)).bind_blob(4, bytes.substr(number * piece, piece)).run();
  }
}

void check_length(Database& database, const LongValue& value, std::size_t first, std::int64_t bytes) {
  std::int64_t found = static_cast<std::int64_t>(first);
  if (found == bytes) return;
  auto query = further_pieces(
      database, value, "SELECT coalesce(sum(length(bytes)), 0) FROM piece WHERE kind = ? AND replica = ?");
  if (query.step()) found += query.integer(0);
  if (found != bytes) {
    throw damaged_ledger(database.file(), std::to_string(found) + " bytes of " + name_of(value) +
                                              " are there, not " + std::to_string(bytes));
  }
}

void read_further_pieces(Database& database, const LongValue& value, char* target, std::size_t room) {
  if (room == 0) return;
  auto query = further_pieces(
      database, value, "SELECT number, bytes FROM piece WHERE kind = ? AND replica = ? ORDER BY number");
  for (std::int64_t number = 1; query.step(); ++number) {
    const std::string_view bytes = query.blob(1);
    if (query.integer(0) != number || bytes.size() > room)
      throw damaged_ledger(database.file(), "the pieces of " + name_of(value) + " do not fit together");
    std::memcpy(target, bytes.data(), bytes.size());
    target += bytes.size();
    room -= bytes.size();
  }
  if (room > 0) throw damaged_ledger(database.file(), "a piece of " + name_of(value) + " is missing");
}

}  // namespace symscan
