// What an HDF5 file holds: datasets, groups, links, and what libraries say of them in attributes.
#include "host/data/hdf5_nodes.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <set>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/base/trouble.hpp"
#include "host/data/array_table.hpp"
#include "host/data/byte_source.hpp"

namespace symscan {
namespace {

constexpr std::size_t kMostObjects = 10000, kLongestPath = 4096, kMostTexts = 65536;

/// H5Oopen() that does not leave the file: external links are refused.
Hdf5Handle open_object(hid_t place, const std::string& path) {
  const Hdf5Handle access(H5Pcreate(H5P_LINK_ACCESS), H5Pclose);
  const auto refuse = [](const char*, const char*, const char*, const char*, unsigned*, hid_t,
                         void*) -> herr_t { return -1; };
  H5Pset_elink_cb(access.get(), refuse, nullptr);
  return {H5Oopen(place, path.empty() ? "/" : path.c_str(), access.get()), H5Oclose};
}

haddr_t address_of(hid_t object) {
  H5O_info_t info;
  return H5Oget_info(object, &info) >= 0 ? info.addr : HADDR_UNDEF;
}

/// MATLAB says what a variable is, and keeps its axes in reverse order.
void look_for_matlab(Hdf5Node& node, hid_t dataset) {
  const std::string kind = hdf5_text(dataset, "MATLAB_class");
  if (kind.empty()) return;
  static const std::set<std::string> numbers = {"double", "single", "int8",  "uint8",  "int16",  "uint16",
                                                "int32",  "uint32", "int64", "uint64", "logical"};
  if (hdf5_number(dataset, "MATLAB_empty").value_or(0) != 0) {
    node.trouble = "an empty array of MATLAB";
  } else if (kind == "char") {
    node.trouble = "text";
    node.text = true;
  } else if (numbers.count(kind) == 0) {
    node.trouble = "a MATLAB object (" + kind.substr(0, 20) + ")";
  }
  if (!node.trouble.empty()) return;
  node.reversed = true;
  const auto& shape = node.shape;
  node.vector = shape.size() == 2 && (shape[0] == 1) != (shape[1] == 1);
}

Hdf5Node describe_dataset(hid_t dataset, const std::string& path) {
  Hdf5Node node;
  node.path = path;
  node.address = address_of(dataset);
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  const int rank = space ? H5Sget_simple_extent_ndims(space.get()) : -1;
  if (rank < 0 || !type) return node;
  node.shape.resize(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space.get(), node.shape.data(), nullptr);
  const Hdf5Trouble trouble = hdf5_trouble(type.get());
  node.trouble = trouble.what;
  node.text = trouble.text;
  node.records = H5Tget_class(type.get()) == H5T_COMPOUND && trouble.what.empty();
  node.precision = hdf5_precision(type.get());
  if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) node.trouble = "nothing (an empty dataset)";
  look_for_matlab(node, dataset);
  return node;
}

struct TreeMember {
  std::string name;
  H5L_type_t type = H5L_TYPE_ERROR;
  std::size_t value_size = 0;
};

herr_t collect_member(hid_t, const char* name, const H5L_info_t* info, void* data) {
  auto& members = *static_cast<std::vector<TreeMember>*>(data);
  members.push_back({name, info->type, info->type == H5L_TYPE_HARD ? 0 : info->u.val_size});
  return members.size() > kMostObjects ? 1 : 0;
}

class TreeWalk {
 public:
  TreeWalk(hid_t file, const std::string& name) : file_(file), name_(name) {}

  Hdf5Tree walk() {
    std::vector<std::string> waiting = {""};
    while (!waiting.empty()) {
      const std::string path = waiting.back();
      waiting.pop_back();
      const std::size_t before = inner_.size();
      visit(path);
      // In the order of their names, before what else waits.
      std::reverse(inner_.begin() + static_cast<std::ptrdiff_t>(before), inner_.end());
      waiting.insert(waiting.end(), inner_.begin(), inner_.end());
      inner_.clear();
    }
    look_for_columns();
    std::sort(tree_.nodes.begin(), tree_.nodes.end(),
              [](const Hdf5Node& a, const Hdf5Node& b) { return a.path < b.path; });
    return std::move(tree_);
  }

