#pragma once
#include <cmath>

#include "kernels/generate/plane_shapes.hpp"

/// Two textbook oscillators at a fixed energy, every point of the motion equally probable in time; the
/// members of a dataset are described in plane_shapes.hpp.
namespace symscan {

/// energy (1 + spread N(0, 1)), drawn again until it is positive; `energy` itself where the spread is 0.
SYMSCAN_HOST_DEVICE double draw_energy(double energy, double spread, RowRandom& random) {
  if (spread == 0.0) return energy;
  for (;;) {  // five of six tries succeed at spread 1, more below
    const double drawn = energy * (1.0 + spread * random.normal());
    if (drawn > 0.0) return drawn;
  }
}

inline bool is_relative_spread(double value) {
  return value >= 0.0 && value <= 1.0;
}

/// Isotropic harmonic oscillator on the energy shell p^2 / (2 mass) + mass omega^2 q^2 / 2 = energy with the
/// microcanonical density, which is uniform on a sphere after scaling q and p. Any consistent units.
/// A row is q1 ... qd, p1 ... pd.
struct HarmonicOscillator {
  int dimensions;
  double mass, omega, energy;
  double energy_spread;  ///< relative standard deviation of the energy

  SYMSCAN_HOST_DEVICE int columns() const { return 2 * dimensions; }
  bool valid() const {
    return dimensions >= 1 && is_positive(mass) && is_positive(omega) && is_positive(energy) &&
           is_relative_spread(energy_spread);
  }

  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    // A Gaussian direction, drawn twice as in Sphere: first for its length.
    RowRandom vector = random;
    double square = 0.0;
    while (square == 0.0) {
      vector = random;
      for (int axis = 0; axis < columns(); ++axis) {
        const double x = random.normal();
        square += x * x;
      }
    }
    const double shell = draw_energy(energy, energy_spread, random);
    const double momentum = std::sqrt(2.0 * mass * shell / square);
    const double position = std::sqrt(2.0 * shell / (mass * square)) / omega;
    for (int axis = 0; axis < columns(); ++axis) {
      row[axis] = (axis < dimensions ? position : momentum) * vector.normal();
    }
  }
};

/// Pendulum H = p^2 / 2 + 1 - cos(theta) in units of mass = length = gravity = 1, uniform in time (the
/// microcanonical density). A row is (cos theta, sin theta, p).
///
/// With phi the Jacobi amplitude of modulus k (DLMF 22.16 and 22.19(i)):
///   libration, energy < 2:  k^2 = energy / 2,  sin(theta / 2) = k sin(phi),  p = 2 k cos(phi)
///   rotation,  energy > 2:  k^2 = 2 / energy,  theta = 2 phi,  p = sqrt(2 energy) sqrt(1 - k^2 sin^2 phi)
struct Pendulum {
  double energy;
  double energy_spread;  ///< relative standard deviation of the energy
  bool only_positive;    ///< rotation with p > 0 only; otherwise both directions are equally probable

  SYMSCAN_HOST_DEVICE int columns() const { return 3; }
  bool valid() const {
    return is_positive(energy) && is_relative_spread(energy_spread) && (energy != 2.0 || energy_spread > 0.0);
  }

  template <class Row>
  SYMSCAN_HOST_DEVICE void fill_row(RowRandom& random, Row row) const {
    double drawn = draw_energy(energy, energy_spread, random);
    // The separatrix has no period.
    while (drawn == 2.0) drawn = draw_energy(energy, energy_spread, random);
    const bool libration = drawn < 2.0;
    const double excess = std::abs(drawn - 2.0);
    const double modulus_squared = libration ? 0.5 * drawn : 2.0 / drawn;
    const double phi = amplitude(excess / (libration ? 2.0 : drawn), random.uniform());
    const double sine = std::sin(phi), cosine = std::cos(phi);
    const double delta = std::sqrt(1.0 - modulus_squared * sine * sine);
    if (libration) {
      const double modulus = std::sqrt(modulus_squared);
      row[0] = 1.0 - 2.0 * modulus_squared * sine * sine;
      row[1] = 2.0 * modulus * sine * delta;
      row[2] = 2.0 * modulus * cosine;
    } else {
      const double momentum = std::sqrt(2.0 * drawn) * delta;
      const bool forward = only_positive || random.uniform() < 0.5;
      row[0] = cosine * cosine - sine * sine;
      row[1] = 2.0 * sine * cosine;
      row[2] = forward ? momentum : -momentum;
    }
  }

 private:
  /// The Jacobi amplitude after the fraction `phase` of its period 4 K, by the arithmetic-geometric mean
  /// (DLMF 22.20(ii)). complement: 1 - k^2 > 0.
  SYMSCAN_HOST_DEVICE static double amplitude(double complement, double phase) {
    constexpr int steps = 8;  // enough for every complement above 2^-53
    double ratio[steps];
    double a = 1.0, b = std::sqrt(complement), scale = 1.0;
    SYMSCAN_NO_UNROLL
    for (int step = 0; step < steps; ++step) {
      const double mean = 0.5 * (a + b);
      ratio[step] = 0.5 * (a - b) / mean;
      b = std::sqrt(a * b);
      a = mean;
      scale *= 2.0;
    }
    double phi = scale * two_pi * phase;
    SYMSCAN_NO_UNROLL
    for (int step = steps - 1; step >= 0; --step) {
      phi = 0.5 * (phi + std::asin(ratio[step] * std::sin(phi)));
    }
    return phi;
  }
};

}  // namespace symscan
