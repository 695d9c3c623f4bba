#include "host/store/safetensors.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cinttypes>
#include <cstdio>

#include "host/base/digest.hpp"
#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/base/trouble.hpp"

namespace symscan {

static_assert(std::endian::native == std::endian::little,
              "safetensors are written as the machine stores numbers");

namespace {

std::string sixteen_digits(std::uint64_t value) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016" PRIx64, value);
  return digits;
}

/// With the length before it. The length does not depend on the checksum.
std::string header_text(const std::vector<NamedTensor>& tensors, Json metadata, std::uint64_t checksum) {
  metadata["xxh3_64"] = sixteen_digits(checksum);
  Json header = {{"__metadata__", std::move(metadata)}};
  std::uint64_t offset = 0;
  for (const NamedTensor& tensor : tensors) {
    const std::uint64_t end = offset + tensor.values() * sizeof(float);
    header[tensor.name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const std::uint64_t length = text.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof(length)) + text;
}

}  // namespace

std::size_t NamedTensor::values() const {
  std::size_t count = 1;
  for (const std::size_t side : shape) count *= side;
  return count;
}

void SafetensorsWriter::write(std::size_t tensor, std::size_t first, std::span<const float> values) {
  const std::uint64_t begin = offsets_.at(tensor) + first * sizeof(float);
  if (begin + values.size_bytes() > offsets_.at(tensor + 1))
    throw Error("too many values for a tensor of '" + path_.string() + "'");
  put(values.data(), values.size_bytes(), begin);
}

void SafetensorsWriter::put(const void* bytes, std::size_t count, std::uint64_t offset) const {
  const char* next = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t written =
        repeated([&] { return ::pwrite(descriptor_, next, count, static_cast<off_t>(offset)); });
    if (written <= 0) throw_trouble("cannot write", path_, written < 0 ? errno : ENOSPC);
    next += written;
    count -= static_cast<std::size_t>(written);
    offset += static_cast<std::uint64_t>(written);
  }
}

std::uint64_t SafetensorsWriter::checksum(std::uint64_t begin, std::uint64_t end) const {
  Digest digest;
  std::vector<char> piece(std::size_t{1} << 20);
  while (begin < end) {
    const std::size_t wanted = std::min<std::uint64_t>(piece.size(), end - begin);
    const ssize_t got =
        repeated([&] { return ::pread(descriptor_, piece.data(), wanted, static_cast<off_t>(begin)); });
    if (got <= 0) throw_trouble("cannot read back", path_, got < 0 ? errno : EIO);
    digest.add(piece.data(), static_cast<std::size_t>(got));
    begin += static_cast<std::uint64_t>(got);
  }
  return digest.checksum();
}

void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                       const Json& metadata, const std::function<void(SafetensorsWriter&)>& fill) {
  write_file_atomically(path, [&](const std::filesystem::path& temporary) {
    Descriptor file = open_descriptor(temporary, O_RDWR | O_TRUNC | O_NOFOLLOW);
    if (!file) throw_trouble("cannot write", path, errno);
    SafetensorsWriter writer(file.get(), path);
    const std::uint64_t data = header_text(tensors, metadata, 0).size();
    writer.offsets_ = {data};
    for (const NamedTensor& tensor : tensors)
      writer.offsets_.push_back(writer.offsets_.back() + tensor.values() * sizeof(float));
    const std::uint64_t end = writer.offsets_.back();
    if (::ftruncate(file.get(), static_cast<off_t>(end)) != 0) throw_trouble("cannot write", path, errno);
    fill(writer);
    const std::string header = header_text(tensors, metadata, writer.checksum(data, end));
    writer.put(header.data(), header.size(), 0);
    if (!file.close()) throw_trouble("cannot write", path, errno);
  });
}

}  // namespace symscan
