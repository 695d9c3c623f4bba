// NumPy arrays (.npy): C or Fortran order, 1-D, 2-D, records with numeric fields, or 3-D (dataset.flatten).
#include <algorithm>

#include "host/base/error.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/npy_table.hpp"

namespace symscan {
namespace {

constexpr std::size_t kRowsAtOnce = 1024;  ///< of a pipe; the table doubles as rows come

/// The one array of a file or a pipe.
class NpyReader : public ArrayReader {
 public:
  NpyReader(ByteSource& source, const std::string& name, const NpyLayout& layout, std::uint64_t data_offset)
      : stream_(source, name, layout, data_offset) {}

  void check(std::size_t, const std::vector<std::size_t>&) override { stream_.check(); }
  void read_columns(std::size_t, std::size_t first, std::size_t count,
                    const std::vector<ColumnTarget>& targets) override {
    stream_.read_columns(first, count, targets);
  }
  void read_events(std::size_t, const std::vector<std::size_t>& places,
                   const std::function<bool(const double*)>& use) override {
    stream_.read_events(places, use);
  }
  std::size_t rows_at_once() const override { return stream_.grows() ? kRowsAtOnce : 0; }
  void finish(std::vector<std::string>& notes) override {
    stream_.finish(notes, false);
    for (const auto& [place, count] : stream_.rounded()) rounded[{0, place}] += count;
  }

 private:
  NpyStream stream_;
};

}  // namespace

Table read_npy(ByteSource& source, const std::string& name, const FileOptions& options) {
  if (!options.array.empty())
    throw DataError(name + " is a NPY file, which holds one array without a name; leave dataset.array out");
  const NpyHeader header = read_npy_header(source, name);
  const NpyLayout layout = npy_layout(header, name);
  ArrayTable table{.name = name};
  describe_npy(table, layout, 0, {});
  NpyReader reader(source, name, layout, header.data_offset);
  return read_array_table(table, reader, options);
}

Table read_npy(const std::string& path, const FileOptions& options) {
  return read_npy(*open_file(path), path, options);
}

std::vector<ContentItem> npy_contents(const FileOptions& options) {
  const auto source = open_file(options.path);
  const NpyHeader header = read_npy_header(*source, options.path);
  const std::string trouble = header.structured ? "" : header.fields.at(0).type.trouble();
  ContentItem item{.name = "array",
                   .description = shape_text(header.structured ? "records"
                                             : trouble.empty() ? "numbers"
                                                               : trouble,
                                             header.shape)};
  try {
    const NpyLayout layout = npy_layout(header, options.path);
    ArrayTable table{.name = options.path};
    describe_npy(table, layout, 0, {});
    if (trouble.empty()) item.settings = {"dataset.format=npy"};
    NpyReader reader(*source, options.path, layout, header.data_offset);
    if (trouble.empty() && table.particles > 0)
      item.settings.push_back("dataset.flatten=" + std::to_string(propose_flatten(table, reader)));
  } catch (const DataError& error) {
    item.settings.clear();
    item.description += ": " + std::string(error.what());
  }
  return {item};
}

}  // namespace symscan
