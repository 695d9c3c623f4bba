#pragma once
#include <cstdint>
#include <string_view>

#include "host/base/digest.hpp"

struct sqlite3;

namespace symscan {

/// The checksum of a row of the ledger: XXH3-64 over its values, each as a letter for its type ('n' NULL,
/// 'i' integer, 'r' real, 't' text, 'b' blob), then 8 bytes of the machine (little-endian: the number, or how
/// many bytes follow), then the bytes. Before them, as an integer with the letter 'k', the number of the run,
/// so that rows of another one do not fit; none where it is 0. Stored as SQLite's signed integer.
class RowChecksum {
 public:
  explicit RowChecksum(std::int64_t run);
  void add_null();
  void add(std::int64_t value);
  void add(double value);
  void add_text(std::string_view text);
  void add_blob(std::string_view bytes);
  std::int64_t value() const { return static_cast<std::int64_t>(digest_.checksum()); }

 private:
  void add_head(char type, const void* eight);
  Digest digest_;
};

/// Gives a connection the SQL function row_checksum(value, ...). The schema of a database cannot call it.
/// `run`: its number, may change; must live as long as the connection.
void add_row_checksum(sqlite3* database, std::int64_t* run);

}  // namespace symscan
