#pragma once
#include <cstdint>
#include <type_traits>

#include "kernels/block/layout.hpp"
#include "kernels/scalar.hpp"

// Places in the memories of a device, and loads and stores of several numbers at one.

namespace symscan::block {

using namespace scalar;

#if defined(__CUDACC__)
using Four = float4;
using Two = float2;
#else
struct alignas(16) Four {
  float x, y, z, w;
};
struct alignas(8) Two {
  float x, y;
};
#endif
static_assert(sizeof(Four) == 16 && alignof(Four) == 16, "one 128-bit access");

SYMSCAN_BLOCK Four load4(const float* address) {
  return *reinterpret_cast<const Four*>(address);
}
SYMSCAN_BLOCK void store4(float* address, const float* value) {
  *reinterpret_cast<Four*>(address) = Four{value[0], value[1], value[2], value[3]};
}
SYMSCAN_BLOCK void unpack(const Four& four, float* value) {
  value[0] = four.x, value[1] = four.y, value[2] = four.z, value[3] = four.w;
}

/// `count` consecutive numbers, four at a time where count is a multiple of four (then aligned to 16 bytes).
template <int count>
SYMSCAN_BLOCK void load_samples(const float* address, float (&value)[count]) {
  if constexpr (count % 4 == 0) {
    SYMSCAN_UNROLL
    for (int i = 0; i < count; i += 4) unpack(load4(address + i), value + i);
  } else if constexpr (count == 2) {
    const Two two = *reinterpret_cast<const Two*>(address);
    value[0] = two.x, value[1] = two.y;
  } else {
    SYMSCAN_UNROLL
    for (int i = 0; i < count; ++i) value[i] = address[i];
  }
}
template <int count>
SYMSCAN_BLOCK void store_samples(float* address, const float (&value)[count]) {
  if constexpr (count % 4 == 0) {
    SYMSCAN_UNROLL
    for (int i = 0; i < count; i += 4) store4(address + i, value + i);
  } else {
    SYMSCAN_UNROLL
    for (int i = 0; i < count; ++i) address[i] = value[i];
  }
}

/// A place in the shared memory of the block. On a GPU this is the 32-bit address itself, and accesses are
/// written out: from a pointer the compiler makes two or three instructions for each address, and four stores
/// of one of 128 bits.
class SharedPlace {
 public:
#if defined(__CUDA_ARCH__)
  __device__ __forceinline__ explicit SharedPlace(const float* pointer)
      : address_(static_cast<unsigned>(__cvta_generic_to_shared(pointer))) {}
  __device__ __forceinline__ void advance(int floats) {
    address_ += 4u * static_cast<unsigned>(floats);
  }
  __device__ __forceinline__ SharedPlace after(int floats) const {
    SharedPlace place = *this;
    place.advance(floats);
    return place;
  }
  /// A number of floats below 32 as flipped() takes it.
  static __device__ __forceinline__ int flip_of(int floats) {
    return 4 * floats;
  }
  /// The offset exclusive-or a flip; memory() is aligned to 32 floats.
  __device__ __forceinline__ SharedPlace flipped(int flip) const {
    SharedPlace place = *this;
    place.address_ ^= static_cast<unsigned>(flip);
    return place;
  }

  /// `count` (1, 2 or a multiple of 4) floats that begin `offset` floats from here.
  template <int offset, int count>
  __device__ __forceinline__ void load(float (&value)[count]) const {
    if constexpr (count == 1) {
      asm volatile("ld.shared.f32 %0, [%1+%2];" : "=f"(value[0]) : "r"(address_), "n"(4 * offset));
    } else if constexpr (count == 2) {
      asm volatile("ld.shared.v2.f32 {%0, %1}, [%2+%3];"
                   : "=f"(value[0]), "=f"(value[1])
                   : "r"(address_), "n"(4 * offset));
    } else {
      load4<offset>(value);
      if constexpr (count == 8) load4<offset + 4>(value + 4);
      static_assert(count == 4 || count == 8, "4 or 8 floats");
    }
  }
  template <int samples>
  __device__ __forceinline__ void store(const float (&value)[samples]) const {
    static_assert(samples == 1 || samples == 4, "4 samples or 1");
    if constexpr (samples == 1) {
      asm volatile("st.shared.f32 [%0], %1;" ::"r"(address_), "f"(value[0]) : "memory");
    } else {
      asm volatile("st.shared.v4.f32 [%0], {%1, %2, %3, %4};" ::"r"(address_), "f"(value[0]), "f"(value[1]),
                   "f"(value[2]), "f"(value[3])
                   : "memory");
    }
  }

