// HDF5: a 2-D dataset, a compound table, or a group whose 1-D datasets of equal length are the columns.
#include <algorithm>

#include "host/base/error.hpp"
#include "host/base/trouble.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/hdf5_handle.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kBlockValues = std::size_t{1} << 20;
constexpr std::size_t kMostObjects = 10000;
/// Declared size over stored size beyond which a dataset is taken for a trap (deflate's own limit).
constexpr std::uint64_t kBestRatio = 1032;

/// What is in the file under one path.
struct Node {
  std::string path;
  std::vector<hsize_t> shape;
  H5T_class_t type = H5T_NO_CLASS;
  double precision = kFloat64Precision;  ///< of numbers

  bool number() const { return type == H5T_INTEGER || type == H5T_FLOAT || type == H5T_ENUM; }
  bool table() const {
    return (number() && shape.size() == 2) || (type == H5T_COMPOUND && shape.size() == 1);
  }
  bool column() const { return number() && shape.size() == 1; }

  /// "numbers, shape 10 x 4 x 2"
  std::string description() const {
    std::string text = number()               ? "numbers"
                       : type == H5T_STRING   ? "text"
                       : type == H5T_COMPOUND ? "records"
                       : type == H5T_NO_CLASS ? "unreadable"
                                              : "no numbers";
    if (shape.empty()) return text + ", a single value";
    text += ", shape ";
    for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? " x " : "") + std::to_string(shape[i]);
    return text;
  }
};

/// Throws if the last call failed because the system refused, and that may pass.
void throw_passing_trouble(const std::string& name) {
  if (const int error = hdf5_errno(); exit_code_of(error) == ExitCode::interrupted)
    throw_trouble("cannot read", name, error);
}

[[noreturn]] void throw_open_trouble(const std::string& path) {
  const int error = hdf5_errno();
  if (error == EWOULDBLOCK) {
    throw DataError(path + " is open for writing in another program; wait for it and repeat",
                    ExitCode::interrupted);
  }
  if (lacks_locks(error)) throw DataError(path + no_locks_advice);
  throw_passing_trouble(path);
  throw DataError(path + " cannot be opened as HDF5; it is another format, damaged, or open for writing");
}

Hdf5Handle open_dataset(hid_t file, const std::string& path) {
  return {H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose};
}

/// Of a number type: half and single precision are told from finer ones by their size.
double precision_of(hid_t type) {
  return H5Tget_class(type) == H5T_FLOAT && H5Tget_size(type) <= 4 ? kFloat32Precision : kFloat64Precision;
}

Node describe(hid_t file, const std::string& path) {
  Node node;
  node.path = path;
  const Hdf5Handle dataset = open_dataset(file, path);
  if (!dataset) throw_passing_trouble(path);
  if (!dataset) return node;
  const Hdf5Handle space(H5Dget_space(dataset.get()), H5Sclose);
  const Hdf5Handle type(H5Dget_type(dataset.get()), H5Tclose);
  const int rank = space ? H5Sget_simple_extent_ndims(space.get()) : -1;
  if (rank < 0 || !type) return node;
  node.type = H5Tget_class(type.get());
  node.precision = precision_of(type.get());
  node.shape.resize(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space.get(), node.shape.data(), nullptr);
  return node;
}

std::vector<std::string> dataset_paths(hid_t file, const std::string& name) {
  std::vector<std::string> paths;
  const auto visit = [](hid_t, const char* path, const H5O_info_t* info, void* data) -> herr_t {
    auto& found = *static_cast<std::vector<std::string>*>(data);
    if (info->type == H5O_TYPE_DATASET) found.emplace_back(path);
    return found.size() >= kMostObjects ? 1 : 0;
  };
  if (H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, visit, &paths) < 0) throw_passing_trouble(name);
  return paths;
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

class Hdf5Reader {
 public:
  Hdf5Reader(const std::string& path, const FileOptions& options) : name_(path), options_(options) {
    file_ = Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (!file_) throw_open_trouble(path);
    for (const std::string& dataset : dataset_paths(file_.get(), name_))
      nodes_.push_back(describe(file_.get(), dataset));
  }

