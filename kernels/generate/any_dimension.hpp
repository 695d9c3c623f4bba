#pragma once
#include <cmath>

#include "kernels/generate/plane_shapes.hpp"

/// Shapes whose dimension is a parameter; the members of a dataset are described in plane_shapes.hpp.
namespace symscan {

/// Independent normal variables with mean 0; axis i = 0, 1, ... has the variance decay^i.
struct Gaussian {
  int dimension;
  double decay;

  SYMSCAN_HOST_DEVICE int columns() const { return dimension; }
  bool valid() const { return dimension >= 1 && decay > 0.0 && decay <= 1.0; }

  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    for (int axis = 0; axis < dimension; ++axis) {
      const double deviation = std::sqrt(std::pow(decay, static_cast<double>(axis)));
      row[axis] = deviation * random.normal();
    }
  }
};

/// Uniform on the sphere S^dimension in R^(dimension + 1): a normalised Gaussian vector.
struct Sphere {
  int dimension;
  double radius;

  SYMSCAN_HOST_DEVICE int columns() const { return dimension + 1; }
  bool valid() const { return dimension >= 1 && is_positive(radius); }

  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    // The vector is drawn twice, first for its length: it need not be kept, whatever the dimension.
    RowRandom vector = random;
    double square = 0.0;
    while (square == 0.0) {
      vector = random;
      for (int axis = 0; axis <= dimension; ++axis) {
        const double x = random.normal();
        square += x * x;
      }
    }
    const double scale = radius / std::sqrt(square);
    for (int axis = 0; axis <= dimension; ++axis) row[axis] = vector.normal() * scale;
  }
};

/// The flat torus in R^(2 dimension): pairs (cos phi_i, sin phi_i), every phi_i uniform.
struct Torus {
  int dimension;

  SYMSCAN_HOST_DEVICE int columns() const { return 2 * dimension; }
  bool valid() const { return dimension >= 1; }

  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    for (int circle = 0; circle < dimension; ++circle) {
      const double phi = random.uniform(0.0, two_pi);
      row[2 * circle] = std::cos(phi);
      row[2 * circle + 1] = std::sin(phi);
    }
  }
};

}  // namespace symscan
