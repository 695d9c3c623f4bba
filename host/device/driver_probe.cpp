#include "host/device/driver_probe.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace symscan {
namespace {

namespace fs = std::filesystem;

// Of the driver's interface (cuda.h), which is not there without the toolkit.
constexpr int success = 0, stub_library = 34, no_device = 100;
constexpr int capability_major = 75, capability_minor = 76;

struct Driver {
  int (*init)(unsigned) = nullptr;
  int (*version)(int*) = nullptr;
  int (*count)(int*) = nullptr;
  int (*get)(int*, int) = nullptr;
  int (*name)(char*, int, int) = nullptr;
  int (*attribute)(int*, int, int) = nullptr;
  int (*error_name)(int, const char**) = nullptr;  ///< may be absent
};

template <class Function>
bool find(void* library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(dlsym(library, name));
  return function != nullptr;
}

std::optional<Driver> open_driver(const std::string& file) {
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::nullopt;
  Driver driver;
  if (!find(library, "cuInit", driver.init) || !find(library, "cuDriverGetVersion", driver.version) ||
      !find(library, "cuDeviceGetCount", driver.count) || !find(library, "cuDeviceGet", driver.get) ||
      !find(library, "cuDeviceGetName", driver.name) ||
      !find(library, "cuDeviceGetAttribute", driver.attribute)) {
    return std::nullopt;
  }
  (void)find(library, "cuGetErrorName", driver.error_name);
  return driver;
}

std::vector<DriverGpu> devices_of(const Driver& driver) {
  int count = 0;
  if (driver.count(&count) != success) return {};
  std::vector<DriverGpu> gpus;
  for (int number = 0; number < count; ++number) {
    DriverGpu gpu;
    gpu.name = "cuda:" + std::to_string(number);
    int device = 0;
    if (driver.get(&device, number) == success) {
      char name[256] = "";
      if (driver.name(name, sizeof name - 1, device) == success && *name != '\0') gpu.name = name;
      if (driver.attribute(&gpu.major, capability_major, device) != success ||
          driver.attribute(&gpu.minor, capability_minor, device) != success) {
        gpu.major = gpu.minor = 0;
      }
    }
    gpus.push_back(gpu);
  }
  return gpus;
}

/// The start of a file of the kernel; empty if it cannot be read.
std::string start_of(const fs::path& file) {
  std::ifstream stream(file);
  std::string text(4096, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, stream.gcount())));
  return text;
}

/// Entries of a folder of the kernel, by name; none if it cannot be read.
std::vector<fs::path> entries_of(const std::string& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    entries.push_back(entry->path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

/// "580.65.06" from "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 ..."
std::string kernel_module_version(const std::string& folder) {
  std::istringstream words(start_of(fs::path(folder) / "version"));
  for (std::string word; words >> word;) {
    if (word.find('.') != std::string::npos && word.find_first_not_of("0123456789.") == std::string::npos)
      return word;
  }
  return "";
}

/// GPUs by the kernel: names from NVIDIA's module, else display and 3D controllers of its vendor number.
std::vector<DriverGpu> plugged_in(const DriverSources& sources) {
  std::vector<DriverGpu> gpus;
  for (const fs::path& gpu : entries_of(sources.driver + "/gpus")) {
    const std::string text = start_of(gpu / "information");
    const std::size_t model = text.find("Model:");
    if (model == std::string::npos) continue;
    const std::size_t begin = text.find_first_not_of(" \t", model + 6);
    const std::size_t end = text.find('\n', model);
    if (begin < end) gpus.push_back({text.substr(begin, end - begin)});
  }
  if (!gpus.empty()) return gpus;
  for (const fs::path& device : entries_of(sources.pci)) {
    if (!start_of(device / "vendor").starts_with("0x10de")) continue;
    const std::string kind = start_of(device / "class");
    if (!kind.starts_with("0x0300") && !kind.starts_with("0x0302")) continue;
    gpus.push_back({"NVIDIA GPU at PCI " + device.filename().string()});
  }
  return gpus;
}

std::string why_not_started(const Driver& driver, int error) {
  if (error == stub_library)
    return "libcuda.so.1 on the library path is the toolkit's stub, not the driver: take it off the path";
  const char* name = nullptr;
  const bool named =
      driver.error_name != nullptr && driver.error_name(error, &name) == success && name != nullptr;
  return "its driver does not start (cuInit: " +
         (named ? std::string(name) : "error " + std::to_string(error)) + "): see what nvidia-smi says";
}

}  // namespace

std::string cuda_version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

std::string DriverReport::text() const {
  if (gpus.empty()) return "no NVIDIA GPU";
  std::string list;
  for (std::size_t i = 0, other = 0; i < gpus.size(); i = other) {
    while (other < gpus.size() && gpus[other].name == gpus[i].name) ++other;
    if (!list.empty()) list += ", ";
    if (other - i > 1) list += std::to_string(other - i) + " x ";
    list += gpus[i].name;
  }
  if (!version.empty()) return list + ", driver " + version;
  return cuda > 0 ? list + ", driver for CUDA " + cuda_version_text(cuda) : list;
}

DriverReport probe_driver(const DriverSources& sources) {
  DriverReport report;
  report.version = kernel_module_version(sources.driver);
  const std::optional<Driver> driver = open_driver(sources.library);
  if (!driver) {
    report.gpus = plugged_in(sources);
    if (!report.gpus.empty()) {
      report.why = "the driver's library " + sources.library +
                   " is not there: install the NVIDIA driver, or start the container with --gpus all";
    }
    return report;
  }
  if (driver->version(&report.cuda) != success) report.cuda = 0;
  const int error = driver->init(0);
  if (error == success) {
    report.gpus = devices_of(*driver);
  } else if (error != no_device) {  // no device: none plugged in, or CUDA_VISIBLE_DEVICES hides them
    report.gpus = plugged_in(sources);
    if (!report.gpus.empty()) report.why = why_not_started(*driver, error);
  }
  return report;
}

}  // namespace symscan
