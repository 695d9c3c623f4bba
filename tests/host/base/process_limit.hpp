#pragma once
#include <sys/resource.h>

#include <csignal>

namespace symscan::test {

/// A limit of this process, while it lives: RLIMIT_FSIZE (a full disk), RLIMIT_NOFILE.
class ProcessLimit {
 public:
  ProcessLimit(__rlimit_resource resource, rlim_t limit) : resource_(resource) {
    signal_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(resource_, &before_);
    const rlimit now = {limit, before_.rlim_max};
    setrlimit(resource_, &now);
  }
  ~ProcessLimit() {
    setrlimit(resource_, &before_);
    std::signal(SIGXFSZ, signal_);
  }
  ProcessLimit(const ProcessLimit&) = delete;
  ProcessLimit& operator=(const ProcessLimit&) = delete;

 private:
  __rlimit_resource resource_;
  rlimit before_{};
  void (*signal_)(int) = nullptr;
};

}  // namespace symscan::test
