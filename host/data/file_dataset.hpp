#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/json.hpp"
#include "host/data/byte_source.hpp"
#include "host/data/table.hpp"

namespace symscan {

/// The settings of `"kind": "file"`, see file_dataset_fields() in dataset.hpp.
struct FileOptions {
  std::string path;
  std::string format = "auto";       ///< auto, or the name of a FileFormat (formats.hpp)
  std::string header = "auto";       ///< CSV: auto, yes, no
  std::string delimiter = "auto";    ///< CSV: auto or one character
  std::vector<std::string> columns;  ///< features to keep, in this order; empty: all
  std::string array;                 ///< NPZ entry or HDF5 path; empty: the only candidate
  std::vector<int> particles;        ///< LHE: PDG ids
  std::vector<std::string> features = {"E", "px", "py", "pz"};  ///< LHE: per particle
  std::string weights = "auto";  ///< auto, none, or a column (LHE: the id of a weight)
  bool drop_nonfinite = false;
  std::size_t max_rows = static_cast<std::size_t>(-1);
};

FileOptions parse_file_options(const Json& settings);

/// Reads the file of a `"kind": "file"` section. Throws DataError.
Table load_file_dataset(const Json& settings);
Table load_file_dataset(const FileOptions& options);

/// The readers. `name` is the file's name in messages. All throw DataError and, whatever the bytes are,
/// allocate only in proportion to them. They leave non-finite values in; finish_table() deals with those (the
/// CSV reader refuses them itself where that is asked for, because it knows the lines).
Table read_csv(ByteSource& source, const std::string& name, const FileOptions& options);
Table read_npy(ByteSource& source, const std::string& name, const FileOptions& options);
Table read_npz(const std::string& path, const FileOptions& options);
Table read_npz(std::string_view bytes, const std::string& name, const FileOptions& options);
Table read_hdf5(const std::string& path, const FileOptions& options);
Table read_lhe(ByteSource& source, const std::string& name, const FileOptions& options);

/// Refuses or drops rows with NaN or Inf, notes negative weights, and drops weights that are all equal.
void finish_table(Table& table, const std::string& name, const FileOptions& options);

/// Which columns of a file become features and which one holds the weights.
struct ColumnPlan {
  std::vector<std::size_t> features;  ///< column numbers in the order of the features
  std::vector<std::string> names;     ///< of the features
  std::optional<std::size_t> weight;
  std::vector<std::string> notes;
};

/// `names` are all columns of the file; columns without names are "c0", "c1", ... and also answer to "0",
/// "1".
ColumnPlan plan_columns(const std::vector<std::string>& names, const std::string& name,
                        const FileOptions& options);
/// "c0", "c1", ...
std::vector<std::string> numbered_columns(std::size_t count);

/// Notes on columns that look like row numbers or hold sentinels (-999), and on tables wider than long.
void note_oddities(Table& table, const std::string& name);

/// Throws DataError if a table of this size is beyond the limits (65536 features; 2^33 values; this machine's
/// memory, at 12 bytes per value: float64 as read, float32 as trained on). Called before anything is
/// allocated; `setting` is what makes a table smaller.
void check_table_size(const std::string& name, std::size_t rows, std::size_t features,
                      const std::string& setting = "dataset.max_rows");

/// " (and 212 more rows have empty or non-finite values)", or nothing for none.
std::string more_bad_rows(std::size_t count);

/// A line for the command line or a config: dataset.columns=["x","y"].
std::string columns_setting(const std::vector<std::string>& names);

/// A number as CSV files and Fortran programs write it: 1.5, +2, -.5E+02, 1.0D+02, nan, inf. False if it is
/// none.
bool parse_number(std::string_view text, double& value);

/// Bytes of a foreign file, safe to print: quoted, at most 40 characters, no control characters.
std::string printable(std::string_view text);

/// "a, b, c", at most `limit` of them, then ", ... (17 in all)".
std::string join_names(const std::vector<std::string>& names, std::size_t limit = 12);

}  // namespace symscan
