// NumPy archives (.npz): zip files of NPY arrays, stored or deflated.
//
// Taken is the array that `array` names, or the only 2-D numeric one, or "data"; failing that, 1-D arrays of
// equal length become the columns. An entry "columns" with as many texts as the array has columns gives their
// names.
#include <zip.h>

#include <algorithm>
#include <memory>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/base/trouble.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/npy_format.hpp"
#include "host/data/npy_table.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"
#include "host/data/zip_errno.hpp"

namespace symscan {
namespace {

constexpr zip_int64_t kMostEntries = 65536;
/// Deflate cannot do better than 1032:1; an entry that claims more is damaged or a trap.
constexpr std::uint64_t kBestMemberRatio = 1032;

/// Throws what is wrong with the archive, or with the system.
[[noreturn]] void throw_zip_trouble(const std::string& name, const char* what, zip_error_t* error) {
  const int system = zip_errno(error);
  const std::string text = zip_error_strerror(error);
  zip_error_fini(error);
  if (exit_code_of(system) == ExitCode::interrupted) throw_trouble("cannot read", name, system);
  throw DataError(name + what + ": " + text);
}

class EntrySource : public ByteSource {
 public:
  EntrySource(zip_t* archive, std::uint64_t index, std::uint64_t size, const std::string& name)
      : file_(zip_fopen_index(archive, index, 0)), size_(size), name_(name) {
    if (!file_) throw_zip_trouble(name_, " cannot be unpacked", zip_get_error(archive));
  }
  EntrySource(const EntrySource&) = delete;
  EntrySource& operator=(const EntrySource&) = delete;
  ~EntrySource() override { zip_fclose(file_); }

  std::size_t read(char* buffer, std::size_t size) override {
    const zip_int64_t got = zip_fread(file_, buffer, size);
    if (got < 0) throw_zip_trouble(name_, " cannot be unpacked", zip_file_get_error(file_));
    return static_cast<std::size_t>(got);
  }
  std::optional<std::uint64_t> size() const override { return size_; }

 private:
  zip_file_t* file_;
  std::uint64_t size_;
  std::string name_;
};

struct Entry {
  std::string name;  ///< without .npy
  std::uint64_t index = 0, size = 0;
  NpyHeader header;
  bool readable = false;  ///< a NPY array whose header makes sense

  bool numeric() const { return readable && !header.structured && header.fields[0].type.is_number(); }
};

class Archive {
 public:
  Archive(zip_source_t* source, const std::string& name) : name_(name) {
    zip_error_t error;
    zip_error_init(&error);
    archive_ = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr;
    if (!archive_) {
      if (source) zip_source_free(source);
      throw_zip_trouble(name, " is not a NPZ (zip) file", &error);
    }
    zip_error_fini(&error);
  }
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;
  ~Archive() { zip_discard(archive_); }

  std::vector<Entry> list() const {
    const zip_int64_t count = zip_get_num_entries(archive_, 0);
    if (count > kMostEntries) throw DataError(name_ + " has more than 65536 entries");
    std::vector<Entry> entries;
    for (zip_int64_t i = 0; i < count; ++i) {
      zip_stat_t stat;
      zip_stat_init(&stat);
      if (zip_stat_index(archive_, static_cast<zip_uint64_t>(i), 0, &stat) != 0 || !stat.name) continue;
      Entry entry;
      entry.name = stat.name;
      if (!entry.name.ends_with(".npy")) continue;
      entry.name.resize(entry.name.size() - 4);
      entry.index = static_cast<std::uint64_t>(i);
      check_size(entry, stat);
      read_header(entry);
      entries.push_back(std::move(entry));
    }
    return entries;
  }

  EntrySource open(const Entry& entry) const { return {archive_, entry.index, entry.size, title(entry)}; }
  std::string title(const Entry& entry) const { return name_ + " (" + printable(entry.name) + ")"; }

 private:
  void check_size(Entry& entry, const zip_stat_t& stat) const {
    entry.size = stat.size;
    if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) && stat.encryption_method != ZIP_EM_NONE) {
      throw DataError(name_ + " is encrypted; save it without a password");
    }
    if (stat.size / kBestMemberRatio > stat.comp_size + 64) {
      throw DataError(title(entry) + " claims to unpack to " + std::to_string(stat.size) +
                      " bytes, which its " + std::to_string(stat.comp_size) +
                      " compressed bytes cannot hold; the file is damaged");
    }
  }

  /// Arrays that cannot be understood are no error as long as nobody asks for them.
  void read_header(Entry& entry) const {
    try {
      EntrySource source = open(entry);
      entry.header = read_npy_header(source, title(entry));
      entry.readable = true;
    } catch (const DataError&) {
      entry.readable = false;
    }
  }

  zip_t* archive_ = nullptr;
  std::string name_;
};

