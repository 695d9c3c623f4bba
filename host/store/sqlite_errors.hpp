#pragma once
#include <filesystem>
#include <string>

#include "host/base/error.hpp"

struct sqlite3;

namespace symscan {

/// The last error of a connection (null: none could be made) by its kind: 75 for what passes (a full disk, no
/// memory, another program), 42 for what does not. `path`: the file, where the connection does not know it.
Error sqlite_error(sqlite3* database, const std::filesystem::path& path = {});

/// Whether an error says that a file could not be opened: nothing is known of what it holds.
bool could_not_be_opened(const Error& error);

/// "the ledger 'FILE' is damaged: WHAT; ..." with what can be done (42).
Error damaged_ledger(const std::string& file, const std::string& what);

}  // namespace symscan
