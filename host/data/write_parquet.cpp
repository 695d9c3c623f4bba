// Parquet, written by pyarrow: float64 columns, the special ones last.
#include <algorithm>

#include "host/base/error.hpp"
#include "host/data/helper_table.hpp"
#include "host/data/write_formats.hpp"

namespace symscan {
namespace {

constexpr std::size_t kParquetRows = std::size_t{1} << 17;  ///< of a row group

std::string_view bytes_of(const std::vector<double>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)};
}

std::string_view bytes_of(const std::uint64_t& number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

/// One row group: how many rows, then the columns one after the other.
bool send_rows(PythonHelper& helper, const Table& table, std::size_t first, std::size_t count) {
  if (!helper.write(bytes_of(std::uint64_t{count}))) return false;
  std::vector<double> column(count);
  for (std::size_t i = 0; i < table.features(); ++i) {
    for (std::size_t row = 0; row < count; ++row)
      column[row] = table.values[(first + row) * table.features() + i];
    if (!helper.write(bytes_of(column))) return false;
  }
  for (const auto& special : special_columns(table)) {
    std::copy_n(special.second->begin() + static_cast<std::ptrdiff_t>(first), count, column.begin());
    if (!helper.write(bytes_of(column))) return false;
  }
  return true;
}

/// The script has found its packages.
std::unique_ptr<PythonHelper> start_writer(const std::string& path, const char* mode) {
  const HelperFormat& format = helper_format("parquet writer");
  auto helper = start_helper(format, path, {{"mode", mode}, {"format", format.name}});
  frame_json(*helper, next_frame(*helper, format, path), format, path);
  return helper;
}

}  // namespace

void check_parquet_writer() {
  start_writer("", "check");
}

void write_parquet(const Table& table, const std::filesystem::path& path) {
  const auto helper = start_writer(path.string(), "write");
  bool heard = helper->write(Json(written_columns(table)).dump(-1, ' ', true) + "\n");
  for (std::size_t first = 0; heard && first < table.rows; first += kParquetRows)
    heard = send_rows(*helper, table, first, std::min(kParquetRows, table.rows - first));
  if (heard) helper->write(bytes_of(std::uint64_t{0}));
  const HelperFormat& format = helper_format("parquet writer");
  const Json done = frame_json(*helper, next_frame(*helper, format, path.string()), format, path.string());
  if (done.value("rows", Json()) != table.rows) throw_write_trouble(path, 0);
}

}  // namespace symscan
