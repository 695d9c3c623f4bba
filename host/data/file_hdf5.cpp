// HDF5: a 2-D dataset, a compound table, a group whose 1-D datasets of equal length are the columns, a table
// of pandas, or with `flatten` an array of particles. Whatever else may be the data is refused by name, and
// what else there is, is noted.
#include <algorithm>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/hdf5_listing.hpp"
#include "host/data/hdf5_pandas.hpp"
#include "host/data/hdf5_values.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

std::string stripped_path(std::string path) {
  while (!path.empty() && path.front() == '/') path.erase(0, 1);
  while (!path.empty() && path.back() == '/') path.pop_back();
  return path;
}

class Hdf5Tables : private Hdf5Listing {
 public:
  Hdf5Tables(const std::string& path, const FileOptions& options)
      : Hdf5Listing(path, stripped_path(options.array)),
        options_(options),
        reader_(file_.get(), path, tree_) {}

  Table read() {
    const ArrayTable table = choose();
    return read_array_table(table, reader_, options_);
  }

 private:
  /// Something that a table can be made of: a dataset, or a group in which pandas keeps a frame.
  struct Choice {
    const Hdf5Node* node = nullptr;
    const Hdf5Group* frame = nullptr;
    std::string path() const { return node ? node->path : frame->path; }
  };

  [[noreturn]] void fail_choice(const std::string& what) const {
    const auto all = all_datasets();
    throw DataError(name_ + what +
                    (all.empty() ? "; it has no datasets at all" : "; it has " + list_arrays(all)));
  }

  [[noreturn]] void fail_shape(const Hdf5Node& node) const {
    if (node.number() && node.shape.size() > 3)
      throw DataError(title(node.path) + " " + shape_advice(node.sizes()));
    throw DataError(
        title(node.path) + " holds " + node.description() +
        "; needed are numbers in two dimensions (rows, features), records, or columns of numbers: "
        "reshape or convert it");
  }

  /// Weights, group or target.
  bool is_special(const Hdf5Node& node) const {
    const auto specials = special_names(options_);
    return std::any_of(specials.begin(), specials.end(), [&](const SpecialName& special) {
      return stripped_path(special.name) == node.path || special.name == hdf5_leaf(node.path);
    });
  }

  std::vector<Choice> all_tables() const {
    std::vector<Choice> tables;
    for (const Hdf5Node& node : tree_.nodes) {
      if (node.internal || !node.table()) continue;
      if (is_special(node) && node.gives_values(node.rows())) continue;  // labels of shape (rows, 1)
      tables.push_back({.node = &node});
    }
    for (const Hdf5Group& group : tree_.groups) {
      if (group.fixed_frame()) tables.push_back({.frame = &group});
    }
    return tables;
  }

  std::vector<Choice> all_events() const {
    std::vector<Choice> events;
    for (const Hdf5Node& node : tree_.nodes) {
      if (!node.internal && node.particles()) events.push_back({.node = &node});
    }
    return events;
  }

  ArrayTable choose() {
    if (!options_.array.empty()) return choose_named(stripped_path(options_.array));
    if (!tree_.complete)
      throw DataError(name_ + " has more than 10000 objects; name the dataset with dataset.array");
    const std::vector<Choice> tables = all_tables(), events = all_events();
    refuse_unreadable();
    if (options_.flatten > 0 && !events.empty()) return only_one(events);
    if (!tables.empty()) return only_one(tables);
    const std::string group = group_of_columns();
    if (!events.empty() && (options_.columns.empty() || group.empty())) return table_of(events[0]);
    for (const Hdf5Node& node : tree_.nodes) {
      if (!node.internal && node.number() && node.shape.size() > 3) fail_shape(node);
    }
    return columns_of_only_group(group);
  }

  /// A dataset that cannot be opened may be the data.
  void refuse_unreadable() const {
    for (const Hdf5Node& node : tree_.nodes) {
      if (node.shape.empty() && node.trouble == "unreadable values")
        throw DataError(title(node.path) +
                        " is damaged; choose another dataset with dataset.array, or repair it");
    }
  }

