#include "host/data/array_table.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/flatten.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kScannedEvents = 10000;  ///< for a proposal of dataset.flatten
constexpr std::size_t kNamesInSetting = 12;

std::vector<std::string> names_where(const std::vector<ArrayColumn>& columns, std::size_t count,
                                     bool (*wanted)(const ArrayColumn&)) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    if (wanted(columns[i])) names.push_back(columns[i].name);
  }
  return names;
}

bool is_number_column(const ArrayColumn& column) {
  return column.trouble.empty();
}

bool is_text_column(const ArrayColumn& column) {
  return column.text;
}

/// How arrays without numbers become some.
std::string conversion(const std::string& trouble) {
  if (trouble.find("complex") != std::string::npos)
    return "save real and imaginary parts, for example numpy.column_stack([array.real, array.imag])";
  if (trouble.find("pickle") != std::string::npos)
    return "save numbers, for example numpy.array(array.tolist(), dtype='f8')";
  if (trouble.find("dates") != std::string::npos)
    return "save numbers, for example array.astype('i8').astype('f8')";
  return "save numbers, for example array.astype('f8')";
}

/// Refuses a column that no setting names, with the settings that leave it out.
[[noreturn]] void refuse_column(const ArrayTable& source, const std::vector<ArrayColumn>& columns,
                                std::size_t main, const ArrayColumn& column) {
  const auto numbers = names_where(columns, main, is_number_column);
  if (numbers.empty()) {
    throw DataError(source.name + " holds " + column.trouble + ", not real numbers; " +
                    conversion(column.trouble));
  }
  std::string advice = "; choose others with ";
  if (column.text) advice = "; set dataset.on_text=drop to leave such columns out, or choose others with ";
  throw DataError(source.name + ": the column " + printable(column.name) + " holds " + column.trouble +
                  ", not real numbers" + advice +
                  (numbers.size() <= kNamesInSetting ? columns_setting(numbers) : "dataset.columns"));
}

/// Refuses settings that name a column without numbers.
void check_named(const ArrayTable& source, const std::vector<ArrayColumn>& columns,
                 const FileOptions& options) {
  const auto check = [&](const std::string& wanted, const std::string& setting) {
    for (const ArrayColumn& column : columns) {
      if (column.name != wanted || column.trouble.empty()) continue;
      throw DataError(source.name + ": the column " + printable(column.name) + " (dataset." + setting +
                      ") holds " + column.trouble + ", not real numbers");
    }
  };
  for (const std::string& wanted : options.columns) check(wanted, "columns");
  for (const SpecialName& special : special_names(options)) check(special.name, special.setting);
}

/// Numbers of the columns that may be used; the others are refused, or left out with a note.
std::vector<std::size_t> usable_columns(const ArrayTable& source, const std::vector<ArrayColumn>& columns,
                                        std::size_t main, const FileOptions& options,
                                        std::vector<std::string>& notes) {
  check_named(source, columns, options);
  std::vector<std::size_t> usable;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ArrayColumn& column = columns[i];
    if (column.trouble.empty()) {
      usable.push_back(i);
      continue;
    }
    if (i >= main || !options.columns.empty()) continue;
    if (!column.text || options.on_text == OnText::refuse) refuse_column(source, columns, main, column);
    if (options.on_text == OnText::one_hot) refuse_one_hot(source.name, column.name);
  }
  const auto dropped =
      options.columns.empty() ? names_where(columns, main, is_text_column) : std::vector<std::string>{};
  if (!dropped.empty())
    notes.push_back("columns of text or dates of " + source.name + " were left out: " + join_names(dropped));
  if (usable.empty()) throw DataError(source.name + " has no columns of numbers");
  return usable;
}

/// plan_columns() over the columns that hold numbers; its numbers are those of `columns`.
ColumnPlan plan_numbers(const ArrayTable& source, const std::vector<ArrayColumn>& columns, std::size_t main,
                        const FileOptions& options) {
  std::vector<std::string> notes;
  const std::vector<std::size_t> usable = usable_columns(source, columns, main, options, notes);
  std::vector<std::string> names;
  names.reserve(usable.size());
  for (const std::size_t i : usable) names.push_back(columns[i].name);
  const auto most = static_cast<std::size_t>(
      std::count_if(usable.begin(), usable.end(), [&](std::size_t i) { return i < main; }));
  ColumnPlan plan = plan_columns(names, source.name, options, most);
  for (std::size_t& place : plan.features) place = usable[place];
  if (plan.weight) plan.weight = usable[*plan.weight];
  plan.notes.insert(plan.notes.end(), notes.begin(), notes.end());
  return plan;
}

