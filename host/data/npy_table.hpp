#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/data/array_table.hpp"
#include "host/data/npy_format.hpp"

namespace symscan {

/// A NumPy array as rows of columns, or as events of particles.
struct NpyLayout {
  std::uint64_t rows = 0;
  std::uint64_t particles = 0;   ///< of (rows, particles, features) or records (rows, particles); 0: a table
  std::vector<NpyField> fields;  ///< of a row, or of a particle, with their places in its bytes
  std::size_t item_size = 0;     ///< bytes of a row, or of a particle
  std::size_t element_size = 0;  ///< bytes of what the header's shape counts
  bool named = false;            ///< records: the fields have names
  bool column_major = false;     ///< the last index is the slowest one, and there is more than one

  std::uint64_t items() const { return particles > 0 ? particles : 1; }
  std::uint64_t row_size() const { return items() * item_size; }
};

/// Throws DataError for arrays that are neither.
NpyLayout npy_layout(const NpyHeader& header, const std::string& name);

/// The columns or the features of an array; `names` replace numbers if there are as many.
void describe_npy(ArrayTable& table, const NpyLayout& layout, std::size_t part,
                  const std::vector<std::string>& names);

/// Reads the data behind a header, once, from front to back.
class NpyStream {
 public:
  /// `source` is at the first byte of the data; it and `layout` must outlive this object.
  NpyStream(ByteSource& source, std::string name, const NpyLayout& layout, std::uint64_t data_offset);
  /// Throws if the source is known to be shorter than the header promises.
  void check();
  /// Whether nothing is known of the number of bytes, so that memory is taken as they come.
  bool grows() const;
  void read_columns(std::size_t first, std::size_t count, const std::vector<ColumnTarget>& targets);
  void read_events(const std::vector<std::size_t>& places, const std::function<bool(const double*)>& use);
  /// Looks at what follows the array: notes it, or refuses a second array. With `to_the_end` all is read, so
  /// that an archive can compare its checksum.
  void finish(std::vector<std::string>& notes, bool to_the_end);
  /// How many integers of each field were rounded.
  const std::map<std::size_t, std::uint64_t>& rounded() const { return rounded_; }

 private:
  const char* next(std::uint64_t bytes);
  double number(const unsigned char* bytes, std::size_t field);
  bool must_hold() const;
  void hold_everything();
  void read_by_column(std::size_t count, const std::vector<ColumnTarget>& targets);
  void read_events_by_column(const std::vector<std::size_t>& places,
                             const std::function<bool(const double*)>& use);

  ByteSource* source_;
  std::string name_;
  const NpyLayout& layout_;
  std::uint64_t data_offset_, total_ = 0, used_ = 0;  ///< bytes of the array
  std::map<std::size_t, std::uint64_t> rounded_;
  std::vector<char> block_;
  std::string held_;  ///< of a source that cannot be read in the order of rows
  std::unique_ptr<ByteSource> held_source_;
};

}  // namespace symscan
