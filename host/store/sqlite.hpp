#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
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
  /// `bytes` must live until the statement has run.
  Statement& bind_blob(int index, std::string_view bytes);
  /// What the rows are called where they are damaged: "replica 7".
  Statement& of(std::string rows);
  bool step();  ///< true: a row is there; false: done
  void run();   ///< step() to the end, then ready to be bound again
  void reset();

  // Throw Error ("damaged") where the column is NULL or of another type.
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  std::string_view blob(int column) const;  ///< until the next step
  bool is_null(int column) const;

 private:
  struct Finalise {
    void operator()(sqlite3_stmt* statement) const;
  };
  void expect(int column, int type, const char* name) const;
  [[noreturn]] void throw_damaged(int column, const std::string& what) const;
  std::string_view bytes(int column, const void* first) const;

  sqlite3* database_;
  std::string rows_;
  std::unique_ptr<sqlite3_stmt, Finalise> statement_;
};

/// Resets a statement that is kept when its rows have been read: an open statement holds a lock.
class ResetAfter {
 public:
  explicit ResetAfter(Statement& statement) : statement_(statement) {}
  ~ResetAfter() { statement_.reset(); }
  ResetAfter(const ResetAfter&) = delete;
  ResetAfter& operator=(const ResetAfter&) = delete;

 private:
  Statement& statement_;
};

/// A connection to a database that may come from others: no views, no triggers, no code from its schema, no
/// links followed. Errors are thrown as Error (sqlite_errors.hpp).
class Database {
 public:
  enum class Access {
    look,   ///< read-only, the file alone: neither its log is read nor is anything made beside it
    read,   ///< read-only
    write,  ///< must exist
    create
  };
  Database(const std::filesystem::path& path, Access access);

  void execute(const std::string& sql);
  Statement prepare(std::string_view sql) { return {database_.get(), sql}; }
  /// A statement that is prepared once; `sql` must live as long as the program.
  Statement& kept(const char* sql);
  std::int64_t changes() const;  ///< rows of the last statement
  /// The number of the run, which is part of all row checksums; 0: of none.
  std::int64_t run() const { return *run_; }
  void set_run(std::int64_t number) { *run_ = number; }
  std::string file() const;  ///< "" in memory
  /// The header of the file as it is on disk, "" where it cannot be read.
  std::string header();
  /// Writes a copy of the database, as one file without a log, in the place of `file`.
  void copy_to(const std::filesystem::path& file);
  /// Moves the write-ahead log into the database and empties it. False: a reader is in the way.
  bool empty_log();

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<std::int64_t> run_;  ///< SQLite knows its place
  std::unique_ptr<sqlite3, Close> database_;
  std::map<const char*, Statement> kept_;
};

}  // namespace symscan
