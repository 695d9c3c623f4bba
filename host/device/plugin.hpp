#pragma once
#include <string>
#include <vector>

#include "kernels/device/device_api.hpp"

namespace symscan {

/// The library of a device backend.
struct DevicePlugin {
  const DeviceApi* api = nullptr;
  std::string path;     ///< the library that was opened
  std::string why_not;  ///< why there is no api: a clause such as "'x.so' needs libcublas.so.13, which ..."
  bool built = true;    ///< false: no file of this name is in any of the places where it is looked for
};

/// The backend of this program: libsymscan_cuda.so beside the executable, in ../lib/symscan from there, or on
/// the system's library path; SYMSCAN_DEVICE_PLUGIN=FILE in the environment takes the place of these. Opened
/// by the first call and kept.
const DevicePlugin& device_plugin();

/// Opens the first library of the list that is there.
DevicePlugin open_device_plugin(const std::vector<std::string>& files);

/// Whether a plugin whose DeviceApi::build is `build` holds machine code for a GPU of compute capability
/// major.minor: code for 8.0 runs on 8.0 to 8.9. Without, the driver compiles the plugin's PTX for a newer
/// GPU when it is first used. True for a backend that does not tell.
bool has_machine_code(const std::string& build, int major, int minor);

/// Why an interface cannot be used; empty if it can.
std::string refuse_device_api(const DeviceApi* api);

}  // namespace symscan
