#include "host/store/progress_file.hpp"

#include <unistd.h>

#include <array>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/config/config.hpp"
#include "host/config/shard.hpp"
#include "host/store/stored_json.hpp"

namespace symscan {
namespace {

constexpr std::uint64_t largest_progress_file = 1u << 20;

/// The file may come from anywhere.
bool is_plausible(const RunProgress& progress) {
  constexpr double most_per_second = 1e12;
  constexpr double longest = 1e12;                   // seconds
  constexpr std::int64_t far_future = 253402300799;  // the end of the year 9999
  const auto within = [](double value, double most) { return value >= 0 && value <= most; };
  try {
    if (!progress.shard.empty()) (void)parse_shard(progress.shard);
  } catch (const UsageError&) {
    return false;
  }
  return within(progress.share, 1) && within(progress.steps_per_second, most_per_second) &&
         within(progress.replicas_per_second, most_per_second) &&
         within(progress.seconds_left.value_or(0), longest) && progress.replicas <= most_replicas &&
         progress.done <= progress.replicas && progress.failed <= progress.replicas &&
         progress.updated >= 0 && progress.updated <= far_future;
}

}  // namespace

std::filesystem::path progress_file(const std::filesystem::path& run) {
  return run / "progress.json";
}

std::int64_t unix_seconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

void write_progress(const std::filesystem::path& run, RunProgress progress) {
  progress.updated = unix_seconds();
  progress.host = host_name();
  progress.process = ::getpid();
  write_file_atomically(
      progress_file(run),
      versioned_json(progress, progress_schema_version).dump(1, ' ', false, Json::error_handler_t::replace) +
          "\n");
}

std::optional<RunProgress> read_progress(const std::filesystem::path& run) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(progress_file(run), error)) return std::nullopt;
  try {
    const auto progress = read_versioned<RunProgress>(
        stored_json(read_text_file(progress_file(run), largest_progress_file)), progress_schema_version);
    return is_plausible(progress) ? std::optional(progress) : std::nullopt;
  } catch (const Json::exception&) {
    return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace symscan
