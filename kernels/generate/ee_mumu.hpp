#pragma once
#include <cmath>

#include "kernels/generate/row_random.hpp"

namespace symscan {

/// e+ e- -> mu+ mu- through one photon, QED at tree level, electron mass neglected (Peskin & Schroeder,
/// eq. 5.12):
///   dsigma/dcos(theta) ~ beta [1 + cos^2 theta + (1 - beta^2) sin^2 theta],  beta^2 = 1 - 4 m^2 / s.
/// theta is the angle between the incoming electron (+z) and the outgoing mu-; the azimuth is uniform.
/// A row is (E, px, py, pz) of mu-, then of mu+, in GeV. The members are described in plane_shapes.hpp.
struct EeMumu {
  double sqrt_s;              ///< GeV, at least 2 muon_mass
  double beam_energy_spread;  ///< relative standard deviation of sqrt_s
  double muon_mass;           ///< GeV

  SYMSCAN_HOST_DEVICE int columns() const { return 8; }

  bool valid() const {
    return std::isfinite(sqrt_s) && sqrt_s > 0.0 && muon_mass >= 0.0 && sqrt_s >= 2.0 * muon_mass &&
           beam_energy_spread >= 0.0 && beam_energy_spread <= 1.0;
  }

  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    const double energy = 0.5 * draw_sqrt_s(random);
    const double excess = 1.0 - muon_mass * muon_mass / (energy * energy);
    const double beta_squared = excess > 0.0 ? excess : 0.0;
    const double momentum = energy * std::sqrt(beta_squared);
    const double cosine = draw_cos_theta(beta_squared, random);
    const double transverse = momentum * std::sqrt(1.0 - cosine * cosine);
    const double phi = random.uniform(0.0, two_pi);
    const double px = transverse * std::cos(phi), py = transverse * std::sin(phi), pz = momentum * cosine;
    row[0] = energy;
    row[1] = px;
    row[2] = py;
    row[3] = pz;
    row[4] = energy;
    row[5] = -px;
    row[6] = -py;
    row[7] = -pz;
  }

 private:
  SYMSCAN_HOST_DEVICE double draw_sqrt_s(RowRandom& random) const {
    if (beam_energy_spread == 0.0) return sqrt_s;
    for (;;) {  // half of the tries succeed at threshold, more above
      const double drawn = sqrt_s * (1.0 + beam_energy_spread * random.normal());
      if (drawn > 2.0 * muon_mass) return drawn;
    }
  }

  SYMSCAN_HOST_DEVICE static double draw_cos_theta(double beta_squared, RowRandom& random) {
    for (;;) {  // the density is at most 2 and on average at least 4/3: two of three tries succeed
      const double cosine = random.uniform(-1.0, 1.0);
      if (2.0 * random.uniform() < 2.0 - beta_squared * (1.0 - cosine * cosine)) return cosine;
    }
  }
};

}  // namespace symscan
