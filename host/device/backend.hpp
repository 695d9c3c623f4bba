#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/device/driver_probe.hpp"
#include "host/device/plugin.hpp"

namespace symscan {

/// What --device says. Devices are numbered as the driver does.
struct DeviceChoice {
  enum class Kind { automatic, cpu, cuda };
  Kind kind = Kind::automatic;
  std::vector<int> devices;  ///< empty: all, or this process's part of them
  int part = 0, parts = 1;   ///< which of how many processes of a machine, whose devices they share out
};

/// "auto", "cpu", "cuda" or "cuda:0,2". Throws UsageError.
DeviceChoice parse_device(const std::string& text);
/// "auto" (nullopt), "fused", "streamed", "cached" or "layered". Throws UsageError.
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
  std::string warning;  ///< a sentence for people whose GPU idles, or has to compile first, to be told even
                        ///< where nothing else is; empty: nothing to say

  /// "cpu (avx512)", "cuda (NVIDIA H200)", "cuda (2 x NVIDIA H200)"
  std::string name() const;
};

/// Whether a training that was begun on one backend (their names) may go on with the other: a plain x86-64
/// executor has no fused multiply-add, and rounds differently.
inline bool rounds_like(const std::string& left, const std::string& right) {
  const auto is_plain = [](const std::string& name) { return name.find("baseline") != std::string::npos; };
  return is_plain(left) == is_plain(right);
}

/// Devices of a backend library that answer; `why` says why there are none.
std::vector<UsableDevice> usable_devices(const DeviceApi& api, std::string& why);

/// Why the plugin is not used, with the GPU (or its absence) and what to do, as a clause: "no NVIDIA GPU was
/// found (...)", "a GPU is there (NAME, driver VERSION), but no plugin: install ...". `why` is what the
/// plugin said of its devices; it is not looked at where there is no plugin.
std::string why_no_device(const DevicePlugin& plugin, const std::string& why, const DriverReport& driver);

/// What to say of a usable device for which the plugin holds no machine code; empty if it does.
std::string about_machine_code(const DeviceApi& api, const UsableDevice& device);

/// `plugin` is called only if the choice is not the CPU, `driver` only if the plugin has no usable device.
/// Throws UsageError if CUDA was asked for and cannot be used.
Backend choose_backend(
    const DeviceChoice& choice, const std::function<const DevicePlugin&()>& plugin = device_plugin,
    const std::function<DriverReport()>& driver = [] { return probe_driver(); });

}  // namespace symscan