  Table read() {
    const std::vector<Node> chosen = choose();
    Table table = chosen.size() == 1 && chosen[0].table() ? read_table(chosen[0]) : read_columns(chosen);
    return table;
  }

 private:
  std::string title(const Node& node) const { return name_ + " (" + printable(node.path) + ")"; }

  [[noreturn]] void fail_choice(const std::string& what) const {
    std::vector<std::string> paths;
    for (const Node& node : nodes_) paths.push_back(node.path + " (" + node.description() + ")");
    throw DataError(name_ + what +
                    (paths.empty() ? "; it has no datasets at all" : "; it has " + join_names(paths)));
  }

  [[noreturn]] void fail_shape(const Node& node) const {
    throw DataError(
        title(node) + " holds " + node.description() +
        "; needed are numbers in two dimensions (rows, features), records, or columns of numbers: "
        "reshape or convert it");
  }

  std::vector<Node> columns_of(const std::string& group) const {
    std::vector<Node> columns;
    std::copy_if(nodes_.begin(), nodes_.end(), std::back_inserter(columns),
                 [&](const Node& n) { return n.column() && parent_of(n.path) == group; });
    return columns;
  }

  /// The columns of the group that has some; an error if several have, none if none has.
  std::vector<Node> columns_of_only_group() const {
    std::vector<std::string> groups;
    for (const Node& node : nodes_) {
      if (!node.column()) continue;
      const std::string group = parent_of(node.path);
      if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
    }
    if (groups.size() > 1) {
      throw DataError(name_ + " has columns in several groups (" + join_names(groups) +
                      "); choose one, for example dataset.array=" + groups[0]);
    }
    return groups.empty() ? std::vector<Node>{} : columns_of(groups[0]);
  }

  /// One table, or several columns.
  std::vector<Node> choose() const {
    std::string wanted = options_.array;
    while (!wanted.empty() && wanted.front() == '/') wanted.erase(0, 1);
    while (!wanted.empty() && wanted.back() == '/') wanted.pop_back();
    if (wanted.empty() && options_.array.empty()) {
      std::vector<Node> tables;
      std::copy_if(nodes_.begin(), nodes_.end(), std::back_inserter(tables),
                   [](const Node& n) { return n.table(); });
      if (tables.size() == 1) return tables;
      if (tables.size() > 1) fail_choice(" has several tables; choose one with dataset.array");
    }
    for (const Node& node : nodes_) {
      if (node.path != wanted) continue;
      if (node.table() || node.column()) return {node};
      fail_shape(node);
    }
    std::vector<Node> columns = columns_of(wanted);
    if (columns.empty() && options_.array.empty()) columns = columns_of_only_group();
    if (columns.empty() && options_.array.empty() && nodes_.size() == 1) fail_shape(nodes_[0]);
    if (columns.empty()) {
      fail_choice(wanted.empty() ? " has neither a table nor columns at its top; choose with dataset.array"
                                 : " has no table or columns " + printable(wanted) + " (dataset.array)");
    }
    for (const Node& column : columns) {
      if (column.shape[0] != columns[0].shape[0]) {
        throw DataError(title(column) + " has " + std::to_string(column.shape[0]) + " values, " +
                        printable(columns[0].path) + " has " + std::to_string(columns[0].shape[0]) +
                        "; columns must be equally long: choose one dataset with dataset.array");
      }
    }
    return columns;
  }

  void check_storage(const Node& node, hid_t dataset, std::uint64_t values) const {
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
    const std::uint64_t bytes = values * H5Tget_size(type.get());
    if (values == 0) throw DataError(title(node) + " holds no values");
    if (bytes / kBestRatio > H5Dget_storage_size(dataset) + 64) {
      throw DataError(title(node) + " declares " + std::to_string(bytes) + " bytes, but only " +
                      std::to_string(H5Dget_storage_size(dataset)) +
                      " are stored: it was never filled or is damaged");
    }
  }

