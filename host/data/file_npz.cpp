// NumPy archives (.npz): zip files of NPY arrays, stored or deflated.
//
// Taken is the array that `array` names, or the only 2-D numeric one, or "data"; failing that, 1-D arrays of
// equal length become the columns. With `flatten` it is the only array of particles. An entry "columns" with
// as many texts as the array has columns gives their names. Whatever else may be the data is refused by name,
// and what else there is, is noted.
#include <algorithm>
#include <numeric>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/npy_table.hpp"
#include "host/data/npz_archive.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

using Entries = std::vector<const NpzEntry*>;

/// Reads entries; each once for all that is wanted of it, to its end.
class NpzReader : public ArrayReader {
 public:
  NpzReader(const NpzArchive& archive, const std::vector<NpzEntry>& entries)
      : archive_(archive), entries_(entries) {}

  void check(std::size_t part, const std::vector<std::size_t>&) override {
    with_stream(part, [](NpyStream& stream) { stream.check(); });
  }
  void read_columns(std::size_t part, std::size_t first, std::size_t count,
                    const std::vector<ColumnTarget>& targets) override {
    with_stream(part, [&](NpyStream& stream) {
      stream.read_columns(first, count, targets);
      stream.finish(notes_, true);
    });
  }
  void read_events(std::size_t part, const std::vector<std::size_t>& places,
                   const std::function<bool(const double*)>& use) override {
    with_stream(part, [&](NpyStream& stream) {
      stream.read_events(places, use);
      stream.finish(notes_, true);
    });
  }
  void finish(std::vector<std::string>& notes) override {
    notes.insert(notes.end(), notes_.begin(), notes_.end());
  }

 private:
  template <class Use>
  void with_stream(std::size_t part, Use use) {
    const NpzEntry& entry = entries_[part];
    const std::string title = archive_.title(entry);
    NpzEntrySource source = archive_.open(entry);
    const NpyHeader header = read_npy_header(source, title);
    const NpyLayout layout = npy_layout(header, title);
    NpyStream stream(source, title, layout, header.data_offset);
    use(stream);
    for (const auto& [place, count] : stream.rounded()) rounded[{part, place}] += count;
  }

  const NpzArchive& archive_;
  const std::vector<NpzEntry>& entries_;
  std::vector<std::string> notes_;
};

class NpzTables {
 public:
  NpzTables(const NpzArchive& archive, const std::string& name, const FileOptions& options)
      : archive_(archive), entries_(archive.list()), name_(name), options_(options) {}

  Table read() const {
    if (entries_.empty()) throw DataError(name_ + " holds no NPY arrays");
    const NpzEntry* entry = choose();
    ArrayTable table = entry ? array_of(*entry) : columns_of_arrays();
    if (const auto foreign = archive_.foreign_entries(); !foreign.empty())
      table.notes.push_back("entries of " + name_ +
                            " that are no NPY arrays were not read: " + join_names(foreign));
    NpzReader reader(archive_, entries_);
    return read_array_table(table, reader, options_);
  }

 private:
  std::size_t number_of(const NpzEntry& entry) const {
    return static_cast<std::size_t>(&entry - entries_.data());
  }

