#include "host/store/safetensors.hpp"

#include <bit>
#include <cstdint>
#include <fstream>

#include "host/base/error.hpp"
#include "host/base/file.hpp"

namespace symscan {

static_assert(std::endian::native == std::endian::little,
              "safetensors are written as the machine stores numbers");

void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                       const Json& metadata) {
  Json header = {{"__metadata__", metadata}};
  std::uint64_t offset = 0;
  for (const NamedTensor& tensor : tensors) {
    const std::uint64_t end = offset + tensor.values.size() * sizeof(float);
    header[tensor.name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const std::uint64_t length = text.size();
  write_file_atomically(path, [&](const std::filesystem::path& temporary) {
    std::ofstream out(temporary, std::ios::binary);
    out.write(reinterpret_cast<const char*>(&length), sizeof(length));
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    for (const NamedTensor& tensor : tensors) {
      out.write(reinterpret_cast<const char*>(tensor.values.data()),
                static_cast<std::streamsize>(tensor.values.size() * sizeof(float)));
    }
    out.close();
    if (!out) throw Error("cannot write '" + path.string() + "' (disk full?)");
  });
}

}  // namespace symscan
