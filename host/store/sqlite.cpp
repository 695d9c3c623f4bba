#include "host/store/sqlite.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cerrno>

#include "host/base/text.hpp"
#include "host/base/trouble.hpp"
#include "host/store/ledger_limits.hpp"
#include "host/store/row_checksum.hpp"
#include "host/store/sqlite_errors.hpp"

namespace symscan {
namespace {

/// The file's path with links of its folders resolved, so that SQLite may be told to follow none. Throws for
/// links, pipes and devices in the place of the file.
std::string resolved_file(const std::filesystem::path& path, bool may_be_new) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno != ENOENT || !may_be_new) throw_trouble("cannot open the ledger", path, errno);
  } else if (!S_ISREG(status.st_mode)) {
    throw Error("'" + path.string() + "' is no regular file (" +
                (S_ISLNK(status.st_mode) ? "a link" : "a pipe, a device or a folder") +
                "); a ledger is never opened through such");
  }
  std::error_code error;
  const auto folder = std::filesystem::canonical(path.has_parent_path() ? path.parent_path() : ".", error);
  if (error) throw_trouble("cannot open the folder of the ledger", path, error.value());
  return (folder / path.filename()).string();
}

/// As a URI of SQLite for a file that nobody changes meanwhile.
std::string immutable_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    char escaped[4];
    std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned char>(c));
    const bool special = c == '?' || c == '#' || c == '%';
    uri += special ? std::string(escaped) : std::string(1, c);
  }
  return uri + "?immutable=1";
}

int open_flags(Database::Access access) {
  switch (access) {
    case Database::Access::look:
      return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    case Database::Access::read:
      return SQLITE_OPEN_READONLY;
    case Database::Access::write:
      return SQLITE_OPEN_READWRITE;
    case Database::Access::create:
      break;
  }
  return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
}

/// "" in memory.
std::string main_file_of(sqlite3* database) {
  const char* name = sqlite3_db_filename(database, "main");
  return name != nullptr ? name : "";
}

/// Nothing that a stranger wrote into the schema is run.
void trust_nothing(sqlite3* database) {
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
  const int longest = ledger_limits().longest_value;
  if (longest > 0) sqlite3_limit(database, SQLITE_LIMIT_LENGTH, longest);
}

}  // namespace

void Statement::Finalise::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement::Statement(sqlite3* database, std::string_view sql) : database_(database) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) !=
      SQLITE_OK) {
    throw sqlite_error(database);
  }
  statement_.reset(statement);
}

Statement& Statement::bind(int index, std::int64_t value) {
  if (sqlite3_bind_int64(statement_.get(), index, value) != SQLITE_OK) throw sqlite_error(database_);
  return *this;
}

Statement& Statement::bind(int index, double value) {
  if (sqlite3_bind_double(statement_.get(), index, value) != SQLITE_OK) throw sqlite_error(database_);
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  if (sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) !=
      SQLITE_OK) {
    throw sqlite_error(database_);
  }
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  // A null pointer would be NULL.
  const char* first = bytes.empty() ? "" : bytes.data();
  if (sqlite3_bind_blob64(statement_.get(), index, first, bytes.size(), SQLITE_STATIC) != SQLITE_OK)
    throw sqlite_error(database_);
  return *this;
}

Statement& Statement::of(std::string rows) {
  rows_ = std::move(rows);
  return *this;
}

bool Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  const Error error = sqlite_error(database_);
  sqlite3_reset(statement_.get());
  throw error;
}

void Statement::run() {
  while (step()) {
  }
  sqlite3_reset(statement_.get());
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
}

void Statement::expect(int column, int type, const char* name) const {
  const int found = sqlite3_column_type(statement_.get(), column);
  if (found == type || (type == SQLITE_FLOAT && found == SQLITE_INTEGER)) return;
  throw_damaged(column, found == SQLITE_NULL ? " is missing" : std::string(" is no ") + name);
}