  const NpzEntry* find(const std::string& name) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const NpzEntry& entry) { return entry.name == name; });
    return found == entries_.end() ? nullptr : &*found;
  }

  template <class Wanted>
  Entries entries_where(Wanted wanted) const {
    Entries found;
    for (const NpzEntry& entry : entries_) {
      if (wanted(entry)) found.push_back(&entry);
    }
    return found;
  }

  static std::vector<std::string> names_of(const Entries& entries) {
    std::vector<std::string> names;
    names.reserve(entries.size());
    for (const NpzEntry* entry : entries) names.push_back(entry->name);
    return names;
  }

  std::string all_names() const {
    return join_names(names_of(entries_where([](const NpzEntry&) { return true; })));
  }

  /// Weights, group or target, or a column that dataset.columns names.
  bool is_named(const NpzEntry& entry) const {
    const auto specials = special_names(options_);
    return std::any_of(specials.begin(), specials.end(),
                       [&](const SpecialName& special) { return special.name == entry.name; }) ||
           std::count(options_.columns.begin(), options_.columns.end(), entry.name) > 0;
  }

  /// The settings name columns, and all of them are 1-D arrays of the archive.
  bool columns_are_arrays() const {
    return !options_.columns.empty() &&
           std::all_of(options_.columns.begin(), options_.columns.end(), [&](const std::string& wanted) {
             const NpzEntry* entry = find(wanted);
             return entry && entry->column();
           });
  }

  /// An array whose header cannot be read may be the data.
  void refuse_damaged(const Entries& tables) const {
    if (columns_are_arrays()) return;
    for (const NpzEntry& entry : entries_) {
      if (entry.damage.empty()) continue;
      const Entries columns = entries_where([](const NpzEntry& other) { return other.column(); });
      std::string advice;
      if (!tables.empty()) advice = "; dataset.array=" + tables[0]->name + " reads another array";
      if (tables.empty() && !columns.empty())
        advice = "; " + columns_setting(names_of(columns)) + " reads the others";
      throw DataError(entry.damage + advice);
    }
  }

  /// The array to read, or nullptr if there are only 1-D columns to join.
  const NpzEntry* choose() const {
    if (!options_.array.empty()) {
      const NpzEntry* entry = find(options_.array);
      if (!entry)
        throw DataError(name_ + " has no array " + printable(options_.array) + " (dataset.array); it has " +
                        all_names());
      if (!entry->damage.empty()) throw DataError(entry->damage);
      return entry;
    }
    if (entries_.size() == 1) {
      if (!entries_[0].damage.empty()) throw DataError(entries_[0].damage);
      return entries_.data();
    }
    const Entries tables = entries_where([&](const NpzEntry& e) { return e.table() && !is_named(e); });
    const Entries events = entries_where([](const NpzEntry& e) { return e.particles(); });
    refuse_damaged(tables);
    if (options_.flatten > 0 && !events.empty()) return only_one(events);
    if (!tables.empty()) return only_one(tables);
    if (columns_are_arrays()) return nullptr;
    if (!events.empty()) return events[0];  // refused later, with what to set
    for (const NpzEntry& entry : entries_) {
      if (entry.numeric() && entry.axes() > 3)
        throw DataError(archive_.title(entry) + " " + shape_advice(entry.header.shape));
    }
    return nullptr;
  }

  const NpzEntry* only_one(const Entries& candidates) const {
    if (candidates.size() == 1) return candidates[0];
    for (const NpzEntry* entry : candidates) {
      if (entry->name == "data") return entry;
    }
    throw DataError(name_ + " has several arrays (" + all_names() +
                    "); choose one with dataset.array, for example dataset.array=" + candidates[0]->name);
  }

  /// One array, and beside it those that hold one value for each of its rows.
  ArrayTable array_of(const NpzEntry& entry) const {
    const std::string title = archive_.title(entry);
    ArrayTable table{.name = title};
    const NpzEntry* columns = find("columns");
    std::vector<std::string> names;
    if (columns && columns != &entry) names = read_npz_texts(archive_, *columns);
    const NpyLayout layout = npy_layout(entry.header, title);
    describe_npy(table, layout, number_of(entry), names);
    const bool used = names.size() == layout.fields.size();
    if (entries_.size() > 1) table.choice = "dataset.array=" + entry.name + " ";
    add_values(table, entry);
    check_special(table, entry);
    note_others(table, entry, used ? columns : nullptr);
    return table;
  }

  void add_values(ArrayTable& table, const NpzEntry& entry) const {
    for (const NpzEntry& other : entries_) {
      if (&other == &entry || !other.gives_values(table.rows) || has_column(table, other.name)) continue;
      table.columns.push_back({.name = other.name,
                               .precision = precision_of(other.header.fields[0].type),
                               .part = number_of(other)});
    }
  }

  static bool has_column(const ArrayTable& table, const std::string& name) {
    return std::any_of(table.columns.begin(), table.columns.end(), [&](const ArrayColumn& column) {
      return column.name == name || column.name == "c" + name;
    });
  }

  /// Weights, group or target that are an array, but not one value for each row.
  void check_special(const ArrayTable& table, const NpzEntry& entry) const {
    for (const auto& [setting, wanted] : special_names(options_)) {
      const NpzEntry* other = find(wanted);
      if (!other || has_column(table, wanted)) continue;
      if (!other->damage.empty()) throw DataError(other->damage);
      throw DataError(archive_.title(*other) + " (dataset." + setting + ") holds " + other->description() +
                      "; one number for each of the " + plural(table.rows, "row") + " of " +
                      printable(entry.name) + " is needed");
    }
  }

  /// Texts for each row, which dataset.on_text=one_hot would make columns of.
  void check_one_hot(const NpzEntry& entry, std::uint64_t rows) const {
    if (options_.on_text != OnText::one_hot || !options_.columns.empty()) return;
    if (!entry.damage.empty() || entry.header.structured || entry.axes() == 0) return;
    if (entry.header.shape[0] == rows && entry.header.fields[0].type.is_text())
      refuse_one_hot(name_, entry.name);
  }

  void note_others(ArrayTable& table, const NpzEntry& entry, const NpzEntry* columns) const {
    if (!options_.array.empty()) return;
    std::vector<std::pair<std::string, std::string>> others;
    for (const NpzEntry& other : entries_) {
      if (&other == &entry || &other == columns || is_named(other)) continue;
      check_one_hot(other, table.rows);
      std::string what = other.description();
      if (other.gives_values(table.rows))
        what += "; dataset.target=" + other.name + " or dataset.weights=" + other.name + " uses it";
      others.emplace_back(other.name, what);
    }
    if (others.empty()) return;
    table.notes.push_back("the array " + printable(entry.name) + " of " + name_ +
                          " was read; it also holds " + list_arrays(others) +
                          " (dataset.array chooses another)");
  }

  /// One table from 1-D arrays of equal length, each a column.
  ArrayTable columns_of_arrays() const {
    const Entries columns = entries_where([](const NpzEntry& entry) { return entry.column(); });
    if (columns.empty()) {
      std::vector<std::pair<std::string, std::string>> all;
      for (const NpzEntry& entry : entries_) all.emplace_back(entry.name, entry.description());
      throw DataError(name_ + " has neither a 2-D numeric array nor 1-D ones of equal length; it has " +
                      list_arrays(all));
    }
    const NpzEntry* first = columns_are_arrays() ? find(options_.columns[0]) : columns[0];
    ArrayTable table{.name = name_, .rows = first->header.shape[0]};
    if (table.rows == 0) throw DataError(archive_.title(*first) + " holds an array without values");
    std::vector<std::pair<std::string, std::string>> others;
    for (const NpzEntry& entry : entries_) {
      if (entry.column() && entry.header.shape[0] == table.rows) {
        table.columns.push_back({.name = entry.name,
                                 .precision = precision_of(entry.header.fields[0].type),
                                 .part = number_of(entry)});
      } else if (entry.column() && (options_.columns.empty() || is_named(entry))) {
        refuse_length(*first, entry);
      } else if (!entry.damage.empty() && is_named(entry)) {
        throw DataError(entry.damage);
      } else {
        check_one_hot(entry, table.rows);
        others.emplace_back(entry.name, entry.description());
      }
    }
    table.main_columns = table.columns.size();
    if (!others.empty())
      table.notes.push_back("arrays of " + name_ +
                            " that are no columns of numbers were left out: " + list_arrays(others));
    return table;
  }

  /// Columns that are not equally long; the most frequent length is proposed.
  [[noreturn]] void refuse_length(const NpzEntry& first, const NpzEntry& other) const {
    const Entries columns = entries_where([](const NpzEntry& entry) { return entry.column(); });
    Entries best;
    for (const NpzEntry* like : columns) {
      const Entries same = entries_where([&](const NpzEntry& entry) {
        return entry.column() && entry.header.shape[0] == like->header.shape[0];
      });
      if (same.size() > best.size()) best = same;
    }
    throw DataError(name_ + " has columns of unequal length: " + join_names({first.name}) + " has " +
                    plural(first.header.shape[0], "value") + ", " + join_names({other.name}) + " has " +
                    std::to_string(other.header.shape[0]) + "; choose with " +
                    columns_setting(names_of(best)));
  }

  const NpzArchive& archive_;
  const std::vector<NpzEntry> entries_;
  const std::string& name_;
  const FileOptions& options_;
};