  ArrayTable only_one(const std::vector<Choice>& choices) {
    if (choices.size() == 1) return table_of(choices[0]);
    fail_choice(" has several tables; choose one with dataset.array, for example dataset.array=" +
                choices[0].path());
  }

  [[noreturn]] void refuse_link(const Hdf5Link& link) const {
    throw DataError(title(link.path) + " is " + link_text(link) +
                    "; read that file instead, with dataset.array=" + join_names({link.target}));
  }

  ArrayTable choose_named(const std::string& wanted) {
    for (const Hdf5Link& link : tree_.links) {
      if (wanted != link.path && !wanted.starts_with(link.path + "/")) continue;
      if (!link.file.empty()) refuse_link(link);
      if (!tree_.resolve(file_.get(), link.path))
        throw DataError(title(link.path) + " is " + link_text(link));
    }
    const auto path = tree_.resolve(file_.get(), wanted);
    if (!path) fail_choice(" has no table or columns " + printable(wanted) + " (dataset.array)");
    if (const Hdf5Node* node = node_called(*path)) {
      if (!is_usable(*node)) fail_shape(*node);
      return table_of({.node = node});
    }
    const Hdf5Group* group = group_called(*path);
    if (group->fixed_frame()) return table_of({.frame = group});
    if (!group->trouble.empty()) throw DataError(title(*path) + " " + group->trouble);
    if (!members_of(*path).empty() && group->pandas.empty()) return columns_of(*path);
    std::vector<Choice> inside;
    for (const Choice& choice : all_tables()) {
      if (path->empty() || choice.path().starts_with(*path + "/")) inside.push_back(choice);
    }
    if (inside.size() == 1) return table_of(inside[0]);
    fail_choice(wanted.empty() ? " has neither a table nor columns at its top; choose with dataset.array"
                               : " has no table or columns " + printable(wanted) + " (dataset.array)");
  }

  // One dataset or frame

  ArrayTable table_of(const Choice& choice) {
    ArrayTable table;
    if (choice.frame != nullptr) {
      const Hdf5Group frame = *choice.frame;
      table = pandas_fixed_table(file_.get(), tree_, frame, reader_, title(frame.path));
    } else {
      table = dataset_table(*choice.node);
    }
    if (options_.array.empty() && all_datasets().size() > 1)
      table.choice = "dataset.array=" + choice.path() + " ";
    const std::string folder = hdf5_parent(choice.path());
    add_values(table, choice, folder);
    check_special(table, choice.path());
    if (options_.array.empty()) note_others(table, choice);
    return table;
  }

  ArrayTable dataset_table(const Hdf5Node& node) {
    const std::size_t part = number_of(node);
    ArrayTable table{.name = title(node.path), .rows = node.rows()};
    const std::vector<std::uint64_t> sizes = node.sizes();
    if (std::count(sizes.begin(), sizes.end(), 0u) > 0) throw DataError(table.name + " holds no values");
    std::vector<ArrayColumn>& columns = node.particles() ? table.features : table.columns;
    if (node.particles()) table.particles = sizes[1];
    if (table.particles > 65536)
      throw DataError(table.name + " has " + std::to_string(table.particles) +
                      " particles in each event; at most 65536 are supported");
    if (node.records) {
      table.records = table.named = true;
      const Hdf5Values& values = reader_.values(part);
      for (std::size_t i = 0; i < values.parts.size(); ++i) {
        const Hdf5Part& of = values.parts[i];
        columns.push_back({.name = of.name,
                           .precision = of.precision,
                           .trouble = of.trouble.what,
                           .text = of.trouble.text,
                           .part = part,
                           .place = i});
      }
    } else {
      number_columns(columns, node, sizes, table);
    }
    if (!node.particles()) table.main_columns = columns.size();
    const Hdf5Group* group = group_called(hdf5_parent(node.path));
    if (node.records && group != nullptr && group->pandas.ends_with("_table"))
      name_pandas_columns(table, file_.get(), tree_, part, reader_);
    return table;
  }

