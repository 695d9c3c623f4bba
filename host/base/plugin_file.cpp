#include "host/base/plugin_file.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

namespace symscan {
namespace {

namespace fs = std::filesystem;

std::string last_dl_error() {
  const char* text = dlerror();
  return text != nullptr ? text : "unknown error";
}

/// The library that the dynamic linker did not find, by its message "NAME: cannot open shared object ...";
/// empty for other errors.
std::string missing_library(const std::string& message) {
  const std::size_t end = message.find(": cannot open shared object file");
  return end == std::string::npos ? "" : message.substr(0, end);
}

std::string without_prefix(const std::string& text, const std::string& prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

}  // namespace

std::vector<std::string> plugin_files(const char* name, const char* variable) {
  // Not for a program that runs with more rights than its user.
  if (const char* chosen = ::secure_getenv(variable); chosen != nullptr && *chosen != '\0') return {chosen};
  std::vector<std::string> files;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    files.push_back((program.parent_path() / name).string());
    files.push_back((program.parent_path() / "../lib/symscan" / name).lexically_normal().string());
  }
  // Of the library, if that is what this code is part of.
  Dl_info here = {};
  if (dladdr(reinterpret_cast<const void*>(&open_plugin), &here) != 0 &&
      fs::path(here.dli_fname).is_absolute()) {
    const fs::path folder = fs::path(here.dli_fname).parent_path();
    files.push_back((folder / name).string());
    files.push_back((folder / "symscan" / name).string());
  }
  return files;
}

PluginFile open_plugin(const std::vector<std::string>& files, const char* name) {
  for (const std::string& file : files) {
    if (void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) return {library, file, "", true};
    const std::string message = last_dl_error();
    const std::string missing = missing_library(message);
    if (missing == file) continue;
    if (missing.empty())
      return {nullptr, "", "'" + file + "' cannot be loaded: " + without_prefix(message, file + ": "), true};
    return {nullptr, "",
            "'" + file + "' needs " + missing + ", which is not installed or not on the library path", true};
  }
  if (files.size() == 1) return {nullptr, "", "there is no '" + files.front() + "'", true};
  return {nullptr, "", std::string("the plugin ") + name + " is not built", false};
}

}  // namespace symscan
