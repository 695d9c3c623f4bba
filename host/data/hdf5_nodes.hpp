#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/data/hdf5_handle.hpp"
#include "host/data/table.hpp"

namespace symscan {

/// A dataset of a file.
struct Hdf5Node {
  std::string path = {};                      ///< without a slash at its beginning
  std::vector<hsize_t> shape = {};            ///< as the file has it
  std::string trouble = "unreadable values";  ///< what it holds instead of numbers or records; or nothing
  bool text = false;                          ///< of a trouble: text or dates
  bool records = false;                       ///< compound values
  double precision = kFloat64Precision;
  bool reversed = false;  ///< MATLAB: the last axis of the file is the first one of the user
  bool vector = false;    ///< MATLAB: 1 x N or N x 1; else N x 1 beside others with N rows
  bool internal = false;  ///< belongs to the bookkeeping of a library; only taken if it is asked for
  haddr_t address = HADDR_UNDEF;

  std::size_t row_axis() const;
  std::uint64_t rows() const { return shape.empty() ? 0 : shape[row_axis()]; }
  /// Sizes in the order of the user: rows first.
  std::vector<std::uint64_t> sizes() const;

  bool number() const { return trouble.empty() && !records; }
  bool matrix() const { return number() && shape.size() == 2 && !vector; }
  bool table() const { return matrix() || (records && trouble.empty() && shape.size() == 1); }
  bool column() const { return number() && (shape.size() == 1 || vector); }
  bool particles() const { return trouble.empty() && shape.size() == (records ? 2u : 3u); }
  /// One value for each of `count` rows.
  bool gives_values(std::uint64_t count) const;
  /// "numbers, shape 10 x 4 x 2"
  std::string description() const;
};

/// A group: plain, or one in which a library keeps a table in several datasets.
struct Hdf5Group {
  std::string path = {};
  std::string pandas = {};   ///< pandas_type: frame, series, frame_table, ...
  std::string trouble = {};  ///< MATLAB: a sparse matrix
  haddr_t address = HADDR_UNDEF;

  bool fixed_frame() const { return pandas == "frame" || pandas == "series"; }
};

/// A link that is no object itself.
struct Hdf5Link {
  std::string path, target;
  std::string file = {};  ///< of an external link; empty: a soft link
};

struct Hdf5Tree {
  std::vector<Hdf5Node> nodes;
  std::vector<Hdf5Group> groups;
  std::vector<Hdf5Link> links;
  bool complete = true;  ///< false: there are more objects than are listed

  /// The dataset or group at `path`, which may lead through soft links; the path under which it is listed.
  std::optional<std::string> resolve(hid_t file, const std::string& path) const;
};

/// Opens a file to read. Throws what is wrong with it, or with the system.
Hdf5Handle open_hdf5(const std::string& path);

/// Every dataset, group and link, up to 10000 of them; beyond, the dataset `wanted` is there all the same.
/// Nothing is followed out of the file.
Hdf5Tree list_hdf5(hid_t file, const std::string& name, const std::string& wanted = "");

/// What values of a type are instead of numbers ("text", "dates", ...); nothing for numbers and records.
struct Hdf5Trouble {
  std::string what = {};
  bool text = false;
};
Hdf5Trouble hdf5_trouble(hid_t type);
/// Half and single precision are told from finer ones by their size.
double hdf5_precision(hid_t type);

/// Texts of an attribute of fixed or variable length, empty if it is something else.
std::vector<std::string> hdf5_texts(hid_t object, const char* attribute);
/// The only text of an attribute, or nothing.
std::string hdf5_text(hid_t object, const char* attribute);
/// A number of an attribute; nothing if it is something else.
std::optional<double> hdf5_number(hid_t object, const char* attribute);

/// Throws if the last call failed because the system refused, and that may pass.
void throw_passing_trouble(const std::string& name);

/// "a/b" of "a/b/c"; nothing of "c".
std::string hdf5_parent(const std::string& path);
/// "c" of "a/b/c".
std::string hdf5_leaf(const std::string& path);

}  // namespace symscan
