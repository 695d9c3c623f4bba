#pragma once
#include <chrono>

namespace symscan {

/// Adds the seconds of its life to a sum.
class AddSeconds {
 public:
  explicit AddSeconds(double& sum) : sum_(sum) {}
  AddSeconds(const AddSeconds&) = delete;
  AddSeconds& operator=(const AddSeconds&) = delete;
  ~AddSeconds() { sum_ += std::chrono::duration<double>(Clock::now() - begin_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  double& sum_;
  Clock::time_point begin_ = Clock::now();
};

}  // namespace symscan
