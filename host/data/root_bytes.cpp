// Records of ROOT files and their compression.
#include "host/data/root_bytes.hpp"

#include <fcntl.h>
#include <lzma.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace symscan {
namespace {

constexpr std::size_t kLargestObject = std::size_t{1} << 28;
constexpr std::uint32_t kByteCount = 0x40000000;

/// A block of LZ4: tokens of literals and of copies from what is there already.
void unpack_lz4(std::string_view from, std::string& out, std::size_t size) {
  const std::size_t end = out.size() + size, start = out.size();
  RootCursor cursor(from);
  const auto length_of = [&](std::size_t length) {
    if (length != 15) return length;
    for (unsigned char more = 255; more == 255;) length += more = cursor.number<unsigned char>();
    return length;
  };
  for (std::size_t left = from.size(); left > 0; left = from.size() - cursor.at()) {
    const unsigned token = cursor.number<unsigned char>();
    const std::size_t literals = length_of(token >> 4);
    if (literals > end - out.size()) throw RootForeign("LZ4: too many bytes");
    out.append(cursor.take(literals));
    if (cursor.at() == from.size()) break;  // the last sequence has no copy
    const unsigned low = cursor.number<unsigned char>(), high = cursor.number<unsigned char>();
    const std::size_t distance = low | high << 8, count = length_of(token & 15) + 4;
    if (distance == 0 || distance > out.size() - start || count > end - out.size())
      throw RootForeign("LZ4: a copy from nowhere");
    for (std::size_t i = 0; i < count; ++i) out += out[out.size() - distance];
  }
  if (out.size() != end) throw RootForeign("LZ4: too few bytes");
}

bool unpack_into(std::string_view algorithm, std::string_view from, char* to, std::size_t size) {
  const auto* source = reinterpret_cast<const unsigned char*>(from.data());
  auto* target = reinterpret_cast<unsigned char*>(to);
  if (algorithm == "ZL") {
    uLongf got = static_cast<uLongf>(size);
    return ::uncompress(target, &got, source, static_cast<uLong>(from.size())) == Z_OK && got == size;
  }
  if (algorithm == "ZS") return ZSTD_decompress(to, size, from.data(), from.size()) == size;
  if (algorithm != "XZ") throw RootForeign("an unknown compression");
  std::uint64_t memory = std::uint64_t{256} << 20;
  std::size_t used = 0, got = 0;
  return lzma_stream_buffer_decode(&memory, 0, nullptr, source, &used, from.size(), target, &got, size) ==
             LZMA_OK &&
         got == size;
}

}  // namespace

std::string_view RootCursor::take(std::size_t count) {
  if (at_ > bytes_.size() || count > bytes_.size() - at_) throw RootForeign("it ends too early");
  at_ += count;
  return bytes_.substr(at_ - count, count);
}

void RootCursor::move_to(std::size_t place) {
  if (place < at_ || place > bytes_.size()) throw RootForeign("a length that cannot be");
  at_ = place;
}

double RootCursor::float64() {
  return std::bit_cast<double>(number<std::uint64_t>());
}

std::string RootCursor::text() {
  std::size_t length = number<std::uint8_t>();
  if (length == 255) length = number<std::uint32_t>();
  return std::string(take(length));
}

std::string RootCursor::class_name() {
  const std::size_t length = bytes_.substr(std::min(at_, bytes_.size())).find('\0');
  if (length == std::string_view::npos) throw RootForeign("a name without end");
  std::string name(take(length));
  skip(1);
  return name;
}

RootCursor::Version RootCursor::version() {
  const auto count = number<std::uint32_t>();
  if ((count & kByteCount) == 0) throw RootForeign("a class without its length");
  const std::size_t end = at_ + (count & ~kByteCount);
  return {number<std::int16_t>(), end};
}

