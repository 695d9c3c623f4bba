// pandas in HDF5: names, order and index of the columns.
#include "host/data/hdf5_pandas.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

using Texts = std::vector<std::string>;

std::optional<std::size_t> node_at(const Hdf5Tree& tree, const std::string& path) {
  for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
    if (tree.nodes[i].path == path) return i;
  }
  return std::nullopt;
}

Hdf5Handle open_at(hid_t file, const std::string& path) {
  return {H5Oopen(file, path.empty() ? "/" : path.c_str(), H5P_DEFAULT), H5Oclose};
}

/// All values of a 1-D dataset of numbers.
std::vector<double> numbers_of(const Hdf5Tree& tree, std::size_t node, Hdf5ArrayReader& reader) {
  reader.check(node, {0});
  const auto count = static_cast<std::size_t>(tree.nodes[node].rows());
  check_table_size(reader.title(node), count, 1);
  std::vector<double> values(count);
  reader.read_columns(node, 0, count, {{0, values.data(), 1}});
  return values;
}

/// Texts of a 1-D dataset, of fixed length, as pandas writes labels.
Texts texts_of(hid_t file, const Hdf5Node& node) {
  const Hdf5Handle dataset = open_at(file, node.path);
  const Hdf5Handle type(dataset ? H5Dget_type(dataset.get()) : -1, H5Tclose);
  if (!type || H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) > 0) return {};
  const std::size_t size = H5Tget_size(type.get()), count = static_cast<std::size_t>(node.rows());
  if (size == 0 || size > 4096 || count > 65536 ||
      size * count > 64 * H5Dget_storage_size(dataset.get()) + 4096 * 1032)
    return {};
  std::string bytes(size * count, '\0');
  if (H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0) return {};
  Texts texts;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string text = bytes.substr(i * size, size);
    texts.push_back(text.substr(0, std::min(text.find('\0'), text.size())));
  }
  return texts;
}

std::string whole_number(double value) {
  std::string text = std::to_string(value);
  if (value == std::floor(value) && std::abs(value) < 1e15)
    text = std::to_string(static_cast<long long>(value));
  return text;
}

/// Columns called 0, 1, ... have no names.
void rename_numbered(std::vector<ArrayColumn>& columns, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (columns[i].name != std::to_string(i)) return;
  }
  for (std::size_t i = 0; i < count; ++i) columns[i].name = "c" + columns[i].name;
}

class FixedFrame {
 public:
  FixedFrame(hid_t file, Hdf5Tree& tree, const Hdf5Group& group, Hdf5ArrayReader& reader,
             const std::string& title)
      : file_(file), tree_(tree), group_(group), reader_(reader) {
    table_.name = title;
  }

  ArrayTable read() {
    if (group_.pandas == "series") {
      const Hdf5Handle group = open_at(file_, group_.path);
      const std::string name = hdf5_text(group.get(), "name");
      add_block("values", {name.empty() || name == "N." ? hdf5_leaf(group_.path) : name});
    } else {
      for (std::size_t i = 0; node_at(tree_, path("block" + std::to_string(i) + "_values")); ++i) {
        const std::string block = "block" + std::to_string(i);
        add_block(block + "_values", labels(block + "_items"));
      }
      put_in_order(labels("axis0"));
    }
    if (table_.columns.empty()) throw DataError(table_.name + " is a pandas frame without values");
    table_.main_columns = table_.columns.size();
    add_index(group_.pandas == "series" ? "index" : "axis1");
    return std::move(table_);
  }

 private:
  std::string path(const std::string& name) const {
    return group_.path.empty() ? name : group_.path + "/" + name;
  }