/// Of ids and time stamps that are larger than float64 holds exactly.
void note_rounded(const std::vector<ArrayColumn>& columns, const std::string& name, ArrayReader& reader,
                  std::vector<std::string>& notes) {
  std::size_t told = 0;
  for (const ArrayColumn& column : columns) {
    const auto found = reader.rounded.find({column.part, column.place});
    if (found == reader.rounded.end() || found->second == 0) continue;
    if (told++ == kNamesInSetting) {
      notes.push_back("integers of further columns of " + name + " were rounded to float64");
      return;
    }
    notes.push_back(plural(found->second, "integer") + " of the column " + printable(column.name) + " of " +
                    name + " beyond 2^53 " + (found->second == 1 ? "was" : "were") +
                    " rounded to float64: values that differ may have become equal");
  }
}

void finish_reading(const ArrayTable& source, ArrayReader& reader, Table& table) {
  reader.finish(table.notes);
  note_rounded(source.columns, source.name, reader, table.notes);
  note_rounded(source.features, source.name, reader, table.notes);
}

/// Where the columns of one array go.
using PartTargets = std::map<std::size_t, std::vector<ColumnTarget>>;

void check_parts(ArrayReader& reader, const PartTargets& parts) {
  for (const auto& [part, targets] : parts) {
    std::vector<std::size_t> places;
    places.reserve(targets.size());
    for (const ColumnTarget& target : targets) places.push_back(target.place);
    reader.check(part, places);
  }
}

/// Rows [first, first + count) of the columns into the table, which has room for them.
PartTargets targets_of(const ColumnPlan& plan, const std::vector<ArrayColumn>& columns, Table& table,
                       std::size_t first) {
  PartTargets parts;
  const std::size_t features = plan.features.size();
  for (std::size_t i = 0; i < features; ++i) {
    const ArrayColumn& column = columns[plan.features[i]];
    parts[column.part].push_back({column.place, table.values.data() + first * features + i, features});
  }
  if (plan.weight) {
    const ArrayColumn& column = columns[*plan.weight];
    parts[column.part].push_back({column.place, table.weights.data() + first, 1});
  }
  return parts;
}

Table read_plain(const ArrayTable& source, ArrayReader& reader, const FileOptions& options) {
  const ColumnPlan plan = plan_numbers(source, source.columns, source.main_columns, options);
  Table table;
  begin_table(table, plan);
  table.notes.insert(table.notes.end(), source.notes.begin(), source.notes.end());
  for (const std::size_t place : plan.features) table.precision.push_back(source.columns[place].precision);
  table.rows = static_cast<std::size_t>(std::min<std::uint64_t>(source.rows, options.max_rows));
  check_parts(reader, targets_of(plan, source.columns, table, 0));
  check_table_size(source.name, table.rows, table.features());
  const std::size_t at_once = reader.rows_at_once();
  for (std::size_t first = 0; first < table.rows;) {
    const std::size_t most = at_once == 0 ? table.rows : std::max(at_once, first);  // doubles what is held
    const std::size_t count = std::min(most, table.rows - first);
    table.values.resize((first + count) * table.features());
    if (plan.weight) table.weights.resize(first + count);
    for (const auto& [part, targets] : targets_of(plan, source.columns, table, first))
      reader.read_columns(part, first, count, targets);
    first += count;
  }
  finish_reading(source, reader, table);
  return table;
}

std::string dimensions(const std::vector<std::uint64_t>& shape) {
  std::string text;
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? " x " : "") + std::to_string(shape[i]);
  return text;
}

/// Of an array of particles without dataset.flatten.
[[noreturn]] void refuse_particles(const ArrayTable& source, ArrayReader& reader, std::size_t features) {
  const std::size_t particles = propose_flatten(source, reader);
  throw DataError(
      source.name + " has " + (source.records ? "events with several records each" : "3 dimensions") + ", " +
      dimensions({source.rows, source.particles, features}) + " (events, particles, features); set " +
      source.choice + "dataset.flatten=" + std::to_string(particles) + " to make columns of the first " +
      plural(particles, "particle") + " of each event, or reshape it");
}

