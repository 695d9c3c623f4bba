#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "host/base/json.hpp"

namespace symscan {

/// One tensor of a safetensors file, float32, row-major.
struct NamedTensor {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

/// Writes a safetensors file (8-byte little-endian header length, JSON header padded with spaces to 8 bytes,
/// data; https://github.com/huggingface/safetensors, README "Format") atomically. `metadata`: text values
/// only.
void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                       const Json& metadata);

}  // namespace symscan