  /// Reads rows [0, rows) of a 1-D or 2-D dataset as `memory_type` in blocks; `use(row, bytes)` per row.
  template <class Use>
  void read_rows(const Node& node, hid_t dataset, hid_t memory_type, std::size_t rows, std::size_t per_row,
                 Use use) const {
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
    const std::size_t row_bytes = H5Tget_size(memory_type) * per_row;
    const std::size_t block = std::max<std::size_t>(1, kBlockValues * sizeof(double) / row_bytes);
    std::vector<unsigned char> buffer(std::min(block, rows) * row_bytes);
    for (std::size_t done = 0; done < rows; done += block) {
      const std::size_t now = std::min(block, rows - done);
      const hsize_t start[2] = {done, 0}, count[2] = {now, per_row};
      const Hdf5Handle memory(H5Screate_simple(static_cast<int>(node.shape.size()), count, nullptr),
                              H5Sclose);
      if (H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start, nullptr, count, nullptr) < 0 ||
          H5Dread(dataset, memory_type, memory.get(), space.get(), H5P_DEFAULT, buffer.data()) < 0) {
        throw_passing_trouble(title(node));
        throw DataError(title(node) +
                        " cannot be read: it is damaged, or needs a filter that is not installed");
      }
      for (std::size_t i = 0; i < now; ++i)
        use(done + i, reinterpret_cast<const double*>(buffer.data() + i * row_bytes));
    }
  }

  Table empty_table(const ColumnPlan& plan, const std::string& title, std::uint64_t rows) const {
    Table table;
    table.rows = static_cast<std::size_t>(std::min<std::uint64_t>(rows, options_.max_rows));
    begin_table(table, plan);
    check_table_size(title, table.rows, table.features());
    table.values.resize(table.rows * table.features());
    if (plan.weight) table.weights.resize(table.rows);
    return table;
  }

  Table read_table(const Node& node) const {
    const Hdf5Handle dataset = open_dataset(file_.get(), node.path);
    return node.type == H5T_COMPOUND ? read_records(node, dataset.get()) : read_matrix(node, dataset.get());
  }

  Table read_matrix(const Node& node, hid_t dataset) const {
    const std::uint64_t rows = node.shape[0], features = node.shape[1];
    check_table_size(title(node), std::min<std::uint64_t>(rows, options_.max_rows), features);
    check_storage(node, dataset, rows * features);
    std::vector<std::string> names = column_attribute(dataset);
    if (names.size() != features) names = numbered_columns(features);
    const ColumnPlan plan = plan_columns(names, title(node), options_);
    Table table = empty_table(plan, title(node), rows);
    table.precision.assign(table.features(), node.precision);
    read_rows(node, dataset, H5T_NATIVE_DOUBLE, table.rows, features,
              [&](std::size_t row, const double* values) {
                double* out = table.values.data() + row * table.features();
                for (std::size_t i = 0; i < table.features(); ++i) out[i] = values[plan.features[i]];
                if (plan.weight) table.weights[row] = values[*plan.weight];
              });
    return table;
  }

  Table read_records(const Node& node, hid_t dataset) const {
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
    const int members = H5Tget_nmembers(type.get());
    std::vector<std::string> names;
    for (int i = 0; i < members; ++i) {
      char* name = H5Tget_member_name(type.get(), static_cast<unsigned>(i));
      names.emplace_back(name ? name : "");
      H5free_memory(name);
    }
    const ColumnPlan plan = plan_columns(names, title(node), options_);
    check_storage(node, dataset, node.shape[0]);
    std::vector<std::size_t> wanted = plan.features;
    if (plan.weight) wanted.push_back(*plan.weight);
    const Hdf5Handle memory_type(H5Tcreate(H5T_COMPOUND, wanted.size() * sizeof(double)), H5Tclose);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const H5T_class_t member = H5Tget_member_class(type.get(), static_cast<unsigned>(wanted[i]));
      if (member == H5T_ARRAY && names[wanted[i]].starts_with("values_block_")) {
        throw DataError(
            title(node) + " is a pandas table whose columns are packed into " + printable(names[wanted[i]]) +
            "; write it with df.to_hdf(..., format='table', data_columns=True), or with df.to_csv or "
            "numpy.save");
      }
      if (member != H5T_INTEGER && member != H5T_FLOAT && member != H5T_ENUM) {
        throw DataError(title(node) + ": field " + printable(names[wanted[i]]) +
                        " is not a number; choose the numeric ones with dataset.columns");
      }
      // A feature may also be the weight; a compound type has each name once.
      if (i + 1 == wanted.size() && plan.weight && in_features(plan, *plan.weight)) continue;
      H5Tinsert(memory_type.get(), names[wanted[i]].c_str(), i * sizeof(double), H5T_NATIVE_DOUBLE);
    }
    Table table = empty_table(plan, title(node), node.shape[0]);
    for (const std::size_t place : plan.features) {
      const Hdf5Handle member(H5Tget_member_type(type.get(), static_cast<unsigned>(place)), H5Tclose);
      table.precision.push_back(precision_of(member.get()));
    }
    read_rows(node, dataset, memory_type.get(), table.rows, 1, [&](std::size_t row, const double* values) {
      std::copy_n(values, table.features(), table.values.data() + row * table.features());
      if (!plan.weight) return;
      const auto place = std::find(plan.features.begin(), plan.features.end(), *plan.weight);
      table.weights[row] = values[place - plan.features.begin()];
    });
    return table;
  }

  static bool in_features(const ColumnPlan& plan, std::size_t column) {
    return std::find(plan.features.begin(), plan.features.end(), column) != plan.features.end();
  }

  Table read_columns(const std::vector<Node>& nodes) const {
    std::vector<std::string> names;
    names.reserve(nodes.size());
    for (const Node& node : nodes) names.push_back(node.path.substr(node.path.rfind('/') + 1));
    const ColumnPlan plan = plan_columns(names, name_, options_);
    const auto read_one = [&](const Node& node, std::size_t rows, auto store) {
      const Hdf5Handle dataset = open_dataset(file_.get(), node.path);
      check_storage(node, dataset.get(), node.shape[0]);
      read_rows(node, dataset.get(), H5T_NATIVE_DOUBLE, rows, 1, store);
    };
    for (const std::size_t place : plan.features) {  // before the table is allocated
      check_storage(nodes[place], open_dataset(file_.get(), nodes[place].path).get(), nodes[place].shape[0]);
    }
    Table table = empty_table(plan, name_, nodes[0].shape[0]);
    for (const std::size_t place : plan.features) table.precision.push_back(nodes[place].precision);
    for (std::size_t i = 0; i < table.features(); ++i) {
      read_one(nodes[plan.features[i]], table.rows, [&](std::size_t row, const double* value) {
        table.values[row * table.features() + i] = *value;
      });
    }
    if (plan.weight) {
      read_one(nodes[*plan.weight], table.rows,
               [&](std::size_t row, const double* value) { table.weights[row] = *value; });
    }
    return table;
  }

  /// Texts of the attribute "columns": fixed or variable length.
  std::vector<std::string> column_attribute(hid_t dataset) const {
    std::vector<std::string> names;
    if (H5Aexists(dataset, "columns") <= 0) return names;
    const Hdf5Handle attribute(H5Aopen(dataset, "columns", H5P_DEFAULT), H5Aclose);
    const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
    const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
    const hssize_t count = space ? H5Sget_simple_extent_npoints(space.get()) : 0;
    if (!type || H5Tget_class(type.get()) != H5T_STRING || count < 1 || count > 65536) return names;
    if (H5Tis_variable_str(type.get()) > 0) {
      std::vector<char*> texts(static_cast<std::size_t>(count), nullptr);
      if (H5Aread(attribute.get(), type.get(), texts.data()) < 0) return names;
      for (const char* text : texts) names.emplace_back(text ? text : "");
      H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, texts.data());
      return names;
    }
    const std::size_t size = H5Tget_size(type.get());
    if (size == 0 || size > 4096) return names;
    std::vector<char> bytes(size * static_cast<std::size_t>(count));
    if (H5Aread(attribute.get(), type.get(), bytes.data()) < 0) return names;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const std::string text(bytes.data() + i * size, size);
      names.push_back(text.substr(0, std::min(text.find('\0'), text.find_last_not_of(' ') + 1)));
    }
    return names;
  }

  std::string name_;
  const FileOptions& options_;
  Hdf5Handle file_;
  std::vector<Node> nodes_;
};

}  // namespace

Table read_hdf5(const std::string& path, const FileOptions& options) {
  const Hdf5Silence silence;
  return Hdf5Reader(path, options).read();
}

std::vector<ContentItem> hdf5_contents(const FileOptions&) {
  return {};
}

}  // namespace symscan
