// Speed of a device backend: training steps per second for each tier and precision against the number of
// replicas, and the evaluation pass. With CUDA, the GPU's own ceilings are measured in the same run. Prints a
// table and, last, one line of JSON; --help shows the options. Exit code 77: no device.
#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/cuda_measure.hpp"
#include "bench/cuda_names.hpp"
#ifdef SYMSCAN_GPU_FLOORS
#include "bench/gpu_floors.hpp"
#endif

namespace symscan::bench {
namespace {

constexpr const char* usage =
    "usage: cuda_bench [options]\n"
    "  --tier fused,streamed,...|all  default: the tier that symscan chooses\n"
    "  --precision fp32,tf32,bf16|all default fp32\n"
    "  --replicas 1,8,...             trained at once; default 1,8,132,1056,10000\n"
    "  --hidden 64,32                 widths of the encoder; also --features 2, --latents 4\n"
    "  --rows 10000                   of the dataset\n"
    "  --seconds S                    time of the repeats of one measurement, about; default 1\n"
    "  --limit S                      measurements that would end later than this are left out, and said so\n"
    "  --json FILE                    rewritten after every measurement\n"
    "  --library FILE                 the device backend\n"
    "  --variants                     also tiles and numbers of threads that symscan does not choose\n"
    "  --list-tiers, --list-precisions  names, one a line; needs no device\n";

struct Options {
  std::string library = SYMSCAN_DEVICE_LIBRARY, json;
  std::vector<Tier> tiers;  ///< empty: the chosen one
  std::vector<Precision> precisions = {Precision::fp32};
  std::vector<int> replicas = {1, 8, 132, 1056, 10000}, hidden = {64, 32};
  int features = 2, latents = 4, rows = 10000;
  double seconds = 1, limit = std::numeric_limits<double>::infinity();
  bool variants = false;
};

std::vector<std::string> parts(const std::string& list) {
  std::vector<std::string> result;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    result.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return result;
}

int whole_number(const std::string& text) {
  char* end = nullptr;
  const long value = std::strtol(text.c_str(), &end, 10);
  if (end == text.c_str() || *end != '\0' || value < 1 || value > 1000000) {
    throw std::invalid_argument("'" + text + "' is not a number from 1 to 1000000");
  }
  return static_cast<int>(value);
}

double seconds_of(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0' || !(value > 0)) {
    throw std::invalid_argument("'" + text + "' is not a number of seconds");
  }
  return value;
}

std::vector<int> whole_numbers(const std::string& list) {
  std::vector<int> result;
  for (const std::string& part : parts(list)) result.push_back(whole_number(part));
  return result;
}

template <class Value, std::size_t count>
std::vector<Value> named_values(const Named<Value> (&table)[count], const std::string& list) {
  std::vector<Value> result;
  if (list == "all") {
    for (const Named<Value>& entry : table) result.push_back(entry.value);
    return result;
  }
  for (const std::string& part : parts(list)) {
    const Named<Value>* found = find_named(table, part);
    if (found == nullptr) {
      std::string names = "all";
      for (const Named<Value>& entry : table) names += std::string(", ") + entry.name;
      throw std::invalid_argument("'" + part + "' is not one of: " + names);
    }
    result.push_back(found->value);
  }
  return result;
}

/// Takes one option and its value.
void take(Options& options, const std::string& name, const std::string& value) {
  if (name == "--library") {
    options.library = value;
  } else if (name == "--json") {
    options.json = value;
  } else if (name == "--tier") {
    options.tiers = named_values(tiers, value);
  } else if (name == "--precision") {
    options.precisions = named_values(precisions, value);
  } else if (name == "--replicas") {
    options.replicas = whole_numbers(value);
  } else if (name == "--hidden") {
    options.hidden = whole_numbers(value);
  } else if (name == "--features") {
    options.features = whole_number(value);
  } else if (name == "--latents") {
    options.latents = whole_number(value);
  } else if (name == "--rows") {
    options.rows = whole_number(value);
  } else if (name == "--seconds") {
    options.seconds = seconds_of(value);
  } else if (name == "--limit") {
    options.limit = seconds_of(value);
  } else {
    throw std::invalid_argument("there is no option '" + name + "'");
  }
}

/// Nothing: the program is done, having printed what was asked for.
std::optional<Options> parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--help") {
      std::printf("%s", usage);
      return {};
    }
    if (argument == "--list-tiers") {
      for (const auto& tier : tiers) std::printf("%s\n", tier.name);
      return {};
    }
    if (argument == "--list-precisions") {
      for (const auto& precision : precisions) std::printf("%s\n", precision.name);
      return {};
    }
    if (argument == "--variants") {
      options.variants = true;
    } else if (i + 1 < count) {
      take(options, argument, arguments[++i]);
    } else {
      throw std::invalid_argument("'" + argument + "' is not an option, or its value is missing");
    }
  }
  return options;
}

