#include "host/data/write_table.hpp"

#include <algorithm>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/data/formats.hpp"
#include "host/data/write_formats.hpp"

namespace symscan {

std::vector<std::pair<std::string, const std::vector<double>*>> special_columns(const Table& table) {
  std::vector<std::pair<std::string, const std::vector<double>*>> special = {
      {"trajectory", &table.groups}, {"target", &table.target}, {"weight", &table.weights}};
  std::erase_if(special, [](const auto& column) { return column.second->empty(); });
  return special;
}

std::vector<std::string> written_columns(const Table& table) {
  std::vector<std::string> columns = table.columns;
  for (const auto& column : special_columns(table)) columns.push_back(column.first);
  return columns;
}

std::vector<float> written_values(const Table& table) {
  const std::size_t features = table.features();
  const auto special = special_columns(table);
  std::vector<float> values;
  values.reserve(table.rows * (features + special.size()));
  for (std::size_t row = 0; row < table.rows; ++row) {
    for (std::size_t i = 0; i < features; ++i)
      values.push_back(static_cast<float>(table.values[row * features + i]));
    for (const auto& column : special) values.push_back(static_cast<float>((*column.second)[row]));
  }
  return values;
}

namespace {

/// The format that `path` is written in. Throws DataError.
const FileFormat& written_format(const std::filesystem::path& path) {
  const auto [ending, compression] = ending_of(path);
  for (const FileFormat& format : file_formats()) {
    const auto& endings = format.endings;
    if (format.write == nullptr || std::find(endings.begin(), endings.end(), ending) == endings.end())
      continue;
    if (!compression.empty() && !(format.compressed && compression == ".gz")) break;
    return format;
  }
  throw DataError("cannot write " + path.string() + ": the ending must be one of " + written_endings());
}

}  // namespace

void check_table_writer(const std::filesystem::path& path) {
  const FileFormat& format = written_format(path);
  if (format.check_writer != nullptr) format.check_writer();
}

void write_table(const Table& table, const std::filesystem::path& path) {
  const FileFormat& format = written_format(path);
  write_file_atomically(
      path, [&, gzip = !ending_of(path).compression.empty()](const std::filesystem::path& temporary) {
        format.write(table, temporary, gzip);
      });
}

}  // namespace symscan