RootCursor::Named RootCursor::named() {
  const Version whole = version();
  constexpr std::uint32_t is_referenced = 1u << 4;
  skip(2 + 4);  // version and number of TObject
  if ((number<std::uint32_t>() & is_referenced) != 0) skip(2);
  Named out;
  out.name = text();
  out.title = text();
  move_to(whole.end);
  return out;
}

RootKey read_root_key(RootCursor& cursor) {
  RootKey key;
  key.bytes = cursor.number<std::uint32_t>();
  const int version = cursor.number<std::int16_t>();
  key.object_bytes = cursor.number<std::uint32_t>();
  cursor.skip(4);  // time
  key.key_bytes = cursor.number<std::uint16_t>();
  key.cycle = cursor.number<std::int16_t>();
  const bool large = version > 1000;
  key.place = large ? cursor.number<std::uint64_t>() : cursor.number<std::uint32_t>();
  cursor.skip(large ? 8 : 4);  // its folder
  key.class_name = cursor.text();
  key.name = cursor.text();
  key.title = cursor.text();
  return key;
}

RootFile::RootFile(const std::string& path) : file_(open_descriptor(path, O_RDONLY | O_NOCTTY)) {
  struct stat status {};
  if (!file_ || ::fstat(file_.get(), &status) != 0 || status.st_size <= 0)
    throw RootForeign("it cannot be opened");
  size_ = static_cast<std::uint64_t>(status.st_size);
  if (bytes(0, 4) != "root") throw RootForeign("no ROOT file");
}

std::string RootFile::bytes(std::uint64_t place, std::uint64_t count) const {
  if (place > size_ || count > size_ - place) throw RootForeign("bytes beyond the end of the file");
  std::string out(static_cast<std::size_t>(count), '\0');
  for (std::size_t done = 0; done < out.size();) {
    const ssize_t got = repeated([&] {
      return ::pread(file_.get(), out.data() + done, out.size() - done, static_cast<off_t>(place + done));
    });
    if (got <= 0) throw RootForeign("it cannot be read");
    done += static_cast<std::size_t>(got);
  }
  return out;
}

RootKey RootFile::key_at(std::uint64_t place) const {
  if (place >= size_) throw RootForeign("a record beyond the end of the file");
  constexpr std::uint64_t most = 4096;  // names are shorter
  const std::string start = bytes(place, std::min(most, size_ - place));
  RootCursor cursor(start);
  RootKey key = read_root_key(cursor);
  key.place = place;
  return key;
}

std::string RootFile::object(const RootKey& key) const {
  if (key.bytes < key.key_bytes || key.object_bytes > kLargestObject)
    throw RootForeign("a record of impossible size");
  const std::size_t packed = key.bytes - key.key_bytes;
  std::string stored = bytes(key.place + key.key_bytes, packed);
  return packed == key.object_bytes ? stored : unpack_root(stored, key.object_bytes);
}

std::string unpack_root(std::string_view packed, std::size_t size) {
  std::string out;
  RootCursor cursor(packed);
  const auto number = [](std::string_view bytes) {  // three bytes, little-endian
    std::size_t value = 0;
    for (std::size_t i = 3; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
  };
  while (out.size() < size) {
    const std::string_view head = cursor.take(9);
    const std::string_view from = cursor.take(number(head.substr(3, 3)));
    const std::size_t unpacked = number(head.substr(6, 3));
    if (unpacked == 0 || unpacked > size - out.size()) throw RootForeign("a block of impossible size");
    if (head.substr(0, 2) == "L4") {
      if (from.size() < 8) throw RootForeign("LZ4: too few bytes");
      if (RootCursor(from).number<std::uint64_t>() != XXH64(from.data() + 8, from.size() - 8, 0))
        throw RootForeign("LZ4: a wrong checksum");
      unpack_lz4(from.substr(8), out, unpacked);
      continue;
    }
    const std::size_t before = out.size();
    out.resize(before + unpacked);
    if (!unpack_into(head.substr(0, 2), from, out.data() + before, unpacked))
      throw RootForeign("damaged compression");
  }
  return out;
}

}  // namespace symscan
