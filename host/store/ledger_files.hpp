#pragma once
#include <filesystem>

namespace symscan {

/// What SQLite keeps beside a database while it writes.
inline constexpr const char* files_beside_ledger[] = {"-wal", "-shm", "-journal"};

/// Throws Error for a symbolic link and for what is no regular file in the place of a run's own file. False:
/// nothing is there.
bool check_plain_file(const std::filesystem::path& path);

/// A ledger and the files beside it may have been put there by somebody. SQLite writes into all of them,
/// waits for pipes, and deletes the file that a journal names. Throws Error for links (hard ones too, but for
/// a ledger that is only read), for what is no regular file, and for journals of several databases. Files
/// that are missing are no error.
void check_ledger_files(const std::filesystem::path& ledger, bool read_only);

}  // namespace symscan
