#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/data/table.hpp"

namespace symscan {

/// The writers behind write_table(); `path` is a temporary name. They throw Error.
void write_csv(const Table& table, const std::filesystem::path& path, bool compressed);
void write_lhe(const Table& table, const std::filesystem::path& path, bool compressed);
void write_npy(const Table& table, const std::filesystem::path& path);
void write_npz(const Table& table, const std::filesystem::path& path);
void write_hdf5(const Table& table, const std::filesystem::path& path);

/// What is written after the features: "trajectory", "target" and "weight" of the rows, as far as they have
/// them.
std::vector<std::pair<std::string, const std::vector<double>*>> special_columns(const Table& table);
/// The columns, then the special ones.
std::vector<std::string> written_columns(const Table& table);
/// [rows][written columns] as float32.
std::vector<float> written_values(const Table& table);

/// A file that is written from front to back, with or without gzip (no time stamp: equal text gives equal
/// bytes).
class TextOutput {
 public:
  TextOutput(const std::filesystem::path& path, bool compressed);
  TextOutput(const TextOutput&) = delete;
  TextOutput& operator=(const TextOutput&) = delete;
  ~TextOutput();
  void write(std::string_view text);
  void close();

 private:
  void* file_;
  std::string path_;
};

}  // namespace symscan
