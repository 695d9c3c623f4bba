#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace symscan {

/// One prepared statement; bind from 1, read columns from 0 (as SQLite counts).
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, double value);
  Statement& bind(int index, std::string_view text);
  Statement& bind_blob(int index, std::string_view bytes);
  bool step();  ///< true: a row is there; false: done
  void run();   ///< step() to the end, then ready to be bound again
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;  ///< also blobs
  bool is_null(int column) const;

 private:
  struct Finalise {
    void operator()(sqlite3_stmt* statement) const;
  };
  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalise> statement_;
};

/// A connection. Errors are thrown as Error with SQLite's own message and the file's name.
class Database {
 public:
  explicit Database(const std::filesystem::path& path, bool read_only = false);
  void execute(const std::string& sql);
  Statement prepare(std::string_view sql) { return {database_.get(), sql}; }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace symscan