 private:
  template <int offset>
  __device__ __forceinline__ void load4(float* value) const {
    asm volatile("ld.shared.v4.f32 {%0, %1, %2, %3}, [%4+%5];"
                 : "=f"(value[0]), "=f"(value[1]), "=f"(value[2]), "=f"(value[3])
                 : "r"(address_), "n"(4 * offset));
  }
  unsigned address_;
#else
  /// `memory`: the start of the shared memory.
  SYMSCAN_BLOCK explicit SharedPlace(const float* memory) : memory_(const_cast<float*>(memory)) {}
  SYMSCAN_BLOCK void advance(int floats) {
    offset_ += floats;
  }
  SYMSCAN_BLOCK SharedPlace after(int floats) const {
    SharedPlace place = *this;
    place.advance(floats);
    return place;
  }
  static SYMSCAN_BLOCK int flip_of(int floats) {
    return floats;
  }
  SYMSCAN_BLOCK SharedPlace flipped(int flip) const {
    SharedPlace place = *this;
    place.offset_ ^= flip;
    return place;
  }
  template <int offset, int count>
  SYMSCAN_BLOCK void load(float (&value)[count]) const {
    load_samples(memory_ + offset_ + offset, value);
  }
  template <int samples>
  SYMSCAN_BLOCK void store(const float (&value)[samples]) const {
    store_samples(memory_ + offset_, value);
  }

 private:
  float* memory_;
  int offset_ = 0;
#endif
};

/// A place in device memory that is read only: a weight of Tier::cached.
class DevicePlace {
 public:
  SYMSCAN_BLOCK explicit DevicePlace(const float* pointer) : pointer_(pointer) {}
  SYMSCAN_BLOCK void advance(int floats) { pointer_ += floats; }
  SYMSCAN_BLOCK DevicePlace after(int floats) const { return DevicePlace(pointer_ + floats); }

  template <int offset, int count>
  SYMSCAN_BLOCK void load(float (&value)[count]) const {
#if defined(__CUDA_ARCH__)
    if constexpr (count == 1) {
      asm volatile("ld.global.f32 %0, [%1+%2];" : "=f"(value[0]) : "l"(pointer_), "n"(4 * offset));
    } else if constexpr (count == 2) {
      asm volatile("ld.global.v2.f32 {%0, %1}, [%2+%3];"
                   : "=f"(value[0]), "=f"(value[1])
                   : "l"(pointer_), "n"(4 * offset));
    } else {
      load4<offset>(value);
      if constexpr (count == 8) load4<offset + 4>(value + 4);
      static_assert(count == 4 || count == 8, "4 or 8 floats");
    }
#else
    load_samples(pointer_ + offset, value);
#endif
  }

 private:
#if defined(__CUDA_ARCH__)
  template <int offset>
  __device__ __forceinline__ void load4(float* value) const {
    asm volatile("ld.global.v4.f32 {%0, %1, %2, %3}, [%4+%5];"
                 : "=f"(value[0]), "=f"(value[1]), "=f"(value[2]), "=f"(value[3])
                 : "l"(pointer_), "n"(4 * offset));
  }
#endif
  const float* pointer_;
};

/// `count` rows that are `step` floats apart; those beyond the last are the last again.
template <int count, class Place = SharedPlace>
struct Rows {
  Place row[count];

  SYMSCAN_BLOCK Rows(Place first, int step, int last) : Rows(first, Each<count>()) {
    SYMSCAN_UNROLL
    for (int r = 1; r < count; ++r) row[r].advance((r < last ? r : last) * step);
  }
  SYMSCAN_BLOCK void advance(int floats) {
    SYMSCAN_UNROLL
    for (int r = 0; r < count; ++r) row[r].advance(floats);
  }

 private:
  template <int n>
  using Each = std::make_integer_sequence<int, n>;
  template <int... each>
  SYMSCAN_BLOCK Rows(Place first, std::integer_sequence<int, each...>) : row{((void)each, first)...} {}
};

}  // namespace symscan::block