  /// Labels of an axis; those of several levels are joined: "a_x".
  Texts labels(const std::string& axis) {
    if (const auto node = node_at(tree_, path(axis))) return labels_of(*node);
    Texts joined;
    for (int level = 0; level < 16; ++level) {
      const auto names = node_at(tree_, path(axis + "_level" + std::to_string(level)));
      const auto numbers = node_at(tree_, path(axis + "_label" + std::to_string(level)));
      if (!names || !numbers || !tree_.nodes[*numbers].column()) break;
      const Texts words = labels_of(*names);
      const std::vector<double> places = numbers_of(tree_, *numbers, reader_);
      joined.resize(places.size());
      for (std::size_t i = 0; i < places.size(); ++i) {
        if (!(places[i] >= 0 && places[i] < static_cast<double>(words.size()))) continue;
        joined[i] += (level > 0 ? "_" : "") + words[static_cast<std::size_t>(places[i])];
      }
    }
    return joined;
  }

  Texts labels_of(std::size_t node) {
    const Hdf5Node& described = tree_.nodes[node];
    if (described.shape.size() != 1 || described.shape[0] == 0 || described.shape[0] > 65536) return {};
    if (!described.column()) return texts_of(file_, described);
    Texts names;
    for (const double value : numbers_of(tree_, node, reader_)) names.push_back(whole_number(value));
    return names;
  }

  void add_block(const std::string& name, const Texts& names) {
    const auto number = node_at(tree_, path(name));
    if (!number) return;
    Hdf5Node& node = tree_.nodes[*number];
    const Hdf5Handle dataset = open_at(file_, node.path);
    const std::string kind = hdf5_text(dataset.get(), "value_type");
    // In place of arrays without values pandas writes one zero, and their shape beside it.
    if (H5Aexists(dataset.get(), "shape") > 0 && hdf5_text(dataset.get(), "PSEUDOATOM").empty())
      throw DataError(table_.name + " is an empty frame of pandas: it has no rows");
    Hdf5Trouble trouble{node.trouble, node.text};
    if (kind.starts_with("datetime64")) trouble = {"dates", true};
    if (kind.starts_with("timedelta64")) trouble = {"spans of time", true};
    if (hdf5_text(dataset.get(), "PSEUDOATOM") == "object")
      trouble = {"text or other Python objects (a pickle)", true};
    if (node.shape.size() == 2 && hdf5_number(dataset.get(), "transposed").value_or(0) == 0)
      node.reversed = true;
    std::size_t items = std::max<std::size_t>(1, names.size());
    if (trouble.what.empty()) {
      if (node.shape.empty() || node.shape.size() > 2 || node.records)
        trouble = {"values of an unknown layout"};
      items = node.shape.size() == 2 ? static_cast<std::size_t>(node.sizes()[1]) : 1;
      check_table_size(table_.name, 0, items);
      if (table_.rows > 0 && node.rows() != table_.rows)
        throw DataError(table_.name + " is damaged: its blocks are not equally long");
      table_.rows = node.rows();
    }
    for (std::size_t i = 0; i < items; ++i) {
      table_.columns.push_back(
          {.name = names.size() == items ? names[i] : name + "[" + std::to_string(i + 1) + "]",
           .precision = node.precision,
           .trouble = trouble.what,
           .text = trouble.text,
           .part = *number,
           .place = i});
    }
  }

  /// As the frame has them, not block after block.
  void put_in_order(const Texts& order) {
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < order.size(); ++i) places.emplace(order[i], i);
    const auto place = [&](const ArrayColumn& column) {
      const auto found = places.find(column.name);
      return found == places.end() ? places.size() : found->second;
    };
    std::stable_sort(table_.columns.begin(), table_.columns.end(),
                     [&](const ArrayColumn& a, const ArrayColumn& b) { return place(a) < place(b); });
    rename_numbered(table_.columns, table_.columns.size());
  }

  void add_index(const std::string& axis) {
    const auto number = node_at(tree_, path(axis));
    if (!number || !tree_.nodes[*number].column() || tree_.nodes[*number].rows() != table_.rows) {
      table_.notes.push_back("the index of " + table_.name +
                             " was left out: it is not one number for each row");
      return;
    }
    const Hdf5Handle dataset = open_at(file_, tree_.nodes[*number].path);
    std::string name = hdf5_text(dataset.get(), "name");
    if (name.empty() || name == "N.") name = "index";
    if (hdf5_text(dataset.get(), "kind").starts_with("datetime")) {
      table_.notes.push_back("the index of " + table_.name + " was left out: it holds dates");
      return;
    }
    const std::vector<double> values = numbers_of(tree_, *number, reader_);
    bool counts = true;
    for (std::size_t i = 0; i < values.size(); ++i) counts &= values[i] == static_cast<double>(i);
    const bool taken = std::any_of(table_.columns.begin(), table_.columns.end(),
                                   [&](const ArrayColumn& column) { return column.name == name; });
    if (!taken) table_.columns.push_back({.name = name, .part = *number});
    if (!counts) table_.notes.push_back("the index of " + table_.name + " was left out");
  }

  hid_t file_;
  Hdf5Tree& tree_;
  const Hdf5Group& group_;
  Hdf5ArrayReader& reader_;
  ArrayTable table_;
};

