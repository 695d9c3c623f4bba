#pragma once
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "host/base/file.hpp"

namespace symscan {

// ROOT files without ROOT: as much of the format as flat TTrees need. Numbers are big-endian.
// Sources: TFile, TKey, TBuffer in ROOT's own documentation of the format (io/doc/TFile).

/// Something that is not understood here; uproot may know more.
class RootForeign : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads bytes from front to back. Throws RootForeign at the end of them.
class RootCursor {
 public:
  explicit RootCursor(std::string_view bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {}

  std::string_view take(std::size_t count);
  template <class Integer>
  Integer number() {
    std::uint64_t value = 0;
    for (const char c : take(sizeof(Integer))) value = value << 8 | static_cast<unsigned char>(c);
    return static_cast<Integer>(value);
  }
  double float64();
  /// A text with its length before it.
  std::string text();
  /// A text that a zero byte ends.
  std::string class_name();
  /// The version of a class and where its bytes end.
  struct Version {
    int number = 0;
    std::size_t end = 0;
  };
  Version version();
  /// The members of TNamed: name and title.
  struct Named {
    std::string name, title;
  };
  Named named();
  /// Goes over a class with a version of its own.
  void skip_class() { move_to(version().end); }
  void skip(std::size_t count) { take(count); }
  std::size_t at() const { return at_; }
  void move_to(std::size_t place);

 private:
  std::string_view bytes_;
  std::size_t at_;
};

/// A record of a file: what it is, and where its object lies.
struct RootKey {
  std::string class_name, name, title;
  std::uint32_t bytes = 0, object_bytes = 0;  ///< of the record; of the object when it is unpacked
  std::size_t key_bytes = 0;                  ///< of what stands before the object
  int cycle = 0;
  std::uint64_t place = 0;  ///< in the file
};
RootKey read_root_key(RootCursor& cursor);

class RootFile {
 public:
  /// Throws RootForeign if it is none.
  explicit RootFile(const std::string& path);
  /// Throws RootForeign if they are not there.
  std::string bytes(std::uint64_t place, std::uint64_t count) const;
  RootKey key_at(std::uint64_t place) const;
  /// The object of a key, unpacked (zlib, LZ4, Zstandard, LZMA).
  std::string object(const RootKey& key) const;

 private:
  Descriptor file_;
  std::uint64_t size_ = 0;
};

/// Undoes a compression. Throws RootForeign for an unknown one, or damaged bytes.
std::string unpack_root(std::string_view packed, std::size_t size);

}  // namespace symscan
