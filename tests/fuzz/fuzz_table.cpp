// libFuzzer entry for the file readers; the first byte picks the format (0 csv, 1 npy, 2 npz, 3 lhe, modulo
// 4). Any crash, sanitizer report, timeout or exception other than symscan::Error is a bug.
#include <cstddef>

#include "tests/fuzz/parse_bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto format = static_cast<symscan::test::Format>(data[0] % symscan::test::kFormats);
  symscan::test::parse_bytes(format, {reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}