// Tables

Texts pickled_texts(hid_t object, const std::string& attribute) {
  return texts_of_pickle(hdf5_text(object, attribute.c_str())).value_or(Texts{});
}

/// `count` names, from as many texts or (columns of several levels) a multiple of them.
Texts names_from(const Texts& texts, std::size_t count) {
  if (texts.empty() || texts.size() % count != 0) return {};
  const std::size_t levels = texts.size() / count;
  Texts names(count);
  for (std::size_t i = 0; i < texts.size(); ++i) names[i / levels] += (i % levels > 0 ? "_" : "") + texts[i];
  return names;
}

/// What pandas made into numbers: dates, spans, categories.
Hdf5Trouble disguise_of(hid_t dataset, const std::string& field) {
  const std::string type = hdf5_text(dataset, (field + "_dtype").c_str());
  const std::string kind = hdf5_text(dataset, (field + "_kind").c_str());
  if (type.starts_with("datetime64") || kind.starts_with("datetime")) return {"dates", true};
  if (type.starts_with("timedelta64") || kind.starts_with("timedelta")) return {"spans of time", true};
  if (hdf5_text(dataset, (field + "_meta").c_str()) == "category")
    return {"categories (of the kind of text)", true};
  return {};
}

bool is_index_field(const std::string& name) {
  return name == "index" || name.starts_with("index[");
}

/// Gives the columns of each field of the records their names from the field's attributes.
void name_fields(ArrayTable& table, hid_t dataset, const Hdf5Values& values) {
  const auto field_of = [&](std::size_t i) { return values.parts[table.columns[i].place].member; };
  bool all_named = true;
  for (std::size_t first = 0, count = 1; first < table.columns.size(); first += count) {
    for (count = 1; first + count < table.columns.size() && field_of(first + count) == field_of(first);)
      ++count;
    const std::string& field = values.members[field_of(first)].name;
    const Hdf5Trouble disguise = disguise_of(dataset, field);
    const Texts texts = pickled_texts(dataset, field + "_kind");
    // A field that cannot be read counts once, whatever it holds.
    const bool unread = !table.columns[first].trouble.empty();
    const Texts names = unread ? texts : names_from(texts, count);
    for (std::size_t i = 0; i < count; ++i) {
      ArrayColumn& column = table.columns[first + i];
      if (!unread && names.size() == count) column.name = names[i];
      if (unread && !names.empty()) column.name = join_words(names, ", ");
      if (!disguise.what.empty()) {
        column.trouble = disguise.what;
        column.text = disguise.text;
      }
      all_named &= !column.name.starts_with("values_block_");
    }
  }
  if (!all_named)
    table.notes.push_back("the names of some columns of " + table.name +
                          " cannot be read; they are called after their place in the file");
}

/// Whether the index is 0, 1, 2, ...: nothing needs to be said of it.
bool index_counts_rows(const ArrayTable& table, std::size_t node, Hdf5ArrayReader& reader) {
  for (std::size_t i = table.main_columns; i < table.columns.size(); ++i) {
    if (!table.columns[i].trouble.empty()) return false;
    reader.check(node, {table.columns[i].place});
    check_table_size(table.name, static_cast<std::size_t>(table.rows), 1);
    std::vector<double> index(static_cast<std::size_t>(table.rows));
    reader.read_columns(node, 0, index.size(), {{table.columns[i].place, index.data(), 1}});
    for (std::size_t row = 0; row < index.size(); ++row) {
      if (index[row] != static_cast<double>(row)) return false;
    }
  }
  return true;
}