 private:
  /// Of shape (n, 1), beside others with n rows: one value for each of their rows.
  void look_for_columns() {
    std::map<std::pair<std::string, hsize_t>, int> alike;  // by group and rows
    for (const Hdf5Node& node : tree_.nodes) {
      if (!node.internal && !node.reversed && node.trouble.empty() && !node.shape.empty())
        ++alike[{hdf5_parent(node.path), node.shape[0]}];
    }
    for (Hdf5Node& node : tree_.nodes) {
      if (node.internal || node.reversed || !node.number() || node.shape.size() != 2) continue;
      const bool column = node.shape[1] == 1 && node.shape[0] > 1;
      if (column && alike[{hdf5_parent(node.path), node.shape[0]}] > 1) node.vector = true;
    }
  }

  static std::string join(const std::string& group, const std::string& name) {
    return group.empty() ? name : group + "/" + name;
  }

  void visit(const std::string& path) {
    const Hdf5Handle group = open_object(file_, path);
    if (!group) throw_passing_trouble(name_);
    if (!group || !seen_.insert(address_of(group.get())).second) return;
    Hdf5Group described{.path = path,
                        .pandas = hdf5_text(group.get(), "pandas_type"),
                        .trouble = {},
                        .address = address_of(group.get())};
    if (H5Aexists(group.get(), "MATLAB_sparse") > 0)
      described.trouble = "is a sparse matrix of MATLAB; save full(...) of it";
    tree_.groups.push_back(described);
    std::vector<TreeMember> members;
    hsize_t from = 0;
    if (H5Literate(group.get(), H5_INDEX_NAME, H5_ITER_INC, &from, collect_member, &members) < 0)
      throw_passing_trouble(name_);
    for (const TreeMember& member : members) {
      if (tree_.nodes.size() + tree_.groups.size() + tree_.links.size() + inner_.size() >= kMostObjects) {
        tree_.complete = false;
        return;
      }
      if (join(path, member.name).size() <= kLongestPath) add(group.get(), described, member);
    }
  }

  /// Indexes of PyTables, categories of pandas, what MATLAB's cells and objects point to.
  static bool is_bookkeeping(const Hdf5Group& parent, const std::string& name, hid_t object) {
    if (name.starts_with("_i_")) return hdf5_text(object, "CLASS") == "TINDEX";
    if (parent.path.empty() && (name == "#refs#" || name == "#subsystem#")) return true;
    return !parent.pandas.empty() && name == "meta";
  }

  void add(hid_t group, const Hdf5Group& parent, const TreeMember& member) {
    const std::string path = join(parent.path, member.name);
    if (member.type != H5L_TYPE_HARD) return add_link(group, path, member);
    const Hdf5Handle object = open_object(group, "./" + member.name);
    if (!object) throw_passing_trouble(name_);
    const H5I_type_t kind = object ? H5Iget_type(object.get()) : H5I_BADID;
    if (kind == H5I_GROUP) {
      if (!is_bookkeeping(parent, member.name, object.get())) inner_.push_back(path);
    } else if (kind == H5I_DATASET) {
      if (!seen_.insert(address_of(object.get())).second) return;
      tree_.nodes.push_back(describe_dataset(object.get(), path));
      tree_.nodes.back().internal = parent.fixed_frame() || !parent.trouble.empty();
    } else if (kind == H5I_BADID) {
      Hdf5Node damaged;
      damaged.path = path;
      tree_.nodes.push_back(damaged);
    }
  }

  void add_link(hid_t group, const std::string& path, const TreeMember& member) {
    Hdf5Link link{.path = path, .target = "?"};
    std::vector<char> value(std::min<std::size_t>(member.value_size, 2 * kLongestPath) + 1, '\0');
    const bool read =
        H5Lget_val(group, member.name.c_str(), value.data(), value.size() - 1, H5P_DEFAULT) >= 0;
    if (read && member.type == H5L_TYPE_SOFT) link.target = value.data();
    if (member.type == H5L_TYPE_EXTERNAL) {
      link.file = "?";
      const char *file = nullptr, *target = nullptr;
      if (read && H5Lunpack_elink_val(value.data(), value.size() - 1, nullptr, &file, &target) >= 0) {
        link.file = file;
        link.target = target;
      }
    }
    tree_.links.push_back(link);
  }

