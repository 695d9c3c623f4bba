#include "host/device/plugin.hpp"

#include <dlfcn.h>
#include <sys/resource.h>

#include <cstdlib>
#include <sstream>

#include "host/base/plugin_file.hpp"

namespace symscan {
namespace {

constexpr const char* library_name = "libsymscan_cuda.so";
constexpr const char* entry_name = "symscan_device_api";

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
  const PluginFile file = open_plugin(files, library_name);
  return file.library != nullptr ? use_library(file.library, file.path) : refused(file.why_not, file.built);
}

const DevicePlugin& device_plugin() {
  // The libraries of CUDA do not survive a want of memory while they are loaded.
  constexpr rlim_t least = rlim_t{1} << 30;
  rlimit limit{};
  const bool little_room = ::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur < least;
  static const DevicePlugin plugin =
      little_room ? refused("the limit of the address space (ulimit -v) is below 1 GiB, too little for a GPU")
                  : open_device_plugin(plugin_files(library_name, "SYMSCAN_DEVICE_PLUGIN"));
  return plugin;
}

}  // namespace symscan
