#include "host/data/write_table.hpp"

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/data/write_formats.hpp"

namespace symscan {

std::vector<std::string> written_columns(const Table& table) {
  std::vector<std::string> columns = table.columns;
  if (!table.weights.empty()) columns.push_back("weight");
  return columns;
}

std::vector<float> written_values(const Table& table) {
  const std::size_t features = table.features();
  std::vector<float> values;
  values.reserve(table.rows * written_columns(table).size());
  for (std::size_t row = 0; row < table.rows; ++row) {
    for (std::size_t i = 0; i < features; ++i)
      values.push_back(static_cast<float>(table.values[row * features + i]));
    if (!table.weights.empty()) values.push_back(static_cast<float>(table.weights[row]));
  }
  return values;
}

void write_table(const Table& table, const std::filesystem::path& path) {
  const std::string ending = path.extension().string();
  const bool compressed = ending == ".gz";
  const std::string format = compressed ? path.stem().extension().string() : ending;
  const auto write = [&](auto writer) {
    write_file_atomically(path, [&](const std::filesystem::path& temporary) { writer(temporary); });
  };
  using Path = std::filesystem::path;
  if (format == ".csv") return write([&](const Path& file) { write_csv(table, file, compressed); });
  if (format == ".lhe") return write([&](const Path& file) { write_lhe(table, file, compressed); });
  if (!compressed && format == ".npy") return write([&](const Path& file) { write_npy(table, file); });
  if (!compressed && format == ".npz") return write([&](const Path& file) { write_npz(table, file); });
  if (!compressed && (format == ".h5" || format == ".hdf5"))
    return write([&](const Path& file) { write_hdf5(table, file); });
  throw DataError("cannot write " + path.string() +
                  ": the ending must be one of .csv .csv.gz .npy .npz .h5 .hdf5 .lhe .lhe.gz");
}

}  // namespace symscan