void print_head() {
  std::printf("%8s %-9s %-9s %4s %7s %6s %12s %8s %9s %12s\n", "replicas", "tier", "precision", "tile",
              "threads", "blocks", "steps/s", "spread", "of peak", "evaluated/s");
}

void print_row(const Json& r) {
  std::printf("%8d %-9s %-9s ", r["replicas"].get<int>(), r["tier"].get<std::string>().c_str(),
              r["precision"].get<std::string>().c_str());
  if (r.contains("skipped")) {
    std::printf("skipped: %s\n", r["skipped"].get<std::string>().c_str());
  } else {
    const double rate = r["steps_per_second"].get<double>();
    const double spread = (r["fastest"].get<double>() - r["slowest"].get<double>()) / rate;
    std::printf("%4d %7d %6d %12.4g %7.1f%% %8.1f%% %12.4g\n", r["tile"].get<int>(), r["threads"].get<int>(),
                r["blocks_per_multiprocessor"].get<int>(), rate, 100 * spread,
                100 * r.value("share_of_fp32_peak", 0.0), r["evaluated_rows_per_second"].get<double>());
  }
  std::fflush(stdout);
}

void write_json(const std::string& path, const Json& results) {
  if (path.empty()) return;
  const std::string temporary = path + ".tmp";
  std::ofstream file(temporary);
  file << results.dump() << "\n";
  file.close();
  if (!file || std::rename(temporary.c_str(), path.c_str()) != 0) {
    throw std::runtime_error("cannot write '" + path + "'");
  }
}

/// Measures all settings; what is known so far is in `results`, and in the file, at any moment.
class Run {
 public:
  Run(DeviceBench& bench, const Options& options, bool on_cuda, Json& results)
      : bench_(bench), options_(options), on_cuda_(on_cuda), results_(results) {
    results_["rows"] = Json::array();
  }

  /// The GPU's ceilings; the emulated device has none.
  void floors() {
#ifdef SYMSCAN_GPU_FLOORS
    if (!on_cuda_) return;
    const GpuFloors floors = measure_gpu_floors();
    peak_ = floors.fp32_tflops;
    results_["floors"] = {{"fp32_tflops", floors.fp32_tflops},
                          {"copy_gigabytes_per_second", floors.copy_gigabytes_s},
                          {"launch_microseconds", floors.launch_microseconds}};
    std::printf("floors: %.1f TFLOP/s fp32, %.0f GB/s copy, %.1f us per launch\n", floors.fp32_tflops,
                floors.copy_gigabytes_s, floors.launch_microseconds);
#endif
  }

  void measure_all() {
    for (const Precision precision : options_.precisions) {
      if (options_.tiers.empty()) {
        for (const int count : options_.replicas)
          measure(bench_.chosen_tier(precision, count), precision, count);
      }
      for (const Tier tier : options_.tiers) {
        for (const int count : options_.replicas) measure(tier, precision, count);
      }
    }
  }

