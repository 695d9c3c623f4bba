#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace symscan {

/// Bytes read from front to back: a file (compression is undone on the way), memory, or an entry of an
/// archive.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Up to `size` bytes; 0 at the end. Throws DataError (damaged), or Error with exit_code_of() what the
  /// system said.
  virtual std::size_t read(char* buffer, std::size_t size) = 0;
  /// Number of bytes in all, if it is known beforehand.
  virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
  /// After the end: a compressed file stopped before its own end mark.
  virtual bool cut_off() const { return false; }
};

/// Opens a file, or a pipe, which it waits for; compressed by gzip, bzip2, xz or Zstandard, told by the first
/// bytes, or not. Throws DataError (missing, a folder) or Error with exit_code_of() what the system said.
std::unique_ptr<ByteSource> open_file(const std::string& path);
/// `bytes` must outlive the source.
std::unique_ptr<ByteSource> open_bytes(std::string_view bytes);

/// Throws DataError if `path` is missing, a folder or empty, Error if it is unreadable.
void check_readable(const std::string& path);
/// Throws DataError if `path` is a pipe: for formats that are not read from front to back.
void refuse_pipe(const std::string& path);

/// Reads exactly `size` bytes; false if there are fewer.
bool read_fully(ByteSource& source, char* buffer, std::size_t size);

/// Splits a source into lines (LF or CR LF; the end mark is not part of the line).
class LineReader {
 public:
  /// `name` is used in errors. Throws DataError for a line of more than 16 MiB, and after a gibibyte without
  /// progress(): an endless pipe, or a small file that is unpacked without end.
  LineReader(ByteSource& source, std::string name);
  /// The next line; false at the end. `line` stays valid until the next call.
  bool next(std::string_view& line);
  /// As many whole lines as fit into `bytes` (at least one), with their end marks; false at the end.
  bool next_lines(std::size_t bytes, std::string& text);
  std::uint64_t number() const { return number_; }  ///< of the last line, from 1
  /// A row or an event was found in what was read.
  void progress() { last_progress_ = used_; }
  std::uint64_t bytes_used() const { return used_; }
  /// The last line had its end mark (a cut-off file often ends without).
  bool line_was_complete() const { return complete_; }

 private:
  bool refill();
  ByteSource& source_;
  std::string name_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t number_ = 0, used_ = 0, last_progress_ = 0;
  bool at_end_ = false, complete_ = true;
};

}  // namespace symscan
