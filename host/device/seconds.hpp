#pragma once
#include <chrono>
#include <ctime>

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

/// The same in processor seconds of the calling thread: what work costs, whatever else the machine does.
class AddCpuSeconds {
 public:
  explicit AddCpuSeconds(double& sum) : sum_(sum) {}
  AddCpuSeconds(const AddCpuSeconds&) = delete;
  AddCpuSeconds& operator=(const AddCpuSeconds&) = delete;
  ~AddCpuSeconds() { sum_ += now() - begin_; }

 private:
  static double now() {
    timespec time = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }
  double& sum_;
  double begin_ = now();
};

}  // namespace symscan
