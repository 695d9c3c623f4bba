#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "host/base/json.hpp"

namespace symscan {

/// One tensor of a safetensors file, float32, row-major.
struct NamedTensor {
  std::string name;
  std::vector<std::size_t> shape;

  std::size_t values() const;  ///< how many
};

/// A safetensors file that is being written: values come in any order, so that they need not all be in
/// memory.
class SafetensorsWriter {
 public:
  /// `first`: position in the tensor of the first of `values`. Throws Error where it ends before they do.
  void write(std::size_t tensor, std::size_t first, std::span<const float> values);

 private:
  friend void write_safetensors(const std::filesystem::path&, const std::vector<NamedTensor>&, const Json&,
                                const std::function<void(SafetensorsWriter&)>&);
  SafetensorsWriter(int descriptor, std::filesystem::path path)
      : descriptor_(descriptor), path_(std::move(path)) {}
  void put(const void* bytes, std::size_t count, std::uint64_t offset) const;
  std::uint64_t checksum(std::uint64_t begin, std::uint64_t end) const;

  int descriptor_;
  std::filesystem::path path_;          ///< for errors
  std::vector<std::uint64_t> offsets_;  ///< of each tensor in the file, and of the end
};

/// Writes a safetensors file (8-byte little-endian header length, JSON header padded with spaces to 8 bytes,
/// data; https://github.com/huggingface/safetensors, README "Format") atomically. `metadata`: text values
/// only; "xxh3_64" is added, the XXH3-64 of the data as 16 hexadecimal digits. `fill` writes the values; what
/// it leaves out is 0.
void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                       const Json& metadata, const std::function<void(SafetensorsWriter&)>& fill);

}  // namespace symscan
