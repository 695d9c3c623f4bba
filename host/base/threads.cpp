#include "host/base/threads.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <system_error>

#include "host/base/error.hpp"

namespace symscan {

void start_threads(std::vector<std::jthread>& threads, int count, const std::function<void()>& work) {
  threads.reserve(threads.size() + static_cast<std::size_t>(count > 0 ? count : 0));
  try {
    for (int t = 0; t < count; ++t) threads.emplace_back(work);
  } catch (const std::system_error&) {
    // Those that there are will do.
  }
}

void start_some_threads(std::vector<std::jthread>& threads, int count, const std::function<void()>& work) {
  start_threads(threads, count, work);
  if (threads.empty() && count > 0)
    throw Error(
        "the system starts no thread; raise the limit of processes (ulimit -u) and repeat with --resume",
        ExitCode::interrupted);
}

void in_parallel(std::size_t count, int threads, const std::function<void(std::size_t)>& work) {
  std::vector<std::exception_ptr> errors(count);
  std::atomic<std::size_t> next{0};
  const auto loop = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        errors[i] = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> others;
    start_threads(others, static_cast<int>(std::min(static_cast<std::size_t>(threads), count)) - 1, loop);
    loop();
  }
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

}  // namespace symscan
