#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "host/data/file_dataset.hpp"
#include "host/data/table.hpp"

namespace symscan {

// What the array formats (NPY, NPZ, HDF5) share: from named columns, which may lie in several arrays of one
// file, to a Table.

/// One column: numbers, or something that is named and never read.
struct ArrayColumn {
  std::string name;
  double precision = kFloat64Precision;
  std::string trouble = {};  ///< empty: numbers; else what it holds: "text", "dates", "complex numbers"
  bool text = false;         ///< of a trouble: dataset.on_text says what happens to it
  std::size_t part = 0;      ///< number of the array within the file
  std::size_t place = 0;     ///< number of the column within the array
};

/// What a table can be made of.
struct ArrayTable {
  std::string name;  ///< of the file, or of the array in it, in messages
  std::uint64_t rows = 0;
  /// Columns; those of an array (rows, particles, features) are not among them.
  std::vector<ArrayColumn> columns = {};
  /// So many of them are features as long as dataset.columns says nothing; the others are there to be named:
  /// weights, groups, targets and conditions from other arrays.
  std::size_t main_columns = 0;
  std::uint64_t particles = 0;             ///< of (rows, particles, features); 0: a plain table
  std::vector<ArrayColumn> features = {};  ///< of each particle
  bool records = false;                    ///< particles are records, of named fields
  bool named = false;                      ///< the features have names of their own
  std::string choice = {};                 ///< the setting that chose this array, and a blank; or nothing
  std::vector<std::string> notes = {};
};

/// Where the values of a column go: value of row i to out[i * step].
struct ColumnTarget {
  std::size_t place = 0;
  double* out = nullptr;
  std::size_t step = 1;
};

/// Reads the arrays of one file. All throw DataError, or Error where the system refuses.
class ArrayReader {
 public:
  virtual ~ArrayReader() = default;
  /// Throws if the bytes of the array are not there, or must not be read. Comes before anything is allocated
  /// for it; `columns` are the numbers of those that will be read.
  virtual void check(std::size_t part, const std::vector<std::size_t>& columns) = 0;
  /// Rows [first, first + count); called with rising `first`.
  virtual void read_columns(std::size_t part, std::size_t first, std::size_t count,
                            const std::vector<ColumnTarget>& targets) = 0;
  /// Events in their order, each as [particles][places.size()], until `use` returns false.
  virtual void read_events(std::size_t part, const std::vector<std::size_t>& places,
                           const std::function<bool(const double*)>& use) = 0;
  /// Rows for which memory may be taken before they are read; 0: all, since check() knows that they are
  /// there.
  virtual std::size_t rows_at_once() const { return 0; }
  /// After the last read: what lies behind the arrays, checksums. May add notes.
  virtual void finish(std::vector<std::string>&) {}

  /// How many integers of each part and place a float64 does not hold exactly. Complete after finish().
  std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> rounded;
};

/// Makes the table that the settings ask for. Columns that are no numbers are refused, or left out with a
/// note; an array of particles is flattened (flatten.hpp).
Table read_array_table(const ArrayTable& source, ArrayReader& reader, const FileOptions& options);

/// Whether float64 does not hold this integer exactly.
bool is_rounded_integer(std::uint64_t bits, bool with_sign);

/// Throws DataError: columns of text in array files are not read.
[[noreturn]] void refuse_one_hot(const std::string& name, const std::string& column);

/// The dataset.flatten that keeps at least half of the events of an array of particles, judged by the first
/// ones, which it reads.
std::size_t propose_flatten(const ArrayTable& source, ArrayReader& reader);

/// A setting that may name another array of the same file: "weights", "group" or "target", and the name.
struct SpecialName {
  std::string setting, name;
};
std::vector<SpecialName> special_names(const FileOptions& options);

/// "x (numbers, shape 10), y (text, shape 10)", at most 12.
std::string list_arrays(const std::vector<std::pair<std::string, std::string>>& arrays);

/// "numbers, shape 10 x 4 x 2", "numbers, a single value"
std::string shape_text(const std::string& what, const std::vector<std::uint64_t>& shape);
/// The sentence for arrays that no table can be made of, by their shape: "has 4 dimensions (...); ...".
std::string shape_advice(const std::vector<std::uint64_t>& shape);

}  // namespace symscan
