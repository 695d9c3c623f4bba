#pragma once
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace symscan {

/// Starts threads that call `work`: `count`, or as many as the system gives. They are appended to `threads`.
void start_threads(std::vector<std::jthread>& threads, int count, const std::function<void()>& work);

/// The same; throws Error (code 75) if there would be none.
void start_some_threads(std::vector<std::jthread>& threads, int count, const std::function<void()>& work);

/// Calls `work(i)` for every i < count, on up to `threads` threads with the caller's among them; when all
/// have ended, throws the error of the smallest i.
void in_parallel(std::size_t count, int threads, const std::function<void(std::size_t)>& work);

}  // namespace symscan
