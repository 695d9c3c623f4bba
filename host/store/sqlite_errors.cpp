#include "host/store/sqlite_errors.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string_view>

#include "host/base/file.hpp"
#include "host/base/trouble.hpp"

namespace symscan {
namespace {

constexpr const char* not_opened = " cannot be opened";
constexpr const char* kept = " (what is finished is kept; go on with --resume)";

Error with_errno(const std::string& what, int error) {
  const ExitCode code = exit_code_of(error);
  return Error(what + ": " + trouble_text(error) + (code == ExitCode::interrupted ? kept : ""), code);
}

/// Locks that the file system refuses; some refusals may pass.
Error lock_error(const std::string& name, int error) {
  const bool no_locks = error == 0 || error == EOPNOTSUPP || error == ENOSYS || error == EINVAL;
  if (!no_locks) return with_errno(name + " cannot be locked", error);
  return Error(name + " cannot be locked: its file system has no locks; choose an --out on a local disk",
               ExitCode::interrupted);
}

bool is_lock_code(int code) {
  switch (code) {
    case SQLITE_IOERR_LOCK:
    case SQLITE_IOERR_RDLOCK:
    case SQLITE_IOERR_UNLOCK:
    case SQLITE_IOERR_CHECKRESERVEDLOCK:
    case SQLITE_IOERR_SHMLOCK:
      return true;
    default:
      return false;
  }
}

enum class SecondLook { whole, damaged, not_read };

/// Whether a ledger that SQLite calls damaged is. When a disk fails to be read, the read ends with
/// SQLITE_IOERR_CORRUPTFS, and a statement turns that into SQLITE_CORRUPT.
SecondLook look_again(const std::string& file) {
  sqlite3* opened = nullptr;
  int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(opened, sqlite3_close);
  sqlite3_stmt* prepared = nullptr;
  if (code == SQLITE_OK)
    code = sqlite3_prepare_v2(opened, "PRAGMA integrity_check(1)", -1, &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> check(prepared, sqlite3_finalize);
  if (code == SQLITE_OK) code = sqlite3_step(prepared);
  if ((code & 0xFF) == SQLITE_IOERR) return SecondLook::not_read;
  const auto* said = code == SQLITE_ROW ? sqlite3_column_text(prepared, 0) : nullptr;
  const bool whole = said != nullptr && std::string_view(reinterpret_cast<const char*>(said)) == "ok";
  return whole ? SecondLook::whole : SecondLook::damaged;
}

Error damage_or_trouble(const std::string& file, const std::string& name, int code,
                        const std::string& message) {
  const SecondLook look = code == SQLITE_IOERR_CORRUPTFS ? SecondLook::not_read : look_again(file);
  return look == SecondLook::damaged ? damaged_ledger(file, message)
                                     : with_errno(name + " cannot be read", EIO);
}

}  // namespace

Error damaged_ledger(const std::string& file, const std::string& what) {
  return Error(
      "the ledger '" + file + "' is damaged: " + what +
      "; put a good copy in its place (with no -wal, -shm or -journal beside it), or train again with "
      "--overwrite");
}

bool could_not_be_opened(const Error& error) {
  return std::string_view(error.what()).find(not_opened) != std::string_view::npos;
}

Error sqlite_error(sqlite3* database, const std::filesystem::path& path) {
  const char* known = database != nullptr ? sqlite3_db_filename(database, "main") : nullptr;
  const std::string file = path.empty() && known != nullptr ? known : path.string();
  const std::string name = "the ledger '" + file_meant_by(file).string() + "'";
  const int code = database != nullptr ? sqlite3_extended_errcode(database) : SQLITE_NOMEM;
  const int error = database != nullptr ? sqlite3_system_errno(database) : 0;
  const std::string message = database != nullptr ? sqlite3_errmsg(database) : "";
  if (code == SQLITE_IOERR_NOMEM || (code & 0xFF) == SQLITE_NOMEM)
    return with_errno(name + " cannot be used", ENOMEM);
  if (code == SQLITE_PROTOCOL)
    return Error(
        name +
            " cannot be locked: another program holds it, or its file system gives no locks; repeat, or "
            "choose an --out on a local disk",
        ExitCode::interrupted);
  if (code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY)
    return Error(name +
                 " was left by a run that was killed while it wrote; train --resume brings it in order");
  if (is_lock_code(code)) return lock_error(name, error);
  if (code == SQLITE_IOERR_CORRUPTFS || (code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB)
    return damage_or_trouble(file, name, code, message);
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return with_errno(name + " cannot be written", ENOSPC);
    case SQLITE_IOERR:
      return error == 0 ? Error(name + " cannot be read or written (" + message +
                                    "); is the disk full or gone, or a limit of file sizes reached? Mend "
                                    "that and repeat" +
                                    kept,
                                ExitCode::interrupted)
                        : with_errno(name + " cannot be read or written", error);
    case SQLITE_CANTOPEN:
      // The errno of a second attempt: the file is there, and the first one met something that may pass.
      if (error == ENOENT && ::access(file.c_str(), F_OK) == 0)
        return Error(name + not_opened + ": the system refused it; repeat", ExitCode::interrupted);
      return error == 0 ? Error(name + not_opened + ": " + message) : with_errno(name + not_opened, error);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(name + " is in use by another program; close that and repeat" + kept,
                   ExitCode::interrupted);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      // SQLite opens for reading what it could not open for writing, whatever the reason was.
      if (code == SQLITE_READONLY && ::access(file.c_str(), W_OK) == 0)
        return Error(
            name + " cannot be written: the system did not open it for writing, and would now; repeat",
            ExitCode::interrupted);
      return Error(name + " cannot be written: there is no permission to write to it or its folder (" +
                   message + ")");
    case SQLITE_TOOBIG:
      return Error(name + " cannot hold what is to be stored: it is longer than SQLite's limit");
    default:
      return Error(name + " cannot be used: " + message);
  }
}

}  // namespace symscan