/// The settings of an array of particles, or why it cannot be taken.
void add_flatten(ContentItem& item, const NpzArchive& archive, const std::vector<NpzEntry>& entries,
                 std::size_t number, NpzReader& reader) {
  try {
    ArrayTable table{.name = archive.title(entries[number])};
    describe_npy(table, npy_layout(entries[number].header, table.name), number, {});
    const std::string particles = std::to_string(propose_flatten(table, reader));
    item.settings = {"dataset.array=" + item.name, "dataset.flatten=" + particles};
  } catch (const DataError& error) {
    item.description += ": " + std::string(error.what());
  }
}

std::pair<int, double> rank_of(const NpzEntry& entry) {
  if (!entry.table() && !entry.particles()) return {2, 0};
  double size = 1;
  for (const std::uint64_t part : entry.header.shape) size *= static_cast<double>(part);
  return {entry.table() ? 0 : 1, -size};
}

zip_source_t* npz_file(const std::string& path) {
  return zip_source_file_create(path.c_str(), 0, -1, nullptr);
}

}  // namespace

Table read_npz(const std::string& path, const FileOptions& options) {
  const NpzArchive archive(npz_file(path), path);
  return NpzTables(archive, path, options).read();
}

Table read_npz(std::string_view bytes, const std::string& name, const FileOptions& options) {
  const NpzArchive archive(zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr), name);
  return NpzTables(archive, name, options).read();
}

std::vector<ContentItem> npz_contents(const FileOptions& options) {
  const NpzArchive archive(npz_file(options.path), options.path);
  const std::vector<NpzEntry> entries = archive.list();
  NpzReader reader(archive, entries);
  std::vector<ContentItem> items;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const NpzEntry& entry = entries[i];
    ContentItem item{.name = entry.name, .description = entry.description()};
    const std::vector<std::uint64_t>& shape = entry.header.shape;
    const bool empty = std::count(shape.begin(), shape.end(), 0u) > 0;
    if (!empty && (entry.table() || entry.column())) item.settings = {"dataset.array=" + entry.name};
    if (!empty && entry.particles()) add_flatten(item, archive, entries, i, reader);
    if (!entry.damage.empty()) item.description = entry.damage;
    items.push_back(std::move(item));
  }
  // The first is what is proposed: tables before arrays of particles, larger ones before smaller ones.
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return rank_of(entries[a]) < rank_of(entries[b]); });
  std::vector<ContentItem> sorted;
  for (const std::size_t i : order) sorted.push_back(std::move(items[i]));
  for (const std::string& name : archive.foreign_entries()) sorted.push_back({name, "no NPY array"});
  return sorted;
}

}  // namespace symscan