  /// Columns of plain numbers: the attribute "columns" may give their names.
  void number_columns(std::vector<ArrayColumn>& columns, const Hdf5Node& node,
                      const std::vector<std::uint64_t>& sizes, ArrayTable& table) const {
    const std::uint64_t count = node.column() ? 1 : sizes.back();
    check_table_size(title(node.path), 0, count);
    const Hdf5Handle dataset(H5Dopen2(file_.get(), node.path.c_str(), H5P_DEFAULT), H5Dclose);
    std::vector<std::string> names;
    if (dataset) names = hdf5_texts(dataset.get(), "columns");
    const bool named = table.named = names.size() == count;
    if (!named && dataset && H5Aexists(dataset.get(), "columns") > 0)
      table.notes.push_back("the attribute columns of " + title(node.path) + " holds " +
                            (names.empty() ? "no texts" : plural(names.size(), "text")) + " for " +
                            plural(count, "column") + " and was not used");
    for (std::uint64_t i = 0; i < count; ++i) {
      std::string name = (node.particles() ? "f" : "c") + std::to_string(i);
      if (node.column()) name = hdf5_leaf(node.path);
      if (named) name = names[i];
      columns.push_back({.name = name, .precision = node.precision, .part = number_of(node), .place = i});
    }
  }

  static bool has_column_called(const ArrayTable& table, const std::string& name) {
    return std::any_of(table.columns.begin(), table.columns.end(), [&](const ArrayColumn& column) {
      return column.name == name || column.name == "c" + name;
    });
  }

  /// Other datasets with one value for each row, by the name that the settings use, or else by their own:
  /// without the folder if it is that of the table.
  void add_values(ArrayTable& table, const Choice& choice, const std::string& folder) {
    for (const Hdf5Node& node : tree_.nodes) {
      if (node.internal || &node == choice.node || !node.gives_values(table.rows)) continue;
      std::string name = hdf5_parent(node.path) == folder ? hdf5_leaf(node.path) : node.path;
      for (const SpecialName& special : special_names(options_)) {
        if (stripped_path(special.name) == node.path) name = special.name;
      }
      if (has_column_called(table, name)) continue;
      table.columns.push_back({.name = name, .precision = node.precision, .part = number_of(node)});
    }
  }

  /// Weights, group or target that are a dataset, but not one value for each row.
  void check_special(const ArrayTable& table, const std::string& path) const {
    const std::string folder = hdf5_parent(path);
    for (const auto& [setting, wanted] : special_names(options_)) {
      if (has_column_called(table, wanted)) continue;
      const Hdf5Node* node = node_called(stripped_path(wanted));
      if (!node && !folder.empty()) node = node_called(folder + "/" + wanted);
      if (!node) continue;
      throw DataError(title(node->path) + " (dataset." + setting + ") holds " + node->description() +
                      "; one number for each of the " + plural(table.rows, "row") + " of " + printable(path) +
                      " is needed");
    }
  }

  /// Texts for each row, which dataset.on_text=one_hot would make columns of.
  void check_one_hot(const Hdf5Node& node, std::uint64_t rows) const {
    if (options_.on_text != OnText::one_hot || !options_.columns.empty() || !node.text) return;
    if (!node.shape.empty() && node.rows() == rows) refuse_one_hot(name_, node.path);
  }

  void note_others(ArrayTable& table, const Choice& choice) const {
    std::vector<std::pair<std::string, std::string>> others;
    for (const Hdf5Node& node : tree_.nodes) {
      if (node.internal || &node == choice.node || is_special(node)) continue;
      std::string what = node.description();
      check_one_hot(node, table.rows);
      if (node.gives_values(table.rows))
        what += "; dataset.target=" + node.path + " or dataset.weights=" + node.path + " uses it";
      others.emplace_back(node.path, what);
    }
    for (const Hdf5Link& link : tree_.links) {
      if (!link.file.empty() || !tree_.resolve(file_.get(), link.path))
        others.emplace_back(link.path, link_text(link));
    }
    if (others.empty()) return;
    table.notes.push_back(printable(choice.path()) + " of " + name_ + " was read; it also holds " +
                          list_arrays(others) + " (dataset.array chooses another)");
  }

  // Columns that are datasets