/// Texts of a 1-D array of type U (UCS-4) or S; empty if it is something else or longer than any list of
/// columns.
std::vector<std::string> read_texts(const Archive& archive, const Entry& entry) {
  const NpyHeader& header = entry.header;
  if (!entry.readable || header.structured || header.shape.size() != 1) return {};
  const ElementType type = header.fields[0].type;
  if ((type.kind != 'U' && type.kind != 'S') || type.size == 0 || type.size > 4096 || header.shape[0] > 65536)
    return {};
  EntrySource source = archive.open(entry);
  read_npy_header(source, archive.title(entry));
  const std::size_t step = type.kind == 'U' ? 4 : 1;
  std::vector<std::string> texts;
  std::vector<char> bytes(type.size);
  for (std::uint64_t i = 0; i < header.shape[0]; ++i) {
    if (!read_fully(source, bytes.data(), bytes.size())) return {};
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      char32_t c = 0;
      for (std::size_t k = 0; k < step; ++k) {
        const std::size_t byte = type.big_endian ? at + step - 1 - k : at + k;
        c |= static_cast<char32_t>(static_cast<unsigned char>(bytes[byte])) << (8 * k);
      }
      if (c == 0) continue;
      if (step == 4) {
        append_utf8(text, c);
      } else {
        text += static_cast<char>(c);  // of an unknown encoding: plan_columns() has the last word
      }
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

/// One table from 1-D arrays of equal length, each a column.
Table join_columns(const Archive& archive, const std::vector<const Entry*>& entries, const std::string& name,
                   const FileOptions& options) {
  std::vector<std::string> names;
  names.reserve(entries.size());
  for (const Entry* entry : entries) names.push_back(entry->name);
  const ColumnPlan plan = plan_columns(names, name, options);
  FileOptions single;
  single.weights = "none";
  single.max_rows = options.max_rows;
  const auto column = [&](std::size_t place) {
    EntrySource source = archive.open(*entries[place]);
    return read_npy_table(source, archive.title(*entries[place]), single, {});
  };
  Table table;
  begin_table(table, plan);
  const std::size_t features = plan.features.size();
  for (std::size_t i = 0; i < features; ++i) {
    const Table values = column(plan.features[i]);
    if (i == 0) {
      table.rows = values.rows;
      check_table_size(name, table.rows, features);
      table.values.resize(table.rows * features);
    }
    table.precision.push_back(values.precision.at(0));
    for (std::size_t row = 0; row < table.rows; ++row) table.values[row * features + i] = values.values[row];
  }
  if (plan.weight) table.weights = column(*plan.weight).values;
  return table;
}

std::vector<std::string> names_of(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  names.reserve(entries.size());
  for (const Entry& entry : entries) names.push_back(entry.name);
  return names;
}

const Entry* find_entry(const std::vector<Entry>& entries, const std::string& name) {
  for (const Entry& entry : entries) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

/// The array to read, or nullptr if there are only 1-D columns to join.
const Entry* choose(const std::vector<Entry>& entries, const std::string& name, const FileOptions& options) {
  if (!options.array.empty()) {
    if (const Entry* entry = find_entry(entries, options.array)) return entry;
    throw DataError(name + " has no array " + printable(options.array) + " (dataset.array); it has " +
                    join_names(names_of(entries)));
  }
  std::vector<const Entry*> tables;
  for (const Entry& entry : entries) {
    if (entry.readable && (entry.header.structured || (entry.numeric() && entry.header.shape.size() == 2))) {
      tables.push_back(&entry);
    }
  }
  if (tables.size() == 1) return tables[0];
  if (entries.size() == 1) return entries.data();
  if (tables.size() > 1) {
    const Entry* data = find_entry(entries, "data");
    if (data && std::find(tables.begin(), tables.end(), data) != tables.end()) return data;
    throw DataError(name + " has several arrays (" + join_names(names_of(entries)) +
                    "); choose one with dataset.array");
  }
  return nullptr;
}

Table read_archive(const Archive& archive, const std::string& name, const FileOptions& options) {
  const std::vector<Entry> entries = archive.list();
  if (entries.empty()) throw DataError(name + " holds no NPY arrays");
  if (const Entry* entry = choose(entries, name, options)) {
    const Entry* columns = find_entry(entries, "columns");
    const std::vector<std::string> names =
        columns && columns != entry ? read_texts(archive, *columns) : std::vector<std::string>{};
    EntrySource source = archive.open(*entry);
    Table table = read_npy_table(source, archive.title(*entry), options, names);
    std::vector<std::string> others;
    for (const Entry& other : entries) {
      if (&other != entry && (&other != columns || names.empty())) others.push_back(other.name);
    }
    if (options.array.empty() && !others.empty()) {
      table.notes.push_back("the array " + printable(entry->name) + " of " + name +
                            " was read; it also holds " + join_names(others) +
                            " (dataset.array chooses another)");
    }
    return table;
  }
  std::vector<const Entry*> columns;
  for (const Entry& entry : entries) {
    if (entry.numeric() && entry.header.shape.size() == 1) columns.push_back(&entry);
  }
  const bool equal = std::all_of(columns.begin(), columns.end(), [&](const Entry* entry) {
    return entry->header.shape[0] == columns[0]->header.shape[0];
  });
  if (columns.empty() || !equal) {
    throw DataError(name + " has neither a 2-D numeric array nor 1-D ones of equal length; it has " +
                    join_names(names_of(entries)));
  }
  return join_columns(archive, columns, name, options);
}

}  // namespace

Table read_npz(const std::string& path, const FileOptions& options) {
  return read_archive(Archive(zip_source_file_create(path.c_str(), 0, -1, nullptr), path), path, options);
}

Table read_npz(std::string_view bytes, const std::string& name, const FileOptions& options) {
  return read_archive(Archive(zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr), name), name,
                      options);
}

}  // namespace symscan