  hid_t file_;
  const std::string& name_;
  Hdf5Tree tree_;
  std::set<haddr_t> seen_;
  std::vector<std::string> inner_;
};

/// Whether hdf5_errno() says that a file could not be locked, as HDF5 does with every file.
bool lacks_locks(int error) {
  return error == ENOSYS || error == EOPNOTSUPP || error == ENOLCK;
}

[[noreturn]] void throw_open_trouble(const std::string& path) {
  const int error = hdf5_errno();
  if (error == EWOULDBLOCK) {
    throw DataError(path + " is open for writing in another program; wait for it and repeat",
                    ExitCode::interrupted);
  }
  if (lacks_locks(error))  // from libraries that cannot do without
    throw DataError(path +
                    " is on a file system without file locks; set HDF5_USE_FILE_LOCKING=FALSE in the "
                    "environment, or use a local disk");
  throw_passing_trouble(path);
  std::string start(10, '\0');
  if (!read_fully(*open_file(path), start.data(), start.size())) start.clear();
  const bool marked = start.starts_with("\x89HDF\r\n\x1a\n");
  if (start == "MATLAB 5.0" || (!marked && lower_case(path).ends_with(".mat")))
    throw DataError(path +
                    (start == "MATLAB 5.0" ? " is a MATLAB file older than version 7.3"
                                           : " is no MATLAB file of version 7.3") +
                    "; save it with save('a.mat', '-v7.3')");
  throw DataError(path + " cannot be opened as HDF5; it is " +
                  (marked ? "cut off or otherwise damaged" : "another format, damaged") +
                  ", or open for writing");
}

}  // namespace

std::size_t Hdf5Node::row_axis() const {
  if (vector) return shape[0] == 1 ? 1 : 0;
  return reversed ? shape.size() - 1 : 0;
}

std::vector<std::uint64_t> Hdf5Node::sizes() const {
  std::vector<std::uint64_t> sizes(shape.begin(), shape.end());
  if (vector ? row_axis() == 1 : reversed) std::reverse(sizes.begin(), sizes.end());
  return sizes;
}

bool Hdf5Node::gives_values(std::uint64_t count) const {
  if (!number() || rows() != count) return false;
  return column() || (shape.size() == 2 && sizes()[1] == 1);
}

std::string Hdf5Node::description() const {
  return shape_text(records ? "records" : trouble.empty() ? "numbers" : trouble, sizes());
}

std::optional<std::string> Hdf5Tree::resolve(hid_t file, const std::string& path) const {
  for (const Hdf5Node& node : nodes) {
    if (node.path == path) return path;
  }
  for (const Hdf5Group& group : groups) {
    if (group.path == path) return path;
  }
  const Hdf5Handle object = open_object(file, path);
  if (!object) return std::nullopt;
  const haddr_t address = address_of(object.get());
  for (const Hdf5Node& node : nodes) {
    if (node.address == address) return node.path;
  }
  for (const Hdf5Group& group : groups) {
    if (group.address == address) return group.path;
  }
  return std::nullopt;
}

Hdf5Handle open_hdf5(const std::string& path) {
  Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (file) return file;
  if (!lacks_locks(hdf5_errno())) throw_open_trouble(path);
  // A file system without locks: others cannot be kept from writing, but there is no need to refuse.
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
#if H5_VERSION_GE(1, 10, 7)
  H5Pset_file_locking(access.get(), false, true);
#endif
  file = Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
  if (!file) throw_open_trouble(path);
  hdf5_passing_errno = 0;
  return file;
}

Hdf5Tree list_hdf5(hid_t file, const std::string& name, const std::string& wanted) {
  Hdf5Tree tree = TreeWalk(file, name).walk();
  if (tree.complete || wanted.empty() || tree.resolve(file, wanted)) return tree;
  const Hdf5Handle object = open_object(file, wanted);
  if (object && H5Iget_type(object.get()) == H5I_DATASET)
    tree.nodes.push_back(describe_dataset(object.get(), wanted));
  return tree;
}

