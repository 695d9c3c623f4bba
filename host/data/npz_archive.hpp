#pragma once
#include <zip.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/data/byte_source.hpp"
#include "host/data/npy_format.hpp"

namespace symscan {

/// The bytes of one entry of an archive, unpacked; a wrong checksum shows when the end is read.
class NpzEntrySource : public ByteSource {
 public:
  NpzEntrySource(zip_t* archive, std::uint64_t index, std::uint64_t size, const std::string& name);
  NpzEntrySource(const NpzEntrySource&) = delete;
  NpzEntrySource& operator=(const NpzEntrySource&) = delete;
  ~NpzEntrySource() override { zip_fclose(file_); }

  std::size_t read(char* buffer, std::size_t size) override;
  std::optional<std::uint64_t> size() const override { return size_; }

 private:
  zip_file_t* file_;
  std::uint64_t size_;
  std::string name_;
};

/// One array of an archive.
struct NpzEntry {
  std::string name;  ///< without .npy
  std::uint64_t index = 0, size = 0;
  NpyHeader header = {};
  std::string damage = {};  ///< why the header cannot be read; empty: it can

  bool numeric() const;
  bool records() const { return damage.empty() && header.structured; }
  std::size_t axes() const { return header.shape.size(); }
  bool column() const { return numeric() && axes() == 1; }
  bool table() const { return (numeric() && axes() == 2) || (records() && axes() == 1); }
  bool particles() const { return (numeric() && axes() == 3) || (records() && axes() == 2); }
  /// One value for each of `rows` rows: (rows) or (rows, 1).
  bool gives_values(std::uint64_t rows) const;
  std::string description() const;  ///< "numbers, shape 10 x 4", "text, shape 3", "damaged"
};

class NpzArchive {
 public:
  /// Takes the source over. Throws DataError if it is no archive.
  NpzArchive(zip_source_t* source, const std::string& name);
  NpzArchive(const NpzArchive&) = delete;
  NpzArchive& operator=(const NpzArchive&) = delete;
  ~NpzArchive() { zip_discard(archive_); }

  std::vector<NpzEntry> list() const;
  /// Names of what else is in it, without folders.
  std::vector<std::string> foreign_entries() const;
  NpzEntrySource open(const NpzEntry& entry) const {
    return {archive_, entry.index, entry.size, title(entry)};
  }
  std::string title(const NpzEntry& entry) const;

 private:
  void check_size(NpzEntry& entry, const zip_stat_t& stat) const;
  void read_header(NpzEntry& entry) const;

  zip_t* archive_ = nullptr;
  std::string name_;
};

/// Texts of a 1-D array of type U (UCS-4) or S; empty if it is something else or longer than any list of
/// columns.
std::vector<std::string> read_npz_texts(const NpzArchive& archive, const NpzEntry& entry);

}  // namespace symscan
