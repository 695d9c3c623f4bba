#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/data/array_table.hpp"
#include "host/data/hdf5_nodes.hpp"

namespace symscan {

/// One number within a value of a dataset: the value itself, or a part of a record or array.
struct Hdf5Part {
  std::string name = {};  ///< "E", "p[2]", "outer.inner"; nothing for a plain number
  Hdf5Trouble trouble = {};
  double precision = kFloat64Precision;
  std::size_t member = 0;  ///< of a record
  std::size_t offset = 0;  ///< bytes in memory from the start of the member
  std::size_t bits = 0;    ///< 0: in memory it is a double; else a bit field or integer of so many bytes
  bool with_sign = false;  ///< of an integer
  std::string words = {};  ///< of an enumeration that is no truth value: "RED = 0, GREEN = 5"
};

/// How the values of a dataset lie in memory when they are read.
struct Hdf5Values {
  struct Member {
    std::string name;
    Hdf5Handle type;  ///< in memory; none: it holds no numbers
  };
  std::vector<Member> members;  ///< of records; one without name: plain values
  std::vector<Hdf5Part> parts;
  bool records = false;
};

/// Of a dataset's type. Throws DataError for more than 65536 parts.
Hdf5Values hdf5_values(hid_t type, const std::string& title);

/// Reads the datasets of a tree. Part numbers of ArrayReader are those of the nodes.
class Hdf5ArrayReader : public ArrayReader {
 public:
  Hdf5ArrayReader(hid_t file, std::string path, const Hdf5Tree& tree)
      : file_(file), path_(std::move(path)), tree_(tree) {}

  std::string title(std::size_t part) const;
  /// The parts of a record of this node; opened once.
  const Hdf5Values& values(std::size_t part);

  void check(std::size_t part, const std::vector<std::size_t>& columns) override;
  void read_columns(std::size_t part, std::size_t first, std::size_t count,
                    const std::vector<ColumnTarget>& targets) override;
  void read_events(std::size_t part, const std::vector<std::size_t>& places,
                   const std::function<bool(const double*)>& use) override;
  void finish(std::vector<std::string>& notes) override;

 private:
  struct Opened {
    Hdf5Handle dataset;
    Hdf5Values values;
    bool checked = false;
  };
  struct Block;

  Opened& open(std::size_t part);
  void note_words(std::size_t part, const std::vector<std::size_t>& columns);
  void count_rounded(std::size_t part, std::size_t place, const unsigned char* bytes);
  void read_block(std::size_t part, const Block& block, std::size_t first, std::size_t count,
                  std::vector<unsigned char>& buffer);
  Block block_of(std::size_t part, const std::vector<std::size_t>& places);

  hid_t file_;
  std::string path_;
  const Hdf5Tree& tree_;
  std::map<std::size_t, Opened> opened_;
  std::vector<std::string> notes_;
};

/// Throws DataError if the values of a dataset are not all stored in this file, or in files that are there
/// and that a virtual dataset names: external storage, missing sources, filters that are not installed,
/// values that were never written. Adds a note for blocks that were not.
void check_hdf5_storage(hid_t dataset, const std::string& file, const std::string& title,
                        std::vector<std::string>& notes);

}  // namespace symscan
