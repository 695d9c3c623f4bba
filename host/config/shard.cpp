#include "host/config/shard.hpp"

#include <charconv>

#include "host/base/error.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

/// A number from 0 that `text` is made of; -1 if it is none.
int whole_number(std::string_view text) {
  int value = -1;
  const char* const end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && after == end && value >= 0 ? value : -1;
}

}  // namespace

Shard parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  const Shard shard = {whole_number(text.substr(0, slash)),
                       slash == std::string::npos ? -1 : whole_number(text.substr(slash + 1))};
  if (shard.index < 0 || shard.count < 1 || shard.count > most_shards)
    throw UsageError("the shard '" + printable_line(text) + "' is not of the form I/N, such as 0/8 to 7/8");
  if (shard.index >= shard.count) {
    const std::string count = std::to_string(shard.count);
    throw UsageError("there is no shard " + to_string(shard) + ": shards of " + count + " are 0/" + count +
                     " to " + std::to_string(shard.count - 1) + "/" + count);
  }
  return shard;
}

std::string to_string(const Shard& shard) {
  return std::to_string(shard.index) + "/" + std::to_string(shard.count);
}

std::string folder_of(const Shard& shard) {
  return "shard_" + std::to_string(shard.index) + "_of_" + std::to_string(shard.count);
}

}  // namespace symscan
