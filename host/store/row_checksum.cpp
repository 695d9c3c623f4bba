#include "host/store/row_checksum.hpp"

#include <sqlite3.h>

#include <cstring>
#include <exception>
#include <new>

#include "host/store/sqlite_errors.hpp"

namespace symscan {
namespace {

/// False: SQLite had no memory for the value.
bool add_value(RowChecksum& sum, sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      sum.add(static_cast<std::int64_t>(sqlite3_value_int64(value)));
      return true;
    case SQLITE_FLOAT:
      sum.add(sqlite3_value_double(value));
      return true;
    case SQLITE_NULL:
      sum.add_null();
      return true;
    default:
      break;
  }
  const bool is_text = sqlite3_value_type(value) == SQLITE_TEXT;
  const void* first = is_text ? sqlite3_value_text(value) : sqlite3_value_blob(value);
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
  if (first == nullptr && (size > 0 || is_text)) return false;
  const std::string_view bytes(static_cast<const char*>(first), size);
  if (is_text)
    sum.add_text(bytes);
  else
    sum.add_blob(bytes);
  return true;
}

/// Called by SQLite, which knows no exceptions.
void row_checksum_function(sqlite3_context* context, int count, sqlite3_value** values) {
  try {
    RowChecksum sum(*static_cast<const std::int64_t*>(sqlite3_user_data(context)));
    for (int i = 0; i < count; ++i)
      if (!add_value(sum, values[i])) return sqlite3_result_error_nomem(context);
    sqlite3_result_int64(context, sum.value());
  } catch (const std::exception&) {
    sqlite3_result_error_nomem(context);
  }
}

}  // namespace

RowChecksum::RowChecksum(std::int64_t run) {
  if (run != 0) add_head('k', &run);
}

void RowChecksum::add_head(char type, const void* eight) {
  char head[9] = {type};
  std::memcpy(head + 1, eight, 8);
  digest_.add(head, sizeof head);
}

void RowChecksum::add_null() {
  const std::int64_t none = 0;
  add_head('n', &none);
}

void RowChecksum::add(std::int64_t value) {
  add_head('i', &value);
}

void RowChecksum::add(double value) {
  value += 0.0;  // SQLite may store -0 as 0
  add_head('r', &value);
}

void RowChecksum::add_text(std::string_view text) {
  const std::uint64_t size = text.size();
  add_head('t', &size);
  digest_.add(text);
}

void RowChecksum::add_blob(std::string_view bytes) {
  const std::uint64_t size = bytes.size();
  add_head('b', &size);
  digest_.add(bytes);
}

void add_row_checksum(sqlite3* database, std::int64_t* run) {
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
  if (sqlite3_create_function_v2(database, "row_checksum", -1, flags, run, &row_checksum_function, nullptr,
                                 nullptr, nullptr) != SQLITE_OK) {
    throw sqlite_error(database);
  }
}

}  // namespace symscan
