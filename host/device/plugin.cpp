#include "host/device/plugin.hpp"

#include <dlfcn.h>
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace symscan {
namespace {

namespace fs = std::filesystem;

constexpr const char* library_name = "libsymscan_cuda.so";
constexpr const char* entry_name = "symscan_device_api";

/// Beside the program or the library, and where they are installed; never by name alone, which the dynamic
/// linker would look for in folders that a user's environment names.
std::vector<std::string> plugin_files() {
  // Not for a program that runs with more rights than its user.
  if (const char* chosen = ::secure_getenv("SYMSCAN_DEVICE_PLUGIN"); chosen != nullptr && *chosen != '\0') {
    return {chosen};
  }
  std::vector<std::string> files;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    files.push_back((program.parent_path() / library_name).string());
    files.push_back((program.parent_path() / "../lib/symscan" / library_name).lexically_normal().string());
  }
  // Of the library, if that is what this code is part of.
  Dl_info here = {};
  if (dladdr(reinterpret_cast<const void*>(&device_plugin), &here) != 0 &&
      fs::path(here.dli_fname).is_absolute()) {
    const fs::path folder = fs::path(here.dli_fname).parent_path();
    files.push_back((folder / library_name).string());
    files.push_back((folder / "symscan" / library_name).string());
  }
  return files;
}

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

DevicePlugin refused(const std::string& why, bool built = true) {
  return {nullptr, "", why, built};
}

DevicePlugin use_library(void* library, const std::string& file) {
  using Entry = const DeviceApi* (*)();
  const auto entry = reinterpret_cast<Entry>(dlsym(library, entry_name));
  if (entry == nullptr)
    return refused("'" + file + "' is no device backend: it has no function " + entry_name);
  const DeviceApi* api = entry();
  if (const std::string why = refuse_device_api(api); !why.empty()) return refused("'" + file + "' " + why);
  return {api, file, ""};
}

}  // namespace

std::string refuse_device_api(const DeviceApi* api) {
  if (api == nullptr) return "gives no interface";
  if (api->layout == device_api_layout()) return "";
  return "was built for another version of symscan (layout " + std::to_string(api->layout) +
         ", this program has " + std::to_string(device_api_layout()) + "): run make build, which builds both";
}

bool has_machine_code(const std::string& build, int major, int minor) {
  std::istringstream words(build);
  bool told = false;
  for (std::string word; words >> word;) {
    if (!word.starts_with("sm_")) continue;
    told = true;
    const int architecture = std::atoi(word.c_str() + 3);
    const bool only_this = word.find('a') != std::string::npos;  // sm_90a
    if (architecture / 10 != major) continue;
    if (only_this ? architecture % 10 == minor : architecture % 10 <= minor) return true;
  }
  return !told;
}

DevicePlugin open_device_plugin(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) return use_library(library, file);
    const std::string message = last_dl_error();
    const std::string missing = missing_library(message);
    if (missing == file) continue;
    if (missing.empty())
      return refused("'" + file + "' cannot be loaded: " + without_prefix(message, file + ": "));
    return refused("'" + file + "' needs " + missing + ", which is not installed or not on the library path");
  }
  if (files.size() == 1) return refused("there is no '" + files.front() + "'");
  return refused(std::string("the plugin ") + library_name + " is not built", false);
}

const DevicePlugin& device_plugin() {
  // The libraries of CUDA do not survive a want of memory while they are loaded.
  constexpr rlim_t least = rlim_t{1} << 30;
  rlimit limit{};
  const bool little_room = ::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur < least;
  static const DevicePlugin plugin =
      little_room ? refused("the limit of the address space (ulimit -v) is below 1 GiB, too little for a GPU")
                  : open_device_plugin(plugin_files());
  return plugin;
}

}  // namespace symscan
