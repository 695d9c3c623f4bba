#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "host/base/error.hpp"

namespace symscan {

inline constexpr std::uint32_t checkpoint_version = 3;

/// Plain values one after the other, in the machine's byte order: a checkpoint is for the machine type that
/// wrote it.
class BlobWriter {
 public:
  template <class T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  template <class T>
  void put_array(const T* values, std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(values), count * sizeof(T));
  }
  template <class T>
  void put_all(const std::vector<T>& values) {
    put<std::uint64_t>(values.size());
    put_array(values.data(), values.size());
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what BlobWriter wrote; throws Error instead of reading past the end.
class BlobReader {
 public:
  explicit BlobReader(std::string_view bytes) : left_(bytes) {}
  template <class T>
  T get() {
    T value;
    get_array(&value, 1);
    return value;
  }
  template <class T>
  void get_array(T* values, std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (left_.size() / sizeof(T) < count) throw Error("it is cut short");
    if (count > 0) std::memcpy(values, left_.data(), count * sizeof(T));
    left_.remove_prefix(count * sizeof(T));
  }
  bool at_end() const { return left_.empty(); }
  template <class T>
  std::vector<T> get_all() {
    const auto count = get<std::uint64_t>();
    if (left_.size() / sizeof(T) < count) throw Error("it is cut short");
    std::vector<T> values(count);
    get_array(values.data(), values.size());
    return values;
  }
  /// Leaves out what get_all<T>() would return; returns its length.
  template <class T>
  std::uint64_t skip_all() {
    const auto count = get<std::uint64_t>();
    if (left_.size() / sizeof(T) < count) throw Error("it is cut short");
    left_.remove_prefix(count * sizeof(T));
    return count;
  }
  std::size_t bytes_left() const { return left_.size(); }

 private:
  std::string_view left_;
};

}  // namespace symscan
