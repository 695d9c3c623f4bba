#pragma once
#include <sys/types.h>

#include <vector>

namespace symscan::test {

/// What the calls of the system do in this program, until reset (file_test.cpp stands between).
struct SystemCalls {
  int flock_error = 0, mkdir_error = 0, fsync_error = 0;  ///< an errno: the call fails with it
  int interruptions = 0;                                  ///< calls that still fail with EINTR
  std::vector<ino_t> synced;                              ///< what fsync() was called for
};
extern SystemCalls system_calls;

/// Resets the calls when it begins and when it ends.
struct FreshSystemCalls {
  FreshSystemCalls() { system_calls = {}; }
  ~FreshSystemCalls() { system_calls = {}; }
};

}  // namespace symscan::test
