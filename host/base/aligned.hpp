#pragma once
#include <cstddef>
#include <memory>
#include <new>

namespace symscan {

/// A zeroed array of floats on a cache-line boundary, as the kernels want it.
class AlignedFloats {
 public:
  AlignedFloats() = default;
  explicit AlignedFloats(std::size_t size)
      : size_(size), data_(static_cast<float*>(::operator new[](size * sizeof(float), alignment))) {
    for (std::size_t i = 0; i < size; ++i) data_.get()[i] = 0.0f;
  }
  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  float* begin() { return data(); }
  float* end() { return data() + size_; }
  const float* begin() const { return data(); }
  const float* end() const { return data() + size_; }

 private:
  static constexpr std::align_val_t alignment{64};
  struct Free {
    void operator()(float* memory) const { ::operator delete[](memory, alignment); }
  };
  std::size_t size_ = 0;
  std::unique_ptr<float, Free> data_;
};

}  // namespace symscan
