#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/device/plugin.hpp"

namespace symscan {

/// What --device says. Devices are numbered as the driver does.
struct DeviceChoice {
  enum class Kind { automatic, cpu, cuda };
  Kind kind = Kind::automatic;
  std::vector<int> devices;  ///< empty: all
};

/// "auto", "cpu", "cuda" or "cuda:0,2". Throws UsageError.
DeviceChoice parse_device(const std::string& text);
/// "auto" (nullopt), "fused", "streamed" or "layered". Throws UsageError.
std::optional<Tier> parse_tier(const std::string& text);

struct UsableDevice {
  int number = 0;
  DeviceInfo info = {};

  std::string name() const;  ///< "cuda:0 (NVIDIA H200)"
};

/// Where a sweep trains.
struct Backend {
  const DeviceApi* api = nullptr;  ///< nullptr: on the CPU
  std::vector<UsableDevice> devices;
  std::string why_cpu;  ///< why it is the CPU: a clause

  /// "cpu (avx512)", "cuda (NVIDIA H200)", "cuda (2 x NVIDIA H200)"
  std::string name() const;
};

/// Devices of a backend library that answer; `why` says why there are none.
std::vector<UsableDevice> usable_devices(const DeviceApi& api, std::string& why);

/// `plugin` is called only if the choice is not the CPU. Throws UsageError if CUDA was asked for and cannot
/// be used.
Backend choose_backend(const DeviceChoice& choice,
                       const std::function<const DevicePlugin&()>& plugin = device_plugin);

}  // namespace symscan
