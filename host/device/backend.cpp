#include "host/device/backend.hpp"

#include <algorithm>
#include <charconv>

#include "host/base/error.hpp"
#include "host/device/device_plan.hpp"
#include "kernels/cpu_backend.hpp"

namespace symscan {
namespace {

constexpr Tier tiers[] = {Tier::fused, Tier::streamed, Tier::cached, Tier::layered};

[[noreturn]] void refuse_device(const std::string& text) {
  throw UsageError("--device '" + text +
                   "' is unknown; it is auto, cpu, cuda (all devices), cuda:0 or cuda:0,1");
}

/// The devices of one of several processes; with more processes than devices, some share one.
std::vector<UsableDevice> part_of(const std::vector<UsableDevice>& usable, const DeviceChoice& choice) {
  std::vector<UsableDevice> part;
  const std::size_t own = static_cast<std::size_t>(choice.part), all = static_cast<std::size_t>(choice.parts);
  if (!usable.empty() && usable.size() < all) return {usable[own % usable.size()]};
  for (std::size_t d = own; d < usable.size(); d += all) part.push_back(usable[d]);
  return part;
}

/// The devices that the choice names, in its order; or `why` says which is missing.
std::vector<UsableDevice> chosen_devices(const DeviceChoice& choice, const std::vector<UsableDevice>& usable,
                                         std::string& why) {
  if (choice.devices.empty()) return part_of(usable, choice);
  std::vector<UsableDevice> chosen;
  for (const int number : choice.devices) {
    const auto found = std::find_if(usable.begin(), usable.end(),
                                    [&](const UsableDevice& device) { return device.number == number; });
    if (found == usable.end()) {
      why = "there is no usable device cuda:" + std::to_string(number) + " (symscan doctor lists them)";
      return {};
    }
    chosen.push_back(*found);
  }
  return chosen;
}

}  // namespace

DeviceChoice parse_device(const std::string& text) {
  if (text == "auto") return {};
  if (text == "cpu") return {DeviceChoice::Kind::cpu, {}};
  DeviceChoice choice{DeviceChoice::Kind::cuda, {}};
  if (text == "cuda") return choice;
  if (!text.starts_with("cuda:")) refuse_device(text);
  const char* next = text.data() + 5;
  const char* const end = text.data() + text.size();
  while (true) {
    int number = -1;
    const auto [after, error] = std::from_chars(next, end, number);
    if (error != std::errc() || number < 0) refuse_device(text);
    if (std::find(choice.devices.begin(), choice.devices.end(), number) != choice.devices.end()) {
      throw UsageError("--device '" + text + "' names a device twice");
    }
    choice.devices.push_back(number);
    if (after == end) return choice;
    if (*after != ',') refuse_device(text);
    next = after + 1;
  }
}

std::optional<Tier> parse_tier(const std::string& text) {
  if (text == "auto") return std::nullopt;
  for (const Tier tier : tiers) {
    if (text == tier_name(tier)) return tier;
  }
  throw UsageError("--tier '" + text + "' is unknown; it is auto, fused, streamed, cached or layered");
}

std::string UsableDevice::name() const {
  return "cuda:" + std::to_string(number) + " (" + info.name + ")";
}

std::string Backend::name() const {
  if (api == nullptr) return std::string("cpu (") + cpu_backend().name + ")";
  std::vector<std::string> names;
  for (const UsableDevice& device : devices) names.emplace_back(device.info.name);
  std::string list;
  for (auto name = names.begin(); name != names.end();) {
    const auto other = std::find_if(name, names.end(), [&](const std::string& n) { return n != *name; });
    if (!list.empty()) list += ", ";
    if (other - name > 1) list += std::to_string(other - name) + " x ";
    list += *name;
    name = other;
  }
  return "cuda (" + list + ")";
}

std::vector<UsableDevice> usable_devices(const DeviceApi& api, std::string& why) {
  char sentence[DeviceApi::why_size] = "";
  int count = 0;
  if (api.count(&count, sentence) != DeviceStatus::ok || count == 0) {
    why = *sentence != '\0' ? sentence : "no device was found";
    return {};
  }
  std::vector<UsableDevice> devices;
  for (int number = 0; number < count; ++number) {
    UsableDevice device;
    device.number = number;
    if (api.info(number, &device.info, sentence) == DeviceStatus::ok) {
      devices.push_back(device);
    } else {
      why = "cuda:" + std::to_string(number) + " cannot be used: " + sentence;
    }
  }
  return devices;
}

std::string why_no_device(const DevicePlugin& plugin, const std::string& why, const DriverReport& driver) {
  const std::string& reason = plugin.api == nullptr ? plugin.why_not : why;
  if (driver.gpus.empty()) {
    return "no NVIDIA GPU was found" + (plugin.api == nullptr ? ", and " + reason : " (" + reason + ")");
  }
  const std::string gpu = "a GPU is there (" + driver.text() + "), but ";
  if (!driver.why.empty()) return gpu + driver.why;
  if (plugin.built) return gpu + reason;
  const std::string toolkit = driver.cuda > 0 ? ", at most CUDA " + std::to_string(driver.cuda / 1000) : "";
  return gpu + "no plugin: install the CUDA toolkit (nvcc" + toolkit + ") and run make build";
}

std::string about_machine_code(const DeviceApi& api, const UsableDevice& device) {
  if (has_machine_code(api.build, device.info.major, device.info.minor)) return "";
  return "the plugin has no machine code for " + device.name() + ", compute capability " +
         std::to_string(device.info.major) + "." + std::to_string(device.info.minor) +
         ": the driver compiles it at the first start; make build on this machine does it once for all";
}

Backend choose_backend(const DeviceChoice& choice, const std::function<const DevicePlugin&()>& plugin,
                       const std::function<DriverReport()>& driver) {
  Backend backend;
  if (choice.kind == DeviceChoice::Kind::cpu) {
    backend.why_cpu = "--device cpu was given";
    return backend;
  }
  const DevicePlugin& library = plugin();
  std::string why;
  std::vector<UsableDevice> usable;
  if (library.api != nullptr) usable = usable_devices(*library.api, why);
  if (usable.empty()) {
    const DriverReport report = driver();
    backend.why_cpu = why_no_device(library, why, report);
    if (!report.gpus.empty())
      backend.warning = backend.why_cpu + "; training on the CPU (--device cpu does so without this warning)";
  } else {
    backend.devices = chosen_devices(choice, usable, backend.why_cpu);
  }
  if (!backend.devices.empty()) {
    backend.api = library.api;
    for (const UsableDevice& device : backend.devices) {
      if (backend.warning.empty()) backend.warning = about_machine_code(*library.api, device);
    }
  } else if (choice.kind == DeviceChoice::Kind::cuda) {
    throw UsageError("--device cuda cannot be used: " + backend.why_cpu +
                     "; give --device cpu to train on the CPU");
  }
  return backend;
}

}  // namespace symscan
