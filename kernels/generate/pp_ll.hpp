#pragma once
#include <cmath>

#include "kernels/generate/parton_densities.hpp"
#include "kernels/generate/plane_shapes.hpp"

namespace symscan {

/// p p -> gamma*/Z -> mu+ mu- (Drell-Yan) at leading order with the quarks u, d, s and massless matrix
/// elements (Ellis, Stirling & Webber, QCD and Collider Physics, sections 8.1 and 9.2). With s = m^2 of the
/// pair, its rapidity y and the angle theta of the mu- to the beam (+z) in the pair's rest frame,
///   dsigma / (ds dy dcos theta) ~ even (1 + cos^2 theta) + 2 odd cos theta.
/// A row is (E, px, py, pz) of mu-, then of mu+, in GeV; alpha is a common factor. The members are described
/// in plane_shapes.hpp.
struct PpLl {
  double sqrt_s;              ///< GeV, of the protons, at least 4 mass_min
  double mass_min, mass_max;  ///< GeV, of the pair
  double muon_mass;           ///< GeV, below mass_min / 2; in the kinematics only
  double recoil;              ///< GeV, standard deviation of px and of py of the pair, which are normal

  static constexpr double z_mass = 91.1876, z_width = 2.4952, sin2_theta_w = 0.2312;

  SYMSCAN_HOST_DEVICE int columns() const { return 8; }

  bool valid() const {
    return is_positive(sqrt_s) && is_positive(mass_min) && mass_min < mass_max && mass_max <= sqrt_s &&
           4.0 * mass_min <= sqrt_s && muon_mass >= 0.0 && 2.0 * muon_mass < mass_min && recoil >= 0.0 &&
           std::isfinite(recoil);
  }

  /// Coefficients of the angular distribution; |odd| <= even.
  struct Rate {
    double even, odd;
  };

  /// In units that cancel; 0 outside of phase space.
  SYMSCAN_HOST_DEVICE Rate rate(double s, double y) const {
    const double x = std::sqrt(s) / sqrt_s, x1 = x * std::exp(y), x2 = x * std::exp(-y);
    if (!(x1 < 1.0 && x2 < 1.0)) return {0.0, 0.0};
    const PartonDensities f1 = PartonDensities::at(x1), f2 = PartonDensities::at(x2);
    // Densities of quark 1 with antiquark 2, and of antiquark 1 with quark 2.
    const double strange = f1.strange * f2.strange;
    const double up = (f1.up_valence + f1.up_sea) * f2.up_sea;
    const double anti_up = f1.up_sea * (f2.up_valence + f2.up_sea);
    const double down = (f1.down_valence + f1.down_sea) * f2.down_sea + strange;
    const double anti_down = f1.down_sea * (f2.down_valence + f2.down_sea) + strange;
    const Rate of_up = quark_rate(2.0 / 3.0, 0.5, s), of_down = quark_rate(-1.0 / 3.0, -0.5, s);
    const double flux = 1.0 / (s * s);
    return {flux * (of_up.even * (up + anti_up) + of_down.even * (down + anti_down)),
            flux * (of_up.odd * (up - anti_up) + of_down.odd * (down - anti_down))};
  }

  /// photon / s^2 + z / ((s - z_mass^2)^2 + z_mass^2 z_width^2) is at least `even` for s >= mass_min^2.
  struct RateBound {
    double photon, z;
  };

  SYMSCAN_HOST_DEVICE RateBound rate_bound() const {
    // x1^-0.1 x2^-0.1 = (s / sqrt_s^2)^-0.1 is in every product of a sea with another density; what is left
    // of a valence density, x^0.9 (1-x)^n, is largest at x = 0.9 / (0.9 + n).
    using Densities = PartonDensities;
    constexpr double sea = Densities::sea_normalisation;
    constexpr double up = 2.0 * sea * (sea + 0.12163 * Densities::up_normalisation);
    constexpr double down = 2.0 * sea * (1.16 * sea + 0.09663 * Densities::down_normalisation);
    // Interference in quark_rate: 2 |a b| <= a^2 + b^2 leaves |v_q v_l| / sqrt((v_q^2 + a_q^2)(v_l^2 +
    // a_l^2)), which is 0.027 for up and 0.043 for down quarks.
    constexpr double interference = 1.043;
    const double common = interference * std::pow(mass_min / sqrt_s, -0.2);
    return {common * (up * 4.0 / 9.0 + down / 9.0),
            common * z_strength * z_strength * lepton_strength *
                (up * strength(2.0 / 3.0, 0.5) + down * strength(-1.0 / 3.0, -0.5))};
  }

  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    const RateBound bound = rate_bound();
    double s, y;
    Rate drawn;
    do {
      s = draw_mass_squared(bound, random);
      y = std::log(sqrt_s / mass_min) * random.uniform(-1.0, 1.0);
      drawn = rate(s, y);
    } while (!(random.uniform() * bound_at(bound, s) < drawn.even));