Hdf5Trouble hdf5_trouble(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_FLOAT:
    case H5T_ENUM:
      return {};
    case H5T_BITFIELD:
      return H5Tget_size(type) <= 8 ? Hdf5Trouble{} : Hdf5Trouble{"bit fields"};
    case H5T_STRING:
      return {"text", true};
    case H5T_TIME:
      return {"dates", true};
    case H5T_REFERENCE:
      return {"references to other objects"};
    case H5T_VLEN:
      return {"lists of unequal length"};
    case H5T_ARRAY:
      return {"arrays in each value"};
    case H5T_OPAQUE: {  // h5py: "NUMPY:<M8[s]"
      char* tag = H5Tget_tag(type);
      const bool date = tag != nullptr && std::string(tag).find("M8") != std::string::npos;
      const bool span = tag != nullptr && std::string(tag).find("m8") != std::string::npos;
      H5free_memory(tag);
      if (date || span) return {date ? "dates" : "spans of time", true};
      return {"raw bytes"};
    }
    case H5T_COMPOUND: {
      std::set<std::string> names;
      const int members = H5Tget_nmembers(type);
      for (int i = 0; i < members && i < 3; ++i) {
        char* name = H5Tget_member_name(type, static_cast<unsigned>(i));
        names.insert(name ? name : "");
        H5free_memory(name);
      }
      const bool complex =
          names == std::set<std::string>{"r", "i"} || names == std::set<std::string>{"real", "imag"};
      return complex ? Hdf5Trouble{"complex numbers"} : Hdf5Trouble{};
    }
    default:
      return {"values of an unknown type"};
  }
}

double hdf5_precision(hid_t type) {
  return H5Tget_class(type) == H5T_FLOAT && H5Tget_size(type) <= 4 ? kFloat32Precision : kFloat64Precision;
}

std::vector<std::string> hdf5_texts(hid_t object, const char* name) {
  std::vector<std::string> texts;
  if (H5Aexists(object, name) <= 0) return texts;
  const Hdf5Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const hssize_t count = space ? H5Sget_simple_extent_npoints(space.get()) : 0;
  if (!type || H5Tget_class(type.get()) != H5T_STRING || count < 1 ||
      static_cast<std::size_t>(count) > kMostTexts)
    return texts;
  if (H5Tis_variable_str(type.get()) > 0) {
    std::vector<char*> pointers(static_cast<std::size_t>(count), nullptr);
    if (H5Aread(attribute.get(), type.get(), pointers.data()) < 0) return texts;
    for (const char* text : pointers) texts.emplace_back(text ? text : "");
    H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, pointers.data());
    return texts;
  }
  const std::size_t size = H5Tget_size(type.get());
  if (size == 0 || size > (std::size_t{1} << 20) || size * static_cast<std::size_t>(count) > (64u << 20))
    return texts;
  std::vector<char> bytes(size * static_cast<std::size_t>(count));
  if (H5Aread(attribute.get(), type.get(), bytes.data()) < 0) return texts;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const std::string text(bytes.data() + i * size, size);
    texts.push_back(text.substr(0, std::min(text.find('\0'), text.find_last_not_of(' ') + 1)));
  }
  return texts;
}

std::string hdf5_text(hid_t object, const char* attribute) {
  const std::vector<std::string> texts = hdf5_texts(object, attribute);
  return texts.size() == 1 ? texts[0] : "";
}

std::optional<double> hdf5_number(hid_t object, const char* name) {
  if (H5Aexists(object, name) <= 0) return std::nullopt;
  const Hdf5Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
  if (!type || !space || H5Sget_simple_extent_npoints(space.get()) != 1) return std::nullopt;
  if (H5Tget_class(type.get()) == H5T_BITFIELD) {
    unsigned char bits[8] = {};
    if (H5Tget_size(type.get()) > 8 || H5Aread(attribute.get(), type.get(), bits) < 0) return std::nullopt;
    return std::any_of(bits, bits + 8, [](unsigned char b) { return b != 0; }) ? 1.0 : 0.0;
  }
  double value = 0;
  if (!hdf5_trouble(type.get()).what.empty() || H5Tget_class(type.get()) == H5T_COMPOUND) return std::nullopt;
  if (H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value) < 0) return std::nullopt;
  return value;
}

void throw_passing_trouble(const std::string& name) {
  if (const int error = hdf5_errno(); exit_code_of(error) == ExitCode::interrupted)
    throw_trouble("cannot read", name, error);
}

std::string hdf5_parent(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string hdf5_leaf(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace symscan
