#include "host/mpi/mpi_plugin.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <string_view>

#include "host/base/plugin_file.hpp"

namespace symscan {
namespace {

constexpr const char* mpi_library_name = "libsymscan_mpi.so";
constexpr const char* mpi_entry_name = "symscan_mpi_api";

/// The number that a variable of the environment holds; 0: none.
int number_in(const char* variable) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::atoi(text) : 0;
}

}  // namespace

MpiPlugin open_mpi_plugin(const std::vector<std::string>& files) {
  const PluginFile file = open_plugin(files, mpi_library_name);
  if (file.library == nullptr) return {nullptr, "", file.why_not, file.built};
  using Entry = const MpiApi* (*)();
  const auto entry = reinterpret_cast<Entry>(dlsym(file.library, mpi_entry_name));
  const MpiApi* api = entry != nullptr ? entry() : nullptr;
  if (api == nullptr)
    return {nullptr, "", "'" + file.path + "' is no MPI plugin: it has no function " + mpi_entry_name, true};
  if (api->layout != mpi_api_layout())
    return {nullptr, "",
            "'" + file.path + "' was built for another version of symscan: run make build, which builds both",
            true};
  return {api, file.path, "", true};
}

const MpiPlugin& mpi_plugin() {
  static const MpiPlugin plugin = open_mpi_plugin(plugin_files(mpi_library_name, "SYMSCAN_MPI_PLUGIN"));
  return plugin;
}

int launched_processes() {
  if (const char* wish = std::getenv("SYMSCAN_MPI"); wish != nullptr && std::string_view(wish) == "off")
    return 1;
  int size = number_in("OMPI_COMM_WORLD_SIZE");
  if (size == 0) size = number_in("PMI_SIZE");
  if (size == 0 && std::getenv("PMIX_RANK") != nullptr) size = number_in("SLURM_STEP_NUM_TASKS");
  return size > 1 ? size : 1;
}

}  // namespace symscan
