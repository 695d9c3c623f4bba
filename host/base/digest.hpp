#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace symscan {

/// XXH3 of bytes that are added piece by piece: tells data apart, no protection against malice.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void add(const void* bytes, std::size_t count);
  /// The elements of a vector, array or string of plain numbers.
  template <class Items>
  void add(const Items& items) {
    add(items.data(), items.size() * sizeof(items[0]));
  }
  /// XXH3-128: 32 hexadecimal digits.
  std::string hex() const;
  /// XXH3-64 of the same bytes: shows damage.
  std::uint64_t checksum() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace symscan
