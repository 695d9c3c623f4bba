#pragma once
#include <filesystem>
#include <string>

namespace symscan {

/// The name of a file system that several machines may use ("NFS"), by the type that statfs gives; null for
/// all others. The shared memory of SQLite's write-ahead log does not reach another machine.
const char* network_file_system(long type);

/// Of the folder of a file; "": a local one, or not known.
std::string network_file_system_of(const std::filesystem::path& file);

}  // namespace symscan
