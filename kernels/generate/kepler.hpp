#pragma once
#include <cmath>

#include "kernels/generate/plane_shapes.hpp"

namespace symscan {

/// Bound orbits of H = p^2 / 2 - 1 / r in the plane (mass = coupling = 1), uniform in time, anticlockwise
/// (Landau & Lifshitz, Mechanics, section 15). A row is (x, y, px, py); the members are described in
/// plane_shapes.hpp. Semi-major axis a = -1 / (2 energy), eccentricity e^2 = 1 + 2 energy angular_momentum^2.
struct Kepler {
  double energy;             ///< below 0
  double angular_momentum;   ///< above 0, at most that of the circular orbit
  bool uniform_orientation;  ///< direction of the perihelion uniform; otherwise along +x

  SYMSCAN_HOST_DEVICE int columns() const { return 4; }

  bool valid() const {
    return std::isfinite(energy) && energy < 0.0 && is_positive(angular_momentum) &&
           1.0 + 2.0 * energy * angular_momentum * angular_momentum >= -round_off;
  }

  /// 0 for orbits that are circular but for rounding.
  SYMSCAN_HOST_DEVICE double eccentricity() const {
    const double square = 1.0 + 2.0 * energy * angular_momentum * angular_momentum;
    return square > round_off ? std::sqrt(square) : 0.0;
  }

  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    const double axis = -0.5 / energy, root = std::sqrt(axis), e = eccentricity();
    // The mean anomaly M = E - e sin E is uniform when the eccentric anomaly E has the density 1 - e cos E.
    // So has a uniform E that is reflected at the minor axis with the probability (1 + e cos E) / 2.
    const double anomaly = random.uniform(0.0, two_pi);
    const double sine = std::sin(anomaly), drawn_cosine = std::cos(anomaly);
    const bool reflect = 2.0 * random.uniform() < 1.0 + e * drawn_cosine;
    const double cosine = reflect ? -drawn_cosine : drawn_cosine;

    const double r = axis * (1.0 - e * cosine);
    const double x = axis * (cosine - e), y = angular_momentum * root * sine;
    const double px = -root * sine / r, py = angular_momentum * cosine / r;
    const double orientation = uniform_orientation ? random.uniform(0.0, two_pi) : 0.0;
    const double c = std::cos(orientation), s = std::sin(orientation);
    row[0] = c * x - s * y;
    row[1] = s * x + c * y;
    row[2] = c * px - s * py;
    row[3] = s * px + c * py;
  }

 private:
  static constexpr double round_off = 1e-12;  ///< of the squared eccentricity
};

}  // namespace symscan
