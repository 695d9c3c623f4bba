#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace symscan {

/// The bytes of an unsigned number, the lowest first.
template <class Number>
void append_little_endian(std::string& bytes, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xff);
}

/// One message in the wire format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding).
/// Fields are written in the order of the calls, which may be chained; repeated fields are repeated calls.
/// `field`: its number in the .proto file, 1 or more.
class ProtobufMessage {
 public:
  /// int32, int64, enum and bool: a varint; negative numbers take ten bytes.
  ProtobufMessage& integer(int field, std::int64_t value);
  /// float: four bytes, little-endian.
  ProtobufMessage& real(int field, float value);
  /// double: eight bytes, little-endian.
  ProtobufMessage& float64(int field, double value);
  /// string and bytes. A string must be UTF-8.
  ProtobufMessage& text(int field, std::string_view bytes);
  ProtobufMessage& message(int field, const ProtobufMessage& inner) { return text(field, inner.bytes_); }

  const std::string& bytes() const { return bytes_; }

 private:
  enum class Wire : std::uint64_t { varint = 0, fixed64 = 1, delimited = 2, fixed32 = 5 };
  void varint(std::uint64_t value);
  void tag(int field, Wire wire);
  std::string bytes_;
};

}  // namespace symscan
