// How fast a file is read: read_bench FILE [KEY=VALUE ...] prints one JSON line with the seconds of each of
// some passes over the file, as `symscan train` reads it, all threads. The file lies in the page cache.
// read_files.py makes files and compares.
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>

#include "host/config/config.hpp"
#include "host/data/dataset.hpp"

int main(int count, char** words) {
  using namespace symscan;
  if (count < 2) {
    std::fprintf(stderr, "usage: read_bench FILE [dataset.KEY=VALUE ...]\n");
    return 2;
  }
  try {
    const Json dataset = {{"kind", "file"}, {"path", words[1]}};
    const std::vector<std::string> settings(words + 2, words + count);
    const Json resolved = parse_config(Json{{"dataset", dataset}}, settings).replicas.front().dataset;
    Json seconds = Json::array();
    std::size_t rows = 0, features = 0;
    for (double spent = 0; seconds.size() < 2 || (spent < 3 && seconds.size() < 10);) {
      const auto start = std::chrono::steady_clock::now();
      const Table table = load_dataset(resolved);
      seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
      spent += seconds.back().get<double>();
      rows = table.rows;
      features = table.features();
    }
    const Json line = {{"file", words[1]},
                       {"bytes", std::filesystem::file_size(words[1])},
                       {"rows", rows},
                       {"features", features},
                       {"seconds", seconds}};
    std::printf("%s\n", line.dump().c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "read_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