  /// Launches that plan_block does not choose: as many replicas as run at once.
  void measure_variants() {
    const DeviceLimits& limits = bench_.info().limits;
    for (const Tier tier : {Tier::fused, Tier::streamed}) {
      for (const int tile : {16, 32, 64, 128}) {
        for (const int threads : {64, 128, 256}) {
          BlockPlan plan{tier, tile, threads, 0, 0};
          plan.shared_bytes =
              make_block_layout(bench_.network(), BlockPurpose::training, tier, Precision::fp32, tile)
                  .shared_bytes();
          if (plan.shared_bytes > limits.shared_per_block) continue;
          plan.blocks_per_multiprocessor = std::max(
              1, std::min({static_cast<int>(limits.shared_per_multiprocessor /
                                            (plan.shared_bytes + limits.shared_reserved)),
                           limits.threads_per_multiprocessor / threads, limits.blocks_per_multiprocessor,
                           limits.registers_per_multiprocessor /
                               (threads * registers_per_thread(tier, BlockPurpose::training))}));
          const int places = std::max(1, limits.multiprocessors * plan.blocks_per_multiprocessor);
          Setting setting{places, Precision::fp32, plan, false};
          keep(bench_.measure(setting, peak_, left()));
        }
      }
    }
  }

 private:
  double left() const {
    return options_.limit - seconds_since(start_);
  }

  void measure(Tier tier, Precision precision, int replicas) {
    Json row;
    try {
      row = bench_.measure(bench_.setting(tier, precision, replicas), peak_, left());
    } catch (const std::length_error& error) {
      Setting setting{replicas, precision, {}, false};
      setting.plan.tier = tier;
      row = bench_.describe(setting);
      row["skipped"] = error.what();
    }
    keep(row);
  }

  void keep(const Json& row) {
    print_row(row);
    results_["rows"].push_back(row);
    write_json(options_.json, results_);
  }

  const Clock::time_point start_ = Clock::now();
  DeviceBench& bench_;
  const Options& options_;
  [[maybe_unused]] const bool on_cuda_;
  Json& results_;
  double peak_ = 0;  ///< 0: unknown
};

int run(const Options& options) {
  void* opened = dlopen(options.library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened == nullptr) {
    std::printf("skipped: %s\n", dlerror());
    return 77;
  }
  const auto entry = reinterpret_cast<const DeviceApi* (*)()>(dlsym(opened, "symscan_device_api"));
  if (entry == nullptr || entry()->layout != device_api_layout()) {
    throw std::runtime_error("'" + options.library +
                             "' is no device backend of this build; build both together");
  }
  const DeviceApi* api = entry();
  int devices = 0;
  char why[DeviceApi::why_size] = "";
  if (api->count(&devices, why) != DeviceStatus::ok || devices == 0) {
    std::printf("skipped: no CUDA device: %s\n", why);
    return 77;
  }
  DeviceBench bench(*api, make_network(options.features, options.hidden, options.latents, Activation::tanh),
                    options.rows, options.seconds);
  Json results = {{"device", bench.info().name},
                  {"multiprocessors", bench.info().limits.multiprocessors},
                  {"build", api->build},
                  {"step_flops", bench.step_flops()}};
  Run measured(bench, options, std::string(api->build).starts_with("CUDA"), results);
  measured.floors();
  print_head();
  measured.measure_all();
  if (options.variants) measured.measure_variants();
  std::printf("%s\n", results.dump().c_str());
  return 0;
}

}  // namespace
}  // namespace symscan::bench

int main(int count, char** arguments) {
  using namespace symscan::bench;
  std::optional<Options> options;
  try {
    options = parse(count, arguments);
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "cuda_bench: %s\n%s", error.what(), usage);
    return 2;
  }
  try {
    return options ? run(*options) : 0;
  } catch (const std::exception& error) {
    std::printf("FAILED: %s\n", error.what());
    return 1;
  }
}
