#pragma once
#include <filesystem>
#include <string_view>

namespace symscan {

/// Appends to a plain file that lies there, never through a link: all of `bytes`, or nothing of them if the
/// system refuses (a full disk). Throws Error with what the system said. Is not synced: for what is watched
/// while it grows and can be made again.
void append_to_file(const std::filesystem::path& path, std::string_view bytes);

/// A new file with these bytes. Throws Error if anything lies there already, or what append_to_file() throws.
void create_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace symscan
