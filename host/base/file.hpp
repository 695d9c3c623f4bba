#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace symscan {

/// Writes `bytes` to `path` so that a reader (or a crash) sees the old file or the new one, never a part:
/// a temporary name in the same folder, fsync, rename, fsync of the folder. Throws Error.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// As above, for libraries that write to a path of their own: `write` gets the temporary name.
void write_file_atomically(const std::filesystem::path& path,
                           const std::function<void(const std::filesystem::path& temporary)>& write);

/// The whole file; throws Error if it cannot be read or is larger than `limit` bytes.
std::string read_text_file(const std::filesystem::path& path, std::uint64_t limit = 64u << 20);

}  // namespace symscan
