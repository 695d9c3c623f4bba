#pragma once
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "host/base/error.hpp"

namespace symscan {

/// A new folder for temporary files, removed with all that it holds.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "symscan_bench_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw Error("cannot make the folder " + name);
    path_ = name;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace symscan
