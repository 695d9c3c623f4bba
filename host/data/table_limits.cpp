#include "host/data/table_limits.hpp"

#include <unistd.h>

#include <cstdint>

#include "host/base/error.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

constexpr std::size_t kMostFeatures = 65536;
constexpr std::uint64_t kMostValues = std::uint64_t{1} << 33;

std::string gigabytes(double bytes) {
  return rounded(bytes / 1e9) + " GB";
}

}  // namespace

void check_table_size(const std::string& name, std::size_t rows, std::size_t features,
                      const std::string& setting) {
  if (features > kMostFeatures) {
    throw DataError(name + " has " + std::to_string(features) + " columns; at most " +
                    std::to_string(kMostFeatures) + " are possible");
  }
  const auto memory = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                      static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  constexpr std::uint64_t kBytesPerValue = sizeof(double) + sizeof(float);
  if (features == 0) return;
  const std::string size =
      name + " has " + std::to_string(rows) + " rows of " + std::to_string(features) + " values";
  if (rows > memory / kBytesPerValue / features) {
    throw DataError(size + ", which need " +
                    gigabytes(static_cast<double>(rows) * static_cast<double>(features) * kBytesPerValue) +
                    "; this machine has " + gigabytes(static_cast<double>(memory)) + ": set a smaller " +
                    setting);
  }
  if (rows > kMostValues / features) {
    throw DataError(size + ", more than the 2^33 that are possible; set a smaller " + setting);
  }
}

}  // namespace symscan
