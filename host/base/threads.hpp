#pragma once
#include <functional>
#include <thread>
#include <vector>

namespace symscan {

/// Starts threads that call `work`: `count`, or as many as the system gives. They are appended to `threads`.
void start_threads(std::vector<std::jthread>& threads, int count, const std::function<void()>& work);

/// The same; throws Error (code 75) if there would be none.
void start_some_threads(std::vector<std::jthread>& threads, int count, const std::function<void()>& work);

}  // namespace symscan