/// Features of a particle that are numbers, first; the others are refused or left out as columns are.
std::vector<std::size_t> usable_features(const ArrayTable& source, const FileOptions& options,
                                         std::vector<std::string>& notes) {
  FileOptions all = options;
  all.weights = "none";
  all.group = all.target = "";
  // Names of columns ("pt[1]") are no names of features.
  const auto known = [&](const std::string& wanted) {
    return std::any_of(source.features.begin(), source.features.end(),
                       [&](const ArrayColumn& feature) { return feature.name == wanted; });
  };
  if (!std::all_of(all.columns.begin(), all.columns.end(), known)) all.columns.clear();
  return usable_columns(source, source.features, source.features.size(), all, notes);
}

/// The extra columns of the rows that stay: those of other arrays of the file.
std::vector<double> read_extra(const ArrayColumn& column, ArrayReader& reader, std::size_t rows) {
  reader.check(column.part, {column.place});
  std::vector<double> values(rows);
  reader.read_columns(column.part, 0, rows, {{column.place, values.data(), 1}});
  return values;
}

/// What flattening reads: which events stay, and the values of their columns.
struct Flattened {
  std::vector<double> values;      ///< [rows][all columns of the plan]
  std::vector<std::size_t> event;  ///< of each row
  FlattenCounts counts;
};

Flattened read_events_flat(const ArrayTable& source, ArrayReader& reader, const FlattenPlan& flat,
                           const std::vector<std::size_t>& places, const ColumnPlan& plan,
                           std::size_t max_rows) {
  Flattened out;
  std::vector<double> row(flat.columns.size());
  std::size_t event = 0;
  reader.read_events(source.features[0].part, places, [&](const double* values) {
    const std::size_t found =
        flatten_event(flat, values, static_cast<std::size_t>(source.particles), row.data());
    if (keep_event(flat, out.counts, found)) {
      for (const std::size_t place : plan.features)
        out.values.push_back(place < row.size() ? row[place] : 0.0);
      out.event.push_back(event);
    }
    ++event;
    return out.event.size() < max_rows;
  });
  return out;
}

Table read_flattened(const ArrayTable& source, ArrayReader& reader, const FileOptions& options) {
  std::vector<std::string> notes, names;
  const std::vector<std::size_t> usable = usable_features(source, options, notes);
  std::vector<std::size_t> places;
  std::vector<ArrayColumn> columns;
  for (const std::size_t i : usable) {
    places.push_back(source.features[i].place);
    names.push_back(source.features[i].name);
  }
  if (options.flatten == 0) refuse_particles(source, reader, usable.size());
  if (options.flatten > source.particles) {
    throw DataError(source.name + " has " + plural(source.particles, "particle") + " in each event; set " +
                    source.choice + "dataset.flatten=" + std::to_string(source.particles) + " or less");
  }
  const FlattenPlan flat = plan_flatten(names, source.named, source.name, options);
  const std::size_t width = flat.used.size();
  for (std::size_t i = 0; i < flat.columns.size(); ++i)
    columns.push_back(
        {.name = flat.columns[i], .precision = source.features[usable[flat.used[i % width]]].precision});
  columns.insert(columns.end(), source.columns.begin(), source.columns.end());
  FileOptions chosen = options;
  chosen.columns = flat.chosen;
  const ColumnPlan plan = plan_numbers(source, columns, flat.columns.size(), chosen);
  if (plan.weight && *plan.weight < flat.columns.size()) {
    throw DataError("dataset.weights names " + printable(columns[*plan.weight].name) +
                    ", a column of particles; name an array with one value for each event");
  }
  reader.check(source.features[0].part, places);
  const auto most_rows = static_cast<std::size_t>(std::min<std::uint64_t>(source.rows, options.max_rows));
  check_table_size(source.name, most_rows, plan.features.size());

  Flattened read = read_events_flat(source, reader, flat, places, plan, options.max_rows);
  Table table;
  begin_table(table, plan);
  table.notes.insert(table.notes.end(), notes.begin(), notes.end());
  table.notes.insert(table.notes.end(), source.notes.begin(), source.notes.end());
  for (const std::size_t place : plan.features) table.precision.push_back(columns[place].precision);
  table.rows = read.event.size();
  table.values = std::move(read.values);
  const std::size_t features = table.features(), events = read.counts.events;
  for (std::size_t i = 0; i < features; ++i) {
    if (plan.features[i] < flat.columns.size()) continue;
    const std::vector<double> extra = read_extra(columns[plan.features[i]], reader, events);
    for (std::size_t row = 0; row < table.rows; ++row)
      table.values[row * features + i] = extra[read.event[row]];
  }
  if (plan.weight) {
    const std::vector<double> extra = read_extra(columns[*plan.weight], reader, events);
    for (const std::size_t event : read.event) table.weights.push_back(extra[event]);
  }
  finish_reading(source, reader, table);
  const std::size_t special = std::size_t{!options.group.empty()} + std::size_t{!options.target.empty()};
  finish_flatten(table, features - plan.select_columns - special, flat, read.counts, source.name);
  return table;
}

}  // namespace