void Statement::throw_damaged(int column, const std::string& what) const {
  const char* title = sqlite3_column_name(statement_.get(), column);
  throw damaged_ledger(main_file_of(database_), std::string("'") + (title != nullptr ? title : "?") + "'" +
                                                    (rows_.empty() ? "" : " of " + rows_) + what);
}

/// The bytes of a column whose first was asked for: none, where there was no memory for them.
std::string_view Statement::bytes(int column, const void* first) const {
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (first == nullptr && (size > 0 || sqlite3_errcode(database_) == SQLITE_NOMEM))
    throw sqlite_error(nullptr, main_file_of(database_));
  return {static_cast<const char*>(first), static_cast<std::size_t>(size)};
}

std::int64_t Statement::integer(int column) const {
  expect(column, SQLITE_INTEGER, "whole number");
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
  expect(column, SQLITE_FLOAT, "number");
  return sqlite3_column_double(statement_.get(), column);
}

std::string Statement::text(int column) const {
  expect(column, SQLITE_TEXT, "text");
  std::string text(bytes(column, sqlite3_column_text(statement_.get(), column)));
  if (find_non_utf8(text) != std::string::npos) throw_damaged(column, " is no text in UTF-8");
  return text;
}

std::string_view Statement::blob(int column) const {
  expect(column, SQLITE_BLOB, "blob");
  return bytes(column, sqlite3_column_blob(statement_.get(), column));
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Database::Database(const std::filesystem::path& path, Access access)
    : run_(std::make_unique<std::int64_t>(0)) {
  int flags = open_flags(access);
  std::string name = path.string();
  if (name != ":memory:") {
    name = resolved_file(path, access == Access::create);
    flags |= SQLITE_OPEN_NOFOLLOW;
  }
  if (access == Access::look) name = immutable_uri(name);
  sqlite3* database = nullptr;
  const int result = sqlite3_open_v2(name.c_str(), &database, flags, nullptr);
  database_.reset(database);
  if (result != SQLITE_OK) throw sqlite_error(database, path);
  trust_nothing(database);
  sqlite3_busy_timeout(database, ledger_limits().busy_milliseconds);
  add_row_checksum(database, run_.get());
  execute("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0");
  if (access == Access::look || access == Access::read) execute("PRAGMA query_only=ON");
}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw sqlite_error(database_.get());
}

Statement& Database::kept(const char* sql) {
  auto found = kept_.find(sql);
  if (found == kept_.end()) found = kept_.emplace(sql, prepare(sql)).first;
  return found->second;
}

std::int64_t Database::changes() const {
  return sqlite3_changes(database_.get());
}

std::string Database::file() const {
  return main_file_of(database_.get());
}

std::string Database::header() {
  // Through SQLite: to close a descriptor of one's own would give up SQLite's locks on the file.
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  std::string bytes(100, 0);
  if (file == nullptr || file->pMethods == nullptr ||
      file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), 0) != SQLITE_OK) {
    return {};
  }
  return bytes;
}

void Database::copy_to(const std::filesystem::path& file) {
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  Database copy(file, Access::create);
  sqlite3_backup* backup = sqlite3_backup_init(copy.database_.get(), "main", database_.get(), "main");
  if (backup == nullptr) throw sqlite_error(copy.database_.get(), file);
  const int copied = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (copied != SQLITE_DONE || finished != SQLITE_OK) throw sqlite_error(copy.database_.get(), file);
  copy.execute("PRAGMA journal_mode=DELETE");
}

bool Database::empty_log() {
  sqlite3_busy_timeout(database_.get(), 0);
  const int result =
      sqlite3_wal_checkpoint_v2(database_.get(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(database_.get(), ledger_limits().busy_milliseconds);
  if (result == SQLITE_OK) return true;
  if ((result & 0xFF) == SQLITE_BUSY || (result & 0xFF) == SQLITE_LOCKED) return false;
  throw sqlite_error(database_.get());
}

}  // namespace symscan
