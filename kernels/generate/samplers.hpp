#pragma once
#include <cstdint>

#include "kernels/generate/any_dimension.hpp"
#include "kernels/generate/collisions.hpp"
#include "kernels/generate/ee_mumu.hpp"
#include "kernels/generate/kepler.hpp"
#include "kernels/generate/oscillators.hpp"
#include "kernels/generate/plane_shapes.hpp"
#include "kernels/generate/pp_ll.hpp"

/// Every dataset that a device can make, as (type, name): a new one is one line here.
#define SYMSCAN_ROW_SAMPLERS(apply)                                                                       \
  apply(Annulus, annulus) apply(Circle, circle) apply(Collision1d, collision_1d)                          \
      apply(Collision2d, collision_2d) apply(Disk, disk) apply(EeMumu, ee_mumu) apply(Gaussian, gaussian) \
          apply(HarmonicOscillator, harmonic_oscillator) apply(Kepler, kepler) apply(Pendulum, pendulum)  \
              apply(PpLl, pp_ll) apply(Sphere, sphere) apply(Square, square) apply(Torus, torus)

namespace symscan {

/// One of the datasets above with its parameters; trivially copyable, so that it can be passed to a kernel.
class RowSampler {
 public:
  enum class Kind : std::uint32_t {
#define SYMSCAN_ENUMERATOR(Type, name) name,
    SYMSCAN_ROW_SAMPLERS(SYMSCAN_ENUMERATOR)
#undef SYMSCAN_ENUMERATOR
  };

#define SYMSCAN_CONSTRUCTOR(Type, name) \
  SYMSCAN_HOST_DEVICE RowSampler(const Type& dataset) : kind_(Kind::name), name##_(dataset) {}
  SYMSCAN_ROW_SAMPLERS(SYMSCAN_CONSTRUCTOR)
#undef SYMSCAN_CONSTRUCTOR

  SYMSCAN_HOST_DEVICE Kind kind() const {
    return kind_;
  }

  /// Number of values per row.
  SYMSCAN_HOST_DEVICE int columns() const {
    switch (kind_) {
#define SYMSCAN_CASE(Type, name) \
  case Kind::name:               \
    return name##_.columns();
      SYMSCAN_ROW_SAMPLERS(SYMSCAN_CASE)
#undef SYMSCAN_CASE
    }
    return 0;
  }

  /// One row; `random` starts at (dataset seed, row number). Row: see plane_shapes.hpp.
  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    switch (kind_) {
#define SYMSCAN_CASE(Type, name)   \
  case Kind::name:                 \
    name##_.fill_row(random, row); \
    break;
      SYMSCAN_ROW_SAMPLERS(SYMSCAN_CASE)
#undef SYMSCAN_CASE
    }
  }

  /// Whether the parameters are in their ranges.
  bool valid() const {
    bool result = false;
    visit([&](const auto& dataset) { result = dataset.valid(); });
    return result;
  }

  /// Calls visitor(dataset) with the struct of the kind at hand; host only.
  template <class Visitor>
  void visit(Visitor&& visitor) const {
    switch (kind_) {
#define SYMSCAN_CASE(Type, name) \
  case Kind::name:               \
    visitor(name##_);            \
    break;
      SYMSCAN_ROW_SAMPLERS(SYMSCAN_CASE)
#undef SYMSCAN_CASE
    }
  }

 private:
  Kind kind_;
  union {
#define SYMSCAN_MEMBER(Type, name) Type name##_;
    SYMSCAN_ROW_SAMPLERS(SYMSCAN_MEMBER)
#undef SYMSCAN_MEMBER
  };
};

}  // namespace symscan
