#pragma once
#include <thread>

namespace symscan {

/// Processors that this process may use, at least one.
inline int all_cores() {
  const unsigned cores = std::thread::hardware_concurrency();
  return cores > 0 ? static_cast<int>(cores) : 1;
}

/// The number of threads that options ask for: 0 or less is all cores.
inline int threads_or_all_cores(int threads) {
  return threads > 0 ? threads : all_cores();
}

}  // namespace symscan
