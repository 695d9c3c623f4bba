#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/fuzz/targets.hpp"

namespace symscan::test {
namespace {

/// In memory where there is such a folder: a fuzzer writes thousands of files a second.
struct ScratchFolder {
  std::string path;
  ScratchFolder() {
    std::error_code error;
    const std::filesystem::path memory = "/dev/shm";
    const bool usable = std::filesystem::is_directory(memory, error) && ::access(memory.c_str(), W_OK) == 0;
    path = ((usable ? memory : std::filesystem::temp_directory_path()) / "symscan-fuzz-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("there is no folder for temporary files");
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

}  // namespace

std::string scratch_folder() {
  static const ScratchFolder folder;
  return folder.path;
}

std::string scratch_file(std::string_view bytes, const std::string& ending) {
  const std::string path = scratch_folder() + "/input" + ending;
  std::error_code ignored;  // a log of the database that was here before
  for (const char* log : {"-wal", "-shm", "-journal"}) std::filesystem::remove(path + log, ignored);
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) throw std::runtime_error("a temporary file cannot be written");
  return path;
}

std::vector<std::string> corpus_files(const std::string& target) {
  const std::filesystem::path folder =
      std::filesystem::path(SYMSCAN_SOURCE_DIR) / "tests/fuzz/corpus" / target;
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

std::string bytes_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace symscan::test
