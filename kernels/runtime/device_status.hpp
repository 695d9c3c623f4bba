#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>

#include "kernels/block/layout.hpp"

/// What device calls answer, on both sides of the interface (kernels/device/device_api.hpp).
namespace symscan {

enum class DeviceStatus : int {
  ok = 0,
  out_of_memory = 1,  ///< nothing was changed; smaller requests may work
  lost = 2,           ///< the device does not answer any more; only close() may follow
  failed = 3          ///< anything else; `why` tells
};

struct DeviceInfo {
  char name[128];
  int major, minor;  ///< compute capability
  std::uint64_t total_memory, free_memory;
  DeviceLimits limits;
};

/// Something that a device did not carry out. what() is a sentence, status() says what may follow; it is not
/// `ok`. Exceptions do not cross the interface: the plugin turns them into status and sentence, the host
/// throws them again.
class DeviceError : public std::runtime_error {
 public:
  DeviceError(DeviceStatus status, const std::string& sentence)
      : std::runtime_error(sentence), status_(status) {}
  DeviceStatus status() const { return status_; }

 private:
  DeviceStatus status_;
};

}  // namespace symscan
