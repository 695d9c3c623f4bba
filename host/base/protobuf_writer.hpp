#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace symscan {

/// One message in the wire format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding).
/// Fields are written in the order of the calls; repeated fields are repeated calls. `field`: its number in
/// the .proto file, 1 or more.
class ProtobufMessage {
 public:
  /// int32, int64, enum and bool: a varint; negative numbers take ten bytes.
  void integer(int field, std::int64_t value);
  /// float: four bytes, little-endian.
  void real(int field, float value);
  /// string and bytes. A string must be UTF-8.
  void text(int field, std::string_view bytes);
  void message(int field, const ProtobufMessage& inner) { text(field, inner.bytes_); }

  const std::string& bytes() const { return bytes_; }

 private:
  enum class Wire : std::uint64_t { varint = 0, delimited = 2, fixed32 = 5 };
  void varint(std::uint64_t value);
  void tag(int field, Wire wire);
  std::string bytes_;
};

}  // namespace symscan
