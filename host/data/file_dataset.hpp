#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/base/json.hpp"
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
  std::string group, target;     ///< columns that are no features, see Table; empty: none
  bool drop_nonfinite = false;
  std::size_t max_rows = static_cast<std::size_t>(-1);
  std::vector<std::string> angles;  ///< columns that are angles
  bool angle_pairs = false;         ///< cosine and sine in place of each angle
};

/// Reads the file of a `"kind": "file"` section. Throws DataError, or Error where the system refuses (75 if
/// that may pass: no descriptors, no memory, a disk that does not answer).
Table load_file_dataset(const Json& settings);
Table load_file_dataset(const FileOptions& options);

/// Refuses or drops rows with NaN or Inf, notes negative weights, and drops weights that are all equal.
void finish_table(Table& table, const std::string& name, const FileOptions& options);

/// " (and 212 more rows have empty or non-finite values)", or nothing for none.
std::string more_bad_rows(std::size_t count);

}  // namespace symscan
