#include "host/base/protobuf_writer.hpp"

#include <bit>

namespace symscan {

/// Seven bits a byte, the lowest first; the highest bit of a byte says that more follow.
void ProtobufMessage::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>((value & 0x7f) | 0x80);
  bytes_ += static_cast<char>(value);
}

void ProtobufMessage::tag(int field, Wire wire) {
  varint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(wire));
}

ProtobufMessage& ProtobufMessage::integer(int field, std::int64_t value) {
  tag(field, Wire::varint);
  varint(static_cast<std::uint64_t>(value));
  return *this;
}

ProtobufMessage& ProtobufMessage::real(int field, float value) {
  tag(field, Wire::fixed32);
  append_little_endian(bytes_, std::bit_cast<std::uint32_t>(value));
  return *this;
}

ProtobufMessage& ProtobufMessage::float64(int field, double value) {
  tag(field, Wire::fixed64);
  append_little_endian(bytes_, std::bit_cast<std::uint64_t>(value));
  return *this;
}

ProtobufMessage& ProtobufMessage::text(int field, std::string_view bytes) {
  tag(field, Wire::delimited);
  varint(bytes.size());
  bytes_.append(bytes);
  return *this;
}

}  // namespace symscan
