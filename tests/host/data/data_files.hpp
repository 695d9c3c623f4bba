#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "host/base/error.hpp"
#include "host/data/dataset.hpp"
#include "host/data/file_dataset.hpp"

namespace symscan::test {

/// A folder of its own for each test, removed at the end.
class DataFolder {
 public:
  DataFolder() {
    static int made = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("symscan-data-" + std::to_string(::getpid()) + "-" + std::to_string(made++));
    std::filesystem::create_directories(path_);
  }
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;
  ~DataFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

/// Reads `path` with more settings, as a config would.
inline Table load_file(const std::string& path, Json settings = Json::object()) {
  settings["kind"] = "file";
  settings["path"] = path;
  return load_dataset(settings);
}

/// The sentence of the DataError that `action` throws; a test failure if it throws none.
template <class Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const DataError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no DataError was thrown";
  return "";
}

inline std::string joined_notes(const Table& table) {
  std::string all;
  for (const std::string& note : table.notes) all += note + "\n";
  return all;
}

/// A builtin dataset with its defaults filled in.
inline Json builtin_settings(const std::string& kind, int n, int seed = 1,
                             const Json& changes = Json::object()) {
  Json settings = {{"kind", kind}, {"n", n}, {"seed", seed}};
  for (const Field& field : find_builtin_dataset(kind)->parameters)
    settings[field.name] = field.default_value;
  for (const auto& [key, value] : changes.items()) settings[key] = value;
  return settings;
}

}  // namespace symscan::test
