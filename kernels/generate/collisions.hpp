#pragma once
#include <cmath>

#include "kernels/generate/oscillators.hpp"

/// Elastic collisions of two bodies; any consistent units. The members of a dataset are described in
/// plane_shapes.hpp.
namespace symscan {

/// On a line. The incoming momenta are independent and normal with mean 0; the outgoing ones follow from the
/// conservation of momentum and energy. A row is (p1, p2, p1', p2').
struct Collision1d {
  double mass1, mass2;
  double momentum_spread;  ///< standard deviation of p1 and of p2

  SYMSCAN_HOST_DEVICE int columns() const { return 4; }
  bool valid() const { return is_positive(mass1) && is_positive(mass2) && is_positive(momentum_spread); }

  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    const double p1 = momentum_spread * random.normal(), p2 = momentum_spread * random.normal();
    const double share1 = mass1 / (mass1 + mass2), share2 = mass2 / (mass1 + mass2);
    row[0] = p1;
    row[1] = p2;
    row[2] = (share1 - share2) * p1 + 2.0 * share1 * p2;
    row[3] = (share2 - share1) * p2 + 2.0 * share2 * p1;
  }
};

/// In the plane: p1 = P m1 / M + q and p2 = P m2 / M - q with the total momentum P, the relative momentum q
/// and M = m1 + m2. The collision turns q by an angle that is uniform; the direction of q is uniform too.
/// A row is (p1x, p1y, p2x, p2y, p1x', p1y', p2x', p2y').
struct Collision2d {
  double mass1, mass2;
  double energy;                 ///< kinetic, in the centre-of-mass frame: q^2 (1 / mass1 + 1 / mass2) / 2
  double energy_spread;          ///< relative standard deviation of the energy
  double total_momentum_spread;  ///< standard deviation of each component of P, which is normal

  SYMSCAN_HOST_DEVICE int columns() const { return 8; }
  bool valid() const {
    return is_positive(mass1) && is_positive(mass2) && is_positive(energy) &&
           is_relative_spread(energy_spread) && total_momentum_spread >= 0.0 &&
           std::isfinite(total_momentum_spread);
  }

  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    const double share1 = mass1 / (mass1 + mass2), share2 = mass2 / (mass1 + mass2);
    const double q = std::sqrt(2.0 * share1 * mass2 * draw_energy(energy, energy_spread, random));
    const double total_x = total_momentum_spread * random.normal();
    const double total_y = total_momentum_spread * random.normal();
    const double before = random.uniform(0.0, two_pi), after = before + random.uniform(0.0, two_pi);
    for (int column = 0; column < 8; column += 4) {
      const double direction = column == 0 ? before : after;
      const double qx = q * std::cos(direction), qy = q * std::sin(direction);
      row[column] = share1 * total_x + qx;
      row[column + 1] = share1 * total_y + qy;
      row[column + 2] = share2 * total_x - qx;
      row[column + 3] = share2 * total_y - qy;
    }
  }
};

}  // namespace symscan
