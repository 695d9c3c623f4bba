#pragma once
#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <vector>

namespace symscan::test {

/// Memory that starts full of NaN and lies between guards that nobody may write. 64-byte aligned.
class GuardedMemory {
 public:
  explicit GuardedMemory(std::size_t floats)
      : count_(floats), memory_(floats + 2 * guard + 16, std::numeric_limits<float>::quiet_NaN()) {
    std::size_t space = memory_.size() * sizeof(float);
    void* start = memory_.data();
    start_ = static_cast<float*>(std::align(64, (count_ + 2 * guard) * sizeof(float), start, space)) + guard;
    std::fill_n(start_ - guard, guard, sentinel);
    std::fill_n(start_ + count_, guard, sentinel);
  }
  GuardedMemory(GuardedMemory&&) = default;
  GuardedMemory& operator=(GuardedMemory&&) = default;

  float* data() const { return start_; }
  std::size_t size() const { return count_; }
  bool intact() const {
    const auto untouched = [](float value) { return value == sentinel; };
    return std::all_of(start_ - guard, start_, untouched) &&
           std::all_of(start_ + count_, start_ + count_ + guard, untouched);
  }

 private:
  static constexpr std::size_t guard = 64;
  static constexpr float sentinel = -777.25f;
  std::size_t count_;
  std::vector<float> memory_;
  float* start_;
};

}  // namespace symscan::test
