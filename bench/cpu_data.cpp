// Making built-in datasets and reading files, as `symscan train` does it, on one thread. The files have just
// been written: reading them measures the readers, not the disk.
#include <cstdio>

#include "bench/cpu_bench.hpp"
#include "bench/cpu_scratch.hpp"
#include "host/config/config.hpp"
#include "host/data/byte_source.hpp"
#include "host/data/dataset.hpp"
#include "host/data/write_table.hpp"

namespace symscan {
namespace {

/// The section with all defaults.
Json resolve_dataset(const Json& section) {
  return parse_config(Json{{"dataset", section}}).replicas.front().dataset;
}

Json generate(const CpuBench& bench, const char* kind) {
  constexpr std::size_t rows = 100000;
  const Json dataset = resolve_dataset({{"kind", kind}, {"n", rows}});
  const auto values = static_cast<double>(load_dataset(dataset).values.size());
  const Series seconds = time_alone(bench.seconds, [&] { (void)load_dataset(dataset); });
  Json entry = {{"dataset", kind},
                {"rows_per_second", rates(seconds, rows)},
                {"gigabytes_per_second", rates(seconds, values * sizeof(double) / 1e9)}};
  const std::string name = std::string("generate ") + kind;
  print_line(name, entry["rows_per_second"], "rows/s");
  print_line(name + ", float64", entry["gigabytes_per_second"], "GB/s");
  return entry;
}

double uncompressed_bytes(const std::string& path) {
  const auto source = open_file(path);
  std::vector<char> buffer(1 << 20);
  double bytes = 0;
  while (const std::size_t count = source->read(buffer.data(), buffer.size()))
    bytes += static_cast<double>(count);
  return bytes;
}

/// Writes a file of about this many bytes (before compression) and reads it.
Json read_file(const CpuBench& bench, const std::filesystem::path& folder, const char* ending, double wanted,
               Json settings) {
  const std::filesystem::path path = folder / (std::string("pp_ll") + ending);
  const auto write = [&](std::size_t rows) {
    write_table(load_dataset(resolve_dataset({{"kind", "pp_ll"}, {"n", rows}})), path);
    return uncompressed_bytes(path);
  };
  constexpr std::size_t sample = 10000;
  const auto rows = static_cast<std::size_t>(wanted / write(sample) * sample);
  const double bytes = write(rows);
  const auto on_disk = static_cast<double>(std::filesystem::file_size(path));
  settings["kind"] = "file";
  settings["path"] = path.string();
  const Json dataset = resolve_dataset(settings);
  if (load_dataset(dataset).rows != rows) throw std::runtime_error("a file did not give back its rows");
  const Series seconds = time_alone(bench.seconds, [&] { (void)load_dataset(dataset); });
  Json entry = {{"file", ending},
                {"rows", rows},
                {"bytes", on_disk},
                {"uncompressed_bytes", bytes},
                {"rows_per_second", rates(seconds, static_cast<double>(rows))},
                {"gigabytes_per_second", rates(seconds, on_disk / 1e9)},
                {"uncompressed_gigabytes_per_second", rates(seconds, bytes / 1e9)}};
  char size[32];
  std::snprintf(size, sizeof size, " (%.0f MB)", on_disk / 1e6);
  const std::string name = std::string("read ") + ending + size;
  print_line(name, entry["rows_per_second"], "rows/s");
  print_line(name, entry["gigabytes_per_second"], "GB/s");
  if (bytes != on_disk) {
    print_line(name + ", undone", entry["uncompressed_gigabytes_per_second"], "GB/s");
  }
  std::filesystem::remove(path);
  return entry;
}

}  // namespace

Json data_section(const CpuBench& bench) {
  print_title("data", "one thread; files have 8 columns and lie in the page cache");
  Json result = {{"generate", Json::array()}, {"read", Json::array()}};
  for (const char* kind : {"circle", "ee_mumu", "pp_ll"}) result["generate"].push_back(generate(bench, kind));
  const ScratchFolder folder;
  result["read"].push_back(read_file(bench, folder.path(), ".csv", 100e6, Json::object()));
  result["read"].push_back(read_file(bench, folder.path(), ".npy", 100e6, Json::object()));
  result["read"].push_back(read_file(bench, folder.path(), ".lhe.gz", 40e6, {{"particles", {13, -13}}}));
  return result;
}

}  // namespace symscan
