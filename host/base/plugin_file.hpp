#pragma once
#include <string>
#include <vector>

namespace symscan {

/// A shared library that is opened while the program runs.
struct PluginFile {
  void* library = nullptr;  ///< for dlsym
  std::string path;         ///< the file that was opened
  std::string why_not;  ///< why there is no library: a clause such as "'x.so' needs libmpi.so.40, which ..."
  bool built = true;    ///< false: no file of this name is in any of the places where it is looked for
};

/// Where a plugin may lie: beside the program or the library, and where they are installed; never by name
/// alone, which the dynamic linker would look for in folders that a user's environment names.
/// `variable`: of the environment, whose file takes the place of these.
std::vector<std::string> plugin_files(const char* name, const char* variable);

/// Opens the first of the files that is there.
PluginFile open_plugin(const std::vector<std::string>& files, const char* name);

}  // namespace symscan