    const double ratio = drawn.odd / drawn.even;
    double cosine;
    do {
      cosine = random.uniform(-1.0, 1.0);
    } while (
        !(2.0 * (1.0 + std::abs(ratio)) * random.uniform() < 1.0 + cosine * cosine + 2.0 * ratio * cosine));
    const double phi = random.uniform(0.0, two_pi);

    const double mass = std::sqrt(s);
    const double momentum_squared = 0.25 * s - muon_mass * muon_mass;
    const double momentum = momentum_squared > 0.0 ? std::sqrt(momentum_squared) : 0.0;
    const double transverse = momentum * std::sqrt(1.0 - cosine * cosine);
    const double px = transverse * std::cos(phi), py = transverse * std::sin(phi), pz = momentum * cosine;
    double recoil_x = 0.0, recoil_y = 0.0;
    if (recoil > 0.0) {
      recoil_x = recoil * random.normal();
      recoil_y = recoil * random.normal();
    }
    // From the rest frame a boost across the beam to the transverse momentum, then one along the beam to y.
    const double transverse_mass = std::sqrt(s + recoil_x * recoil_x + recoil_y * recoil_y);
    const double projection = (recoil_x * px + recoil_y * py) / mass;
    const double cosh_y = std::cosh(y), sinh_y = std::sinh(y);
    for (int muon = 0; muon < 2; ++muon) {
      const double sign = muon == 0 ? 1.0 : -1.0;
      const double energy = 0.5 * transverse_mass + sign * projection;
      const double shift = 0.5 + sign * projection / (mass + transverse_mass);
      row[4 * muon] = energy * cosh_y + sign * pz * sinh_y;
      row[4 * muon + 1] = sign * px + shift * recoil_x;
      row[4 * muon + 2] = sign * py + shift * recoil_y;
      row[4 * muon + 3] = sign * pz * cosh_y + energy * sinh_y;
    }
  }

 private:
  // Couplings of the Z are (v - a gamma_5), v = T3 - 2 Q sin^2 theta_w, a = T3, over 2 sin theta_w cos
  // theta_w.
  static constexpr double z_strength = 0.25 / (sin2_theta_w * (1.0 - sin2_theta_w));
  SYMSCAN_HOST_DEVICE static double vector_coupling(double charge, double isospin) {
    return isospin - 2.0 * charge * sin2_theta_w;
  }
  SYMSCAN_HOST_DEVICE static double strength(double charge, double isospin) {
    const double vector = vector_coupling(charge, isospin);
    return vector * vector + isospin * isospin;
  }
  static constexpr double lepton_vector = -0.5 + 2.0 * sin2_theta_w, lepton_axial = -0.5;
  static constexpr double lepton_strength = lepton_vector * lepton_vector + lepton_axial * lepton_axial;

  SYMSCAN_HOST_DEVICE static double breit_wigner(double s) {
    const double distance = s - z_mass * z_mass, width = z_mass * z_width;
    return 1.0 / (distance * distance + width * width);
  }

  /// q qbar -> mu- mu+ for one quark of charge Q and third component of the isospin T3, without 1 / s^2.
  SYMSCAN_HOST_DEVICE static Rate quark_rate(double charge, double isospin, double s) {
    const double vector = vector_coupling(charge, isospin), photon = -charge;
    const double resonance = z_strength * s * breit_wigner(s);
    const double mixed = 2.0 * photon * resonance * (s - z_mass * z_mass), z = z_strength * resonance * s;
    return {
        photon * photon + mixed * vector * lepton_vector + z * strength(charge, isospin) * lepton_strength,
        mixed * isospin * lepton_axial + 4.0 * z * vector * isospin * lepton_vector * lepton_axial};
  }

  SYMSCAN_HOST_DEVICE static double bound_at(RateBound bound, double s) {
    return bound.photon / (s * s) + bound.z * breit_wigner(s);
  }

  /// With the density bound_at between mass_min^2 and mass_max^2.
  SYMSCAN_HOST_DEVICE double draw_mass_squared(RateBound bound, RowRandom& random) const {
    const double low = mass_min * mass_min, high = mass_max * mass_max;
    const double m2 = z_mass * z_mass, width = z_mass * z_width;
    const double first = std::atan((low - m2) / width), last = std::atan((high - m2) / width);
    const double of_photon = bound.photon * (1.0 / low - 1.0 / high), of_z = bound.z * (last - first) / width;
    const bool photon = random.uniform() * (of_photon + of_z) < of_photon;
    const double fraction = random.uniform();
    const double s = photon ? 1.0 / (1.0 / low + fraction * (1.0 / high - 1.0 / low))
                            : m2 + width * std::tan(first + fraction * (last - first));
    return s < low ? low : s > high ? high : s;
  }
};

}  // namespace symscan
