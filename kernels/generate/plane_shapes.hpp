#pragma once
#include <cmath>

#include "kernels/generate/row_random.hpp"

/// Points of the plane. Every dataset of this folder is a plain struct of its parameters with
///   columns()              number of values per row
///   valid()                whether the parameters are in their ranges; if not, fill_row might never end
///   fill_row(random, row)  one row; assigns row[0] ... row[columns() - 1] once each and never reads them,
///                          so that `row` may be a double* or convert on the way (prepared_row.hpp).
namespace symscan {

inline bool is_positive(double value) {
  return value > 0.0 && std::isfinite(value);
}

/// A circle with radial noise: rho = radius + width N(0, 1), phi uniform.
struct Annulus {
  double radius, width;

  SYMSCAN_HOST_DEVICE int columns() const { return 2; }
  bool valid() const { return is_positive(radius) && width >= 0.0 && std::isfinite(width); }

  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    const double phi = random.uniform(0.0, two_pi);
    const double rho = radius + width * random.normal();
    row[0] = rho * std::cos(phi);
    row[1] = rho * std::sin(phi);
  }
};

/// (r cos phi, r sin phi), phi uniform.
struct Circle {
  double radius;

  SYMSCAN_HOST_DEVICE int columns() const { return 2; }
  bool valid() const { return is_positive(radius); }

  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    const double phi = random.uniform(0.0, two_pi);
    row[0] = radius * std::cos(phi);
    row[1] = radius * std::sin(phi);
  }
};

/// Uniform in the area x^2 + y^2 < radius^2.
struct Disk {
  double radius;

  SYMSCAN_HOST_DEVICE int columns() const { return 2; }
  bool valid() const { return is_positive(radius); }

  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    const double rho = radius * std::sqrt(random.uniform());
    const double phi = random.uniform(0.0, two_pi);
    row[0] = rho * std::cos(phi);
    row[1] = rho * std::sin(phi);
  }
};

/// Uniform in [-half_width, half_width]^2.
struct Square {
  double half_width;

  SYMSCAN_HOST_DEVICE int columns() const { return 2; }
  bool valid() const { return is_positive(half_width); }

  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    row[0] = random.uniform(-half_width, half_width);
    row[1] = random.uniform(-half_width, half_width);
  }
};

}  // namespace symscan
