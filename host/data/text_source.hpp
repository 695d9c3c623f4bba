#pragma once
#include <string>

#include "host/data/byte_source.hpp"

namespace symscan {

/// The text of a file for LineReader: without a byte order mark, and with LF for every CR that ends a line
/// alone (old Mac, Excel). Throws DataError for what is no text of bytes: UTF-16, workbooks, web pages.
class TextSource : public ByteSource {
 public:
  /// `name` is used in errors. Reads the beginning of `bytes`.
  TextSource(ByteSource& bytes, std::string name);
  std::size_t read(char* buffer, std::size_t size) override;
  std::optional<std::uint64_t> size() const override { return bytes_.size(); }
  bool cut_off() const override { return bytes_.cut_off(); }
  /// The lines of the beginning end with CR alone.
  bool ends_with_cr() const { return ends_with_cr_; }

 private:
  std::size_t take(char* buffer, std::size_t size);
  ByteSource& bytes_;
  std::string begin_;     ///< what was read to look at it
  std::size_t used_ = 0;  ///< of begin_
  bool ends_with_cr_ = false;
  bool held_cr_ = false;  ///< the last byte of the block before was CR: the next decides what it means
};

}  // namespace symscan
