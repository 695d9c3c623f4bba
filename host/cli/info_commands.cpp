#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "host/base/cores.hpp"
#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/outputs.hpp"
#include "host/config/config.hpp"
#include "host/data/dataset.hpp"
#include "host/data/file_fields.hpp"
#include "host/data/formats.hpp"
#include "host/data/write_table.hpp"
#include "host/device/backend.hpp"
#include "host/library/bytes_text.hpp"
#include "host/mpi/mpi_plugin.hpp"
#include "kernels/cpu_backend.hpp"

namespace symscan {

ExitCode generate_command(const GenerateOptions& options) {
  if (options.arguments.empty())
    throw UsageError("generate what? name a built-in dataset (symscan datasets lists them)");
  const std::string& kind = options.arguments.front();
  if (kind == "file") throw UsageError("generate writes built-in datasets (symscan datasets lists them)");
  if (find_builtin_dataset(kind) == nullptr) throw ConfigError(no_such_dataset(kind));
  std::vector<std::string> overrides;
  for (std::size_t i = 1; i < options.arguments.size(); ++i) {
    const std::string& argument = options.arguments[i];
    if (argument.find('=') == std::string::npos) {
      throw UsageError("'" + argument + "' is not a setting; settings are written key=value, e.g. radius=2");
    }
    overrides.push_back("dataset." + argument);
  }
  refuse_existing(options.out, options.overwrite);
  const Json document = {{"dataset", {{"kind", kind}, {"n", options.rows}}}};
  const SweepConfig sweep = parse_config(document, overrides);
  if (sweep.replicas.size() != 1) throw UsageError("generate writes one dataset: give one value per setting");
  check_table_writer(options.out);
  const Table table = load_dataset(sweep.replicas.front().dataset);
  write_table(table, options.out);
  std::printf("%s: %s, %s\n", options.out.c_str(), plural(table.rows, "row").c_str(),
              plural(table.features(), "feature").c_str());
  return ExitCode::done;
}

namespace {

void print_device(const DeviceApi& api, const UsableDevice& device) {
  const DeviceInfo& info = device.info;
  std::printf(
      "  cuda:%d  %s, compute capability %d.%d, memory %s free of %s, %d multiprocessors, %s shared memory "
      "per block\n",
      device.number, info.name, info.major, info.minor,
      bytes_text(static_cast<double>(info.free_memory)).c_str(),
      bytes_text(static_cast<double>(info.total_memory)).c_str(), info.limits.multiprocessors,
      bytes_text(static_cast<double>(info.limits.shared_per_block)).c_str());
  if (const std::string note = about_machine_code(api, device); !note.empty())
    std::printf("  note: %s\n", note.c_str());
}

/// One line says whether CUDA is used, and if not, why and what to do; then plugin, driver and devices.
void print_devices() {
  const DevicePlugin& plugin = device_plugin();
  const DriverReport driver = probe_driver();
  std::string why;
  std::vector<UsableDevice> devices;
  if (plugin.api != nullptr) devices = usable_devices(*plugin.api, why);
  if (devices.empty()) {
    std::printf("cuda: not used: %s\n", why_no_device(plugin, why, driver).c_str());
  } else {
    std::printf("cuda: used\n");
  }
  if (plugin.api != nullptr) std::printf("  plugin: %s (%s)\n", plugin.api->build, plugin.path.c_str());
  if (!driver.version.empty()) std::printf("  driver: %s\n", driver.version.c_str());
  if (driver.cuda > 0) std::printf("  driver runs CUDA up to: %s\n", cuda_version_text(driver.cuda).c_str());
  for (const UsableDevice& device : devices) print_device(*plugin.api, device);
  if (!devices.empty() && !why.empty()) std::printf("  note: %s\n", why.c_str());
  std::printf("training uses %s unless --device says otherwise\n", devices.empty()       ? "the CPU"
                                                                   : devices.size() == 1 ? "this device"
                                                                                         : "these devices");
}

/// Whether several processes can train together.
void print_mpi() {
  const MpiPlugin& plugin = mpi_plugin();
  if (plugin.api != nullptr)
    std::printf("mpi: %s (%s)\n", plugin.api->library(), plugin.path.c_str());
  else
    std::printf("mpi: not available: %s%s\n", plugin.why_not.c_str(),
                plugin.built ? "" : " (install libopenmpi-dev and run make build)");
}

}  // namespace

ExitCode doctor_command() {
  std::printf("symscan %s\n", SYMSCAN_VERSION);
  std::printf("cpu: %d cores; instruction sets this processor runs, best first:", all_cores());
  for (const CpuBackend* backend : cpu_backends()) std::printf(" %s", backend->name);
  std::printf(" (training uses %s; SYMSCAN_CPU=NAME chooses another)\n", cpu_backend().name);
  print_devices();
  print_mpi();
  return ExitCode::done;
}

namespace {

void print_setting(const std::string& name, const std::string& text) {
  const std::vector<std::string> lines = wrapped(text, 75);
  for (std::size_t i = 0; i < lines.size(); ++i)
    std::printf("    %-20s %s\n", i == 0 ? name.c_str() : "", lines[i].c_str());
}

void print_formats() {
  for (const FileFormat& format : file_formats()) {
    std::vector<std::string> endings = format.endings;
    endings.insert(endings.end(), format.read_only.begin(), format.read_only.end());
    print_setting("", format.name + ": " + format.description + " (" + join_words(endings, " ") +
                          (format.compressed ? ", also with .gz, .bz2, .xz or .zst)" : ")"));
  }
}

void print_dataset(const std::string& kind, const std::string& description) {
  const std::vector<std::string> lines = wrapped(description, 79);
  for (std::size_t i = 0; i < lines.size(); ++i)
    std::printf("%-20s %s\n", i == 0 ? kind.c_str() : "", lines[i].c_str());
}

}  // namespace

ExitCode datasets_command(const DatasetsOptions& options) {
  std::vector<std::string> kinds;
  for (const BuiltinDataset& dataset : builtin_datasets()) kinds.push_back(dataset.kind);
  if (options.names) {
    std::printf("%s\n", join_words(kinds, "\n").c_str());
    return ExitCode::done;
  }
  kinds.emplace_back("file");
  const std::string& kind = options.kind;
  if (!kind.empty() && std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
    throw ConfigError(no_such_dataset(kind));
  }
  for (const BuiltinDataset& dataset : builtin_datasets()) {
    if (!kind.empty() && kind != dataset.kind) continue;
    print_dataset(dataset.kind, dataset.description);
    for (const Field& field : dataset.parameters)
      print_setting(field.name, field.doc + " (default " + field.default_value.dump() + ")");
  }
  if (kind.empty() || kind == "file") {
    print_dataset("file", "Your own data, from a file");
    for (const Field& field : file_dataset_fields()) {
      print_setting(field.name, field.doc);
      if (field.name == "format") print_formats();
    }
  }
  return ExitCode::done;
}

}  // namespace symscan
