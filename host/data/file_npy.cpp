// NumPy arrays (.npy): C or Fortran order, 1-D, 2-D or records with numeric fields.
#include <algorithm>

#include "host/base/error.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/npy_format.hpp"
#include "host/data/npy_table.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kNpyBlock = std::size_t{1} << 18;

/// The array as a table: every value of a row with its place in the row's bytes.
struct Layout {
  std::size_t rows = 0, row_size = 0;
  std::vector<std::string> names;
  std::vector<NpyField> fields;
};

Layout layout_of(const NpyHeader& header, const std::string& name) {
  if (header.shape.empty() || header.shape.size() > 2) {
    throw DataError(name + " holds an array of " + std::to_string(header.shape.size()) +
                    " dimensions; one or two are needed (rows, features): reshape it");
  }
  const bool two = header.shape.size() == 2;
  if (two && header.structured)
    throw DataError(name + " holds records in two dimensions; one is supported: flatten it");
  const std::uint64_t features = two ? header.shape[1] : header.fields.size();
  if (header.shape[0] == 0 || features == 0) throw DataError(name + " holds an array without values");
  if (features > 65536) check_table_size(name, 0, features);

  Layout layout;
  layout.rows = header.shape[0];
  layout.row_size = two ? features * header.record_size : header.record_size;
  layout.fields = header.fields;
  layout.names = numbered_columns(features);
  if (two) {
    layout.fields.assign(features, header.fields[0]);
    for (std::size_t i = 0; i < features; ++i) layout.fields[i].offset = i * header.record_size;
  } else if (header.structured) {
    for (std::size_t i = 0; i < features; ++i) layout.names[i] = header.fields[i].name;
  }
  return layout;
}

void check_types(const Layout& layout, const ColumnPlan& plan, const std::string& name) {
  const auto check = [&](std::size_t column) {
    if (layout.fields[column].type.is_number()) return;
    throw DataError(
        name + ": column " + printable(layout.names[column]) +
        " is not real numbers of 8 to 64 bits; convert it (array.astype('f4')) or choose others with "
        "dataset.columns");
  };
  for (const std::size_t column : plan.features) check(column);
  if (plan.weight) check(*plan.weight);
}

/// Reads `count` records of `size` bytes in blocks; `use(index, bytes)` for each.
template <class Use>
void for_each_record(ByteSource& source, const std::string& name, std::uint64_t count, std::size_t size,
                     Use use) {
  const std::uint64_t per_block = std::max<std::uint64_t>(1, kNpyBlock / size);
  std::vector<char> block(static_cast<std::size_t>(std::min(per_block, count)) * size);
  for (std::uint64_t done = 0; done < count;) {
    const auto now = static_cast<std::size_t>(std::min(per_block, count - done));
    if (!read_fully(source, block.data(), now * size)) {
      throw DataError(name + " is cut off: its header promises more values than follow");
    }
    for (std::size_t i = 0; i < now; ++i) {
      use(static_cast<std::size_t>(done + i),
          reinterpret_cast<const unsigned char*>(block.data() + i * size));
    }
    done += now;
  }
}

void fill(Table& table, ByteSource& source, const std::string& name, const NpyHeader& header,
          const Layout& layout, const ColumnPlan& plan) {
  const std::size_t features = plan.features.size();
  if (!header.fortran_order || layout.fields.size() == 1 || header.structured) {
    for_each_record(source, name, table.rows, layout.row_size,
                    [&](std::size_t row, const unsigned char* bytes) {
                      const auto value = [&](std::size_t column) {
                        return decode(bytes + layout.fields[column].offset, layout.fields[column].type);
                      };
                      for (std::size_t i = 0; i < features; ++i)
                        table.values[row * features + i] = value(plan.features[i]);
                      if (plan.weight) table.weights[row] = value(*plan.weight);
                    });
    return;
  }
  // Fortran order: column after column, so that a value's place follows from its number.
  constexpr std::size_t kUnused = static_cast<std::size_t>(-1);
  std::vector<std::size_t> slots(layout.fields.size(), kUnused);
  for (std::size_t i = 0; i < features; ++i) slots[plan.features[i]] = i;
  const std::uint64_t count = static_cast<std::uint64_t>(layout.rows) * layout.fields.size();
  for_each_record(source, name, count, header.record_size,
                  [&](std::size_t index, const unsigned char* bytes) {
                    const std::size_t column = index / layout.rows, row = index % layout.rows;
                    if (row >= table.rows) return;
                    const bool weight = plan.weight == column;
                    if (slots[column] == kUnused && !weight) return;
                    const double value = decode(bytes, header.fields[0].type);
                    if (slots[column] != kUnused) table.values[row * features + slots[column]] = value;
                    if (weight) table.weights[row] = value;
                  });
}

}  // namespace

Table read_npy_table(ByteSource& source, const std::string& name, const FileOptions& options,
                     const std::vector<std::string>& names) {
  const NpyHeader header = read_npy_header(source, name);
  Layout layout = layout_of(header, name);
  if (names.size() == layout.names.size()) layout.names = names;
  const ColumnPlan plan = plan_columns(layout.names, name, options);
  check_types(layout, plan, name);
  // Before allocating: what the header promises must be there.
  if (!source.size()) throw DataError(name + " is compressed with gzip; unpack it first (gunzip)");
  const std::uint64_t available =
      *source.size() - std::min<std::uint64_t>(header.data_offset, *source.size());
  if (layout.row_size == 0 || layout.rows > available / layout.row_size) {
    throw DataError(name + " is cut off or damaged: its header promises " + std::to_string(layout.rows) +
                    " rows of " + std::to_string(layout.row_size) + " bytes, but the file has " +
                    std::to_string(available) + " bytes");
  }
  Table table;
  table.rows = std::min(layout.rows, options.max_rows);
  begin_table(table, plan);
  for (const std::size_t column : plan.features)
    table.precision.push_back(precision_of(layout.fields[column].type));
  check_table_size(name, table.rows, table.features());
  table.values.resize(table.rows * table.features());
  if (plan.weight) table.weights.resize(table.rows);
  fill(table, source, name, header, layout, plan);
  return table;
}

Table read_npy(ByteSource& source, const std::string& name, const FileOptions& options) {
  return read_npy_table(source, name, options, {});
}

Table read_npy(const std::string& path, const FileOptions& options) {
  return read_npy(*open_file(path), path, options);
}

}  // namespace symscan