void append_escaped(std::string& out, const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t digits = text.compare(i, 2, "\\u") == 0 ? 4 : text.compare(i, 2, "\\U") == 0 ? 8 : 0;
    if (digits == 0 || i + 2 + digits > text.size()) {
      append_utf8(out, byte);  // Latin-1
      continue;
    }
    char32_t c = 0;
    for (std::size_t k = 0; k < digits; ++k) {
      const std::size_t value = std::string_view("0123456789abcdef").find(text[i + 2 + k]);
      c = c * 16 + static_cast<char32_t>(value & 15);
    }
    append_utf8(out, c < 0x110000 ? c : U'?');
    i += 1 + digits;
  }
}

}  // namespace

std::optional<Texts> texts_of_pickle(const std::string& pickle) {
  Texts found;
  std::map<std::string, std::string> memory;
  std::string last;
  for (std::size_t at = 0; at < pickle.size();) {
    const char code = pickle[at++];
    if (code == '.') return found;
    if (std::string_view("(ltdaes]})N0").find(code) != std::string_view::npos) {
      if (code == 'l' || code == 't' || code == 'd') last.clear();
      continue;
    }
    const std::size_t end = pickle.find('\n', at);
    if (end == std::string::npos) return std::nullopt;
    std::string line = pickle.substr(at, end - at);
    at = end + 1;
    if (code == 'p') {
      memory[line] = last;
      continue;
    }
    if (code == 'g') {
      if (memory[line].empty()) return std::nullopt;
      last = memory[line];
    } else if (code == 'V') {
      last.clear();
      append_escaped(last, line);
    } else if (code == 'S' && line.size() >= 2 && line.find('\\') == std::string::npos) {
      last = line.substr(1, line.size() - 2);
    } else if ((code == 'I' || code == 'L') && !line.empty()) {
      last = line.back() == 'L' ? line.substr(0, line.size() - 1) : line;
    } else {
      return std::nullopt;
    }
    found.push_back(last);
  }
  return std::nullopt;
}

ArrayTable pandas_fixed_table(hid_t file, Hdf5Tree& tree, const Hdf5Group& group, Hdf5ArrayReader& reader,
                              const std::string& title) {
  return FixedFrame(file, tree, group, reader, title).read();
}

void name_pandas_columns(ArrayTable& table, hid_t file, const Hdf5Tree& tree, std::size_t node,
                         Hdf5ArrayReader& reader) {
  const Hdf5Handle dataset = open_at(file, tree.nodes[node].path);
  const Hdf5Handle group = open_at(file, hdf5_parent(tree.nodes[node].path));
  const Hdf5Values& values = reader.values(node);
  name_fields(table, dataset.get(), values);
  const Texts levels = pickled_texts(group.get(), "levels");
  const auto is_index = [&](const ArrayColumn& column) {
    return is_index_field(values.members[values.parts[column.place].member].name) ||
           std::count(levels.begin(), levels.end(), column.name) > 0;
  };
  Texts order = pickled_texts(group.get(), "non_index_axes");
  if (!order.empty()) order.erase(order.begin());  // the number of the axis
  const auto place = [&](const ArrayColumn& column) {
    if (is_index(column)) return order.size() + 1;
    return static_cast<std::size_t>(std::find(order.begin(), order.end(), column.name) - order.begin());
  };
  std::stable_sort(table.columns.begin(), table.columns.end(),
                   [&](const ArrayColumn& a, const ArrayColumn& b) { return place(a) < place(b); });
  table.main_columns = static_cast<std::size_t>(
      std::count_if(table.columns.begin(), table.columns.end(), [&](const auto& c) { return !is_index(c); }));
  rename_numbered(table.columns, table.main_columns);
  if (!levels.empty() || !index_counts_rows(table, node, reader))
    table.notes.push_back("the index of " + table.name + " was left out" +
                          (levels.empty() ? "" : ": " + join_names(levels)));
}

}  // namespace symscan