  /// The group that holds all of dataset.columns, or else the top if it has columns, or the only group.
  std::string group_of_columns() const {
    const std::vector<std::string> groups = groups_with_columns();
    for (const std::string& group : groups) {
      if (options_.columns.empty()) break;
      if (std::all_of(options_.columns.begin(), options_.columns.end(), [&](const std::string& wanted) {
            const Hdf5Node* node = node_called(group.empty() ? wanted : group + "/" + wanted);
            return node && node->column();
          }))
        return group;
    }
    return groups.size() == 1 ? groups[0] : "";
  }

  ArrayTable columns_of_only_group(const std::string& group) {
    if (!members_of(group).empty()) return columns_of(group);
    const std::vector<std::string> groups = groups_with_columns();
    if (groups.size() > 1) {
      throw DataError(name_ + " has columns in several groups (" + join_names(groups) +
                      "); choose one, for example dataset.array=" + groups[0]);
    }
    if (tree_.nodes.size() == 1) fail_shape(tree_.nodes[0]);
    for (const Hdf5Group& sparse : tree_.groups) {
      if (!sparse.trouble.empty()) throw DataError(title(sparse.path) + " " + sparse.trouble);
    }
    for (const Hdf5Link& link : tree_.links) {
      if (tree_.nodes.empty() && !link.file.empty()) refuse_link(link);
    }
    fail_choice(" has neither a table nor columns");
  }

  ArrayTable columns_of(const std::string& group) {
    const std::vector<const Hdf5Node*> columns = members_of(group);
    const Hdf5Node* first = columns[0];
    for (const Hdf5Node* column : columns) {
      if (std::count(options_.columns.begin(), options_.columns.end(), hdf5_leaf(column->path)) > 0) {
        first = column;
        break;
      }
    }
    ArrayTable table{.name = name_, .rows = first->rows()};
    if (table.rows == 0) throw DataError(title(first->path) + " holds no values");
    for (const Hdf5Node* column : columns) {
      const bool named =
          std::count(options_.columns.begin(), options_.columns.end(), hdf5_leaf(column->path)) > 0;
      if (column->rows() == table.rows) {
        table.columns.push_back(
            {.name = hdf5_leaf(column->path), .precision = column->precision, .part = number_of(*column)});
      } else if (options_.columns.empty() || named) {
        refuse_length(*first, *column, columns);
      }
    }
    table.main_columns = table.columns.size();
    note_no_columns(table, group);
    add_values(table, {.node = first}, group);
    check_special(table, first->path);
    return table;
  }

  void note_no_columns(ArrayTable& table, const std::string& group) const {
    std::vector<std::pair<std::string, std::string>> others;
    for (const Hdf5Node& node : tree_.nodes) {
      const bool here = options_.array.empty() || hdf5_parent(node.path) == group;
      const bool used = node.column() && hdf5_parent(node.path) == group && node.rows() == table.rows;
      if (node.internal || !here || used || is_special(node)) continue;
      if (hdf5_parent(node.path) == group) check_one_hot(node, table.rows);
      others.emplace_back(node.path, node.description());
    }
    if (others.empty()) return;
    table.notes.push_back("datasets of " + name_ + " that are no columns of numbers" +
                          (group.empty() ? "" : " of " + printable(group)) +
                          " were left out: " + list_arrays(others));
  }

  [[noreturn]] void refuse_length(const Hdf5Node& first, const Hdf5Node& other,
                                  const std::vector<const Hdf5Node*>& columns) const {
    std::vector<std::string> best;
    for (const Hdf5Node* like : columns) {
      std::vector<std::string> same;
      for (const Hdf5Node* column : columns) {
        if (column->rows() == like->rows()) same.push_back(hdf5_leaf(column->path));
      }
      if (same.size() > best.size()) best = same;
    }
    throw DataError(title(other.path) + " has " + plural(other.rows(), "value") + ", " +
                    printable(first.path) + " has " + std::to_string(first.rows()) +
                    "; columns must be equally long: choose with " + columns_setting(best));
  }

  const FileOptions& options_;
  Hdf5ArrayReader reader_;
};

}  // namespace

Table read_hdf5(const std::string& path, const FileOptions& options) {
  const Hdf5Silence silence;
  return Hdf5Tables(path, options).read();
}

std::vector<ContentItem> hdf5_contents(const FileOptions& options) {
  const Hdf5Silence silence;
  return Hdf5Listing(options.path).contents();
}

}  // namespace symscan
