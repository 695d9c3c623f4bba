// How fast is symscan on this machine's processor, and what part of the machine's own speed is that?
//   cpu_bench [--only floors,step,passes,data,scaling,start] [--seconds 0.3] [--json FILE]
// Prints a table of medians, fastest and slowest repeats. --seconds is the time spent on one measurement.
// Shares of the SGEMM peak are taken in turn with products of 1024 x 1024 matrices by the installed BLAS on
// as many threads; without one they are null. Compare runs of the same machine only, and differences with the
// noise that is printed: the same configuration timed twice.
#include "bench/cpu_bench.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "kernels/cpu_backend.hpp"

namespace {

using namespace symscan;

struct Section {
  const char* name;
  Json (*run)(const CpuBench&);
};
constexpr Section sections[] = {{"floors", floors_section},   {"step", step_section},
                                {"passes", passes_section},   {"data", data_section},
                                {"scaling", scaling_section}, {"start", start_section}};

struct Options {
  std::vector<std::string> only;
  double seconds = 0.3;
  std::string json;
};

/// False: the command line cannot be understood.
bool parse(int count, char** arguments, Options& options) {
  for (int i = 1; i < count; i += 2) {
    const std::string name = arguments[i];
    if (i + 1 == count) return false;
    const std::string value = arguments[i + 1];
    if (name == "--json") {
      options.json = value;
    } else if (name == "--seconds") {
      char* end = nullptr;
      options.seconds = std::strtod(value.c_str(), &end);
      if (value.empty() || *end != '\0' || !(options.seconds > 0 && options.seconds <= 3600)) return false;
    } else if (name == "--only") {
      std::istringstream list(value);
      for (std::string item; std::getline(list, item, ',');) {
        if (std::none_of(std::begin(sections), std::end(sections),
                         [&](const Section& section) { return item == section.name; })) {
          return false;
        }
        options.only.push_back(item);
      }
      if (options.only.empty()) return false;
    } else {
      return false;
    }
  }
  return true;
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

/// The figures that one looks at first; those that were not measured are left out.
Json summarize(const Json& result) {
  Json summary = Json::object();
  if (const auto step = result.find("step"); step != result.end()) {
    const Json& best = step->at("instruction_sets").at(0);
    summary["instruction_set"] = best.at("instruction_set");
    summary["microseconds_per_step"] = best.at("microseconds").at("median");
    summary["gflops"] = best.at("gflops").at("median");
    summary["share_of_sgemm_peak"] = step->at("share_of_sgemm_peak");
  }
  if (const auto floors = result.find("floors"); floors != result.end() && !floors->at("sgemm").is_null())
    summary["sgemm_peak_gflops_one_core"] = floors->at("sgemm").at(0).at("peak_gflops");
  if (const auto scaling = result.find("scaling"); scaling != result.end()) {
    const Json& all = scaling->at("thread_counts").back();
    summary["threads"] = all.at("threads");
    summary["speedup_of_threads"] = all.at("speedup").at("median");
  }
  return summary;
}

void run(const Options& options) {
  if (!options.json.empty()) {
    const auto folder = std::filesystem::absolute(options.json).parent_path();
    if (!std::filesystem::is_directory(folder)) throw Error("there is no folder " + folder.string());
  }
  Sgemm sgemm;
  const CpuBench bench{options.seconds, static_cast<int>(std::max(1u, std::thread::hardware_concurrency())),
                       sgemm};
  Json result = {{"kind", "cpu_bench"}, {"version", SYMSCAN_VERSION}};
  Json instruction_sets = Json::array();
  for (const CpuBackend* backend : cpu_backends()) instruction_sets.push_back(backend->name);
  double load[1] = {-1};
  if (getloadavg(load, 1) != 1) load[0] = -1;
  result["machine"] = {{"cpu", processor_name()},
                       {"cores", bench.cores},
                       {"instruction_sets", instruction_sets},
                       {"load_before", load[0] < 0 ? Json(nullptr) : Json(load[0])}};
  result["blas"] = sgemm.available() ? Json(sgemm.description()) : Json(nullptr);
  result["seconds_per_measurement"] = options.seconds;
  std::printf("%s, %d cores, load %.1f before the start%s\n", processor_name().c_str(), bench.cores, load[0],
              load[0] > 0.5 ? ": other programs use the machine, the figures are noisy" : "");
  if (!sgemm.available()) {
    result["no_share"] = sgemm.description();
    std::printf("no shares of the SGEMM peak: %s\n", sgemm.description().c_str());
  }
  for (const Section& section : sections) {
    const auto& only = options.only;
    if (only.empty() || std::find(only.begin(), only.end(), section.name) != only.end())
      result[section.name] = section.run(bench);
  }
  result["summary"] = summarize(result);
  result["share_of_sgemm_peak"] = result["summary"].value("share_of_sgemm_peak", Json(nullptr));
  if (!options.json.empty()) write_file_atomically(options.json, result.dump(1) + "\n");
}

}  // namespace

int main(int count, char** arguments) {
  Options options;
  if (!parse(count, arguments, options)) {
    std::fprintf(
        stderr,
        "usage: cpu_bench [--only floors,step,passes,data,scaling,start] [--seconds S] [--json FILE]\n");
    return 2;
  }
  catch_signals();
  try {
    run(options);
    return 0;
  } catch (const Interrupted&) {
    std::fprintf(stderr, "cpu_bench: interrupted, nothing written\n");
    return 75;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cpu_bench: %s\n", error.what());
    return 1;
  }
}