std::size_t propose_flatten(const ArrayTable& source, ArrayReader& reader) {
  std::vector<std::size_t> places, found;
  for (const ArrayColumn& feature : source.features) {
    if (feature.trouble.empty()) places.push_back(feature.place);
  }
  if (places.empty()) throw DataError(source.name + " has no columns of numbers");
  FlattenPlan plan;
  plan.particles = static_cast<std::size_t>(
      std::min<std::uint64_t>(source.particles, std::max<std::size_t>(1, 65536 / places.size())));
  plan.features = places.size();
  reader.check(source.features[0].part, places);
  reader.read_events(source.features[0].part, places, [&](const double* values) {
    double unused = 0;  // no feature becomes a column
    found.push_back(flatten_event(plan, values, static_cast<std::size_t>(source.particles), &unused));
    return found.size() < kScannedEvents;
  });
  if (found.empty()) return 1;
  const auto middle = found.begin() + static_cast<std::ptrdiff_t>(found.size() / 2);
  std::nth_element(found.begin(), middle, found.end());
  const std::size_t particles = *middle > 0 ? *middle : *std::max_element(found.begin(), found.end());
  return std::clamp<std::size_t>(particles, 1, 10000);
}

std::vector<SpecialName> special_names(const FileOptions& options) {
  std::vector<SpecialName> names;
  if (options.weights != "auto" && options.weights != "none") names.push_back({"weights", options.weights});
  if (!options.group.empty()) names.push_back({"group", options.group});
  if (!options.target.empty()) names.push_back({"target", options.target});
  return names;
}

std::string list_arrays(const std::vector<std::pair<std::string, std::string>>& arrays) {
  std::string text;
  for (std::size_t i = 0; i < std::min(arrays.size(), kNamesInSetting); ++i)
    text += (i ? ", " : "") + join_names({arrays[i].first}) + " (" + arrays[i].second + ")";
  if (arrays.size() > kNamesInSetting) text += ", ... (" + std::to_string(arrays.size()) + " in all)";
  return text;
}

std::string shape_text(const std::string& what, const std::vector<std::uint64_t>& shape) {
  return what + (shape.empty() ? ", a single value" : ", shape " + dimensions(shape));
}

std::string shape_advice(const std::vector<std::uint64_t>& shape) {
  if (shape.empty()) return "has 0 dimensions: a single value; one row for each event is needed";
  return "has " + plural(shape.size(), "dimension") + " (" + dimensions(shape) +
         "); two are needed (rows, features): reshape it, for example with array.reshape(len(array), -1)";
}

bool is_rounded_integer(std::uint64_t bits, bool with_sign) {
  const std::uint64_t size = with_sign && (bits >> 63) ? ~bits + 1 : bits;
  return size != 0 && std::bit_width(size) - std::countr_zero(size) > 53;
}

void refuse_one_hot(const std::string& name, const std::string& column) {
  throw DataError(name + ": dataset.on_text=one_hot is for text files, and the column " + printable(column) +
                  " is in an array file; set dataset.on_text=drop to leave it out");
}

Table read_array_table(const ArrayTable& source, ArrayReader& reader, const FileOptions& options) {
  reader.rounded.clear();  // of labels and indexes
  if (source.particles > 0) return read_flattened(source, reader, options);
  if (options.flatten > 0) {
    throw DataError(source.name +
                    " has one row for each event; dataset.flatten is for arrays (events, "
                    "particles, features): leave it out");
  }
  return read_plain(source, reader, options);
}

}  // namespace symscan
