#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/file.hpp"
#include "host/data/table.hpp"

struct z_stream_s;

namespace symscan {

/// The writers behind write_table(); `path` is a temporary name. They throw Error, as throw_write_trouble().
void write_csv(const Table& table, const std::filesystem::path& path, bool compressed);
void write_lhe(const Table& table, const std::filesystem::path& path, bool compressed);
void write_hepmc(const Table& table, const std::filesystem::path& path, bool compressed);
void write_npy(const Table& table, const std::filesystem::path& path, bool compressed);
void write_npz(const Table& table, const std::filesystem::path& path);
void write_hdf5(const Table& table, const std::filesystem::path& path);
void write_parquet(const Table& table, const std::filesystem::path& path);
/// Throws DataError if there is no Python that can write Parquet: to be asked before long work.
void check_parquet_writer();

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
  void write(std::string_view text);
  void close();

 private:
  struct EndDeflate {
    void operator()(z_stream_s* stream) const;
  };
  void compress(std::string_view text, bool last);
  FileWriter file_;
  std::unique_ptr<z_stream_s, EndDeflate> stream_;  ///< none: not compressed
};

}  // namespace symscan
