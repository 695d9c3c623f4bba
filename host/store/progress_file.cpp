#include "host/store/progress_file.hpp"

#include <unistd.h>

#include <array>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/store/stored_json.hpp"

namespace symscan {
namespace {

constexpr std::uint64_t largest_progress_file = 1u << 20;

}  // namespace

std::filesystem::path progress_file(const std::filesystem::path& run) {
  return run / "progress.json";
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

void write_progress(const std::filesystem::path& run, RunProgress progress) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  progress.updated = std::chrono::duration_cast<std::chrono::seconds>(now).count();
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
    return read_versioned<RunProgress>(stored_json(read_text_file(progress_file(run), largest_progress_file)),
                                       progress_schema_version);
  } catch (const Json::exception&) {
    return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace symscan
