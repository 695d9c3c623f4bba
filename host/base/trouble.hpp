#pragma once
#include <filesystem>
#include <string>

#include "host/base/error.hpp"

namespace symscan {

/// What an errno of the operating system means for a run. 75 where the same command may succeed later (no
/// space, no memory, no descriptors, a disk or a server that does not answer), else 42.
ExitCode exit_code_of(int error);

/// The system's words for an errno and what to do: "No space left on device; free some space and repeat".
std::string trouble_text(int error);

/// Throws Error: "WHAT 'PATH': TROUBLE", with exit_code_of(error).
[[noreturn]] void throw_trouble(const std::string& what, const std::filesystem::path& path, int error);

}  // namespace symscan
