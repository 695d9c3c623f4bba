#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/base/json.hpp"
#include "host/data/table.hpp"

namespace symscan {

/// What happens to a column of text, dates among them.
enum class OnText { refuse, drop, one_hot };

/// The settings of `"kind": "file"`, see file_dataset_fields() in dataset.hpp.
struct FileOptions {
  std::string path;                     ///< one file, or a pattern (* ? [abc]) that stands for several
  std::vector<std::string> more_files;  ///< further files or patterns, joined as `join` says
  bool join_columns = false;            ///< the files' columns beside each other, not their rows
  std::string format = "auto";          ///< auto, or the name of a FileFormat (formats.hpp)
  std::string header = "auto";          ///< CSV: auto, yes, no
  std::string delimiter = "auto";       ///< CSV: auto or one character
  std::size_t skip_rows = 0;            ///< CSV: lines before the header or the first row
  bool decimal_comma = false;           ///< CSV: 1,5 is a number
  OnText on_text = OnText::refuse;      ///< columns of text and dates
  std::vector<std::string> columns;     ///< features to keep, in this order; empty: all
  std::string array;                    ///< NPZ entry, HDF5 path, ROOT tree; empty: the only candidate
  std::size_t flatten = 0;              ///< of (events, particles, features): the first N particles; 0: no
  bool order_by_pt = false;             ///< of flatten: by transverse momentum, descending; else as they come
  bool mask_padding = false;        ///< of flatten: events with fewer particles stay, with a column for each
  std::vector<int> particles;       ///< event files: PDG ids
  std::vector<int> statuses = {1};  ///< event files: status codes of the particles that are looked at
  std::vector<std::string> features = {"E", "px", "py", "pz"};  ///< event files: per particle
  std::string weights = "auto";  ///< auto, none, or a column or array (event files: the id of a weight)
  std::string group, target;     ///< columns or arrays that are no features, see Table; empty: none
  std::string select;            ///< condition on columns, "pt > 20 && abs(eta) < 2.4"; empty: all rows
  bool drop_nonfinite = false;
  std::size_t max_rows = static_cast<std::size_t>(-1);
  std::vector<std::string> angles;  ///< columns that are angles
  bool angle_pairs = false;         ///< cosine and sine in place of each angle
};

/// Reads the file of a `"kind": "file"` section. Throws DataError, or Error where the system refuses (75 if
/// that may pass: no descriptors, no memory, a disk that does not answer).
Table load_file_dataset(const Json& settings);
Table load_file_dataset(const FileOptions& options);

/// What is done with the rows of one file: those that dataset.select keeps, special columns to their places,
/// rows with NaN or Inf refused or dropped, oddities noted.
void finish_rows(Table& table, const std::string& name, const FileOptions& options);
/// What is done with all rows: sizes are checked, negative weights noted, weights that are all equal dropped.
void finish_weights(Table& table, const std::string& name);

/// " (and 212 more rows have empty or non-finite values)", or nothing for none.
std::string more_bad_rows(std::size_t count);

}  // namespace symscan
