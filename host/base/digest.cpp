#include "host/base/digest.hpp"

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include <cstdio>
#include <new>

namespace symscan {

struct Digest::State {
  XXH3_state_t* hash = XXH3_createState();
  State() {
    if (hash == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(hash);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { XXH3_freeState(hash); }
};

Digest::Digest() : state_(std::make_unique<State>()) {}
Digest::~Digest() = default;

void Digest::add(const void* bytes, std::size_t count) {
  if (count > 0) XXH3_128bits_update(state_->hash, bytes, count);
}

std::string Digest::hex() const {
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, XXH3_128bits_digest(state_->hash));
  std::string text;
  for (const unsigned char byte : bytes.digest) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", byte);
    text += digits;
  }
  return text;
}

// One state serves both widths.
std::uint64_t Digest::checksum() const {
  return XXH3_64bits_digest(state_->hash);
}

}  // namespace symscan
